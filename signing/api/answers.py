"""What a signing session may see of itself."""

from typing import Any
from uuid import UUID

from core.errors import CATALOGUE
from signing.domain import CheckState, PartyState
from signing.models import SigningParty, SigningSession
from signing.services.codes import masked_mobile
from signing.services.steps import steps_done


def session_answer(session: SigningSession) -> dict[str, Any]:
    """Sender, title and masked phone for anybody who has the link; the rest for who proved the phone."""
    party = session.party
    request = party.request
    return {
        "sender": request.sender_name,
        "title": request.title,
        "sent_to": masked_mobile(party),
        "expires_at": request.expires_at,
        "state": request.state,
        "party": party.state,
        "turn": party.state == PartyState.INVITED,
        "identity": _identity(session),
        "steps": steps_done(session, request.current_digest),
        "personal": _personal(party) if session.identified_at else None,
    }


def status_answer(party_id: UUID) -> dict[str, Any]:
    """How far a party's signature is."""
    party = SigningParty.objects.select_related("request").get(pk=party_id)
    job = party.jobs.order_by("-created_at").first()
    return {
        "state": party.state,
        "request": party.request.state,
        "job": job.state if job else None,
        "attempts": job.attempts if job else 0,
        "problem": _problem(job.error_code) if job and job.error_code else None,
        "document_sha256": party.request.current_digest,
        "signed_at": party.signed_at,
        "completed_at": party.request.completed_at,
    }


def _identity(session: SigningSession) -> str:
    """none → checking → code (sent, to be entered) → done; or failed."""
    if session.identified_at is not None:
        return "done"
    check = session.checks.order_by("-created_at").first()
    if check is None:
        return "none"
    return {CheckState.CHECKING: "checking", CheckState.PASSED: "code"}.get(CheckState(check.state), "failed")


def _personal(party: SigningParty) -> dict[str, Any]:
    return {
        "name": party.name,
        "role": party.role,
        "document_sha256": party.request.current_digest,
        "pages": len(party.request.frames),
        "frames": party.request.page_frames,
        "place": party.place,
        "zone": party.zone,
        "keep_clear": party.keep_clear,
        "typed_names": party.request.typed_names,
    }


def _problem(code: str) -> dict[str, str]:
    row = CATALOGUE.rows[code]
    return {
        "code": code,
        "message": row.zh,
        "message_en": row.en,
        "remedy": row.remedy_zh,
        "remedy_en": row.remedy_en,
    }
