"""Filters and order of the list of filings."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.views import APIView

from core import clock
from core.api import KeyPagination
from filing_bridge.domain import FilingState, Level
from filing_bridge.models import Filing
from filing_bridge.protocol import Event
from filing_bridge.selectors import at_levels

STATES = [(state.value, state.value) for state in FilingState]


class FilingFilter(filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = filters.MultipleChoiceFilter(choices=STATES)
    jurisdiction = filters.CharFilter(lookup_expr="startswith", max_length=6)
    province = filters.CharFilter()
    contract = filters.UUIDFilter(field_name="contract_id")
    contract_no = filters.CharFilter()
    event = filters.ChoiceFilter(choices=[(event.value, event.value) for event in Event])
    deadline_level = filters.MultipleChoiceFilter(
        choices=[(level.value, level.value) for level in Level], method="at_level"
    )
    deadline_to = filters.DateFilter(field_name="deadline", lookup_expr="lte")

    class Meta:
        model = Filing
        fields: tuple[str, ...] = ()

    def at_level(self, filings: QuerySet[Filing], _name: str, levels: list[str]) -> QuerySet[Filing]:
        return at_levels(filings, map(Level, levels), clock.today()) if levels else filings


class FilingPagination(KeyPagination):
    """The most urgent first; `?order=-created_at` for the newest."""

    orders = ("deadline", "-created_at")

    def get_ordering(self, request: Request, queryset: QuerySet[Filing], view: APIView) -> tuple[str, ...]:
        wanted = request.query_params.get("order", self.orders[0])
        return (wanted if wanted in self.orders else self.orders[0], "id")
