"""A prepared document under revision: its fields, pages and appearances, seen through pyHanko's writer."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData

from signing.keys.errors import TimeStampUnavailable
from signing.pades.appearance import Drawing
from signing.pades.errors import SigningRefused
from signing.pades.geometry import Box, PageFrame, to_box

MIB = 1024 * 1024
# A contract is a few hundred kilobytes. What decodes to more than this is not one.
LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=64 * MIB),
    document_budget=DocumentDecodeBudget(base_allowance=256 * MIB, max_ratio=20),
)

INHERITABLE = ("/MediaBox", "/CropBox", "/Rotate")  # page attributes that concern us (table 30)

# Appearance matrices that keep a mark upright on a page shown turned clockwise (ISO 32000-1, 12.5.5).
_UPRIGHT = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}


class _Appender(IncrementalPdfFileWriter):
    """Leaves the metadata alone: a signature changes no content, and its time is the TSA's, not ours."""

    def _update_meta(self) -> None:
        pass


class Revision:
    """One incremental update in the making. Raises SigningRefused("document_not_prepared") if unreadable."""

    def __init__(self, pdf: bytes) -> None:
        try:
            self.writer: IncrementalPdfFileWriter = _Appender(BytesIO(pdf), strict=True, decode_limits=LIMITS)
            self.root = self.writer.root
            fields = self.root["/AcroForm"]["/Fields"]
            self._fields = {str(ref.get_object()["/T"]): ref.reference for ref in fields}
            self._pages = list(self._walk(self.root.raw_get("/Pages"), {}, 0))
            self._drawn: dict[Drawing, generic.IndirectObject] = {}
        except (misc.PdfError, KeyError, AttributeError, TypeError, ValueError, RecursionError) as error:
            raise SigningRefused("document_not_prepared") from error

    @property
    def frames(self) -> list[PageFrame]:
        """Of all pages, in order."""
        return [frame for _, frame in self._pages]

    def field(self, name: str) -> generic.DictionaryObject:
        """Raises SigningRefused("field_unknown")."""
        if name not in self._fields:
            raise SigningRefused("field_unknown")
        return dictionary(self._fields[name].get_object())

    def field_names(self) -> list[str]:
        """Of all fields, in order."""
        return list(self._fields)

    def signature_fields(self) -> Iterator[tuple[str, bool]]:
        """Name of each, and whether it is signed, in signing order.

        The signatures themselves are not looked at: pyHanko reads their digits one by one.
        """
        for name, reference in self._fields.items():
            field = reference.get_object()
            if field["/FT"] == "/Sig":
                yield name, "/V" in field

    def fields_named(self, prefix: str) -> list[generic.DictionaryObject]:
        """Fields whose names are the prefix and a number, in the order of the numbers."""
        numbered = {
            int(name.removeprefix(prefix)): reference
            for name, reference in self._fields.items()
            if name.startswith(prefix) and name.removeprefix(prefix).isdecimal()
        }
        return [dictionary(numbered[number].get_object()) for number in sorted(numbered)]

    def box(self, field: generic.DictionaryObject) -> Box:
        """Where its widget is."""
        number = self._page_number(field)
        left, bottom, right, top = (float(n) for n in field["/Rect"])
        return to_box((left, bottom, right, top), self.frames[number - 1], number)

    def other_boxes(self, field: generic.DictionaryObject) -> list[Box]:
        """Where the widgets of all other fields are."""
        others = (reference.get_object() for reference in self._fields.values())
        return [self.box(other) for other in others if other is not field]

    def move(self, field: generic.DictionaryObject, rect: tuple[float, ...], page_number: int) -> None:
        """Give a widget another rectangle, and another page with it if need be."""
        field["/Rect"] = generic.ArrayObject(generic.FloatObject(round(n, 3)) for n in rect)
        self.changed(field)
        old = self._page_number(field)
        if old == page_number:
            return
        old_page, new_page = (self._pages[number - 1][0] for number in (old, page_number))
        widget = self._fields[str(field["/T"])]
        left = dictionary(old_page.get_object())
        left["/Annots"] = generic.ArrayObject(ref for ref in left["/Annots"] if ref.reference != widget)
        self.writer.mark_update(old_page)
        self.writer.register_annotation(new_page, self._pointer(widget))
        page = self._pointer(new_page)
        field["/P"] = page
        dictionary(new_page.get_object())["/Tabs"] = pdf_name("/S")
        element = self._structure_element(int(field["/StructParent"]))
        element["/Pg"] = page
        dictionary(element["/K"])["/Pg"] = page
        self.changed(element)

    def draw(
        self,
        field: generic.DictionaryObject,
        width: float,
        height: float,
        drawing: Drawing,
        matrix: tuple[float, float, float, float],
    ) -> None:
        """Set a widget's appearance: a box of `width` × `height` points as displayed, and in it the drawing,
        scaled by the first two numbers of `matrix` and moved by the other two."""
        if drawing not in self._drawn:
            whole = _form_x_object(drawing.width, drawing.height, drawing.content, None)
            self._drawn[drawing] = self.writer.add_object(whole)
        across, up, left, low = matrix
        content = b"%.6f 0 0 %.6f %.4f %.4f cm /Mark Do" % (across, up, left, low)
        form = _form_x_object(width, height, content, self._drawn[drawing])
        rotate = self.frames[self._page_number(field) - 1].rotate
        if rotate:
            form["/Matrix"] = generic.ArrayObject(generic.NumberObject(n) for n in _UPRIGHT[rotate])
        field["/AP"] = _named({"/N": self.writer.add_object(form)})
        self.changed(field)

    def write(
        self,
        field: str,
        placeholder: PdfSignedData,
        container: Callable[[bytes], bytes],
        mdp: SigMDPSetup | None,
    ) -> bytes:
        """Put the CMS that `container` makes of the document's SHA-256 into `field`; return the whole file.

        A field of that name is made, without extent, if there is none. The revision is used up.
        """
        steps = PdfCMSEmbedder().write_cms(field, self.writer)
        next(steps)
        steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=mdp))
        prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
        contents = container(prepared.document_digest)
        if 2 * len(contents) > prepared.reserved_region_end - prepared.reserved_region_start - 2:
            # sizes are known but for the token's; the next attempt reserves for the new kind of token
            raise TimeStampUnavailable("the token is larger than those before")
        steps.send(contents)
        return bytes(output.getvalue())

    def changed(self, thing: generic.PdfObject) -> None:
        """Write it in this revision."""
        self.writer.update_container(thing)

    def _page_number(self, field: generic.DictionaryObject) -> int:
        page = field.raw_get("/P").reference
        for number, (reference, _) in enumerate(self._pages, start=1):
            if reference == page:
                return number
        raise SigningRefused("document_not_prepared")

    def _pointer(self, reference: generic.Reference) -> generic.IndirectObject:
        return generic.IndirectObject(reference.idnum, reference.generation, self.writer)

    def _structure_element(self, key: int) -> generic.DictionaryObject:
        node = self.root["/StructTreeRoot"]["/ParentTree"]
        while "/Nums" not in node:
            node = node["/Kids"][-1]
        numbers = node["/Nums"]
        for position in range(0, len(numbers), 2):
            if numbers[position] == key:
                return dictionary(numbers[position + 1])
        raise SigningRefused("document_not_prepared")

    def _walk(
        self, node: generic.IndirectObject, inherited: Mapping[str, generic.PdfObject], depth: int
    ) -> Iterator[tuple[generic.Reference, PageFrame]]:
        if depth > 50:
            raise ValueError("page tree too deep")
        contents = node.get_object()
        known: dict[str, generic.PdfObject] = {**inherited}
        known.update({key: contents[key] for key in INHERITABLE if key in contents})
        if "/Kids" in contents:
            for kid in contents["/Kids"]:
                yield from self._walk(kid, known, depth + 1)
            return
        media = _normal(known["/MediaBox"])
        crop = _normal(known.get("/CropBox", known["/MediaBox"]))
        yield (
            node.reference,
            PageFrame(
                max(crop[0], media[0]), max(crop[1], media[1]),
                min(crop[2], media[2]), min(crop[3], media[3]),
                int(str(known.get("/Rotate", 0))) % 360,
            ),
        )  # fmt: skip


def _form_x_object(
    width: float, height: float, content: bytes, mark: generic.IndirectObject | None
) -> generic.StreamObject:
    """A form XObject with its origin at the lower left. `mark` is what its content calls /Mark."""
    resources = {} if mark is None else {"/XObject": _named({"/Mark": mark})}
    entries: dict[str, generic.PdfObject] = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Form"),
        "/BBox": generic.ArrayObject(generic.FloatObject(round(n, 3)) for n in (0, 0, width, height)),
        "/Resources": _named(resources),
        "/Filter": pdf_name("/FlateDecode"),
    }
    return generic.StreamObject(_named(entries), encoded_data=_deflated(content))


def _named(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


@lru_cache(maxsize=256)
def _deflated(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def dictionary(thing: generic.PdfObject) -> generic.DictionaryObject:
    """The same object, once it is known to be a dictionary."""
    if not isinstance(thing, generic.DictionaryObject):
        raise SigningRefused("document_not_prepared")
    return thing


def _normal(box: generic.PdfObject) -> tuple[float, float, float, float]:
    if not isinstance(box, generic.ArrayObject):
        raise TypeError("a box is an array")
    x1, y1, x2, y2 = (float(n) for n in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
