"""With the stand-in province and the stand-in PKI as real processes, up to the form with both seals."""

import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import transaction

from contracts.events import ContractEffective
from core import blobs, work
from core.models import AuditEvent
from filing_bridge import client
from filing_bridge.models import AttemptResult, Filing, FilingForm, Receipt
from filing_bridge.services import evidence, forms
from filing_bridge.services.preparing import open_filing
from signing.models import OrganisationKey
from signing.pades.validate import validate
from signing.services import keyroom
from tests.support.filing_province import hurry, pump
from tests.support.pki import RunningPki, pki
from tests.support.sandbox import RunningSandbox, authorities, sandbox
from tests.support.signed_contracts import Authorities, SignedFile, random_facts, sign_contract

__all__ = ["authorities", "pki", "sandbox"]

pytestmark = pytest.mark.django_db

TOKEN = "token of the filing tests"


@dataclass
class House:
    """The platform's side, registered with the province."""

    sandbox: RunningSandbox
    authorities: Authorities
    chance: random.Random

    def contract(self) -> SignedFile:
        return sign_contract(self.authorities, random_facts(self.chance, "general"))

    def file(self, contract: SignedFile, facts: dict[str, Any] | None = None) -> Filing:
        employer = contract.facts["employer"]
        tenant = uuid.uuid5(uuid.NAMESPACE_OID, employer["uscc"])
        OrganisationKey.objects.create(tenant=tenant, legal_name=employer["name"], uscc=employer["uscc"])
        event = ContractEffective(uuid.uuid4(), tenant, "0" * 64, blobs.put(contract.pdf), contract.signed_at)
        with transaction.atomic():
            filing = open_filing(event, facts or contract.facts)
        filing.refresh_from_db()
        return filing

    def ledger(self) -> list[str]:
        return [effect["key"] for effect in self.sandbox.ledger()]


@pytest.fixture
def house(
    sandbox: RunningSandbox,
    authorities: Authorities,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    running: RunningPki = authorities.pki
    settings.PKI_DIR = running.directory
    settings.CA_URL, settings.TSA_URL = f"{running.base_url}/issue", running.tsa_url
    settings.TRUST_ROOTS = [str(running.directory / "root.pem")]
    settings.TSA_ISSUERS = [str(running.directory / name) for name in ("issuing.pem", "root.pem")]
    settings.SIGNER_KEYS_DIR = tmp_path / "signer"
    settings.PLATFORM_SYSTEM_CODE = f"HOUSE-{uuid.uuid4().hex[:8].upper()}"
    settings.PROVINCE_TOKEN = settings.PLATFORM_SYSTEM_CODE + TOKEN
    settings.PROVINCES = {
        "": {
            "url": sandbox.url,
            "system_code": "TEST-SANDBOX",
            "keys": str(sandbox.folder / "province.jwks.json"),
        }
    }
    sandbox.admin(
        "PUT",
        "senders",
        {
            "system_code": settings.PLATFORM_SYSTEM_CODE,
            "token": settings.PROVINCE_TOKEN,
            "jwks": keyroom.platform_jwks(),
            "jurisdictions": [""],
        },
    )
    # There are no rows of contracts here to make evidence of.
    monkeypatch.setitem(work.KINDS, evidence.BUILD, work.Kind(lambda key: None, work.GENERAL, work.LEASE))
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    return House(sandbox, authorities, random.Random(seed))


def finish(filing: Filing, rounds: int = 20) -> FilingForm:
    """Work until the form has both seals."""
    for _ in range(rounds):
        pump()
        form = FilingForm.objects.filter(filing=filing).first()
        if form is not None and form.state == "agency_sealed":
            return form
        hurry()
    raise AssertionError(list(AttemptResult.objects.values_list("outcome", "code")))


def test_c02_from_the_contract_to_the_form_with_both_seals(house: House) -> None:
    contract = house.contract()
    filing = house.file(contract)
    form = finish(filing)
    filing.refresh_from_db()
    assert filing.state == "accepted"
    assert house.ledger().count(filing.idempotency_key) == 1
    sealed = blobs.get(form.agency_sealed)
    verdict = validate(sealed, [house.authorities.root])
    assert verdict.ok
    assert [each.field for each in verdict.signatures] == ["employer", "agency"]
    assert verdict.signatures[0].signer.organisation == contract.facts["employer"]["name"]
    assert sealed.startswith(blobs.get(form.employer_sealed))
    assert set(Receipt.objects.values_list("kind", flat=True)) == {"decision", "sealed_form"}
    assert [
        each.action for each in AuditEvent.objects.filter(subject=f"form:{filing.pk}").order_by("at")
    ] == ["form.authorised", "form.employer_sealed", "form.agency_sealed"]


def test_b04_a_record_that_differs_from_the_signed_contract_is_refused_with_all_faults(house: House) -> None:
    contract = house.contract()
    facts = {**contract.facts, "contract": {**contract.facts["contract"], "job_title": "总经理"}}
    facts["worker"] = {**facts["worker"], "mobile": "13900000000"}
    filing = house.file(contract, facts)
    pump()
    filing.refresh_from_db()
    assert (filing.state, filing.last_error) == ("rejected", "record_differs")
    assert [fault["field"] for fault in filing.faults] == ["/contract/job_title", "/worker/mobile"]
    assert filing.idempotency_key not in house.ledger()


@pytest.mark.parametrize("kind", ["lost_reply", "html", "forged", "other_filing"])
def test_a_fault_while_the_form_is_being_sealed(house: House, kind: str) -> None:
    filing = house.file(house.contract())
    house.sandbox.admin("PUT", "faults", {"plan": [{"kind": kind, "times": 1, "on": ["form"]}]})
    form = finish(filing)
    outcomes = AttemptResult.objects.filter(attempt__interface="LC0103").order_by("pk")
    assert [each.outcome for each in outcomes][-1] == "answered"
    assert outcomes.count() == 2
    assert validate(blobs.get(form.agency_sealed), [house.authorities.root]).ok


def test_an_acceptance_that_the_desk_for_forms_does_not_know_is_checked(house: House) -> None:
    """A lie: the answer said accepted, the province has returned it."""
    house.sandbox.settings(decide="review")
    try:
        filing = house.file(house.contract())
        pump()
        house.sandbox.admin(
            "POST", "decisions", {"key": filing.idempotency_key, "state": "returned", "items": []}
        )
        house.sandbox.admin(
            "PUT", "faults", {"plan": [{"kind": "contradictory", "times": 1, "on": ["query"]}]}
        )
        for _ in range(6):
            hurry()
            pump()
        filing.refresh_from_db()
        assert (filing.state, filing.last_error) == ("held", "contradictory_answer")
        assert FilingForm.objects.get().state == "employer_sealed"
    finally:
        house.sandbox.settings(decide="instant")


def test_the_employers_seal_waits_for_the_time_stamp_authority(house: House) -> None:
    filing = house.file(house.contract())
    with house.authorities.pki.fault("tsa", "down"):
        pump()
        form = FilingForm.objects.get()
        assert (form.state, form.last_error) == ("rendered", "time_stamp_unavailable")
    assert finish(filing).state == "agency_sealed"


def test_a_form_with_one_changed_byte_is_not_kept(house: House) -> None:
    filing = house.file(house.contract())
    form = finish(filing)
    answer = mock.Mock()
    answer.body = Receipt.objects.get(kind="sealed_form").body
    form.filing.refresh_from_db()
    sealed, ours = blobs.get(form.agency_sealed), blobs.get(form.employer_sealed)
    forms.check_sealed(form, answer, ours, sealed)
    for position in random.Random(1).sample(range(len(sealed)), 40):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(forms.FormRefusedError):
            forms.check_sealed(form, answer, ours, bytes(changed))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"receipt_no": "ANOTHER"}, "form_of_another_filing"),
        ({"form_digest": "0" * 64}, "form_of_another_filing"),
        ({"sealed_digest": "0" * 64}, "form_digest_differs"),
    ],
)
def test_an_answer_about_another_form_is_not_believed(
    house: House, change: dict[str, str], code: str
) -> None:
    filing = house.file(house.contract())
    form = finish(filing)
    form.filing.refresh_from_db()
    answer = mock.Mock()
    answer.body = {**Receipt.objects.get(kind="sealed_form").body, **change}
    with pytest.raises(forms.FormRefusedError, match=code):
        forms.check_sealed(form, answer, blobs.get(form.employer_sealed), blobs.get(form.agency_sealed))


def test_another_filings_form_with_good_seals_is_not_kept(house: House) -> None:
    """Every signature in it is valid, and the answer names its digest: but it is not our form continued."""
    form, other = (finish(house.file(house.contract())) for _ in range(2))
    form.filing.refresh_from_db()
    answer = mock.Mock()
    ours = Receipt.objects.get(kind="sealed_form", filing=form.filing)
    answer.body = {**ours.body, "sealed_digest": other.agency_sealed}
    with pytest.raises(forms.FormRefusedError, match="form_was_changed"):
        forms.check_sealed(form, answer, blobs.get(form.employer_sealed), blobs.get(other.agency_sealed))


def test_a_form_without_the_agencys_seal_is_not_kept(house: House) -> None:
    filing = house.file(house.contract())
    form = finish(filing)
    form.filing.refresh_from_db()
    ours = blobs.get(form.employer_sealed)
    answer = mock.Mock()
    answer.body = {**Receipt.objects.get(kind="sealed_form").body, "sealed_digest": form.employer_sealed}
    with pytest.raises(forms.FormRefusedError, match="form_seal_invalid"):
        forms.check_sealed(form, answer, ours, ours)


def test_the_province_is_killed_while_it_works(house: House) -> None:
    contracts = [house.contract() for _ in range(2)]
    filings = [house.file(contract) for contract in contracts]
    real = client.exchange

    def exchange(calls: list[client.Call]) -> Any:
        house.sandbox.kill()
        return real(calls)

    with mock.patch("filing_bridge.client.exchange", exchange):
        pump()
    house.sandbox.start()
    for filing in filings:
        finish(filing)
    ledger = house.ledger()
    assert [ledger.count(filing.idempotency_key) for filing in filings] == [1, 1]
