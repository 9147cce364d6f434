"""Make a rendered PDF ready to be signed: every field exists before the first signature.

A field that comes into being after a certifying signature breaks it, and one that a signing library adds by
itself is not tagged. So all fields are made here, empty and tagged, in a base revision that PDF/A-3a and
PDF/UA-1 still accept (ISO 14289-1, 7.18: each widget in a Form structure element, with a tooltip).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from signing.pades.errors import SigningRefused
from signing.pades.geometry import Box, PageFrame, check_place, to_rect

PRINT_AND_LOCKED = 132  # annotation flags: bit 3 Print, bit 8 Locked (ISO 32000-1, table 165)
DATE = "date_"  # what the names of date fields begin with
READ_ONLY = 1  # field flag (table 221)
SIGNATURES_EXIST_APPEND_ONLY = 3  # /SigFlags (table 219)


@dataclass(frozen=True)
class FieldSpec:
    """A party's signature field.

    `tooltip` is read out by screen readers. `box` is where the layout wants the mark. A later party may put
    its mark anywhere in `zone`, which then is the widget's rectangle; without one, its mark stays in `box`.
    The first party needs no zone: its field itself is moved. `dates`: where the day of its signature is
    written.
    """

    name: str
    tooltip: str
    box: Box
    zone: Box | None = None
    dates: tuple[Box, ...] = ()


def date_fields_of(party: str) -> str:
    """What the names of a party's date fields begin with; a number follows."""
    return f"{DATE}{party}_"


def prepare(pdf: bytes, fields: Sequence[FieldSpec], seams: Sequence[Box] = ()) -> bytes:
    """Add signature fields in signing order, and an empty read-only field for each date and seam (骑缝章).

    The last party's field locks the document, an earlier one its own dates. Equal input gives equal bytes.
    Raises PlaceRefused for a box off the page or zones that overlap, and
    SigningRefused("document_not_prepared") for a file that cannot be read, is encrypted, has no structure
    tree, or has a form already.
    """
    if not fields or len({spec.name for spec in fields}) != len(fields):
        raise ValueError("fields must be named differently, and there must be one")
    try:
        document = pikepdf.open(BytesIO(pdf))
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise SigningRefused("document_not_prepared") from error
    with document:
        root = document.Root
        if document.is_encrypted or "/AcroForm" in root or "/StructTreeRoot" not in root:
            raise SigningRefused("document_not_prepared")
        frames = [page_frame(page) for page in document.pages]
        _check(fields, seams, frames)
        form = _Form(document, frames)
        earlier: list[str] = []
        for number, spec in enumerate(fields, start=1):
            form.add_signature(spec, movable=number == 1, locking=number == len(fields), earlier=earlier)
            earlier += _date_names(spec)
        for spec in fields:
            form.add_dates(spec)
        for number, box in enumerate(seams, start=1):
            form.add_seam(number, len(seams), box)
        form.finish()
        # ETSI EN 319 142-1 §4.2 g: the developer extension of PAdES, declared once instead of by each signer.
        root.Extensions = Dictionary(ESIC=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=5))
        output = BytesIO()
        document.save(output, deterministic_id=True)
    prepared = output.getvalue()
    # Signing appends: without an end of line after %%EOF the next object breaks PDF/A (ISO 19005-3, 6.1.9).
    return prepared if prepared.endswith(b"\n") else prepared + b"\n"


def page_frame(page: pikepdf.Page) -> PageFrame:
    """The crop box within the media box, and the rotation, of a page."""
    crop, media = ([float(n) for n in box] for box in (page.cropbox, page.mediabox))
    rotation = page.obj.get("/Rotate", 0)
    parent = page.obj.get("/Parent")
    while "/Rotate" not in page.obj and parent is not None:  # an inheritable attribute
        rotation = parent.get("/Rotate", rotation)
        parent = parent.get("/Parent")
    return PageFrame(
        max(min(crop[0], crop[2]), min(media[0], media[2])),
        max(min(crop[1], crop[3]), min(media[1], media[3])),
        min(max(crop[0], crop[2]), max(media[0], media[2])),
        min(max(crop[1], crop[3]), max(media[1], media[3])),
        int(rotation) % 360,
    )


def _check(fields: Sequence[FieldSpec], seams: Iterable[Box], frames: Sequence[PageFrame]) -> None:
    taken: list[Box] = []
    for spec in fields:
        check_place(spec.box, frames, zone=spec.zone)
        widget = spec.zone or spec.box
        check_place(widget, frames, keep_clear=taken)
        taken.append(widget)
    for box in (box for spec in fields for box in spec.dates):
        check_place(box, frames, keep_clear=taken)
        taken.append(box)
    for box in seams:
        if not 1 <= box.page <= len(frames):
            raise ValueError("a seam on a page that is not there")


def _date_names(spec: FieldSpec) -> list[str]:
    return [f"{date_fields_of(spec.name)}{number}" for number in range(1, len(spec.dates) + 1)]


def _lock(action: pikepdf.Name, names: Sequence[str] = ()) -> Dictionary:
    """A signature field lock dictionary (ISO 32000-1, table 233)."""
    lock = Dictionary(Type=Name.SigFieldLock, Action=action)
    if names:
        lock.Fields = Array([String(name) for name in names])
    return lock


class _Form:
    """The form under construction: widgets on pages, and their tags."""

    def __init__(self, document: pikepdf.Pdf, frames: Sequence[PageFrame]) -> None:
        self._document = document
        self._frames = frames
        self._fields: list[pikepdf.Object] = []
        self._tags: list[tuple[int, pikepdf.Object]] = []
        self._tree = document.Root.StructTreeRoot
        self._next_key = int(self._tree.get("/ParentTreeNextKey", 0))
        empty = document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
        self._empty = Dictionary(N=document.make_indirect(empty))

    def add_signature(self, spec: FieldSpec, *, movable: bool, locking: bool, earlier: Sequence[str]) -> None:
        widget = self._widget(spec.box if movable else spec.zone or spec.box, spec.name, spec.tooltip)
        widget.FT = Name.Sig
        if locking:
            # After this signature nothing may change but validation data and archive time-stamps. Dates that
            # earlier signatures have locked are left to them (see apply.py).
            lock = _lock(Name.Exclude, earlier) if earlier else _lock(Name.All)
            lock.P = 1
            widget.Lock = self._document.make_indirect(lock)
        elif spec.dates:
            widget.Lock = self._document.make_indirect(_lock(Name.Include, _date_names(spec)))

    def add_dates(self, spec: FieldSpec) -> None:
        for name, box in zip(_date_names(spec), spec.dates, strict=True):
            self._add_text(box, name, f"{spec.tooltip}：日期 / Date")

    def add_seam(self, number: int, total: int, box: Box) -> None:
        tooltip = f"骑缝章 第 {number} 页，共 {total} 页 / Cross-page seal {number} of {total}"
        self._add_text(box, f"seam_{number}", tooltip)

    def _add_text(self, box: Box, name: str, tooltip: str) -> None:
        """What we draw when its time has come; nobody types into it."""
        widget = self._widget(box, name, tooltip)
        widget.FT = Name.Tx
        widget.Ff = READ_ONLY
        widget.DA = String("0 g")

    def finish(self) -> None:
        """Hang the form into the catalog and the tags into the structure tree."""
        numbers = self._tree.ParentTree
        while "/Nums" not in numbers:  # a tree with kids: the last leaf takes the highest keys
            numbers = numbers.Kids[-1]
        for key, element in self._tags:
            numbers.Nums.append(key)
            numbers.Nums.append(element)
        if "/Limits" in numbers:
            numbers.Limits[1] = self._next_key - 1
        self._tree.ParentTreeNextKey = self._next_key
        self._document.Root.AcroForm = Dictionary(
            Fields=Array(self._fields), SigFlags=SIGNATURES_EXIST_APPEND_ONLY
        )

    def _widget(self, box: Box, name: str, tooltip: str) -> pikepdf.Object:
        page = self._document.pages[box.page - 1].obj
        frame = self._frames[box.page - 1]
        rect = [round(number, 3) for number in to_rect(box, frame)]
        widget = self._document.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, T=String(name), TU=String(tooltip), Rect=Array(rect),
                F=PRINT_AND_LOCKED, P=page, AP=self._empty, StructParent=self._next_key,
            )
        )  # fmt: skip
        if frame.rotate:
            widget.MK = Dictionary(R=frame.rotate)
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(widget)
        page.Tabs = Name.S
        self._tag(widget, page, tooltip)
        self._fields.append(widget)
        return widget

    def _tag(self, widget: pikepdf.Object, page: pikepdf.Object, description: str) -> None:
        parent = self._tree.K[0] if isinstance(self._tree.K, Array) else self._tree.K
        reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
        element = self._document.make_indirect(
            Dictionary(
                Type=Name.StructElem, S=Name.Form, P=parent, Pg=page, K=reference, Alt=String(description)
            )
        )
        parent.K.append(element)
        self._tags.append((self._next_key, element))
        self._next_key += 1
