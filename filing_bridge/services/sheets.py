"""Filings on the sheets that counters take, out and back in. Whoever looks at people's data is on record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.bulk.reader import TooLargeSheetError, UnreadableSheetError
from core import audit
from core.crypto import blind_index
from core.errors import Refused
from core.principal import Permission, Principal
from filing_bridge.mapping import Document
from filing_bridge.models import Filing
from filing_bridge.profiles import Profile, profile_for
from filing_bridge.protocol import Event
from filing_bridge.selectors import filings_of, records_in_force
from filing_bridge.sheets import NoWordError, Sheet, sheets, value_of, word_of
from filing_bridge.sheets.workbook import NotThisSheetError, RowRead, read_rows, write_sheet

MOST = 500


@dataclass(frozen=True)
class Compared:
    """A row of a sheet that came back: the filing that it is about, and what is not the same.

    `different`, `unknown` and `missing` are titles of columns. Without `filing` nobody of ours is meant.
    """

    number: int
    filing: UUID | None
    contract_no: str
    different: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def chosen_filings(principal: Principal, filing_ids: Collection[UUID], *, most: int = MOST) -> list[Filing]:
    """The filings of the principal's employer among these, with their records, oldest first.

    Raises `not_permitted`, `too_many_filings`, `not_found` when one is not there or another's,
    `record_not_there` when one has no record yet, and `several_jurisdictions`.
    """
    principal.require(Permission.VIEW_PII)
    wanted = set(filing_ids)
    if not 0 < len(wanted) <= most:
        raise Refused("too_many_filings", params={"most": most})
    found = list(filings_of(principal).filter(pk__in=wanted).order_by("created_at", "pk"))
    if len(found) != len(wanted):
        raise Refused("not_found")
    if any(filing.record is None for filing in found):
        raise Refused("record_not_there")
    if len({profile_for(filing.jurisdiction).code for filing in found}) > 1:
        raise Refused("several_jurisdictions")
    return found


def export_sheet(*, principal: Principal, filing_ids: Collection[UUID], name: str = "") -> bytes:
    """These filings on a sheet (.xlsx): the one called `name`, else the one that their jurisdiction takes.

    Raises what `chosen_filings` raises. Writes down who took whose data, for each filing.
    """
    filings = chosen_filings(principal, filing_ids)
    profile = profile_for(filings[0].jurisdiction)
    sheet = sheets()[name or profile.sheet]
    audit.record_all(
        "filing.sheet_exported",
        subjects=[(filing.subject, {"sheet": sheet.name}) for filing in filings],
        actor=principal.actor,
        tenant=principal.tenant,
    )
    records = records_in_force(filings)
    # A correction has no row of its own: it stands in the row of what it corrects.
    rows = [records[filing.pk] for filing in filings if filing.event != Event.CORRECTION]
    return write_sheet(sheet, rows, profile)


def compare_sheet(*, principal: Principal, data: bytes, name: str, jurisdiction: str) -> list[Compared]:
    """What a sheet that came back from a counter says, beside what is on file here. Changes nothing.

    Rows are found by the citizen number. Raises `not_permitted` and `sheet_unreadable`.
    """
    principal.require(Permission.VIEW_PII)
    sheet, profile = sheets()[name], profile_for(jurisdiction)
    try:
        rows = list(read_rows(sheet, data, profile))
    except (NotThisSheetError, TooLargeSheetError, UnreadableSheetError) as error:
        raise Refused("sheet_unreadable") from error
    people = {row.number: _employment(principal, row) for row in rows}
    latest: dict[str, Filing] = {}
    on_file = filings_of(principal).filter(employment__in=set(people.values()))
    for filing in on_file.exclude(event=Event.CORRECTION).order_by("starts_on", "created_at"):
        latest[filing.employment] = filing
    with_record = [filing for filing in latest.values() if filing.record is not None]
    records = records_in_force(with_record)
    return [_compared(sheet, profile, row, latest.get(people[row.number]), records) for row in rows]


def _employment(principal: Principal, row: RowRead) -> str:
    return blind_index("employment", f"{principal.tenant}:01:{row.values.get('/worker/id_no')}")


def _compared(
    sheet: Sheet,
    profile: Profile,
    row: RowRead,
    filing: Filing | None,
    records: Mapping[UUID, Document],
) -> Compared:
    different: Sequence[str] = ()
    if filing is not None and filing.pk in records:
        record = records[filing.pk]
        different = [
            column.title
            for column in sheet.columns
            if column.pointer in row.values
            and column.title not in row.unknown
            and row.values[column.pointer] != _as_read(sheet, profile, record, column.title)
        ]
    return Compared(
        number=row.number,
        filing=filing.pk if filing else None,
        contract_no=filing.contract_no if filing else "",
        different=tuple(different),
        unknown=row.unknown,
        missing=row.missing,
    )


def _as_read(sheet: Sheet, profile: Profile, record: Document, title: str) -> object:
    """What our own record would say once it had been on the sheet."""
    column = next(each for each in sheet.columns if each.title == title)
    try:
        return value_of(column, word_of(column, record, profile), profile)
    except NoWordError:
        return None
