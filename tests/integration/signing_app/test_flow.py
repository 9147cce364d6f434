"""The whole way of a document: link, identity, consent, reading, placing, code, signature, seal."""

import pytest

from core import blobs, work
from signing.events import RequestCompleted, SignatureApplied
from signing.pades.validate import validate
from signing.services import outside
from tests.support.signing import Phone, approve_seal, make_request, make_seal, messages, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders", "authorities")]


def test_worker_and_employer_sign(heard: list[object]) -> None:
    request = make_request(seam=True)
    seal = make_seal(request.tenant)
    phone = Phone().prepare_to_sign()
    answer = phone.confirm()
    assert answer.status == 202
    assert answer.body["state"] == "confirmed"
    assert run(work.SIGNING) == 2  # the enrolment of the organisation and the signature
    status = phone.get("status").body
    assert status["state"] == "signed"
    assert status["request"] == "open"
    assert approve_seal(request.tenant, seal, request).jobs == 1
    run(work.SIGNING)
    run(work.GENERAL)
    request.refresh_from_db()
    assert request.state == "completed"
    final = phone.document()
    verdict = validate(final, outside.trust_roots())
    assert verdict.ok, verdict.problems
    assert [s.signer.common_name for s in verdict.signatures] == ["买买提·吐尔逊", "示例制造（淄博）有限公司"]
    assert request.completed_at == verdict.signatures[-1].at
    assert [type(event).__name__ for event in heard] == [
        "SignatureApplied", "SignatureApplied", "RequestCompleted",
    ]  # fmt: skip
    assert [event.last for event in heard if isinstance(event, SignatureApplied)] == [False, True]
    assert [event.document_digest for event in heard if isinstance(event, RequestCompleted)] == [
        request.current_digest
    ]
    assert blobs.get(request.current_digest) == final
    assert "签署完成" in messages()[-1]
