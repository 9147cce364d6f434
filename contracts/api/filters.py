"""Filters of the contract list."""

from django_filters import rest_framework as filters

from contracts.domain import ContractState
from contracts.models import Contract


class ContractFilter(filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = filters.MultipleChoiceFilter(choices=[(s.value, s.value) for s in ContractState])
    contract_no = filters.CharFilter()
    worker = filters.UUIDFilter(field_name="worker_id")
    starts_from = filters.DateFilter(field_name="employment_start", lookup_expr="gte")
    starts_to = filters.DateFilter(field_name="employment_start", lookup_expr="lte")

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()
