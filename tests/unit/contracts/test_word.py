"""A Word document becomes clauses and blanks; what is left out is told, what is hostile refused."""

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from contracts.document.blanks import Blank, parse
from contracts.document.catalogue import offered_blanks
from contracts.document.template import load_template
from contracts.uploads.blanks import MEANINGS
from contracts.uploads.clauses import Draft, structured
from contracts.uploads.limits import MAX_BYTES, UnfitError
from contracts.uploads.word import read_words
from tests.support import word

PICTURE = "<w:r><w:drawing><inline/></w:drawing></w:r>"
WITH_MACROS = word.MAIN.replace("document.main", "document.macroEnabled.main")
ADDED = f"<w:ins>{word.run('加的')}</w:ins>"
DELETED = "<w:del><w:r><w:delText>删的</w:delText></w:r></w:del>"
BOX = f"<w:r><w:pict><w:txbxContent>{word.paragraph('框里的字')}</w:txbxContent></w:pict></w:r>"


def read(data: bytes) -> Draft:
    return structured(read_words(data))


def blocks(draft: Draft) -> list[dict[str, Any]]:
    return [
        block for chapter in draft.chapters for clause in chapter["clauses"] for block in clause["blocks"]
    ]


def texts(draft: Draft) -> list[str]:
    return [block["text"] for block in blocks(draft) if "text" in block]


def test_a_common_form_becomes_numbered_chapters_and_articles() -> None:
    draft = read(word.contract())

    assert draft.title == "劳动合同书"
    parties, *chapters = draft.chapters
    assert parties["numbered"] is False
    assert [chapter["heading"]["zh"] for chapter in chapters][:2] == ["劳动合同期限", "工作内容和工作地点"]
    assert [len(chapter["clauses"]) for chapter in chapters] == [2, 1, 2, 1, 1, 1, 1]
    assert chapters[0]["clauses"][0]["blocks"] == [
        {"text": "本合同为固定期限合同，自{contract.start|date}起至{contract.end|date}止。"}
    ]
    assert chapters[2]["clauses"][1]["blocks"][1] == {
        "items": [{"text": "法定休假日；"}, {"text": "带薪年休假。"}]
    }
    clauses = [clause for chapter in draft.chapters for clause in chapter["clauses"]]
    assert {item for clause in clauses for item in clause.get("covers", ())} == set(range(1, 9))
    assert draft.notes["signing"][0].startswith("甲方（盖章）")


def test_blanks_are_taken_for_facts_by_the_words_around_them() -> None:
    assert [code for _, code in read(word.contract()).suggested] == [
        "{employer.name}", "{employer.uscc}", "{employer.legal_rep_name}", "{employer.reg_address}",
        "{worker.name}", "{worker.sex|code:sex}", "{worker.id_no}", "{worker.resid_address}",
        "{contract.start|date}", "{contract.end|date}",
        "{contract.probation_months|number}",
        "{contract.probation_start|date}", "{contract.probation_end|date}",
        "{contract.job_title}", "{contract.work_place_address}",
        "{contract.hours_per_day|number}", "{contract.hours_per_week|number}",
        "{contract.pay_day|number}", "{contract.wage_amount|money}",
    ]  # fmt: skip


def test_what_is_not_known_stays_open_and_is_called_by_its_name() -> None:
    assert "紧急联系人：【待定：紧急联系人】" in texts(read(word.contract()))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "第一条 基本工资____元，岗位工资____元。",
            "基本工资【待定：基本工资】元，岗位工资【待定：岗位工资】元。",
        ),
        ("第一条 试用期满后，月工资为____元。", "试用期满后，月工资为{contract.wage_amount|money}元。"),
        ("第一条 试用期工资为____元。", "试用期工资为{contract.probation_wage|money}元。"),
        ("第一条 服务期自____年__月__日起。", "服务期自【待定：服务期自】起。"),
        ("第一条 乙方于____年__月__日入职。", "乙方于{contract.employment_start|date}入职。"),
        ("第一条 合同自20__年__月__日起。", "合同自{contract.start|date}起。"),
        ("第一条 乙方的【岗位名称】由甲方安排。", "乙方的{contract.job_title}由甲方安排。"),
        ("第一条 花括号{甲}照印。", "花括号{{甲}}照印。"),
        ("第一条 当地最低工资为____元。", "当地最低工资为【待定：当地最低工资为】元。"),
        ("第一条 违约金____元。", "违约金【待定：违约金】元。"),
    ],
)
def test_what_a_line_becomes(line: str, text: str) -> None:
    assert text in texts(read(word.document("劳动合同", line, "第二条 其他。")))


def test_every_meaning_is_a_blank_on_offer() -> None:
    rows = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))["blank"]
    template = load_template("general")
    paths = {parse(each["code"])[0].path for each in offered_blanks(template)}  # type: ignore[union-attr]

    for row in rows:
        if row["code"]:
            (blank,) = parse(row["code"])
            assert isinstance(blank, Blank)
            assert blank.path in paths, row


def test_underlined_room_and_form_fields_are_blanks() -> None:
    line = word.paragraph(
        word.run("第一条 乙方从事"), word.run("          ", underlined=True), word.run("岗位，担任"),
        word.run("  张三  ", underlined=True), word.run("的助理，工作地点为"),
        word.run("\u2002" * 5), word.run("。"),
    )  # fmt: skip

    assert texts(read(word.document("劳动合同", line, "第二条 其他。")))[0] == (
        "乙方从事{contract.job_title}岗位，担任张三的助理，工作地点为{contract.work_place_address}。"
    )


def test_numbers_that_word_counts_are_part_of_the_text() -> None:
    data = word.document(
        "劳动合同",
        word.numbered("劳动合同期限"),
        word.numbered("本合同自____年__月__日起至____年__月__日止。", 1),
        word.numbered("劳动报酬"),
        word.numbered("月工资为____元。", 1),
        parts={
            "word/numbering.xml": word.numbering(("chineseCounting", "%1、"), ("chineseCounting", "第%2条"))
        },
        related=[("numbering", "numbering.xml")],
    )

    draft = read(data)

    # Word begins anew in each chapter: these numbers the layout would not print, so they stay in the text
    assert [chapter["numbered"] for chapter in draft.chapters] == [False]
    clauses = draft.chapters[0]["clauses"]
    assert [clause.get("heading") for clause in clauses] == [None, "第一条", None, "第一条"]
    assert clauses[0]["blocks"] == [{"text": "一、劳动合同期限"}]


def test_other_numbers_stay_as_they_are() -> None:
    draft = read(
        word.document("协议书", "1. 合同期限", "自____年__月__日起。", "2. 工资", "每月付清。", "3. 其他无。")
    )

    (chapter,) = draft.chapters
    assert [clause.get("heading") for clause in chapter["clauses"]] == ["1. 合同期限", "2. 工资", None]
    assert chapter["clauses"][0]["blocks"] == [{"text": "自{contract.start|date}起。"}]
    assert chapter["clauses"][2]["blocks"] == [{"text": "3. 其他无。"}]


def test_tables_of_labels_become_fields_and_grids_stay_tables() -> None:
    form = word.table(("姓名", "", "性别", ""), ("身份证号码", "", "手机号码", ""), ("家庭住址", "", "", ""))
    grid = word.table(("工资项目", "金额（元）"), ("交通补贴", "300"), ("餐费补贴", ""))

    draft = read(word.document("劳动合同", "乙方信息", form, "第一条 补贴如下。", grid, "第二条 其他。"))

    (fields,) = [block["fields"] for block in blocks(draft) if "fields" in block]
    assert [(field["label"], field["text"]) for field in fields] == [
        ("姓名", "{worker.name}"), ("性别", "{worker.sex|code:sex}"), ("身份证号码", "{worker.id_no}"),
        ("手机号码", "{worker.mobile}"), ("家庭住址", "{worker.resid_address}"),
    ]  # fmt: skip
    (found,) = [block for block in blocks(draft) if "rows" in block]
    assert [column["heading"] for column in found["columns"]] == ["工资项目", "金额（元）"]
    assert found["rows"] == [["交通补贴", "300"], ["餐费补贴", "【待定：金额】"]]


def test_a_table_that_is_neither_is_taken_apart_and_told() -> None:
    odd = word.table(("甲", "乙", "丙"), ("一行", "字"))

    draft = read(word.document("劳动合同", "第一条 如下。", odd, "第二条 其他。"))

    assert "甲　乙　丙" in texts(draft)
    assert draft.notes["tables"] == ["甲　乙　丙"]


@pytest.mark.parametrize(
    ("line", "note", "words"),
    [
        (word.paragraph("附图", PICTURE), "pictures", "附图"),
        (word.paragraph("有框", BOX), "boxes", "框里的字"),
        (word.paragraph("写了", ADDED, DELETED), "revisions", "写了加的"),
        (word.paragraph("看得见", word.run("看不见", looks="<w:vanish/>")), "hidden", "看不见"),
        (word.paragraph("有注", '<w:r><w:footnoteReference w:id="1"/></w:r>'), "footnotes", "有注"),
        (word.paragraph("有批注", '<w:r><w:commentReference w:id="1"/></w:r>'), "comments", "有批注"),
        (word.paragraph("□固定期限"), "ticks", "□固定期限"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_with_its_place(line: str, note: str, words: str) -> None:
    draft = read(word.contract(line))

    assert draft.notes[note] == [words]
    assert "看不见" not in repr(draft.chapters)
    assert "删的" not in repr(draft.chapters)


def test_words_at_the_top_of_pages_and_links_are_told() -> None:
    data = word.document(
        *word.CONTRACT,
        parts={"word/header1.xml": f'<w:hdr xmlns:w="{word.W}">{word.paragraph("示例公司")}</w:hdr>'},
        related=[("header", "header1.xml")],
        external=[("hyperlink", "https://example.com/")],
    )

    notes = read(data).notes

    assert notes["headers"] == ["示例公司"]
    assert notes["links"] == []


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"PK\x03\x04" + bytes(100), "upload_unreadable"),
        (lambda: word.contract()[:-60], "upload_unreadable"),
        (lambda: b"PK\x03\x04" + bytes(MAX_BYTES), "upload_too_large"),
        (word.bomb, "upload_too_complex"),
        (word.understated_bomb, "upload_unreadable"),
        (word.many_parts, "upload_too_complex"),
        (word.with_entities, "upload_unreadable"),
        (word.encrypted, "upload_locked"),
        (word.locked_entries, "upload_locked"),
        (word.old_kind, "upload_word_old"),
        (word.twice, "upload_unreadable"),
        (lambda: word.document("甲方", parts={"word/vbaProject.bin": b"x"}), "upload_macros"),
        (lambda: word.document("甲方", main=WITH_MACROS), "upload_macros"),
        (lambda: word.document("甲方", external=[("image", "https://example.com/a.png")]), "upload_external"),
        (lambda: word.document("甲方", external=[("attachedTemplate", "file:///a.dotm")]), "upload_external"),
        (lambda: word.document("甲方", main="application/vnd.ms-excel"), "upload_not_taken"),
        (lambda: word.document("甲方", parts={"word/document.xml": "<broken"}), "upload_unreadable"),
        (lambda: word.document(*["甲方"] * 6000), "upload_too_complex"),
        (lambda: word.document(""), "upload_no_words"),
    ],
)  # fmt: skip
def test_what_is_refused(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(UnfitError) as refused:
        read(make())

    assert refused.value.code == code
