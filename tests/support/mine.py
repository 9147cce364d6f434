"""A person with contracts of their own, and a browser that comes to see them."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from contracts.models import Contract
from core import clock, work
from signing.domain import PartyState, RequestState
from signing.models import Person, SignatureRequest, SigningParty
from signing.services.people import mobile_index
from signing.services.requests import identity_indexes
from tests.support.portal import make_contract
from tests.support.signing import (
    ID_NO,
    MOBILE,
    NAME,
    Phone,
    approve_seal,
    make_request,
    make_seal,
    newest,
    run,
)

VISIT_CODE = r"验证码(\d{6})，用于登录"
PHONE_CODE = r"验证码(\d{6})，用于把本手机号"


def make_person(
    *, name: str = NAME, id_no: str = ID_NO, mobile: str = MOBILE, proved: timedelta = timedelta(days=1)
) -> Person:
    """Somebody who proved who they are that long ago."""
    name_index, id_no_index = identity_indexes(name, id_no)
    then = clock.now() - proved
    return Person.objects.create(
        name_index=name_index, id_no_index=id_no_index, mobile=mobile, mobile_index=mobile_index(mobile),
        proved_at=then, created_at=then,
    )  # fmt: skip


def make_own(
    employer: Employer,
    state: ContractState = ContractState.EFFECTIVE,
    *,
    name: str = NAME,
    id_no: str = ID_NO,
) -> Contract:
    """A contract of this worker, in force or waiting for their signature."""
    effective = state == ContractState.EFFECTIVE
    contract = make_contract(employer, state, turn="employer" if effective else "worker")
    name_index, id_no_index = identity_indexes(name, id_no)
    request = SignatureRequest.objects.get(subject=contract.subject)
    SigningParty.objects.filter(request=request, role="worker").update(
        name_index=name_index, id_no_index=id_no_index, mobile_index=mobile_index(MOBILE),
        signed_at=clock.now() if effective else None,
    )  # fmt: skip
    worker = SigningParty.objects.get(request=request, role="worker")
    worker.name, worker.id_no, worker.mobile = name, id_no, MOBILE
    worker.state = PartyState.SIGNED if effective else PartyState.INVITED
    worker.save()
    if effective:
        request.state = RequestState.SIGNED
        request.current_digest = contract.signed_digest
        request.save()
    return contract


def make_signed(employer: Employer) -> Contract:
    """A contract in force whose document was really signed by both. Needs the authorities."""
    request = make_request(employer.pk)
    seal = make_seal(employer.pk)
    Phone().prepare_to_sign().confirm()
    run(work.SIGNING)
    approve_seal(employer.pk, seal, request)
    run(work.SIGNING)
    run(work.GENERAL)
    request.refresh_from_db()
    contract = make_contract(employer, ContractState.EFFECTIVE)
    contract.signature_request, contract.signed_digest = request.pk, request.current_digest
    contract.save()
    SignatureRequest.objects.filter(pk=request.pk).update(subject=contract.subject)
    return contract


@dataclass
class Browser:
    """A browser at 我的合同, in Chinese."""

    mobile: str = MOBILE
    client: Client = field(default_factory=lambda: Client(headers={"Accept-Language": "zh-CN"}))

    def get(self, name: str, /, *args: object) -> str:
        answer = self.client.get(reverse(f"mine:{name}", args=args), follow=True)
        return str(answer.content.decode())

    def post(self, name: str, /, *args: object, **given: str) -> str:
        answer = self.client.post(reverse(f"mine:{name}", args=args), given, follow=True)
        return str(answer.content.decode())

    def log_in(self) -> "Browser":
        self.post("enter", mobile=self.mobile)
        self.post("code", code=newest(VISIT_CODE, self.mobile))
        return self


def heading(page: str) -> str:
    """The page's main heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    return found[1] if found else ""
