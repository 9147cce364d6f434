"""How long a contract takes from facts to a PDF with signature fields, beside WeasyPrint with the same words.

Both are kept warm, run in turns in one process, and make a tagged PDF/A-3 with the same fonts and the facts
attached; each contract differs from the one before.
"""

import html
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from contracts.document.fonts import hei, song
from contracts.document.reading import reading_view
from contracts.document.render import render
from contracts.document.template import load_template
from contracts.facts import canonical_facts
from signing.pades.geometry import Box
from signing.pades.prepare import FieldSpec, prepare
from tests.support.contract_facts import sample_facts

AT: Final = datetime(2026, 11, 3, tzinfo=UTC)
LIMIT: Final = 0.15
ROUNDS: Final = 5
OURS_PER_ROUND: Final = 10

STYLE: Final = f"""
@font-face {{ font-family: Song; src: url({song().as_uri()}) }}
@font-face {{ font-family: Hei; src: url({hei().as_uri()}) }}
@page {{ size: A4; margin: 2.7cm 2.5cm 2.4cm;
  @bottom-center {{ content: "第 " counter(page) " 页　共 " counter(pages) " 页"; font: 9pt Song }} }}
body {{ font: 10.5pt/1.6 Song; text-align: justify }}
h1 {{ font: 22pt Hei; text-align: center }}
h2 {{ font: 11.5pt Hei }}
p {{ margin: 0; text-indent: 2em }}
table {{ width: 100%; border-collapse: collapse }}
td, th {{ border: 0.5pt solid #888; padding: 0.5em; font-weight: normal }}
u {{ text-decoration-thickness: 0.4pt }}
"""


def rows(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row per engine: `name`, `ms` (median of a document), and for ours `ratio` and its `limit`."""
    from weasyprint import CSS, HTML, Attachment  # a renderer that only the bench installs
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    style = CSS(string=STYLE, font_config=fonts)

    def weasyprint(facts: Mapping[str, Any]) -> None:
        attachment = Attachment(string=canonical_facts(facts), name="contract.json", relationship="Data")
        HTML(string=as_html(reading_view(load_template("general"), facts))).write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a", attachments=[attachment]
        )

    contracts = _contracts()
    ours: list[float] = []
    alone: list[float] = []
    theirs: list[float] = []
    for run in (rendered, with_fields, weasyprint):
        _timed(run, next(contracts))
    for _ in range(rounds):
        theirs.append(_timed(weasyprint, next(contracts)))
        for _ in range(OURS_PER_ROUND):
            alone.append(_timed(rendered, next(contracts)))
            ours.append(_timed(with_fields, next(contracts)))
    reference = statistics.median(theirs)
    whole = statistics.median(ours)
    return [
        {
            "name": "render + anchors",
            "ms": statistics.median(alone),
            "ratio": statistics.median(alone) / reference,
        },
        {"name": "render + anchors + fields", "ms": whole, "ratio": whole / reference, "limit": LIMIT},
        {"name": "WeasyPrint, same words", "ms": reference},
    ]


def rendered(facts: Mapping[str, Any]) -> None:
    """Facts to PDF and anchors."""
    render(load_template("general"), facts, at=AT)


def with_fields(facts: Mapping[str, Any]) -> None:
    """The same and the empty signature fields at the anchors."""
    result = render(load_template("general"), facts, at=AT)
    boxes = {}
    for anchor in result.anchors:
        width, height = result.page_sizes[anchor.page - 1]
        boxes[anchor.key] = Box(
            anchor.page, anchor.x / width, anchor.y / height, anchor.w / width, anchor.h / height
        )
    seal = boxes["employer_seal"]
    prepare(
        result.pdf,
        [
            FieldSpec("worker", "乙方", boxes["worker_signature"]),
            FieldSpec("employer", "甲方", seal, zone=seal),
        ],
        seams=[box for key, box in boxes.items() if key.startswith("seam_")],
    )


def as_html(view: Mapping[str, Any]) -> str:
    """The contract of a reading view as a page for printing, set like ours."""
    title = html.escape(view["title"])
    return f"""<!doctype html><html lang="zh-CN"><title>{title}</title><h1>{title}</h1>
{"".join(_chapters(view))}</html>"""


def _chapters(view: Mapping[str, Any]) -> Iterator[str]:
    for chapter in view["chapters"]:
        if chapter["label"]:
            yield f"<h2>{chapter['label']}{html.escape(chapter['heading'])}</h2>"
        for clause in chapter["clauses"]:
            lead = f"{clause['label']}　{html.escape(clause['heading'])}"
            for block in clause["blocks"]:
                yield _block(block, lead)
                lead = ""


def _block(block: Mapping[str, Any], lead: str) -> str:
    if block["kind"] == "paragraph":
        return f"<p>{lead}{block['label']}{_runs(block['runs'])}</p>"
    if block["kind"] == "fields":
        lines = (f"<tr><th>{html.escape(f['label'])}<td>{_runs(f['runs'])}" for f in block["fields"])
        return f"<p>{lead}</p><table>{''.join(lines)}</table>"
    heads = "".join(f"<th>{html.escape(column['heading'])}" for column in block["columns"])
    lines = ("<tr>" + "".join(f"<td>{_runs(cell)}" for cell in row) for row in block["rows"])
    return f"<table><tr>{heads}{''.join(lines)}</table>"


def _runs(runs: list[dict[str, str]]) -> str:
    return "".join(
        f"<u>{html.escape(run['text'])}</u>" if run["fact"] else html.escape(run["text"]) for run in runs
    )


def _contracts() -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        facts = sample_facts(worker={"name": f"测试{number}号", "mobile": str(13_800_000_000 + number)})
        facts["contract_no"] = f"HT-2026-{number:06}"
        yield facts


def _timed(run: Callable[[Mapping[str, Any]], None], facts: Mapping[str, Any]) -> float:
    begin = time.perf_counter()
    run(facts)
    return (time.perf_counter() - begin) * 1000
