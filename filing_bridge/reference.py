"""The published lists of the protocol: `python -m filing_bridge.reference > docs/filing-reference.md`."""

import sys
from collections.abc import Iterator, Mapping, Sequence

from core import codes
from core.codes.fields import CODE_FIELDS
from filing_bridge.correction import WEIGHTS
from filing_bridge.fields import (
    CHANGE_FIELDS,
    CORRECTION_FIELDS,
    ENDING_FIELDS,
    FIELDS,
    NOT_FILED,
    NOT_FILED_OF_CHANGES,
    NOT_FILED_OF_ENDINGS,
    NOT_FILED_OF_SUSPENSIONS,
    SUSPENSION_FIELDS,
    Field,
)
from filing_bridge.mapping import BY_TARGET
from filing_bridge.profiles import Profile, profiles
from filing_bridge.protocol import CODES

_HEAD = """# Filing reference

Made by `python -m filing_bridge.reference`; do not edit. The words around these lists stand in
[filing-protocol.md](filing-protocol.md); lengths and patterns in `filing_bridge/schemas/`.
"""


def page() -> str:
    """Markdown: fields of the record with their origin, codes, code tables, profiles."""
    return "\n".join((_HEAD, *_records(), _codes(), _tables(), _profiles()))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _records() -> Iterator[str]:
    yield "## Fields of the record\n"
    yield (
        "`/facts` are the facts attached to the signed PDF (`contract.json`), `/signed` the signature, "
        "`/envelope` the act of filing.\n"
    )
    yield _fields(FIELDS)
    yield "## Facts that are not filed\n"
    yield _not_filed(NOT_FILED)
    yield "## Fields of the record of a change\n"
    yield (
        "Filing type 31; `/facts` are those attached to the signed agreement (`change.json`), `/derived` its "
        "items under the names of this record.\n"
    )
    yield _fields(CHANGE_FIELDS)
    yield "## Facts of a change that are not filed\n"
    yield _not_filed(NOT_FILED_OF_CHANGES)
    yield "## Fields of the record of a suspension or resumption\n"
    yield (
        "Filing types 41 and 42; `/facts` are those attached to the signed agreement or notice "
        "(`suspension.json`).\n"
    )
    yield _fields(SUSPENSION_FIELDS)
    yield "## Facts of a suspension that are not filed\n"
    yield _not_filed(NOT_FILED_OF_SUSPENSIONS)
    yield "## Fields of the record of an ending\n"
    yield (
        "Filing types 51 and 52; `/facts` are those attached to the signed certificate "
        "(`termination.json`).\n"
    )
    yield _fields(ENDING_FIELDS)
    yield "## Facts of an ending that are not filed\n"
    yield _not_filed(NOT_FILED_OF_ENDINGS)
    yield "## Fields of the record of a correction\n"
    yield (
        "Filing type 61; `/facts` are those attached to the correction slip (`correction.json`). The "
        "sections employer and worker are as on file.\n"
    )
    yield _fields(CORRECTION_FIELDS)
    yield "## Fields that may be corrected\n"
    rows = [(f"`{pointer}`", BY_TARGET[pointer].zh, weight.value) for pointer, weight in WEIGHTS.items()]
    yield _table(("field", "名称", "class"), rows) + "\n"


def _fields(fields: Sequence[Field]) -> str:
    rows = [
        (f"`{field.target}`", field.zh, field.when.value, _code_table(field.target), field.origin.value,
         f"`{field.source}`", field.lb)
        for field in fields
    ]  # fmt: skip
    head = ("field", "名称", "required", "codes", "origin", "made from", "ministry element")
    return _table(head, rows) + "\n"


def _code_table(target: str) -> str:
    return f"`{CODE_FIELDS[target]}`" if target in CODE_FIELDS else ""


def _not_filed(reasons: Mapping[str, str]) -> str:
    rows = [(f"`{source}`", reason) for source, reason in reasons.items()]
    return _table(("fact", "reason"), rows) + "\n"


def _codes() -> str:
    rows = [
        (f"`{row.code}`", str(row.status), "signed refusal" if row.signed else "problem", row.retry, row.zh,
         row.en, row.remedy_zh, row.remedy_en)
        for row in sorted(CODES.values(), key=lambda row: (row.status, row.code))
    ]  # fmt: skip
    head = ("code", "status", "travels in", "retry", "说明", "English", "处理", "remedy")
    return "## Codes\n\n" + _table(head, rows) + "\n"


def _tables() -> str:
    rows = []
    for name in codes.NAMES:
        table = codes.load(name)
        listed = (
            f"{len(table.rows)}, judged by {table.prefix} characters"
            if table.prefix
            else str(len(table.rows))
        )
        rows.append((f"`{name}`", listed, table.source, table.date))
    head = ("table", "codes", "source", "date")
    return "## Code tables\n\nFiles: `core/codes/`.\n\n" + _table(head, rows) + "\n"


def _profiles() -> str:
    rows = [_profile(profile) for profile in profiles().values()]
    head = (
        "profile",
        "holds in",
        "review",
        "ways of its own",
        "deadlines",
        "days ahead",
        "required besides",
        "not sent",
        "source",
    )
    return "## Profiles\n\nFiles: `filing_bridge/profiles/`.\n\n" + _table(head, rows) + "\n"


def _profile(profile: Profile) -> tuple[str, ...]:
    deadlines = "; ".join(
        f"{kind.value}: {rule.days} days after `{rule.start}`" for kind, rule in profile.deadlines.items()
    )
    required = sorted({pointer for pointers in profile.required.values() for pointer in pointers})
    return (
        f"{profile.code} {profile.zh}",
        f"{profile.covers}*",
        f"{profile.review_mode}, {profile.review_days} working days",
        "; ".join(_own_ways(profile)),
        deadlines,
        str(profile.days_ahead),
        ", ".join(f"`{pointer}`" for pointer in required),
        ", ".join(f"`{pointer}`" for pointer in sorted(profile.omit)),
        profile.source,
    )


def _own_ways(profile: Profile) -> Iterator[str]:
    online = sorted(profile.corrections, reverse=True)
    yield f"corrections over the protocol: {', '.join(online) or 'none, at the counter'}"
    if profile.final:
        yield "confirmed by a person first, because nothing is undone after acceptance"
    if profile.closing:
        yield f"only pre-registered from day {profile.closing.from_day} to {profile.closing.to_day}"
    if profile.reviewed_reasons:
        yield "an officer reviews endings for " + ", ".join(sorted(profile.reviewed_reasons))
    if profile.routes:
        yield "routes by household registration"
    if profile.resident:
        yield "residence must lie there"
    if profile.slip:
        yield f"a slip of its own: {profile.slip.en}"
    if profile.max_days_back:
        yield f"at most {profile.max_days_back} days back"
    if profile.code_maps:
        yield "own codes: " + ", ".join(f"`{name}`" for name in sorted(profile.code_maps))


if __name__ == "__main__":
    sys.stdout.write(page())
