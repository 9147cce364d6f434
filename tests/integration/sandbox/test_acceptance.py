"""A correct filing is accepted at once; everything the stand-in says is signed, marked, and repeatable."""

import pytest

from tests.support.sandbox import Platform
from tests.support.signed_contracts import SLUGS

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("slug", SLUGS)
def test_a_correct_filing_of_every_kind_of_contract_is_accepted(platform: Platform, slug: str) -> None:
    draft = platform.draft(platform.contract(slug))

    reply = platform.file(draft)

    assert reply.status == 200, (reply.code, reply.items, reply.problem)
    assert reply.state == "accepted", (reply.code, reply.items)
    assert reply.token == platform.query(draft).token
    assert [row["key"] for row in platform.sandbox.ledger()].count(draft.key) == 1
