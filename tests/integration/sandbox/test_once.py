"""One filing, one effect: repetitions, conflicts, duplicates, overlaps, renewals, deadlines."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from core.periods import last_day
from tests.support.sandbox import Draft, Platform, Reply
from tests.support.signed_contracts import SHANGHAI, SignedFile, random_facts, sign_contract

pytestmark = pytest.mark.processes


def effects_of(platform: Platform, *drafts: Draft) -> int:
    keys = {draft.key for draft in drafts}
    return sum(row["key"] in keys for row in platform.sandbox.ledger())


def contract_like(platform: Platform, first: SignedFile, **contract: Any) -> SignedFile:
    """Another contract of the same worker and employer."""
    facts = {
        **first.facts,
        "contract_no": f"HT-{platform.chance.randrange(10**12):012d}",
        "contract": {**first.facts["contract"], **contract},
    }
    return sign_contract(platform.authorities, facts)


def test_the_same_again_gives_the_same_receipt_and_no_second_effect(platform: Platform) -> None:
    draft = platform.draft()

    replies = [platform.file(draft), platform.file(draft), *platform.submit(draft, draft)]

    assert {reply.state for reply in replies} == {"accepted"}
    assert len({reply.token for reply in replies}) == 1
    assert effects_of(platform, draft) == 1


def test_many_at_the_same_time_have_one_effect(platform: Platform) -> None:
    draft = platform.draft()
    barrier = Barrier(6)

    def file(_number: int) -> Reply:
        barrier.wait()
        return platform.file(draft)

    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(file, range(6)))

    assert {reply.token for reply in replies} == {platform.query(draft).token}
    assert effects_of(platform, draft) == 1


def test_the_same_key_with_other_content_is_a_conflict_and_the_first_stands(platform: Platform) -> None:
    draft = platform.draft()
    first = platform.file(draft)
    other = platform.seal_record({**draft.record, "remark": "改一个字"}, draft.pdf)
    assert other.key == draft.key

    reply = platform.file(other)

    assert (reply.status, reply.code) == (409, "filing_conflict")
    assert platform.query(draft).token == first.token
    assert effects_of(platform, draft) == 1


def test_a_refused_submission_does_not_use_up_its_key(platform: Platform) -> None:
    draft = platform.draft()
    refused = platform.file(replace(draft, employer_signature=draft.employer_signature[:-8] + "AAAAAAAA"))
    assert refused.code == "employer_signature_invalid"

    assert platform.file(draft).state == "accepted"


def test_a_contract_is_filed_once_whatever_the_version(platform: Platform) -> None:
    draft = platform.draft()
    assert platform.file(draft).state == "accepted"

    reply = platform.file(replace(draft, version=2))

    assert (reply.status, reply.code) == (409, "duplicate_filing")
    assert effects_of(platform, draft, replace(draft, version=2)) == 1


def test_each_item_of_a_batch_has_its_own_fate(platform: Platform) -> None:
    good, other = platform.draft(), platform.draft()
    bad = replace(other, employer_signature=other.employer_signature[:-8] + "AAAAAAAA")

    replies = platform.submit(good, bad, replace(good, version=2), other)

    assert [(r.status, r.state or r.code) for r in replies] == [
        (200, "accepted"),
        (422, "employer_signature_invalid"),
        (409, "duplicate_filing"),
        (200, "accepted"),
    ]


def test_one_employment_is_not_filed_twice_for_the_same_days(platform: Platform) -> None:
    contract = platform.contract("general")
    assert platform.file(platform.draft(contract)).state == "accepted"

    reply = platform.file(platform.draft(contract_like(platform, contract, job_title="电工")))

    assert (reply.status, reply.code) == (409, "duplicate_filing")
    assert reply.items == {("/contract/start", "employment_overlaps")}


def test_a_person_may_work_for_two_employers(platform: Platform) -> None:
    worker = platform.contract("part-time").facts["worker"]

    for _ in range(2):
        assert (
            platform.file(platform.draft(platform.contract("part-time", worker=worker))).state == "accepted"
        )


def renewal(platform: Platform, first: SignedFile, prev_filing_no: str | None, gap: int = 0) -> Draft:
    """The same employment, going on after the first contract."""
    starts = date.fromisoformat(first.facts["contract"]["end"]) + timedelta(days=1 + gap)
    kept = {
        name: value
        for name, value in first.facts["contract"].items()
        if not name.startswith("probation_") and name != "wage_items"
    }
    contract = {
        **kept,
        "sign_kind": "2",
        "start": starts.isoformat(),
        "employment_start": first.facts["contract"]["employment_start"],
        "end": last_day(starts, 24).isoformat(),
        "consecutive_fixed_terms": 1,
    }
    facts = {
        **first.facts,
        "contract_no": f"HT-{platform.chance.randrange(10**12):012d}",
        "contract": contract,
    }
    return platform.draft(sign_contract(platform.authorities, facts), prev_filing_no=prev_filing_no)


def short_contract(platform: Platform) -> SignedFile:
    """A contract that ends today, so that its renewal may be filed now."""
    today = datetime.now(SHANGHAI).date()
    start = today - timedelta(days=20)
    contract = {"start": start.isoformat(), "employment_start": start.isoformat(), "end": today.isoformat()}
    no_probation = dict.fromkeys(
        ("probation_months", "probation_start", "probation_end", "probation_wage"), None
    )
    return platform.contract("general", contract={**contract, **no_probation})


def test_a_renewal_follows_an_accepted_filing(platform: Platform) -> None:
    first = short_contract(platform)
    before = platform.file(platform.draft(first))
    assert before.answer is not None, before.problem
    assert before.state == "accepted", before.items

    unknown = platform.file(renewal(platform, first, "TEST37030320200101000000"))
    good = platform.file(renewal(platform, first, before.answer.receipt_no))

    assert (unknown.code, unknown.items) == (
        "record_invalid",
        {("/prev_filing_no", "previous_filing_unknown")},
    )
    assert good.state == "accepted", (good.code, good.items)


def test_a_renewal_cannot_lean_on_somebody_elses_filing(platform: Platform) -> None:
    first, other = short_contract(platform), platform.draft()
    assert platform.file(platform.draft(first)).state == "accepted"
    theirs = platform.file(other)
    assert theirs.answer is not None

    reply = platform.file(renewal(platform, first, theirs.answer.receipt_no))

    assert reply.items == {("/prev_filing_no", "previous_filing_unknown")}


def late_contract(platform: Platform) -> SignedFile:
    """Work began forty days ago, and the contract was signed only now."""
    start = datetime.now(SHANGHAI).date() - timedelta(days=40)
    dates = {
        "start": start.isoformat(),
        "employment_start": start.isoformat(),
        "end": last_day(start, 36).isoformat(),
        "probation_start": start.isoformat(),
        "probation_end": last_day(start, 3).isoformat(),
    }
    return platform.contract("general", contract=dates)


def test_a_late_filing_needs_its_reason_and_its_type(platform: Platform) -> None:
    contract = late_contract(platform)

    silent = platform.file(platform.draft(contract))
    explained = platform.file(platform.draft(contract, late_reason="系统停机"))

    assert {("/filing_type", "late_hire"), ("/late_reason", "field_missing")} <= silent.items
    assert explained.state == "accepted", (explained.code, explained.items)


def test_a_filing_in_time_is_not_a_late_one(platform: Platform, contract: SignedFile) -> None:
    reply = platform.file(platform.draft(contract, late_reason="没有迟到"))

    assert ("/filing_type", "not_late") in reply.items


def test_facts_are_random_and_lawful(platform: Platform) -> None:
    """What the other tests build on."""
    numbers = {random_facts(platform.chance)["worker"]["id_no"] for _ in range(20)}

    assert len(numbers) == 20
