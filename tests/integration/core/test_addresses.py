"""Addresses that the API does not have."""

import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options"])
@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/no-such/", "/api/v1/contracts/1/no-such/"])
def test_an_unknown_address_is_refused_in_the_api_s_own_form(method: str, address: str) -> None:
    answer = Client().generic(method, address)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
