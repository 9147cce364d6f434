"""A big employer, put straight into the database: people, contracts and filings as many as one wants.

The rows are synthetic and have no documents; the lists and counters cannot tell them from real ones.
"""

import itertools
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from accounts.models import Employer, User, Worker
from contracts.domain import ContractState
from contracts.models import Contract, TemplateVersion
from contracts.services.drafting import dates_of
from contracts.services.publishing import publish_own_templates
from core import clock
from core.crypto import blind_index
from filing_bridge.domain import FilingState
from filing_bridge.models import Filing
from signing.domain import PartyKind, PartyState
from signing.models import SignatureRequest, SigningParty
from tests.support import accounts as make
from tests.support.contract_facts import sample_facts

CHUNK = 2000
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
# Of a hundred contracts: how many are in force, out with the worker, waiting for the seal, over, drafts.
SHARES = [
    *[(ContractState.EFFECTIVE, "")] * 92,
    *[(ContractState.SIGNING, "worker")] * 3,
    (ContractState.SIGNING, "employer"),
    (ContractState.REFUSED, ""),
    (ContractState.WITHDRAWN, ""),
    *[(ContractState.DRAFT, "")] * 2,
]


def seed(employer: Employer, number: int) -> None:
    """So many workers, each with a contract, and a filing for each contract in force."""
    publish_own_templates()
    user = make.make_member(employer).user
    template = TemplateVersion.objects.filter(slug="general").latest("number")
    numbers = iter(range(number))
    while chunk := list(itertools.islice(numbers, CHUNK)):
        workers = [_worker(employer, each) for each in chunk]
        Worker.objects.bulk_create(workers)
        made = [
            _contract(employer, worker, template, user, each)
            for worker, each in zip(workers, chunk, strict=True)
        ]
        requests = [request for _contract, request, _turn in made if request is not None]
        SignatureRequest.objects.bulk_create(requests)
        SigningParty.objects.bulk_create(
            party for _contract, request, turn in made if request for party in _parties(request, turn)
        )
        Contract.objects.bulk_create(contract for contract, _request, _turn in made)
        Filing.objects.bulk_create(
            _filing(contract, each)
            for (contract, _request, _turn), each in zip(made, chunk, strict=True)
            if contract.state == ContractState.EFFECTIVE
        )


def name_of(serial: int) -> str:
    """Four hundred surname-and-name pairs, then a number in Chinese signs that tells people apart."""
    surname, given = SURNAMES[serial % 20], GIVEN[serial // 20 % 20]
    return f"{surname}{given}{GIVEN[serial // 400 % 20]}"


def mobile_of(serial: int) -> str:
    return f"139{serial:08}"


def _worker(employer: Employer, serial: int) -> Worker:
    id_no = make.id_no(
        serial,
        born=f"19{60 + serial // 336000 % 40:02}{serial // 28000 % 12 + 1:02}{serial // 1000 % 28 + 1:02}",
    )
    mobile = mobile_of(serial)
    given: dict[str, Any] = {**make.WORKER, "name": name_of(serial), "id_no": id_no, "mobile": mobile}
    return Worker(
        employer=employer,
        sex="1",
        birth_date="1990-03-07",
        id_no_index=blind_index("id_no", id_no),
        mobile_index=blind_index("mobile", mobile),
        mobile_end_index=blind_index("mobile_end", mobile[-4:]),
        **given,
    )


TERMS = sample_facts("general")["contract"]


def _contract(
    employer: Employer, worker: Worker, template: TemplateVersion, user: User, serial: int
) -> tuple[Contract, SignatureRequest | None, str]:
    state, turn = SHARES[serial % 100]
    start = clock.today() - timedelta(days=serial % 1000)
    terms = {**TERMS, "employment_start": start.isoformat(), "end": _end(start).isoformat()}
    request = _request(employer) if turn else None
    contract = Contract(
        employer=employer,
        worker=worker,
        template=template,
        contract_no=f"HT-{start:%Y%m%d}-{serial:08}",
        jurisdiction_code="370303",
        terms=terms,
        state=state,
        created_by=user,
        facts_digest="" if state == ContractState.DRAFT else "0" * 64,
        signed_digest="0" * 64 if state == ContractState.EFFECTIVE else "",
        effective_at=clock.now() - timedelta(days=serial % 1000)
        if state == ContractState.EFFECTIVE
        else None,
        signature_request=request.pk if request else None,
        **dates_of(terms),
    )
    return contract, request, turn


def _end(start: date) -> date:
    return start + timedelta(days=1095)


def _request(employer: Employer) -> SignatureRequest:
    now = clock.now()
    return SignatureRequest(
        tenant=employer.pk, subject=f"contract:{uuid.uuid4()}", title="劳动合同书", sender_name=employer.name,
        base_digest="0" * 64, current_digest="0" * 64, frames=[], created_at=now, acted_at=now,
        expires_at=now + timedelta(days=14),
    )  # fmt: skip


def _parties(request: SignatureRequest, turn: str) -> Iterator[SigningParty]:
    for order, role in enumerate(("worker", "employer"), start=1):
        signed = role == "worker" and turn == "employer"
        yield SigningParty(
            request=request, order=order, role=role, field_name=role, name="测试", name_index="0" * 64,
            kind=PartyKind.PERSON if role == "worker" else PartyKind.ORGANISATION, id_type="01",
            id_no="0", id_no_index="0" * 64, place={},
            state=PartyState.INVITED if role == turn else PartyState.SIGNED if signed else PartyState.WAITING,
        )  # fmt: skip


def _filing(contract: Contract, serial: int) -> Filing:
    now = clock.now()
    unfiled = serial % 200 == 7
    state = FilingState.WAITING if unfiled else FilingState.ACCEPTED
    return Filing(
        tenant=contract.employer_id, contract_id=contract.pk, contract_no=contract.contract_no,
        employment=uuid.uuid4().hex, starts_on=contract.employment_start, event="hire", filing_type="11",
        jurisdiction="370303", province="370300", idempotency_key=uuid.uuid4().hex, document_digest="0" * 64,
        signed_at=now, deadline=contract.employment_start + timedelta(days=30), record_digest="0" * 64,
        record={}, created_at=now, due_at=now, state=state, message="0" * 64,
        receipt_no="" if unfiled else f"TEST{serial:012}", decided_at=None if unfiled else now,
    )  # fmt: skip
