"""What officers may count: by nothing that names a person or an employer, and no number that is too small.

There are no totals, from which a number that is not told could be computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from filing_bridge.sandbox.desk.words import in_table, review_code, state

SMALLEST: Final = 5  # numbers below are not told: they might name somebody
HIDDEN: Final = f"＜{SMALLEST}"


@dataclass(frozen=True)
class Count:
    """One table. `sql` gives the name of a line and then its numbers, for which `numbers` are the headings.

    `words` says how the name is shown.
    """

    title: str
    sql: str
    words: Callable[[str], str] = str
    numbers: tuple[str, ...] = ("件数",)


def _filings(title: str, name: str, words: Callable[[str], str] = str, among: str = "TRUE") -> Count:
    """Filings by one property of theirs."""
    # All parts are constants of this module.
    return Count(title, f"SELECT {name}, COUNT(*) FROM filing WHERE {among} GROUP BY 1 ORDER BY 1", words)  # noqa: S608


_ACCEPTED_ENDINGS: Final = "event = 'ending' AND state = 'accepted'"
_CATEGORY: Final = "json_extract(record, '$.worker.person_category')"

COUNTS: Final = (
    _filings("收件月份 Month", "substr(received_at, 1, 7)"),
    _filings("办理结果 State", "state", state),
    _filings("备案类型 Filing type", "json_extract(record, '$.filing_type')", in_table("filing_type")),
    _filings(
        "行业门类 Industry", "substr(json_extract(record, '$.employer.industry'), 1, 1)", in_table("industry")
    ),
    _filings(
        "单位类型 Kind of employer", "json_extract(record, '$.employer.type')", in_table("employer_type")
    ),
    _filings("受理区划 Division", "json_extract(record, '$.jurisdiction_code')", in_table("division")),
    _filings("报送渠道 Channel", "system_code"),
    _filings("人员类别 Special groups", _CATEGORY, in_table("person_category"), f"{_CATEGORY} IS NOT NULL"),
    _filings(
        "解除（终止）原因 Reasons of endings",
        "json_extract(record, '$.ending.reason')",
        in_table("end_reason"),
        _ACCEPTED_ENDINGS,
    ),
    _filings(
        "解除（终止）提出方 Who ended it",
        "CASE json_extract(record, '$.ending.initiator') WHEN '1' THEN '用人单位 Employer'"
        " WHEN '2' THEN '劳动者 Worker' WHEN '3' THEN '双方 Both' ELSE '法定事由 By event' END",
        among=_ACCEPTED_ENDINGS,
    ),
    # Hires by the day on which work begins, endings by the last day.
    Count(
        "按月录用与退工 Hires against endings",
        "SELECT month, SUM(hire), SUM(1 - hire) FROM ("
        "SELECT substr(json_extract(record, '$.contract.employment_start'), 1, 7) AS month, 1 AS hire"
        " FROM filing WHERE event = 'hire' AND state = 'accepted'"
        " UNION ALL SELECT substr(json_extract(record, '$.ending.date'), 1, 7), 0"
        " FROM filing WHERE event = 'ending' AND state = 'accepted') GROUP BY 1 ORDER BY 1",
        numbers=("录用 Hires", "退工 Endings"),
    ),
    # An officer's act names its codes one after another.
    Count(
        "退回和不予受理的原因 Reasons of returns",
        "SELECT value, COUNT(*) FROM act, json_each('[\"' || replace(codes, ' ', '\",\"') || '\"]')"
        " WHERE what IN ('returned', 'rejected') GROUP BY 1 ORDER BY 1",
        review_code,
    ),
)
