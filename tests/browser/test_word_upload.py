"""A Word document in the browser: uploaded, what was read is checked, the open blank settled, published."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.models import Employer
from contracts.services.publishing import publish_own_templates
from core.principal import Role
from tests.browser.test_templates import SIZES, look
from tests.support import accounts as make
from tests.support import word
from tests.support.chromium import log_in
from tests.support.phone_browser import browser

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def employer(transactional_db: None) -> Employer:
    publish_own_templates()
    made = make.make_employer()
    make.make_member(made, Role.OWNER, email="owner@example.com")
    return made


def test_a_word_document_is_uploaded_settled_and_published(
    employer: Employer, live_server: Any, browser: Browser
) -> None:
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("response", lambda r: complaints.append(r.url) if r.status >= 400 else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(page, live_server.url, "owner@example.com")
    page.goto(live_server.url + reverse("templates:list"))
    page.get_by_role("link", name="上传合同文件").click()
    look(page, "template-upload")
    picture = word.paragraph("附图", "<w:r><w:drawing><inline/></w:drawing></w:r>")
    page.set_input_files(
        "input[type=file]",
        {"name": "合同.docx", "mimeType": "application/octet-stream", "buffer": word.contract(picture)},
    )
    page.get_by_role("button", name="上传").click()

    faults = page.locator("#faults")
    expect(page.locator(".qb-told")).to_contain_text("还有 1 处空格没有认出")
    expect(page.locator(".qb-told")).to_contain_text("图片没有读入")
    expect(faults).to_contain_text("紧急联系人")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            look(page, f"template-word-{width}-{scheme}")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")

    faults.get_by_role("button", name="紧急联系人").click()
    prose = page.locator(".qb-faulty").last
    expect(prose).to_have_value("紧急联系人：【待定：紧急联系人】")
    prose.fill("紧急联系人：")
    prose.press("End")
    page.get_by_label("插入空格").select_option("单位联系人")
    expect(prose).to_have_value("紧急联系人：【单位联系人】")
    expect(faults).to_contain_text("没有发现问题")
    expect(page.locator("#saved")).to_have_text("已自动保存")
    look(page, "template-word-settled")

    page.get_by_role("link", name="发布").click()
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("第 1 版已发布。")).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.close()
    assert complaints == []
