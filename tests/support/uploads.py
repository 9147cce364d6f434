"""Contracts that an employer uploads as PDF, good ones and hostile ones, and fields for their pages."""

import io
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, String

from accounts.models import Employer
from contracts.document.fonts import font_files
from contracts.models import Template
from contracts.services.uploads import first_draft
from contracts.uploads.sanitise import Clean, sanitise
from core import blobs, clock

SOURCE = """
#set page(paper: "a4", margin: 25mm)
#set text(font: "Noto Serif SC", lang: "zh", size: 11pt, fallback: false)
#align(center, text(size: 18pt)[劳动合同])
甲方：示例制造（淄博）有限公司 #h(1fr) 乙方：#box(width: 60mm, stroke: (bottom: 0.5pt), height: 1em)
#for n in range(1, 30) [#par[第 #n 条 甲乙双方在平等自愿、协商一致的基础上订立本合同，共同遵守所列条款。
  工作地点、工作内容、劳动报酬、社会保险和休息休假按照双方的约定和国家的规定执行。]]
#v(1fr)
#grid(columns: (1fr, 1fr), [甲方（盖章）：], [乙方（签名）：])
#v(30mm)
"""


@cache
def contract_pdf(text: str = "") -> bytes:
    """Two pages that end with 甲方（盖章） and 乙方（签名）; `text` stands on the first."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "main.typ"
        source.write_text(SOURCE.replace("#for n", f"{text}\n\n#for n", 1), encoding="utf-8")
        fonts = [str(font.parent) for font in font_files()]
        pdf = typst.compile(str(source), format="pdf", font_paths=fonts, ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    return pdf


def changed(change: Callable[[pikepdf.Pdf], None], **saving: Any) -> bytes:
    """The same, changed."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(contract_pdf())) as pdf:
        change(pdf)
        pdf.save(target, **saving)
    return target.getvalue()


def with_script(pdf: pikepdf.Pdf) -> None:
    """Scripts on the catalog, on a page and under a name; a link that opens a program."""
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('scripted')"))
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    pdf.pages[0].obj.AA = Dictionary(O=script)
    launch = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=launch)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])


def with_form(pdf: pikepdf.Pdf) -> None:
    """A text field, and XFA beside it."""
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), V=String("formfill"),
        DA=String("/Helv 12 Tf 0 g"), Rect=Array([100, 400, 300, 420]), F=4,
    )  # fmt: skip
    widget = pdf.make_indirect(field)
    pdf.pages[0].obj.Annots = Array([widget])
    fonts = Dictionary(Helv=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    xfa = pdf.make_stream(b"<xdp:xdp>xfadata</xdp:xdp>")
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([widget]),
        DR=Dictionary(Font=fonts),
        XFA=xfa,
    )
    pdf.Root.AcroForm.NeedAppearances = True


def with_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["virus.exe"] = b"MZ attached"


def with_media(pdf: pikepdf.Pdf) -> None:
    media = Dictionary(
        Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 99, 99]), NM=String("flash")
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(media)])


def with_file_elsewhere(pdf: pikepdf.Pdf) -> None:
    """A picture whose data is a file of the reader's machine."""
    picture = pdf.make_stream(
        b"", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8,
        ColorSpace=Name.DeviceGray, F=String("/etc/passwd"),
    )  # fmt: skip
    resources = pdf.pages[0].obj.Resources
    if "/XObject" not in resources:
        resources.XObject = Dictionary()
    resources.XObject.Elsewhere = picture
    pdf.pages[0].contents_add(b"q /Elsewhere Do Q")


def with_signature(pdf: pikepdf.Pdf) -> None:
    value = Dictionary(
        Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=Array([0, 1, 2, 3]), Contents=String("x")
    )
    field = Dictionary(FT=Name.Sig, T=String("s"), V=pdf.make_indirect(value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=3)


def with_many_pages(pdf: pikepdf.Pdf) -> None:
    for _ in range(40):
        pdf.add_blank_page(page_size=(595, 842))


def with_many_objects(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Many = Array([pdf.make_indirect(Dictionary(N=n)) for n in range(21_000)])


def with_huge_page(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page(page_size=(14_400, 14_400))


def bomb() -> bytes:
    """Half a gigabyte of blanks as a page's content, in half a megabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 2**24) for _ in range(32)) + packer.flush()

    def change(pdf: pikepdf.Pdf) -> None:
        content = pikepdf.Stream(pdf, b"")
        content.write(packed, filter=Name.FlateDecode)
        pdf.pages[0].Contents = pdf.make_indirect(content)

    return changed(change, stream_decode_level=pikepdf.StreamDecodeLevel.none, recompress_flate=False)


def locked(user: str = "") -> bytes:
    """Encrypted; without a user's password anybody may open it."""
    return changed(lambda _: None, encryption=pikepdf.Encryption(owner="a", user=user))


def field(kind: str, page: int, x: float, y: float, w: float, h: float, **more: Any) -> dict[str, Any]:
    """One field; its id is made of its kind and place."""
    return {"id": f"{kind}-{page}-{x * 1000:.0f}-{y * 1000:.0f}", "kind": kind, "page": page,
            "x": x, "y": y, "w": w, "h": h, **more}  # fmt: skip


@cache
def _clean() -> Clean:
    return sanitise(contract_pdf())


def make_upload(employer: Employer, title: str = "本单位合同") -> Template:
    """The draft that an upload of `contract_pdf` leaves, without the process that takes it in."""
    pages = [{"w": page.width, "h": page.height, "text": page.text} for page in _clean().pages]
    slug = f"own-upload-{Template.objects.count()}"
    document = {"digest": blobs.put(_clean().pdf), "pages": pages}
    return Template.objects.create(
        employer=employer, slug=slug, title_zh=title, title_en=title, changed_at=clock.now(),
        draft=first_draft(slug, title, document), revision=1,
    )  # fmt: skip


def completed(content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A draft with everything that publishing asks for: both marks, seam, name and start on its pages."""
    fields = [
        field("signature", 2, 0.55, 0.80, 0.25, 0.06),
        field("seal", 2, 0.15, 0.78, 0.2, 0.1414),
        field("seam", 1, 0.9, 0.4, 0.1, 0.1414),
        field("text", 1, 0.6, 0.12, 0.28, 0.025, text="{worker.name}", size=11),
        field("date", 1, 0.15, 0.05, 0.3, 0.025, text="{contract.start|date}", size=10.5),
    ]
    return {**content, "covers": [1, 2, 3, 4, 5, 6, 7, 8], "fields": fields, **changes}
