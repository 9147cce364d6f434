"""Where an evidence package keeps what: each signed document with its facts, and its filing beside it.

The contract lies at the top, each change in `changes/NN/`, the ending in `ending/`. Framework-free.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contracts.changes.facts import ATTACHMENT as CHANGE_FACTS
from contracts.endings.facts import ATTACHMENT as ENDING_FACTS
from signing.evidence.package import CONTRACT

_CHANGE: Final = re.compile(r"changes/([0-9]{2,6})/")


@dataclass(frozen=True)
class Matter:
    """A signed document of the package: its folder, its file, the attachment with its facts, its name."""

    folder: str
    file: str
    attachment: str
    zh: str
    en: str

    def path(self, name: str) -> str:
        """A file of this matter in the package."""
        return f"{self.folder}{name}"

    @property
    def document(self) -> str:
        return self.path(self.file)

    @property
    def facts(self) -> str:
        return self.path(self.attachment)

    @property
    def notices(self) -> str:
        return self.path("notices.json")

    @property
    def record(self) -> str:
        return self.path("filing/record.json")

    @property
    def employer_signature(self) -> str:
        return self.path("filing/employer-signature.jws")

    @property
    def delivery(self) -> str:
        return self.path("filing/delivery.json")

    @property
    def receipt(self) -> str:
        return self.path("filing/receipt.jws")

    @property
    def form(self) -> str:
        return self.path("filing/form.pdf")


THE_CONTRACT: Final = Matter("", CONTRACT, "contract.json", "合同", "the contract")
THE_ENDING: Final = Matter(
    "ending/", "certificate.pdf", ENDING_FACTS, "解除（终止）证明书", "the certificate of the ending"
)


def change(number: int) -> Matter:
    """The change of this number (from 1)."""
    return Matter(
        f"changes/{number:02}/",
        "agreement.pdf",
        CHANGE_FACTS,
        f"第 {number} 次变更协议",
        f"the agreement on change {number}",
    )


def changes_in(paths: Iterable[str]) -> list[Matter]:
    """The changes of which a package holds something, the first one first."""
    found = {int(match[1]) for path in paths if (match := _CHANGE.match(path))}
    return [change(number) for number in sorted(found)]
