"""The worker is told that the employment is on file."""

import pytest

from contracts.domain import ContractState
from filing_bridge.domain import FilingState
from filing_bridge.services.states import DELIVERY, move
from signing.models import Notice, SigningParty
from signing.services.notices import text_of
from tests.support.accounts import WORKER, make_employer
from tests.support.portal import make_contract, make_correction, make_filing, record_of

pytestmark = pytest.mark.django_db


def test_an_accepted_filing_is_told_to_the_worker_once_without_identity_number() -> None:
    contract = make_contract(make_employer(), ContractState.EFFECTIVE, turn="employer")
    SigningParty.objects.filter(role="worker").update(mobile="13800000000")
    filing = make_filing(contract, FilingState.UNDER_REVIEW)
    move(filing, FilingState.ACCEPTED, actor=DELIVERY, receipt_no="TEST-R-1", decided_at=filing.created_at)
    notice = Notice.objects.get()
    assert (notice.template, notice.subject, notice.recipient) == ("filed", contract.subject, "13800000000")
    assert "备案成功" in text_of(notice)
    assert "TEST-R-1" in text_of(notice)
    assert WORKER["id_no"] not in text_of(notice)


def test_a_returned_filing_is_not_the_workers_business() -> None:
    contract = make_contract(make_employer(), ContractState.EFFECTIVE, turn="employer")
    move(make_filing(contract, FilingState.UNDER_REVIEW), FilingState.RETURNED, actor=DELIVERY)
    assert not Notice.objects.exists()


def test_d05_the_worker_is_told_of_a_correction_and_where_to_see_it() -> None:
    contract = make_contract(make_employer(), ContractState.EFFECTIVE, turn="employer")
    filing = make_filing(contract, FilingState.ACCEPTED, record=record_of(contract), filing_type="11")
    made = make_filing(contract, FilingState.UNDER_REVIEW, event="correction", filing_type="61")
    make_correction(filing, state="confirmed", made=made, decided_by="user:-1")
    move(made, FilingState.ACCEPTED, actor=DELIVERY, receipt_no="TEST-R-2", decided_at=made.created_at)
    notice = Notice.objects.get()
    assert notice.template == "correction_filed"
    for language, words in (("zh", "更正"), ("en", "corrected")):
        notice.language = language
        assert words in text_of(notice)
        assert "TEST-R-2" in text_of(notice)
        assert "/mine/" in text_of(notice)
