"""The papers of the gate: told, planned, heard, reported, approved; each with its day and itself."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from core import audit, blobs, clock, papers
from core.errors import Fault, Refused
from core.principal import Permission, Principal
from filing_bridge import selectors
from filing_bridge.mass_endings import NUMBERED, EndingBatchState, Paper
from filing_bridge.models import EndingBatch


def record_paper(
    *, principal: Principal, batch_id: UUID, paper: Paper, on: date, data: bytes, number: str = ""
) -> EndingBatch:
    """Put a paper of the gate on record: its day, itself (PDF or picture), and its number where it has one.

    Commits it with an audit event; a later one takes its place until the batch is started. Needs `send`.
    Refuses `paper_not_needed`, `paper_faulty` with every fault, and `state_conflict` once it was started.
    """
    principal.require(Permission.SEND)
    batch = selectors.ending_batch_of(principal, batch_id)
    if batch.state != EndingBatchState.FROZEN:
        raise Refused("state_conflict")
    if paper not in batch.needed():
        raise Refused("paper_not_needed")
    faults = list(_paper_faults(batch, paper, on, number.strip(), data))
    if faults:
        raise Refused("paper_faulty", faults=faults, params={"count": len(faults)})
    digest = blobs.put(data)
    values: dict[str, Any] = {f"{paper}_on": on, f"{paper}_paper": digest}
    if paper in NUMBERED:
        values[f"{paper}_no"] = number.strip()
    with transaction.atomic():
        frozen = EndingBatch.objects.filter(pk=batch.pk, state=EndingBatchState.FROZEN)
        if not frozen.update(**values):
            raise Refused("state_conflict")
        audit.record(
            "ending_batch.paper_recorded",
            subject=batch.subject,
            actor=principal.actor,
            tenant=batch.employer_id,
            detail={"paper": paper.value, "on": on.isoformat(), "digest": digest},
        )
    return selectors.ending_batch_of(principal, batch_id)


def open_paper(*, principal: Principal, batch_id: UUID, paper: Paper) -> bytes:
    """A paper as it was handed in. Needs `view_pii`, since it may name people; commits who looked."""
    principal.require(Permission.VIEW_PII)
    batch = selectors.ending_batch_of(principal, batch_id)
    digest: str = getattr(batch, f"{paper}_paper")
    if not digest:
        raise Refused("not_found")
    audit.record(
        "ending_batch.paper_viewed",
        subject=batch.subject,
        actor=principal.actor,
        tenant=batch.employer_id,
        detail={"paper": paper.value},
    )
    return blobs.get(digest)


def _paper_faults(batch: EndingBatch, paper: Paper, on: date, number: str, data: bytes) -> Iterator[Fault]:
    if on > clock.today():
        yield Fault(
            "/on", "paper_day_to_come", "日期还没有到。", "The day is still to come.",
            "请填写实际办理的日期。", "Enter the day on which it was done.",
        )  # fmt: skip
    latest = batch.explain_before
    if paper is Paper.EXPLAINED and latest is not None and on > latest:
        yield Fault(
            "/on", "explained_too_late",
            f"距最早的裁员日期不足三十日，最迟应当在 {latest} 说明情况。",
            f"Less than thirty days before the first layoff: the latest day was {latest}.",
            "请取消这一批，把解除日期推后再办理（劳动合同法第四十一条）。",
            "Cancel the batch and choose later days (Labour Contract Law Art. 41).",
        )  # fmt: skip
    if paper is Paper.REPORT and batch.opinions_on is not None and on < batch.opinions_on:
        yield Fault(
            "/on", "reported_before_opinions", "报告日期早于听取意见的日期。",
            "The report lies before the opinions were heard.",
            "方案应当在听取意见之后报告。", "The plan is reported after the opinions were heard.",
        )  # fmt: skip
    if paper in NUMBERED and not 0 < len(number) <= 50:
        yield Fault(
            "/number", "paper_without_number", "请填写文书编号，最多 50 个字。",
            "The paper's number is missing, or longer than 50 characters.",
            "编号在回执或者批复上。", "It stands on the receipt or the approval.",
        )  # fmt: skip
    if not papers.is_paper(data):
        yield Fault(
            "/file", "evidence_faulty", "文件不是可以打开的 PDF、PNG 或 JPEG，或者超过 5 MB。",
            "The file is no PDF, PNG or JPEG that opens, or larger than 5 MB.",
            "请上传扫描件或者照片。", "Upload a scan or a photograph.",
        )  # fmt: skip
