"""Word documents for tests, written part by part: good ones and hostile ones."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

# A common form: chapters 一、…, articles 第一条 … throughout, blanks of every kind.
CONTRACT: Final = (
    "劳 动 合 同 书",
    "甲方（用人单位）：________________",
    "统一社会信用代码：________________",
    "法定代表人：__________　住所：__________",
    "乙方（劳动者）姓名：__________  性别：______",
    "身份证号码：【        】",
    "现住址：",
    "紧急联系人：__________",
    "根据《中华人民共和国劳动法》和《中华人民共和国劳动合同法》，甲乙双方平等自愿、协商一致，订立本合同。",
    "一、劳动合同期限",
    "第一条 本合同为固定期限合同，自____年__月__日起至____年__月__日止。",
    "第二条 试用期____个月，自    年  月  日起至    年  月  日止。",
    "二、工作内容和工作地点",
    "第三条 乙方从事________岗位工作，工作地点为________。",
    "三、工作时间和休息休假",
    "第四条 甲方安排乙方执行标准工时制，每日工作（    ）小时，每周工作（    ）小时。",
    "第五条 乙方依法享有下列假期：",
    "（一）法定休假日；",
    "（二）带薪年休假。",
    "四、劳动报酬",
    "第六条 甲方每月____日前以货币形式支付乙方工资，月工资为________元。",
    "五、社会保险",
    "第七条 双方依法参加社会保险，按时足额缴纳社会保险费。",
    "六、劳动保护、劳动条件和职业危害防护",
    "第八条 甲方为乙方提供符合国家规定的劳动安全卫生条件和必要的劳动防护用品。",
    "七、其他",
    "第九条 本合同一式两份，双方各执一份。",
    "甲方（盖章）：            乙方（签字）：",
    "        年    月    日            年    月    日",
)


def run(text: str, *, underlined: bool = False, looks: str = "") -> str:
    looks += '<w:u w:val="single"/>' if underlined else ""
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """Of text, or of what `run` gives."""
    inside = "".join(each if each.startswith("<") else run(each) for each in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def table(*rows: Sequence[str]) -> str:
    lines = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{lines}</w:tbl>"


def document(
    *body: str,
    main: str = MAIN,
    parts: Mapping[str, str | bytes] | None = None,
    related: Sequence[tuple[str, str]] = (),
    external: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A .docx of paragraphs (text, or XML). `parts`: more of them; `related`, `external`: kind and target."""
    inside = "".join(each if each.startswith("<") else paragraph(each) for each in body)
    links = [(kind, target, "") for kind, target in related]
    links += [(kind, target, ' TargetMode="External"') for kind, target in external]
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": _relations([("officeDocument", "word/document.xml", "")]),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{inside}<w:sectPr/></w:body></w:document>',
        "word/_rels/document.xml.rels": _relations(links),
        **(parts or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return target.getvalue()


def _relations(links: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for number, (kind, target, mode) in enumerate(links)
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def contract(*more: str) -> bytes:
    """The common form, with more paragraphs before the places for signatures."""
    return document(*CONTRACT[:-2], *more, *CONTRACT[-2:])


def numbering(*levels: tuple[str, str]) -> str:
    """A numbering part with one list, whose number is 1: format and text of each level."""
    inside = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{inside}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def numbered(text: str, level: int = 0) -> str:
    """A paragraph that Word numbers."""
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


# --- hostile ones -------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """Two hundred megabytes of one letter, in two hundred kilobytes."""
    return document("甲方", parts={"word/media/image1.xml": b"a" * (200 * 1024 * 1024)})


def understated_bomb() -> bytes:
    """The same in the part that is read, and a directory that says it is small."""
    data = bytearray(
        document("甲方", parts={"word/document.xml": b"<a>" + b"a" * (40 * 1024 * 1024) + b"</a>"})
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        whole = package.getinfo("word/document.xml").file_size.to_bytes(4, "little")
    return bytes(data).replace(whole, (1000).to_bytes(4, "little"))


def many_parts() -> bytes:
    return document("甲方", parts={f"word/part{n}.xml": "<a/>" for n in range(1200)})


def with_entities() -> bytes:
    """It would show a file of the machine that reads it."""
    head = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'
    return document(parts={"word/document.xml": head + body})


def encrypted() -> bytes:
    """What Office writes when a password is set: a compound file with the package inside."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )


def old_kind() -> bytes:
    """Word 97 to 2003."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(512)


def locked_entries() -> bytes:
    """A zip file whose entries say that they are encrypted."""
    data = bytearray(document("甲方"))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 4)
    return bytes(data)


def twice() -> bytes:
    """Two documents of one name: which one is meant, readers do not agree on."""
    whole = f'<w:document xmlns:w="{W}"><w:body>{paragraph("乙方")}</w:body></w:document>'
    return document("甲方", parts={"word/documenu.xml": whole}).replace(b"documenu", b"document")
