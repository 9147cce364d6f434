"""The correction slip as it arrived: not signed itself, as the employer's signature over the record names it.

What the record says has to be what the slip shows, and the evidence has to be the one that the record names.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from core import papers
from core.canonical import canonical_json
from filing_bridge.correction import ATTACHMENT
from filing_bridge.mapping import SignedContract, value_at
from filing_bridge.protocol import ProtocolError, RejectItem
from filing_bridge.review import REVIEW_CODES
from signing.pades.validate import AttachmentMissing, read_attachment


def read_slip_facts(pdf: bytes) -> Mapping[str, Any]:
    """The attached facts, in canonical form. Raises `ProtocolError("document_invalid")`."""
    try:
        content = read_attachment(pdf, ATTACHMENT)
        facts = json.loads(content)
        canonical = canonical_json(facts) == content and isinstance(facts["correction"], dict)
    except (AttachmentMissing, KeyError, TypeError, ValueError, RecursionError):
        canonical = False
    if not canonical:
        item = RejectItem(
            "/contract_digest",
            "facts_unreadable",
            f"文件内没有规范的 {ATTACHMENT}。",
            "请发送由平台生成的修改单原始文件。",
        )
        raise ProtocolError("document_invalid", items=[item])
    return dict(facts)


def signed_slip(record: Mapping[str, Any], pdf: bytes) -> SignedContract:
    """What stands for the signature: the slip's own digest, and when the employer decided to file it."""
    return SignedContract(hashlib.sha256(pdf).hexdigest(), datetime.fromisoformat(record["signed_at"]))


def evidence_in(pdf: bytes) -> bytes:
    """The evidence that is attached to a slip; empty when there is none."""
    for _mime, ending in papers.KINDS.values():
        with suppress(AttachmentMissing):
            return read_attachment(pdf, f"evidence.{ending}", limit=papers.MAX_BYTES)
    return b""


def evidence_faults(record: Mapping[str, Any], pdf: bytes) -> Iterator[RejectItem]:
    """The evidence that the record names is attached, and something that people can look at."""
    named = value_at(record, "/correction/evidence/value")
    if named is None:
        return
    paper = evidence_in(pdf)
    if hashlib.sha256(paper).hexdigest() != named or not papers.is_paper(paper):
        yield REVIEW_CODES["correction_without_evidence"].item()
