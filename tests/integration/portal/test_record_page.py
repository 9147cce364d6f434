"""What was filed, with the origin of every field (A26), and the particulars that Shanghai keeps (A25)."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Employer
from contracts.domain import ContractState
from core.models import AuditEvent
from core.principal import Role
from filing_bridge.domain import FilingState
from filing_bridge.fields import ENDING_FIELDS, FIELDS, Origin
from filing_bridge.mapping import leaves
from filing_bridge.models import Filing
from filing_bridge.web.record import ORIGINS
from tests.support import accounts as make
from tests.support.portal import make_contract, make_filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing() -> Filing:
    employer = make.make_employer(competent_dept="示例局", affiliation="40")
    return make_filing(make_contract(employer, ContractState.EFFECTIVE), FilingState.ACCEPTED)


def page(filing: Filing, role: Role, language: str = "zh-CN") -> tuple[int, str]:
    browser = Browser(headers={"Accept-Language": language})
    browser.force_login(make.make_member(Employer.objects.get(pk=filing.tenant), role).user)
    answer = browser.get(reverse("portal:record", args=[filing.pk]))
    return answer.status_code, answer.content.decode()


def test_a26_every_field_shows_where_it_was_first_entered(filing: Filing) -> None:
    status, shown = page(filing, Role.CLERK)
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td[^>]*>([^<]*)</td><td>([^<]+)</td>', shown)
    assert status == 200
    assert len(rows) == len([pointer for pointer, _ in leaves(filing.record) if pointer != "/schema"])
    found = {label: origin for label, _value, origin in rows}
    assert found["单位名称"] == "单位资料"
    assert found["现居住地址"] == "员工名册"
    assert found["证件号码"] in ("员工名册", "员工证件")
    assert found["合同起始日期"] == "已签合同"
    assert found["签订日期"] == "由其他内容计算"
    # The only thing that a person types for a filing are two remarks.
    typed = {field.target for field in FIELDS if field.origin is Origin.USER}
    assert typed == {"/late_reason", "/remark"}
    assert AuditEvent.objects.filter(action="filing.record_viewed", subject=filing.subject).exists()


def test_a26_every_origin_has_its_words() -> None:
    assert set(ORIGINS) == set(Origin)


def test_a26_who_may_not_see_personal_data_sees_nothing_of_it(filing: Filing) -> None:
    status, shown = page(filing, Role.AUDITOR)
    assert status == 403
    assert filing.record["worker"]["id_no"] not in shown


def test_a25_all_that_shanghai_keeps_is_in_the_record(filing: Filing) -> None:
    """主管部门, 单位名称, 单位性质, 经营地址, 行业, 隶属关系, 联系人, 电话; 姓名, 身份证号码, 人员类别,
    户籍地址; 合同起止, 岗位, 用工形式; and of an ending 退工类别."""
    kept = {
        "/employer/competent_dept",
        "/employer/name",
        "/employer/type",
        "/employer/economic_type",
        "/employer/biz_address",
        "/employer/industry",
        "/employer/affiliation",
        "/employer/contact_name",
        "/employer/contact_phone",
        "/worker/name",
        "/worker/id_no",
        "/worker/hukou_address",
        "/contract/start",
        "/contract/end",
        "/contract/job_title",
        "/contract/employment_form",
    }
    assert kept <= {pointer for pointer, _ in leaves(filing.record)}
    assert "/worker/person_category" in {field.target for field in FIELDS}
    assert {"/ending/reason", "/ending/kind"} <= {field.target for field in ENDING_FIELDS}
