"""A small PDF/A-3a + UA-1 document with `contract.json` attached and signature anchors, set with typst.

It has the shape of a rendered contract and nothing of its content, so that signing is tested by itself.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

SOURCE = """
#set document(title: "签署测试文本")
#set page(paper: "a4", margin: (x: 25mm, y: 25mm))
#set text(font: "Noto Serif SC", lang: "zh", size: 11pt, fallback: false)
#pdf.attach("contract.json", read("contract.json", encoding: none), relationship: "data",
  mime-type: "application/json", description: "Facts")
= 签署测试文本
#let clause(n) = [第 #n 条 甲乙双方根据有关法律规定，在平等自愿、协商一致的基础上订立本文本，共同遵守
  所列条款。工作地点、工作内容、劳动报酬和休息休假按照双方的约定执行，未尽事宜依照国家和地方的规定办理。]
#for n in range(1, {clauses}) [#par(clause(n))]
#v(1fr)
#let anchor(key, w, h) = box(width: w, height: h, stroke: 0.4pt)[
  #metadata((key: key, w: w.pt(), h: h.pt())) <sig>]
#grid(columns: (1fr, 1fr), [乙方：#anchor("worker", 45mm, 18mm)], [甲方：#anchor("employer", 45mm, 45mm)])
"""


@dataclass(frozen=True)
class Anchor:
    """Where the layout wants a mark: page from 1, points from the top left corner."""

    key: str
    page: int
    x: float
    y: float
    w: float
    h: float


@lru_cache(maxsize=4)
def sample_pdf(clauses: int = 40) -> tuple[bytes, tuple[Anchor, ...]]:
    """The document and its anchors; 40 clauses fill three pages, 100 fill seven."""
    fonts = str(files("pylopdf_fonts_zh_cn"))
    with TemporaryDirectory() as folder:
        source = Path(folder) / "main.typ"
        source.write_text(SOURCE.replace("{clauses}", str(clauses)), encoding="utf-8")
        facts = json.dumps({"schema": "test", "worker": {"name": "测试甲"}}, ensure_ascii=False)
        (Path(folder) / "contract.json").write_text(facts, encoding="utf-8")
        compiler = typst.Compiler(str(source), font_paths=[fonts], ignore_system_fonts=True)
        pdf = compiler.compile(
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()),
        )
        located = json.loads(compiler.eval("query(<sig>).map(m => m.value + (p: m.location().position()))"))
    assert isinstance(pdf, bytes)
    anchors = tuple(
        Anchor(a["key"], a["p"]["page"], points(a["p"]["x"]), points(a["p"]["y"]), a["w"], a["h"])
        for a in located
    )
    return pdf, anchors


def points(length: str) -> float:
    """typst prints lengths as `12.3pt`."""
    return float(length.removesuffix("pt"))
