"""What an employer carries to the counter while a filing system is down: its own sheet, forms, and proof.

Nothing changes its state by being packed: the platform goes on trying, and what the counter has entered
meanwhile is answered by the province as a duplicate, never as a second effect.
"""

import csv
import zipfile
from collections.abc import Collection, Sequence
from io import BytesIO, StringIO
from typing import Final
from uuid import UUID

from core import audit, clock
from core.principal import Principal
from filing_bridge.form import render_counter_form
from filing_bridge.models import Filing
from filing_bridge.profiles import profile_for
from filing_bridge.reasons import words
from filing_bridge.services.sheets import chosen_filings
from filing_bridge.sheets import sheets
from filing_bridge.sheets.workbook import write_sheet

MOST: Final = 50
README: Final = """\
窗口办理材料包
filings.xlsx   备案机构的表格（请核对黄色单元格）
forms/         每份备案一张登记表（未受理，窗口受理后盖章）
attempts.csv   平台首次报送的时间和原因，作为按期申报的证明
平台会继续自动报送；窗口已办理的，不会重复备案。

For the counter
filings.xlsx   the agency's own sheet (mind the yellow cells)
forms/         one form for each filing (not taken in yet; stamped at the counter)
attempts.csv   when the platform first tried, and what kept it: proof of filing in time
The platform goes on trying by itself; what the counter has entered is not filed twice.
"""


def counter_package(*, principal: Principal, filing_ids: Collection[UUID]) -> bytes:
    """A ZIP file for the counter about these filings, at most 50.

    Raises what `chosen_filings` raises. Writes down who took whose data, for each filing.
    """
    filings = chosen_filings(principal, filing_ids, most=MOST)
    profile = profile_for(filings[0].jurisdiction)
    audit.record_all(
        "filing.packed_for_counter",
        subjects=[(filing.subject, {}) for filing in filings],
        actor=principal.actor,
        tenant=principal.tenant,
    )
    target, now = BytesIO(), clock.now()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("README.txt", README)
        package.writestr(
            "filings.xlsx",
            write_sheet(sheets()[profile.sheet], [filing.record for filing in filings], profile),
        )
        package.writestr("attempts.csv", "\ufeff" + _attempts(filings))
        for filing in filings:
            form = render_counter_form(filing.record, at=now)
            package.writestr(f"forms/{filing.contract_no}-{filing.version}.pdf", form.pdf)
    return target.getvalue()


def _attempts(filings: Sequence[Filing]) -> str:
    """No cell of it is anybody's own text: numbers, times, and our words for what kept the filing."""
    text = StringIO()
    lines = csv.writer(text)
    lines.writerow(["合同编号", "版次", "备案期限", "首次报送时间", "未能完成的原因", "幂等键"])
    for filing in filings:
        tried = filing.first_attempt_at
        lines.writerow(
            [
                filing.contract_no,
                filing.version,
                filing.deadline.isoformat(),
                tried.astimezone(clock.SHANGHAI).isoformat(timespec="seconds") if tried else "",
                words(filing.last_error)[0] if filing.last_error else "",
                filing.idempotency_key,
            ]
        )
    return text.getvalue()
