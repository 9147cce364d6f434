"""Where and in which language a person is written to."""

from dataclasses import dataclass

from core import clock
from core.crypto import blind_index
from signing.domain import Language, PartyState
from signing.models import Person, SigningParty, SigningSession


@dataclass(frozen=True)
class Contact:
    """A phone and the language of its owner; `email` is a second way for what is not secret, or empty."""

    mobile: str
    language: str = Language.ZH
    email: str = ""


def contact_of(party: SigningParty) -> Contact:
    """How to reach a party now.

    While a document is out, the phone is the one it was sent to. A signed party keeps that phone for the
    record, but its owner is reached at the phone that was proved last.
    """
    person = person_of(party)
    if person is None:
        return Contact(party.mobile, email=party.email)
    moved = party.state == PartyState.SIGNED
    return Contact(person.mobile if moved else party.mobile, person.language, party.email)


def person_of(party: SigningParty) -> Person | None:
    """The person behind a party, if they ever proved who they are."""
    return Person.objects.filter(name_index=party.name_index, id_no_index=party.id_no_index).first()


def mobile_index(mobile: str) -> str:
    """By which a phone number is found."""
    return blind_index("mobile", mobile)


def ending(mobile: str) -> str:
    """A phone number of which only the last four digits are told."""
    return f"*******{mobile[-4:]}"


def keep_person(session: SigningSession) -> None:
    """Remember who has just proved their phone. Call it in the transaction of the proof."""
    party = session.party
    now = clock.now()
    contact = contact_of(party)
    known = {
        "mobile": contact.mobile,
        "mobile_index": mobile_index(contact.mobile),
        "language": session.language,
        "proved_at": now,
    }
    Person.objects.update_or_create(
        name_index=party.name_index,
        id_no_index=party.id_no_index,
        defaults=known,
        create_defaults={**known, "created_at": now},
    )


def keep_language(session: SigningSession, language: str) -> None:
    """Write to the session's owner in the language in which they use the pages."""
    if session.language == language:
        return
    SigningSession.objects.filter(pk=session.pk).update(language=language)
    session.language = language
    if session.identified_at is not None:
        party = session.party
        Person.objects.filter(name_index=party.name_index, id_no_index=party.id_no_index).update(
            language=language
        )
