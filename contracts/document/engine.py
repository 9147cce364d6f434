"""The typesetter: a fixed typst program and its fonts, kept warm, fed by files.

Typst is told nothing but data. The program is ours and fixed; what users write reaches it as JSON strings,
which typst prints as they are. Measured: a program kept warm renders a contract several times faster than
a fresh one, as long as its data comes by file and stays out of the style chain.
"""

import json
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

import typst

from contracts.document.fonts import font_files

SHARED_PARTS: Final = Path(__file__).parents[2] / "templates" / "typst"
MEMORY: Final = Path("/dev/shm")  # noqa: S108  (a fresh private directory is made inside)
_INTROSPECTION: Final = (
    "(anchors: query(<anchor>).map(m => m.value + (p: m.location().position())),"
    " blocks: query(<block>).map(m => (m.value, m.location().page())),"
    " pages: query(<end>).first().location().page())"
)
A4: Final = (595.28, 841.89)
Standard = Literal["a-3a", "ua-1"]
ARCHIVAL: Final[tuple[Standard, ...]] = ("a-3a", "ua-1")


class TypesettingError(Exception):
    """The typesetter refused its input; the message is for the log, not for the user."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A box on a page: page from 1; x, y of the top-left corner and w, h in points, origin top left."""

    key: str
    page: int
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF that ends in a newline, of the standards asked for, and what its layout says of itself.

    `page_sizes`: width and height of each page in points. `block_pages` maps the running number of each text
    block to the page (from 1) on which it begins.
    """

    pdf: bytes
    anchors: tuple[Anchor, ...]
    page_sizes: tuple[tuple[float, float], ...]
    block_pages: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document ready to be signed. `digest`: SHA-256 (hex) of `pdf`; page sizes in points.

    `page_text`: the words of each page, from the structured text; text taken out of a PDF has gaps between
    justified Chinese characters. `sections`: the text for a screen (contracts/document/reading.py).
    """

    pdf: bytes
    digest: str
    anchors: tuple[Anchor, ...]
    page_sizes: tuple[tuple[float, float], ...]
    page_text: tuple[str, ...]
    sections: tuple[Mapping[str, Any], ...] = ()


class Typesetter:
    """One typst program: a folder with `main.typ`, beside the parts that all our programs share.

    Safe to share between threads: each gets a compiler of its own.
    """

    def __init__(self, program: Path) -> None:
        self._program = program
        self._local = threading.local()

    def typeset(
        self, files: Mapping[str, bytes], *, at: datetime, standards: Sequence[Standard] = ARCHIVAL
    ) -> Typeset:
        """Run the program over `files` (name → content, beside `main.typ`).

        `at` (aware) becomes the document's creation time; equal input gives equal bytes, in any process.
        Raises TypesettingError, for one when a character has no glyph in the fonts, and ValueError for a
        naive `at`, which would mean another moment in another place.
        """
        if at.tzinfo is None:
            raise ValueError("the time of a document must be aware")
        press = self._press()
        try:
            for name, content in files.items():
                (press.folder / name).write_bytes(content)
            pdf = press.compiler.compile(
                format="pdf", pdf_standards=list(standards), timestamp=int(at.timestamp())
            )
            layout = json.loads(press.compiler.eval(_INTROSPECTION))
        except RuntimeError as error:
            raise TypesettingError(str(error)) from error
        finally:
            # personal data; it must not outlive a process that is killed between two documents
            for name in files:
                (press.folder / name).unlink(missing_ok=True)
        # PDF/A 6.1.9 after an incremental update: the next object must start on a line of its own
        return Typeset(
            pdf=cast(bytes, pdf) + b"\n",
            anchors=tuple(_anchor(raw) for raw in layout["anchors"]),
            page_sizes=(A4,) * layout["pages"],
            block_pages=dict(layout["blocks"]),
        )

    def _press(self) -> "_Press":
        press: _Press | None = getattr(self._local, "press", None)
        if press is None:
            press = self._local.press = _Press(self._program)
        if press.process != os.getpid():
            # the compiler's threads did not survive the fork (it would wait for them for ever), and the
            # folder is the parent's
            raise TypesettingError("the typesetter was used before this process was forked")
        return press


class _Press:
    """One thread's compiler and its folder, in memory where the machine has such a place."""

    def __init__(self, program: Path) -> None:
        self.process = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix="qianbei-", dir=MEMORY if MEMORY.is_dir() else None))
        weakref.finalize(self, _remove, self.folder, self.process)
        for source in (*SHARED_PARTS.glob("*.typ"), *program.glob("*.typ")):
            shutil.copy(source, self.folder)
        fonts = self.folder / "fonts"
        fonts.mkdir()
        for font in font_files():
            (fonts / font.name).symlink_to(font)
        self.compiler = typst.Compiler(
            str(self.folder / "main.typ"),
            root=str(self.folder),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
        )


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _anchor(raw: Mapping[str, Any]) -> Anchor:
    place = raw["p"]
    return Anchor(raw["key"], place["page"], _points(place["x"]), _points(place["y"]), raw["w"], raw["h"])


def _points(length: str) -> float:
    return float(length.removesuffix("pt"))
