"""For which employer a logged-in person looks at pages: the one kept in the session, else the first."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from accounts import selectors
from accounts.models import Employer, Membership
from core.errors import Refused
from core.principal import Principal

EMPLOYER = "employer"  # the session's key for it


@dataclass(frozen=True)
class Acting:
    """A person in one of their places. `places` are all of them, the longest-standing first."""

    membership: Membership
    places: tuple[Membership, ...]

    @cached_property
    def principal(self) -> Principal:
        return selectors.member_principal(self.membership)

    @property
    def employer(self) -> Employer:
        return self.membership.employer


def acting(request: HttpRequest) -> Acting:
    """Who asks for a page; refuses `no_employer`. A place that was taken away counts no more."""
    places = tuple(selectors.places_of(request.user))
    if not places:
        raise Refused("no_employer")
    kept = request.session.get(EMPLOYER)
    return Acting(next((place for place in places if str(place.employer_id) == kept), places[0]), places)
