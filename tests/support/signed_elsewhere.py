"""Contracts as another platform might make them: fields of its own names, nothing attached, neither certified
nor locked, but with time-stamps and validation data."""

import io
from typing import Any

import pikepdf

from signing.keys.authority import WorkerSubject
from signing.pades.apply import Party, _sign
from signing.pades.complete import Completion, archive
from signing.pades.document import Revision
from signing.pades.geometry import box_from_points
from signing.pades.marks import Seal, TypedName
from signing.pades.prepare import FieldSpec, prepare
from signing.pades.validate import validate
from tests.support.sample_pdf import sample_pdf
from tests.support.signed_contracts import Authorities, SignedFile

A4 = (595.276, 841.89)


def sign_elsewhere(
    authorities: Authorities, facts: dict[str, Any], *, worker_name: str = "", signers: int = 2
) -> SignedFile:
    """The contract with the signatures of both, or of the worker alone; `worker_name` lets another sign."""
    employer, name = facts["employer"], worker_name or facts["worker"]["name"]
    worker_key = authorities.ca.issue_worker(WorkerSubject(name, "elsewhere"))
    employer_key = authorities.organisation(employer["name"], employer["uscc"])
    parties = [
        Party("Signature1", worker_key, TypedName(name)),
        Party("Signature2", employer_key, Seal(employer["name"], "合同专用章")),
    ][:signers]
    tsa = authorities.tsa
    chains = [authorities.chain(party.key) for party in parties]
    evidence = [authorities.revocation.evidence(chain, fresh=True) for chain in (*chains, tsa.chain)]
    pdf = _bare(signers)
    for number, party in enumerate(parties, start=1):
        completion = Completion(evidence) if number == signers else None
        pdf = _sign(Revision(pdf), party, tsa, completion, None)
    pdf = archive(pdf, tsa)
    verdict = validate(pdf, [authorities.root], made_elsewhere=True)
    assert verdict.ok, verdict.problems
    return SignedFile(pdf, facts, max(each.at for each in verdict.signatures if each.at is not None))


def _bare(signers: int) -> bytes:
    """A document with empty fields and no facts inside."""
    pdf, anchors = sample_pdf()
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for key in ("/AF", "/Names"):
            if key in document.Root:
                del document.Root[key]
        document.save(target)
    fields = [
        FieldSpec(f"Signature{number}", "签名", box_from_points(a.page, a.x, a.y, a.w, a.h, A4))
        for number, a in enumerate(anchors[:signers], start=1)
    ]
    return prepare(target.getvalue(), fields)
