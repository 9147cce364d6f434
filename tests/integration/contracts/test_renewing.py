"""Renewals over the API: dates that join, terms that are counted, the law told before it bites."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.domain import ContractState
from contracts.models import Contract
from core import clock
from core.periods import last_day
from core.principal import Role
from tests.integration.contracts.conftest import Office
from tests.support.portal import make_contract

NO_PROBATION = dict.fromkeys(("probation_months", "probation_start", "probation_end", "probation_wage"))
Contracts = Any


def concluded(
    office: Office, ends: date, *, state: ContractState = ContractState.EFFECTIVE, **terms: Any
) -> Contract:
    """A fixed term of two years until `ends`, as both have signed it."""
    start = ends - timedelta(days=729)
    terms = {"end": ends.isoformat(), **NO_PROBATION, **terms}
    contract = make_contract(
        office.employer, worker=office.worker, start=start, state=ContractState.EFFECTIVE
    )
    kept = {name: value for name, value in {**contract.terms, **terms}.items() if value is not None}
    over = ends if state == ContractState.ENDED else None
    Contract.objects.filter(pk=contract.pk).update(
        terms=kept,
        facts={**contract.facts, "contract": kept},
        state=state,
        ends_on=kept.get("end"),
        ended_on=over,
    )
    return Contract.objects.get(pk=contract.pk)


@pytest.fixture
def contract(office: Office) -> Contract:
    """It ends in ten days."""
    return concluded(office, clock.today() + timedelta(days=10))


def until(contract: Contract, months: int = 24) -> str:
    assert contract.ends_on is not None
    return last_day(contract.ends_on + timedelta(days=1), months).isoformat()


def renew(office: Office, contract: Contract, role: Role = Role.CLERK, **terms: Any) -> Any:
    terms = {"end": until(contract), **terms}
    return office.as_(role).send("post", f"contracts/{contract.pk}/renewals/", {"terms": terms})


def looked_at(office: Office, contract: Contract, **terms: Any) -> set[str]:
    """The rules that a renewal would break."""
    wish = {"terms": {"end": until(contract), **terms}}
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/renewals/preview/", wish)
    assert answer.status_code == 200, answer.json()
    return {each["rule_id"] for each in answer.json()["findings"] if each["severity"] == "error"}


def test_a_renewal_joins_its_dates_and_says_what_was_before(office: Office, contract: Contract) -> None:
    answer = renew(
        office, contract, wage_amount="6000.00", wage_items=None, sign_kind="1", previous_end="1999-01-01"
    )
    assert answer.status_code == 201, answer.json()
    made = Contract.objects.get(pk=answer.json()["id"])
    assert contract.ends_on is not None
    assert answer.json()["follows"] == str(contract.pk)
    assert {
        name: made.terms[name] for name in ("sign_kind", "start", "previous_end", "employment_start")
    } == {
        "sign_kind": "2",
        "start": (contract.ends_on + timedelta(days=1)).isoformat(),
        "previous_end": contract.ends_on.isoformat(),
        "employment_start": contract.terms["employment_start"],
    }
    assert made.terms["consecutive_fixed_terms"] == 1
    assert (made.terms["wage_amount"], made.terms["job_title"]) == ("6000.00", contract.terms["job_title"])
    assert not {"probation_months", "wage_items"} & made.terms.keys()


def test_a_renewal_is_sent_like_any_other_and_its_facts_state_the_past(
    office: Office, contract: Contract
) -> None:
    draft = renew(office, contract).json()["id"]
    sent = office.as_(Role.CLERK).send("post", f"contracts/{draft}/send/")
    assert sent.status_code == 202, sent.json()
    facts = Contract.objects.get(pk=draft).facts["contract"]
    assert (facts["sign_kind"], facts["previous_end"]) == ("2", str(contract.ends_on))


def test_what_happened_to_the_earlier_contract_meanwhile_counts_when_it_is_sent(
    office: Office, contract: Contract
) -> None:
    draft = renew(office, contract).json()["id"]
    later = clock.today() + timedelta(days=12)
    Contract.objects.filter(pk=contract.pk).update(terms={**contract.terms, "end": later.isoformat()})
    answer = office.as_(Role.CLERK).send("post", f"contracts/{draft}/send/")
    assert "R14e" in {fault["code"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize("own", [{"term_type": "2", "end": None}, {"worker_requests_fixed_term": True}])
def test_after_two_fixed_terms_the_third_is_open_ended_unless_the_worker_wishes_otherwise(
    office: Office, contract: Contract, own: dict[str, Any]
) -> None:
    second = concluded(office, clock.today() + timedelta(days=10), consecutive_fixed_terms=1)
    assert looked_at(office, contract) == set()
    assert looked_at(office, second) == {"R14b"}
    assert looked_at(office, second, **own) == set()


def test_an_agreed_extension_has_counted_as_a_term(office: Office, contract: Contract) -> None:
    """In Shandong any extension; elsewhere one of a year in total."""
    assert contract.ends_on is not None
    longer = {**contract.terms, "end": (contract.ends_on + timedelta(days=1)).isoformat()}
    Contract.objects.filter(pk=contract.pk).update(terms=longer)
    assert looked_at(office, contract, end=until(contract, 36)) == {"R14b"}
    Contract.objects.filter(pk=contract.pk).update(jurisdiction_code="310115")
    assert looked_at(office, contract, end=until(contract, 36)) == set()
    year = last_day(contract.ends_on + timedelta(days=1), 12)
    Contract.objects.filter(pk=contract.pk).update(terms={**contract.terms, "end": year.isoformat()})
    assert looked_at(office, contract, end=until(contract, 36)) == {"R14b"}


def test_the_lineage_warns_before_the_term_ends(office: Office, contract: Contract) -> None:
    second = concluded(office, clock.today() + timedelta(days=10), consecutive_fixed_terms=1)
    clerk = office.as_(Role.CLERK)
    first = clerk.send("get", f"contracts/{contract.pk}/lineage/").json()
    assert (first["standing"]["fixed_terms"], first["standing"]["open_ended_due"]) == (1, [])
    shown = clerk.send("get", f"contracts/{second.pk}/lineage/").json()["standing"]
    assert shown["fixed_terms"] == 2
    assert [each["rule_id"] for each in shown["open_ended_due"]] == ["R14b"]
    assert shown["starts_on"] == (clock.today() + timedelta(days=11)).isoformat()
    assert shown["sign_by"] == last_day(clock.today() + timedelta(days=11), 1).isoformat()


def test_the_lineage_lists_the_contracts_of_the_employment_in_their_order(
    office: Office, contract: Contract
) -> None:
    dead = renew(office, contract).json()["id"]
    clerk = office.as_(Role.CLERK)
    clerk.send("post", f"contracts/{dead}/withdraw/", {"reason": "x"})
    draft = renew(office, contract).json()["id"]
    for asked in (contract.pk, draft):
        shown = clerk.send("get", f"contracts/{asked}/lineage/").json()
        assert [each["id"] for each in shown["contracts"]] == [str(contract.pk), draft]
        assert [each["sign_kind"] for each in shown["contracts"]] == ["1", "2"]
    assert shown["standing"] is None


def test_a_contract_is_renewed_once(office: Office, contract: Contract) -> None:
    first = renew(office, contract)
    again = renew(office, contract)
    assert (again.status_code, again.json()["code"]) == (409, "contract_renewed_already")
    office.as_(Role.CLERK).send("post", f"contracts/{first.json()['id']}/withdraw/", {"reason": "x"})
    assert renew(office, contract).status_code == 201


@pytest.mark.parametrize("months", [0, 3])
def test_signing_again_soon_after_the_end_is_a_renewal_where_the_law_says_so(
    office: Office, months: int
) -> None:
    """Shandong: within three months. Elsewhere, and later, a new employment."""
    ended = concluded(office, clock.today() - timedelta(days=20), state=ContractState.ENDED)
    if not months:
        Contract.objects.filter(pk=ended.pk).update(jurisdiction_code="310115")
    answer = renew(office, ended, start=clock.today().isoformat())
    if months:
        made = Contract.objects.get(pk=answer.json()["id"])
        assert made.terms["employment_start"] == clock.today().isoformat()
        assert made.terms["previous_end"] == str(ended.ended_on)
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "contract_not_renewable")
        assert not Contract.objects.exclude(pk=ended.pk).exists()


def test_a_new_contract_shortly_after_the_old_one_is_found_out(office: Office) -> None:
    """Nobody says that it is a renewal; the platform remembers."""
    concluded(office, clock.today() - timedelta(days=20), state=ContractState.ENDED)
    draft = office.draft().json()["id"]
    answer = office.as_(Role.CLERK).send("post", f"contracts/{draft}/send/")
    assert "R14c" in {fault["code"] for fault in answer.json()["faults"]}
    concluded_long_ago = clock.today() - timedelta(days=120)
    Contract.objects.filter(state=ContractState.ENDED).update(
        ended_on=concluded_long_ago, ends_on=concluded_long_ago
    )
    assert office.as_(Role.CLERK).send("post", f"contracts/{draft}/send/").status_code == 202


@pytest.mark.parametrize("own", [{"term_type": "2", "end": None}, {}])
def test_what_has_no_end_or_is_not_signed_is_not_renewed(office: Office, own: dict[str, Any]) -> None:
    contract = concluded(office, clock.today() + timedelta(days=10), **own)
    if not own:
        contract = make_contract(office.employer)
    answer = office.as_(Role.CLERK).send("post", f"contracts/{contract.pk}/renewals/", {"terms": {}})
    assert (answer.status_code, answer.json()["code"]) == (409, "contract_not_renewable")


def test_malformed_terms_come_back_with_every_fault(office: Office, contract: Contract) -> None:
    answer = renew(office, contract, start=5, wage_amount="viel", nonsense=1)
    assert answer.json()["code"] == "facts_faulty"
    assert {"/contract/start", "/contract/wage_amount", "/contract/nonsense"} <= {
        fault["field"] for fault in answer.json()["faults"]
    }
    assert not contract.renewals.exists()


def test_renewals_belong_to_one_employer_and_need_their_right(
    office: Office, contract: Contract, other_office: Office
) -> None:
    stranger = other_office.as_(Role.CLERK)
    path = f"contracts/{contract.pk}"
    for what in ("renewals/", "renewals/preview/"):
        assert stranger.send("post", f"{path}/{what}", {"terms": {}}).status_code == 404
    assert stranger.send("get", f"{path}/lineage/").status_code == 404
    assert renew(office, contract, Role.AUDITOR).status_code == 403
    assert not contract.renewals.exists()
