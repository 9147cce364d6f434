"""The places of a document that are to be filled in, and which fact each may mean.

The words around a place tell, by a table (meanings.toml), and every suggestion is told to the writer. What
the table does not know stays open: `【待定：…】` stands in the text, and nothing is published before it is
settled.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from contracts.document.blanks import open_blank
from contracts.uploads.word import BLANK, SPACE

MEANINGS: Final = Path(__file__).with_name("meanings.toml")
MAX_LABEL: Final = 12
PARTIES: Final = {"甲方": "employer", "用人单位": "employer", "乙方": "worker", "劳动者": "worker"}

# A line to write on, an empty bracket, room before 年 月 日: all become BLANK.
_ROOM: Final = (
    (re.compile(f"[_＿﹍]{{2,}}(?:{SPACE}*[_＿﹍]+)*"), BLANK),
    (re.compile(rf"[［\[〔【]{SPACE}*{BLANK}?{SPACE}*[】〕\]］]"), BLANK),
    (re.compile(rf"（{SPACE}+）"), f"（{BLANK}）"),
    (re.compile(rf"\({SPACE}+\)"), f"({BLANK})"),
    (
        re.compile(f"(?<![0-9〇零一二三四五六七八九十]){SPACE}{{2,}}年{SPACE}+月{SPACE}+日"),
        f"{BLANK}年{BLANK}月{BLANK}日",
    ),
    (re.compile(f"{BLANK}(?:{SPACE}*{BLANK})+"), BLANK),
)
_GAP: Final = re.compile(
    rf"(?P<date>(?:20)?{SPACE}*{BLANK}{SPACE}*年{SPACE}*{BLANK}{SPACE}*月{SPACE}*{BLANK}{SPACE}*日)"
    rf"|【(?P<named>[^【】]*)】|{BLANK}"
)
# In the parties' details a colon with nothing behind it asks for something too: another label, or the end.
_AFTER_COLON: Final = re.compile(
    rf"(?<=[：:]){SPACE}{{2,}}(?=[^\s：:。]{{1,15}}[：:])|(?<!如下[：:])(?<!下列[：:])(?<=[：:]){SPACE}*$"
)
_JOINING: Final = re.compile("起?[自从至到于]")  # says nothing by itself
_SENTENCE: Final = re.compile(r"[。；;！\n]")
_TRIMMED: Final = ' \t\u3000\u00a0：:（(“"￥¥'
_BEHIND: Final = _TRIMMED + "）)”"


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    about: re.Pattern[str]
    party: str
    date: bool


@dataclass
class Blanks:
    """Fills the gaps of one document, in reading order.

    `suggested`: the words before each gap that was filled, and the blank. `party`: whose details are read.
    """

    suggested: list[tuple[str, str]] = field(default_factory=list)
    party: str = ""

    def filled(self, text: str, *, heading: str = "", lead: str = "", details: bool = False) -> str:
        """Text of the document as text of a template.

        `heading`: what it is about; `lead`: words before it, which are printed elsewhere; `details`: it
        stands among the parties' details.
        """
        text = roomy(text)
        if details:
            self.party = next(
                (each for name, each in PARTIES.items() if text.strip().startswith(name)), self.party
            )
            text = _AFTER_COLON.sub(f"{BLANK}　", text).rstrip()
        pieces: list[str] = []
        behind = 0
        for gap in _GAP.finditer(text):
            pieces.append(_escaped(text[behind : gap.start()]))
            before = lead + _GAP.sub("…", text[: gap.start()])
            pieces.append(self._meant(gap, before, text[gap.end() :], heading, details))
            behind = gap.end()
        return "".join((*pieces, _escaped(text[behind:])))

    def _meant(self, gap: re.Match[str], before: str, after: str, heading: str, details: bool) -> str:
        sentence = _SENTENCE.split(before)[-1].strip(_TRIMMED)
        named = (gap["named"] or "").strip()
        before = f"{sentence} {named}" if named else sentence
        after = after.lstrip(_BEHIND)
        party = _party(before) or (self.party if details else "")
        if details:
            self.party = party
        label = named[:MAX_LABEL] or _label(sentence, after)
        for row in _rows():
            if (
                row.date == bool(gap["date"])
                and row.party in ("", party)
                and row.before.search(before)
                and row.after.search(after)
                and row.about.search(f"{heading}：{before}")
            ):
                if row.code:
                    self.suggested.append((label, row.code))
                    return row.code
                break
        return open_blank(label)


def roomy(text: str) -> str:
    """The text with BLANK wherever it leaves room to write."""
    for room, blank in _ROOM:
        text = room.sub(blank, text)
    return text


def has_gap(text: str) -> bool:
    """Whether there is something to fill in."""
    return _GAP.search(roomy(text)) is not None


def topics(heading: str) -> list[int]:
    """The statutory items that a heading is about."""
    return [item for item, words in _topics() if words.search(heading)]


@cache
def _rows() -> tuple[_Row, ...]:
    rows = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))["blank"]
    return tuple(
        _Row(
            code=row["code"],
            before=re.compile(row["before"]),
            after=re.compile(row.get("after", "")),
            about=re.compile(row.get("about", "")),
            party=row.get("party", ""),
            date=row.get("date", False),
        )
        for row in rows
    )


@cache
def _topics() -> tuple[tuple[int, re.Pattern[str]], ...]:
    rows = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))["topic"]
    return tuple((row["item"], re.compile(row["words"])) for row in rows)


def _party(words: str) -> str:
    """The party named last."""
    found = [(words.rfind(name), party) for name, party in PARTIES.items() if name in words]
    return max(found, default=(0, ""))[1]


def _label(before: str, after: str) -> str:
    """What the gap is called in the document: the words before it, else those after it, else nothing."""
    before = re.sub(r"（[^）]*）$|\([^)]*\)$", "", before)
    chunks = [chunk for chunk in re.split(r"[，,、：:（）()“”…\s]", before) if chunk]
    if chunks and not before.endswith("…"):
        return (before if _JOINING.fullmatch(chunks[-1]) else chunks[-1])[-MAX_LABEL:]
    following = re.match(r"[^，,、。；：:（）()“”…\s\ue000]*", after)
    return (following[0] if following else "")[:MAX_LABEL] or (chunks[-1][-MAX_LABEL:] if chunks else "")


def _escaped(words: str) -> str:
    """Words as a template keeps them; what was set apart by spaces stays so."""
    words = re.sub(f"{SPACE}{{2,}}|\t", "　", words)
    words = re.sub(f"(?!　){SPACE}", " ", words)
    return words.replace("{", "{{").replace("}", "}}")
