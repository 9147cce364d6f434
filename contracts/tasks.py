"""Background work: documents of contracts that were sent, change, rest or end, and bulk sheets."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from contracts.document.engine import Anchor, Rendered
from contracts.document.summary import summary
from contracts.domain import ContractState, DocumentState
from contracts.facts import Facts
from contracts.models import Change, Contract, LaterDocument, Suspension, Termination
from contracts.services import (
    certificates,
    changing,
    documents,
    overtaken,
    reminding,
    suspending,
    terminating,
)
from contracts.services.batches import checking, uploading
from contracts.services.batches import sending as batch_sending
from contracts.services.moving import move
from contracts.services.rendering import rendered_contract
from contracts.services.sending import SIGNING_PERIOD
from core import blobs, clock, work
from signing.domain import PartyKind
from signing.pades.geometry import Box, box_from_points
from signing.pades.prepare import FieldSpec, prepare
from signing.services.companions import Companion
from signing.services.requests import PartySpec, open_request

SYSTEM = "system:contracts"
TOOLTIPS = {"worker": "乙方（劳动者）签名", "employer": "甲方（用人单位）盖章"}
ANCHORS = {"worker": "worker_signature", "employer": "employer_seal"}
DATES = {"worker": "worker_date", "employer": "employer_date"}


@work.handler(uploading.CHECK, lease=timedelta(minutes=5))
def check_uploaded_batch(key: str) -> None:
    """Judge every row of a batch."""
    checking.check_batch(UUID(key))


@work.handler(batch_sending.SEND)
def send_confirmed_batch(key: str) -> None:
    """Send the next rows of a batch."""
    batch_sending.send_some(UUID(key))


@work.handler(reminding.TELL)
def tell_clerks_of_clocks(key: str) -> None:
    """Tell an employer's clerks of the clocks that have struck."""
    reminding.tell_clerks(UUID(key))


@work.handler("contracts.render")
def render_contract(key: str) -> None:
    """Render a sent contract, make its signature fields, and open the signature request.

    Equal facts give equal bytes, so a second run after a crash meets its own blob. Nothing is left to do when
    the contract has moved on.
    """
    contract = Contract.objects.select_related("template", "worker", "employer").get(pk=UUID(key))
    if contract.state != ContractState.RENDERING or contract.sent_at is None or contract.sign_before is None:
        return
    content = contract.template.content
    rendered = rendered_contract(content, contract.facts, at=contract.sent_at)
    order: list[str] = content["signing"]["order"]
    boxes = {role: box_of(rendered, ANCHORS[role]) for role in order}
    # Before anything is signed a mark may go anywhere, unless the template locks it to its box; a later one
    # stays in the zone that its field covers.
    free = [] if content["signing"].get("locked") else order[:1]
    zones = {role: None if role in free else boxes[role] for role in order}
    dates = {role: tuple(boxes_of(rendered, DATES[role])) for role in order}
    prepared = prepare(
        rendered.pdf,
        [FieldSpec(role, TOOLTIPS[role], boxes[role], zones[role], dates[role]) for role in order],
        seams=boxes_of(rendered, "seam_"),
    )
    digest = blobs.put(prepared)
    with transaction.atomic():
        request = open_request(
            tenant=contract.employer_id,
            subject=contract.subject,
            title=content["title"]["zh"],
            document_digest=digest,
            parties=[_party(contract.facts, role, boxes[role], zones[role]) for role in order],
            expires_at=contract.sign_before,
            actor=SYSTEM,
            companion=_companion(contract.facts, summary(contract.facts), rendered),
            typed_names=contract.employer.typed_names,
            stroke_data=contract.employer.stroke_data,
        )
        move(
            contract,
            ContractState.SIGNING,
            "contract.rendered",
            actor=SYSTEM,
            detail={"document_digest": digest},
            prepared_digest=digest,
            signature_request=request.pk,
        )


@work.handler(terminating.CERTIFICATE)
def make_certificate(key: str) -> None:
    """Make the certificate of an ending whose day has come, and open its signature request."""
    _make(Termination.objects.select_related("employer").get(pk=UUID(key)))


@work.handler(changing.AGREEMENT)
def make_agreement(key: str) -> None:
    """Make the agreement on a change and open its signature request; take back one that was overtaken."""
    change = Change.objects.select_related("employer", "contract").get(pk=UUID(key))
    if change.state == DocumentState.PLANNED and (fault := overtaken.faults_of([change]).get(change)):
        documents.close(change, DocumentState.WITHDRAWN, reason=f"{fault.zh} {fault.en}")
        return
    _make(change)


@work.handler(changing.HOLD)
def let_change_hold(key: str) -> None:
    """The day of a change has come."""
    changing.let_hold(Contract.objects.get(pk=UUID(key)))


@work.handler(suspending.DOCUMENT)
def make_suspension(key: str) -> None:
    """Make the document of a suspension or resumption, and open its signature request."""
    _make(Suspension.objects.select_related("employer").get(pk=UUID(key)))


@work.handler(suspending.HOLD)
def let_suspension_hold(key: str) -> None:
    """The day of a suspension or resumption has come."""
    suspending.let_hold(Contract.objects.get(pk=UUID(key)))


def _make(document: LaterDocument) -> None:
    """May run again: equal facts give equal bytes, and nothing is left to do when it has moved on."""
    if document.state != DocumentState.PLANNED:
        return
    kind, facts = documents.KINDS[document.kind], document.facts
    rendered = kind.render(facts, at=document.opened_at)
    roles = kind.signers(facts)
    boxes = {role: box_of(rendered, ANCHORS[role]) for role in roles}
    fields = [FieldSpec(role, TOOLTIPS[role], boxes[role], boxes[role]) for role in roles]
    digest = blobs.put(prepare(rendered.pdf, fields))
    sign_before = clock.now() + SIGNING_PERIOD
    with transaction.atomic():
        request = open_request(
            tenant=document.employer_id,
            subject=document.subject,
            title=kind.title(facts),
            document_digest=digest,
            parties=[_party(facts, role, boxes[role], boxes[role]) for role in roles],
            expires_at=sign_before,
            actor=documents.SYSTEM,
            companion=_companion(facts, kind.summary(facts), rendered),
            typed_names=document.employer.typed_names,
            stroke_data=document.employer.stroke_data,
        )
        move(
            document,
            DocumentState.SIGNING,
            f"{document.kind}.rendered",
            actor=documents.SYSTEM,
            detail={"document_digest": digest},
            prepared_digest=digest,
            signature_request=request.pk,
            sign_before=sign_before,
        )


def _companion(facts: Facts, gist: list[dict[str, str]], rendered: Rendered) -> Companion:
    employer = facts["employer"]
    return Companion(employer["contact_name"], employer["contact_phone"], gist, rendered.sections)


def _party(facts: Facts, role: str, place: Box, zone: Box | None) -> PartySpec:
    section = facts[role]
    if role == "employer":
        return PartySpec(
            role=role,
            kind=PartyKind.ORGANISATION,
            name=section["name"],
            id_type="uscc",
            id_no=section["uscc"],
            field_name=role,
            place=place,
            zone=zone,
        )
    return PartySpec(
        role=role,
        kind=PartyKind.PERSON,
        name=section["name"],
        id_type=section["id_type"],
        id_no=section["id_no"],
        field_name=role,
        place=place,
        zone=zone,
        mobile=section["mobile"],
        email=section.get("email", ""),
    )


def box_of(rendered: Rendered, key: str) -> Box:
    """The box of a named anchor, as fractions of its page."""
    return _box(rendered, next(anchor for anchor in rendered.anchors if anchor.key == key))


def boxes_of(rendered: Rendered, prefix: str) -> list[Box]:
    """The boxes of all anchors whose names begin like this, in order."""
    return [_box(rendered, anchor) for anchor in rendered.anchors if anchor.key.startswith(prefix)]


def _box(rendered: Rendered, anchor: Anchor) -> Box:
    size = rendered.page_sizes[anchor.page - 1]
    return box_from_points(anchor.page, anchor.x, anchor.y, anchor.w, anchor.h, size)


work.periodic("warn of certificates about to expire", every=timedelta(hours=6))(certificates.warn_of_expiry)
work.periodic("strike the legal clocks of contracts", every=timedelta(hours=1))(reminding.strike_clocks)
