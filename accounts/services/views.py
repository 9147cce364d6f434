"""A member's saved views of the portal's lists."""

from uuid import UUID

from accounts.models import Membership, SavedView
from core.errors import Refused

MOST_VIEWS = 20


def save_view(*, membership: Membership, listed: str, title: str, query: str) -> SavedView:
    """Keep the query of a list's address under a name; one of the same name is replaced.

    Commits the row. Raises `too_many_views` when the list has twenty already.
    """
    views = SavedView.objects.filter(membership=membership, listed=listed)
    if views.exclude(title=title).count() >= MOST_VIEWS:
        raise Refused("too_many_views", params={"most": MOST_VIEWS})
    view, _new = SavedView.objects.update_or_create(
        membership=membership, listed=listed, title=title, defaults={"query": query}
    )
    return view


def drop_view(*, membership: Membership, view_id: UUID) -> None:
    """Forget one of one's own views; raises `not_found` for anybody else's."""
    deleted, _rows = SavedView.objects.filter(membership=membership, pk=view_id).delete()
    if not deleted:
        raise Refused("not_found")
