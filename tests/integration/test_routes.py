"""Every address × every role × two employers: who may, who may not, and nobody sees another's rows.

The table names every address that a member can call. One that is not in it fails the first test, so that
nobody adds an address without saying who may use it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Employer, Membership, RosterWish
from contracts.domain import ContractState, PaperState
from contracts.models import PaperRequest
from core import clock
from core.principal import Role
from core.webhooks.models import WebhookEndpoint
from filing_bridge.domain import FilingState
from signing.domain import SealKind
from signing.models import Seal
from tests.support import accounts as make
from tests.support.papers import picture
from tests.support.portal import make_contract, make_correction, make_filing, record_of

MEMBERS = (Role.OWNER, Role.CLERK, Role.SEAL_KEEPER, Role.AUDITOR)
ALL = "ocka"  # owner, clerk, seal keeper, auditor
WRITERS = "oc"
LETTERS = {Role.OWNER: "o", Role.CLERK: "c", Role.SEAL_KEEPER: "k", Role.AUDITOR: "a"}
# Addresses that no member calls: people who sign, log in or visit, and operators. They have their own tests.
ELSEWHERE = (
    "health/",
    "i18n/",
    "sign/",
    "verify/",
    "mine/",
    "account/",
    "api/v1/sign/",
    "api/v1/operator/",
    "api/v1/schema/",
    "api/v1/sessions/",
    "api/v1/invitations/accept/",
    "api/v1/me/",
)
# Method and address → the roles that it is for. Others are refused, by 403 or as if it were not there.
TABLE: dict[str, str] = {
    "post api/v1/api-keys/<uuid:key_id>/revoke/": "o",
    "get api/v1/api-keys/": ALL,
    "post api/v1/api-keys/": ALL,
    "get api/v1/batch-sheets/<slug:slug>/": WRITERS,
    "put api/v1/batch-sheets/<slug:slug>/": WRITERS,
    "post api/v1/batches/<uuid:batch_id>/cancel/": WRITERS,
    "post api/v1/batches/<uuid:batch_id>/confirm/": WRITERS,
    "get api/v1/batches/<uuid:batch_id>/faults/": WRITERS,
    "get api/v1/batches/<uuid:batch_id>/": ALL,
    "post api/v1/batches/<uuid:batch_id>/mapping/": WRITERS,
    "post api/v1/batches/<uuid:batch_id>/pause/": WRITERS,
    "post api/v1/batches/<uuid:batch_id>/resume/": WRITERS,
    "post api/v1/batches/<uuid:batch_id>/retry/": WRITERS,
    "patch api/v1/batches/<uuid:batch_id>/rows/<int:number>/": WRITERS,
    "get api/v1/batches/<uuid:batch_id>/rows/<int:number>/preview/": WRITERS,
    "get api/v1/batches/<uuid:batch_id>/rows/": ALL,
    "get api/v1/batches/": ALL,
    "get api/v1/changes/<uuid:change_id>/document/": WRITERS,
    "get api/v1/changes/<uuid:change_id>/": ALL,
    "post api/v1/changes/<uuid:change_id>/withdraw/": WRITERS,
    "get api/v1/changes/": ALL,
    "post api/v1/contracts/<uuid:contract_id>/changes/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/changes/preview/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/document/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/evidence/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/evidence/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/facts/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/findings/": ALL,
    "get api/v1/contracts/<uuid:contract_id>/": ALL,
    "get api/v1/contracts/<uuid:contract_id>/notices/": ALL,
    "post api/v1/contracts/<uuid:contract_id>/remind/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/lineage/": ALL,
    "post api/v1/contracts/<uuid:contract_id>/renewals/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/renewals/preview/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/send-anew/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/send/": WRITERS,
    "put api/v1/contracts/<uuid:contract_id>/signed-file/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/terminations/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/terminations/preview/": WRITERS,
    "get api/v1/contracts/<uuid:contract_id>/timeline/": ALL,
    "post api/v1/contracts/<uuid:contract_id>/withdraw/": WRITERS,
    "get api/v1/contracts/": ALL,
    "post api/v1/contracts/": WRITERS,
    "get api/v1/corrections/<uuid:correction_id>/": ALL,
    "post api/v1/corrections/<uuid:correction_id>/confirm/": WRITERS,
    "post api/v1/corrections/<uuid:correction_id>/decline/": WRITERS,
    "post api/v1/corrections/<uuid:correction_id>/withdraw/": WRITERS,
    "get api/v1/corrections/": ALL,
    "get api/v1/employers/me/": ALL,
    "put api/v1/employers/me/mfa/": "o",
    "patch api/v1/employers/me/": "o",
    "patch api/v1/employers/me/signing/": "o",
    "post api/v1/employers/": ALL,
    "get api/v1/ending-batches/<uuid:batch_id>/": ALL,
    "post api/v1/ending-batches/<uuid:batch_id>/<slug:act>/": WRITERS,
    "get api/v1/ending-batches/<uuid:batch_id>/dates/": WRITERS,
    "post api/v1/ending-batches/<uuid:batch_id>/dates/": WRITERS,
    "get api/v1/ending-batches/<uuid:batch_id>/papers/<slug:paper>/": WRITERS,
    "put api/v1/ending-batches/<uuid:batch_id>/papers/<slug:paper>/": WRITERS,
    "get api/v1/ending-batches/<uuid:batch_id>/rows/": ALL,
    "put api/v1/ending-batches/<uuid:batch_id>/rows/<int:number>/": WRITERS,
    "post api/v1/ending-batches/<uuid:batch_id>/rows/<int:number>/go/": WRITERS,
    "post api/v1/ending-batches/<uuid:batch_id>/rows/<int:number>/out/": WRITERS,
    "get api/v1/ending-batches/": ALL,
    "post api/v1/ending-batches/": WRITERS,
    "get api/v1/ending-batches/sheet/": WRITERS,
    "put api/v1/ending-batches/sheet/": WRITERS,
    "get api/v1/filings/<uuid:filing_id>/confirmation/": WRITERS,
    "post api/v1/filings/<uuid:filing_id>/confirmation/": WRITERS,
    "post api/v1/filings/<uuid:filing_id>/correction-slip/": WRITERS,
    "get api/v1/filings/<uuid:filing_id>/follow-up/": WRITERS,
    "post api/v1/filings/<uuid:filing_id>/corrections/": WRITERS,
    "get api/v1/filings/<uuid:filing_id>/form/": WRITERS,
    "get api/v1/filings/<uuid:filing_id>/": ALL,
    "get api/v1/filings/<uuid:filing_id>/receipt/": ALL,
    "get api/v1/filings/<uuid:filing_id>/record/": WRITERS,
    "post api/v1/filings/<uuid:filing_id>/retry/": WRITERS,
    "get api/v1/filings/<uuid:filing_id>/slips/<int:number>/": WRITERS,
    "post api/v1/filings/<uuid:filing_id>/void/": WRITERS,
    "post api/v1/filings/counter-package/": WRITERS,
    "get api/v1/filings/": ALL,
    "get api/v1/filings/outages/": ALL,
    "post api/v1/filings/sheet/comparison/": WRITERS,
    "post api/v1/filings/sheet/": WRITERS,
    "post api/v1/members/<uuid:membership_id>/remove/": "o",
    "post api/v1/members/<uuid:membership_id>/role/": "o",
    "get api/v1/members/": ALL,
    "get api/v1/members/invitations/": "o",
    "post api/v1/members/invitations/": "o",
    "post api/v1/paper-requests/<uuid:wish_id>/given/": WRITERS,
    "get api/v1/paper-requests/": ALL,
    "post api/v1/seal-applications/<uuid:application_id>/approve/": "k",
    "get api/v1/seal-applications/<uuid:application_id>/": ALL,
    "post api/v1/seal-applications/<uuid:application_id>/refuse/": "k",
    "get api/v1/seal-applications/": ALL,
    "post api/v1/seal-applications/": WRITERS,
    "post api/v1/seals/<uuid:seal_id>/restore/": "ok",
    "post api/v1/seals/<uuid:seal_id>/suspend/": "ok",
    "get api/v1/seals/<uuid:seal_id>/uses/": ALL,
    "get api/v1/seals/": ALL,
    "post api/v1/seals/": "o",
    "post api/v1/contracts/<uuid:contract_id>/resumptions/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/resumptions/preview/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/suspensions/": WRITERS,
    "post api/v1/contracts/<uuid:contract_id>/suspensions/preview/": WRITERS,
    "get api/v1/suspensions/<uuid:suspension_id>/document/": WRITERS,
    "get api/v1/suspensions/<uuid:suspension_id>/": ALL,
    "post api/v1/suspensions/<uuid:suspension_id>/withdraw/": WRITERS,
    "get api/v1/suspensions/": ALL,
    "get api/v1/templates/": ALL,
    "get api/v1/terminations/<uuid:termination_id>/document/": WRITERS,
    "get api/v1/terminations/<uuid:termination_id>/": ALL,
    "post api/v1/terminations/<uuid:termination_id>/withdraw/": WRITERS,
    "get api/v1/terminations/": ALL,
    "get api/v1/webhooks/<uuid:webhook_id>/attempts/": ALL,
    "delete api/v1/webhooks/<uuid:webhook_id>/": "o",
    "get api/v1/webhooks/<uuid:webhook_id>/": ALL,
    "post api/v1/webhooks/attempts/<uuid:attempt_id>/replay/": "o",
    "get api/v1/webhooks/": ALL,
    "post api/v1/webhooks/": "o",
    "get api/v1/workers/<uuid:worker_id>/": ALL,
    "patch api/v1/workers/<uuid:worker_id>/": WRITERS,
    "post api/v1/workers/<uuid:worker_id>/reveal/": WRITERS,
    "get api/v1/workers/": ALL,
    "post api/v1/workers/": WRITERS,
    "post api/v1/workers/search/": ALL,
    "get audit/": ALL,
    "post audit/": ALL,
    "get batches/<uuid:batch_id>/<slug:name>/": ALL,
    "post batches/<uuid:batch_id>/<slug:name>/": ALL,
    "get batches/<uuid:batch_id>/columns/": WRITERS,
    "post batches/<uuid:batch_id>/columns/": WRITERS,
    "get batches/<uuid:batch_id>/faults/": ALL,
    "get batches/<uuid:batch_id>/": ALL,
    "get batches/<uuid:batch_id>/progress/": ALL,
    "get batches/<uuid:batch_id>/rows/<int:number>/": ALL,
    "get batches/<uuid:batch_id>/rows/<int:number>/pages/<int:page>/": ALL,
    "post batches/<uuid:batch_id>/rows/<int:number>/": ALL,
    "get batches/": ALL,
    "get batches/new/": WRITERS,
    "post batches/new/": WRITERS,
    "post batches/": ALL,
    "get batches/sheets/<slug:slug>/": WRITERS,
    "get changes/<uuid:change_id>/": ALL,
    "get changes/<uuid:change_id>/document/": WRITERS,
    "get changes/<uuid:change_id>/seal/": WRITERS,
    "post changes/<uuid:change_id>/seal/": WRITERS,
    "get changes/<uuid:change_id>/withdraw/": WRITERS,
    "post changes/<uuid:change_id>/withdraw/": WRITERS,
    "get changes/": ALL,
    "post changes/": ALL,
    "get contracts/<uuid:contract_id>/anew/": WRITERS,
    "post contracts/<uuid:contract_id>/anew/": WRITERS,
    "get contracts/<uuid:contract_id>/change/": WRITERS,
    "post contracts/<uuid:contract_id>/change/": WRITERS,
    "get contracts/<uuid:contract_id>/change/pages/<int:number>/": WRITERS,
    "get contracts/<uuid:contract_id>/change/preview/": WRITERS,
    "post contracts/<uuid:contract_id>/change/preview/": WRITERS,
    "get contracts/<uuid:contract_id>/document/": WRITERS,
    "get contracts/<uuid:contract_id>/edit/": WRITERS,
    "post contracts/<uuid:contract_id>/edit/": WRITERS,
    "get contracts/<uuid:contract_id>/end/": WRITERS,
    "get contracts/<uuid:contract_id>/end/<slug:code>/": WRITERS,
    "post contracts/<uuid:contract_id>/end/<slug:code>/": WRITERS,
    "get contracts/<uuid:contract_id>/end/<slug:code>/certificate/": WRITERS,
    "get contracts/<uuid:contract_id>/end/<slug:code>/preview/": WRITERS,
    "post contracts/<uuid:contract_id>/end/<slug:code>/preview/": WRITERS,
    "get contracts/<uuid:contract_id>/evidence/": WRITERS,
    "get contracts/<uuid:contract_id>/extend/": WRITERS,
    "post contracts/<uuid:contract_id>/extend/": WRITERS,
    "get contracts/<uuid:contract_id>/": ALL,
    "get contracts/<uuid:contract_id>/pages/<int:number>/": WRITERS,
    "get contracts/<uuid:contract_id>/paper/": WRITERS,
    "post contracts/<uuid:contract_id>/paper/": WRITERS,
    "get contracts/<uuid:contract_id>/remind/": WRITERS,
    "post contracts/<uuid:contract_id>/remind/": WRITERS,
    "get contracts/<uuid:contract_id>/signed-file/": WRITERS,
    "post contracts/<uuid:contract_id>/signed-file/": WRITERS,
    "get contracts/<uuid:contract_id>/withdraw/": WRITERS,
    "post contracts/<uuid:contract_id>/withdraw/": WRITERS,
    "get contracts/": ALL,
    "get contracts/new/": WRITERS,
    "post contracts/new/": WRITERS,
    "get contracts/new/terms/": WRITERS,
    "post contracts/new/terms/": WRITERS,
    "post contracts/": ALL,
    "get contracts/preview/": WRITERS,
    "post contracts/preview/": WRITERS,
    "get corrections/<uuid:correction_id>/": ALL,
    "get corrections/<uuid:correction_id>/confirm/": WRITERS,
    "post corrections/<uuid:correction_id>/confirm/": WRITERS,
    "get corrections/<uuid:correction_id>/decline/": WRITERS,
    "post corrections/<uuid:correction_id>/decline/": WRITERS,
    "get corrections/<uuid:correction_id>/evidence/": WRITERS,
    "get corrections/<uuid:correction_id>/slip/": WRITERS,
    "get corrections/<uuid:correction_id>/withdraw/": WRITERS,
    "post corrections/<uuid:correction_id>/withdraw/": WRITERS,
    "get corrections/": ALL,
    "post corrections/": ALL,
    "get deadlines/": ALL,
    "post deadlines/": ALL,
    "get endings/<uuid:termination_id>/": ALL,
    "get endings/<uuid:termination_id>/<slug:name>/": WRITERS,
    "post endings/<uuid:termination_id>/<slug:name>/": WRITERS,
    "get endings/<uuid:termination_id>/document/": WRITERS,
    "get endings/<uuid:termination_id>/seal/": WRITERS,
    "post endings/<uuid:termination_id>/seal/": WRITERS,
    "get endings/<uuid:termination_id>/withdraw/": WRITERS,
    "post endings/<uuid:termination_id>/withdraw/": WRITERS,
    "get endings/batches/<uuid:batch_id>/": ALL,
    "get endings/batches/<uuid:batch_id>/<slug:name>/": WRITERS,
    "post endings/batches/<uuid:batch_id>/<slug:name>/": WRITERS,
    "get endings/batches/<uuid:batch_id>/dates/": WRITERS,
    "post endings/batches/<uuid:batch_id>/dates/": WRITERS,
    "get endings/batches/<uuid:batch_id>/file/": WRITERS,
    "get endings/batches/<uuid:batch_id>/papers/<slug:name>/": WRITERS,
    "post endings/batches/<uuid:batch_id>/papers/<slug:name>/": WRITERS,
    "get endings/batches/<uuid:batch_id>/papers/<slug:name>/file/": WRITERS,
    "get endings/batches/<uuid:batch_id>/progress/": ALL,
    "get endings/batches/<uuid:batch_id>/rows/<int:number>/": WRITERS,
    "post endings/batches/<uuid:batch_id>/rows/<int:number>/": WRITERS,
    "get endings/batches/<uuid:batch_id>/rows/<int:number>/go/": WRITERS,
    "post endings/batches/<uuid:batch_id>/rows/<int:number>/go/": WRITERS,
    "get endings/batches/<uuid:batch_id>/rows/<int:number>/out/": WRITERS,
    "post endings/batches/<uuid:batch_id>/rows/<int:number>/out/": WRITERS,
    "get endings/batches/<uuid:batch_id>/seal/": WRITERS,
    "post endings/batches/<uuid:batch_id>/seal/": WRITERS,
    "get endings/batches/": ALL,
    "get endings/batches/new/": WRITERS,
    "post endings/batches/new/": WRITERS,
    "post endings/batches/": ALL,
    "get endings/batches/sheet/": WRITERS,
    "get endings/": ALL,
    "post endings/": ALL,
    "get filings/<uuid:filing_id>/again/": WRITERS,
    "post filings/<uuid:filing_id>/again/": WRITERS,
    "get filings/<uuid:filing_id>/confirm/": WRITERS,
    "post filings/<uuid:filing_id>/confirm/": WRITERS,
    "get filings/<uuid:filing_id>/correct/": WRITERS,
    "post filings/<uuid:filing_id>/correct/": WRITERS,
    "get filings/<uuid:filing_id>/form/": WRITERS,
    "get filings/<uuid:filing_id>/receipt/": ALL,
    "get filings/<uuid:filing_id>/record/": WRITERS,
    "get filings/<uuid:filing_id>/slips/<int:number>/": WRITERS,
    "get filings/<uuid:filing_id>/void/": WRITERS,
    "post filings/<uuid:filing_id>/void/": WRITERS,
    "get filings/": ALL,
    "post filings/": ALL,
    "get ": ALL,
    "get help/": ALL,
    "get help/errors/": ALL,
    "get sealing/<uuid:application_id>/decide/": "k",
    "post sealing/<uuid:application_id>/decide/": "k",
    "get sealing/<uuid:application_id>/": ALL,
    "get sealing/<uuid:application_id>/refuse/": "k",
    "post sealing/<uuid:application_id>/refuse/": "k",
    "get sealing/<uuid:application_id>/repeat/": "k",
    "post sealing/<uuid:application_id>/repeat/": "k",
    "get sealing/all/": "k",
    "get sealing/decide/": "k",
    "post sealing/decide/": "k",
    "get sealing/": ALL,
    "post sealing/": ALL,
    "get sealing/progress/": ALL,
    "get sealing/progress/now/": ALL,
    "get sealing/sample/<int:use_id>/<int:number>/": "k",
    "get sealing/sample/<int:use_id>/<int:number>/image/": "k",
    "get sealing/sample/": "k",
    "get seals/<uuid:seal_id>/": ALL,
    "get seals/<uuid:seal_id>/grants/<uuid:grant_id>/end/": "o",
    "post seals/<uuid:seal_id>/grants/<uuid:grant_id>/end/": "o",
    "get seals/<uuid:seal_id>/grants/": "o",
    "post seals/<uuid:seal_id>/grants/": "o",
    "get seals/<uuid:seal_id>/holder/": "o",
    "post seals/<uuid:seal_id>/holder/": "o",
    "get seals/<uuid:seal_id>/limits/": "o",
    "post seals/<uuid:seal_id>/limits/": "o",
    "get seals/<uuid:seal_id>/picture/": ALL,
    "get seals/<uuid:seal_id>/proof/": ALL,
    "get seals/<uuid:seal_id>/state/": ALL,
    "post seals/<uuid:seal_id>/state/": "ok",
    "get seals/certificate/": ALL,
    "get seals/": ALL,
    "get seals/new/": "o",
    "post seals/new/": "o",
    "post seals/": ALL,
    "get seals/uses/": ALL,
    "post seals/uses/": ALL,
    "get settings/": ALL,
    "get settings/invitations/<uuid:invitation_id>/withdraw/": "o",
    "post settings/invitations/<uuid:invitation_id>/withdraw/": "o",
    "get settings/invitations/": "o",
    "post settings/invitations/": ALL,
    "get settings/keys/<uuid:key_id>/revoke/": "o",
    "post settings/keys/<uuid:key_id>/revoke/": "o",
    "get settings/keys/": ALL,
    "get settings/keys/new/": ALL,
    "post settings/keys/new/": ALL,
    "post settings/keys/": ALL,
    "get settings/members/<uuid:membership_id>/": "o",
    "post settings/members/<uuid:membership_id>/": "o",
    "get settings/members/<uuid:membership_id>/remove/": "o",
    "post settings/members/<uuid:membership_id>/remove/": "o",
    "get settings/members/": ALL,
    "get settings/members/<uuid:membership_id>/unlock/": "o",
    "post settings/members/<uuid:membership_id>/unlock/": "o",
    "get settings/members/invite/": "o",
    "post settings/members/invite/": "o",
    "post settings/members/": ALL,
    "get settings/mfa/": "o",
    "post settings/mfa/": "o",
    "get settings/notifications/": ALL,
    "post settings/notifications/": ALL,
    "get settings/profile/change/": "o",
    "post settings/profile/change/": "o",
    "get settings/profile/": ALL,
    "get settings/roles/<uuid:request_id>/": "o",
    "post settings/roles/<uuid:request_id>/": "o",
    "get settings/roles/ask/": ALL,
    "post settings/roles/ask/": ALL,
    "get settings/signing/": "o",
    "post settings/signing/": "o",
    "get settings/webhooks/<uuid:webhook_id>/remove/": "o",
    "post settings/webhooks/<uuid:webhook_id>/remove/": "o",
    "get settings/webhooks/calls/": ALL,
    "post settings/webhooks/calls/": ALL,
    "get settings/webhooks/": ALL,
    "get settings/webhooks/new/": "o",
    "post settings/webhooks/new/": "o",
    "post settings/webhooks/": ALL,
    "get contracts/<uuid:contract_id>/resume/": WRITERS,
    "post contracts/<uuid:contract_id>/resume/": WRITERS,
    "get contracts/<uuid:contract_id>/suspend/": WRITERS,
    "post contracts/<uuid:contract_id>/suspend/": WRITERS,
    "get suspensions/<uuid:suspension_id>/document/": WRITERS,
    "get suspensions/<uuid:suspension_id>/": ALL,
    "get suspensions/<uuid:suspension_id>/seal/": WRITERS,
    "post suspensions/<uuid:suspension_id>/seal/": WRITERS,
    "get suspensions/<uuid:suspension_id>/withdraw/": WRITERS,
    "post suspensions/<uuid:suspension_id>/withdraw/": WRITERS,
    "get support/": ALL,
    "get support/bundle/": ALL,
    "get templates/<uuid:template_id>/<int:number>/<int:page>/": ALL,
    "get templates/<uuid:template_id>/<int:number>/": ALL,
    "get templates/<uuid:template_id>/compare/": ALL,
    "get templates/<uuid:template_id>/draft/": WRITERS,
    "post templates/<uuid:template_id>/draft/": WRITERS,
    "get templates/<uuid:template_id>/edit/": WRITERS,
    "get templates/<uuid:template_id>/find/": WRITERS,
    "get templates/<uuid:template_id>/": ALL,
    "get templates/<uuid:template_id>/publish/": "o",
    "post templates/<uuid:template_id>/publish/": "o",
    "get templates/<uuid:template_id>/save/": WRITERS,
    "post templates/<uuid:template_id>/save/": WRITERS,
    "get templates/<uuid:template_id>/sheets/<int:page>/": WRITERS,
    "get templates/": ALL,
    "get templates/upload/": WRITERS,
    "post templates/": ALL,
    "post templates/upload/": WRITERS,
    "get workers/<uuid:worker_id>/edit/": WRITERS,
    "post workers/<uuid:worker_id>/edit/": WRITERS,
    "get workers/<uuid:worker_id>/": ALL,
    "get workers/": ALL,
    "get workers/new/": WRITERS,
    "get workers/wishes/<uuid:roster_wish_id>/": WRITERS,
    "post workers/wishes/<uuid:roster_wish_id>/": WRITERS,
    "post workers/new/": WRITERS,
    "post workers/": ALL,
}
WORKER = {"name": "测试甲乙丙", "id_no": "370303199003070013", "mobile": "13712345678"}


def _walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def routes() -> list[str]:
    """Every method and address that a member can call. The portal's pages are asked with both methods."""
    found = []
    for route, pattern in _walk(get_resolver().url_patterns):
        if route.startswith(ELSEWHERE) or route == "api/v1/":
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        methods = [name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)]
        found += [f"{method} {route}" for method in methods or ("get", "post")]
    return found


@dataclass(frozen=True)
class House:
    """An employer with one of everything that an address can name."""

    employer: Employer
    keys: dict[str, Any]
    secrets: tuple[str, ...]

    def address(self, route: str) -> str:
        for name, value in self.keys.items():
            for converter in ("uuid", "int", "str", "slug"):
                route = route.replace(f"<{converter}:{name}>", str(value))
        return f"/{route}"


def make_house(**worker: str) -> House:
    employer = make.make_employer()
    contract = make_contract(employer, ContractState.EFFECTIVE, worker=make.make_worker(employer, **worker))
    filing = make_filing(contract, FilingState.ACCEPTED, record=record_of(contract), filing_type="11")
    correction = make_correction(filing, evidence=picture())
    keeper = make.make_member(employer, Role.SEAL_KEEPER)
    seal = Seal.objects.create(
        tenant=employer.pk, kind=SealKind.CONTRACT, label="合同章", name=employer.name, diameter_mm="42.0",
        holder=f"user:{keeper.user_id}", created_at=clock.now(),
    )  # fmt: skip
    hook = WebhookEndpoint.objects.create(
        tenant=employer.pk, url="https://example.com/hook", topics=[], secret="s", created_at=clock.now()
    )
    roster_wish = RosterWish.objects.create(
        worker=contract.worker, changes={"education": "31"}, asked_at=clock.now()
    )
    wish = PaperRequest.objects.create(contract=contract, state=PaperState.ASKED, asked_at=clock.now())
    keys: dict[str, Any] = {
        "contract_id": contract.pk,
        "filing_id": filing.pk,
        "correction_id": correction.pk,
        "worker_id": contract.worker_id,
        "membership_id": keeper.pk,
        "key_id": _key_of(keeper),
        "seal_id": seal.pk,
        "webhook_id": hook.pk,
        "wish_id": wish.pk,
        "roster_wish_id": roster_wish.pk,
        # Of these none is made: a key of nobody's must be as unknown as one of another's.
        **{
            name: uuid.uuid4()
            for name in (
                "application_id",
                "grant_id",
                "attempt_id",
                "invitation_id",
                "template_id",
                "batch_id",
                "termination_id",
                "change_id",
                "suspension_id",
                "request_id",
            )
        },
        "use_id": 1,
        "number": 1,
        "page": 1,
        "slug": "general",
        "code": "3602",
        "name": "pause",
        "act": "pause",
        "paper": "plan",
    }
    return House(employer, keys, (contract.contract_no, *worker.values()))


def _key_of(member: Membership) -> Any:
    make.client_of(member)
    return member.api_keys.get().pk


@pytest.fixture
def house(db: None) -> House:
    return make_house(**WORKER)


def call(method: str, address: str, who: Membership) -> Any:
    """The answer to a bare request: through the API with a key, through the portal with a log-in."""
    if address.startswith("/api/"):
        body: dict[str, Any] | None = None if method == "get" else {}
        return make.client_of(who).send(method, address, body)
    browser = Browser(headers={"Accept-Language": "zh-CN"})
    browser.force_login(who.user)
    return getattr(browser, method)(address)


def ask(route: str, house: House, who: Membership) -> Any:
    """The answer; what it changed is undone."""
    method, _, path = route.partition(" ")
    before = transaction.savepoint()
    try:
        return call(method, house.address(path), who)
    finally:
        transaction.savepoint_rollback(before)


def test_every_address_is_in_the_table(house: House) -> None:
    owner = make.make_member(house.employer, Role.OWNER)
    known = {route for route in routes() if ask(route, house, owner).status_code != 405}

    assert known == set(TABLE)


@pytest.mark.parametrize("role", MEMBERS)
def test_each_role_may_do_what_the_table_says_and_nothing_else(house: House, role: Role) -> None:
    who = make.make_member(house.employer, role)
    answers = {route: ask(route, house, who).status_code for route in TABLE}

    wrong = {
        f"{route}: {status}"
        for route, status in answers.items()
        if (status in (401, 403) if LETTERS[role] in TABLE[route] else status < 400)
    }
    assert wrong == set()


@pytest.mark.parametrize("role", MEMBERS)
def test_b01_nobody_reaches_another_employers_rows(house: House, role: Role) -> None:
    stranger = make.make_member(make_house().employer, role)
    leaks = set()
    for route in TABLE:
        answer = ask(route, house, stranger)
        body: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
        named = "<uuid:" in route
        if (named and answer.status_code < 400) or any(secret.encode() in body for secret in house.secrets):
            leaks.add(f"{route}: {answer.status_code}")

    assert leaks == set()


def test_a_visitor_is_sent_to_the_log_in_page(house: House) -> None:
    for route in TABLE:
        method, _, path = route.partition(" ")
        if method == "get" and not path.startswith("api/"):
            answer = Browser().get(house.address(path))
            assert answer.status_code == 302, route
            assert answer.headers["Location"].startswith(reverse("account_login")), route


def test_the_api_wants_a_key(house: House) -> None:
    nobody = make.Client()
    for route in TABLE:
        method, _, path = route.partition(" ")
        if path.startswith("api/") and path != "api/v1/employers/":
            assert nobody.send(method, house.address(path)).status_code == 401, route
