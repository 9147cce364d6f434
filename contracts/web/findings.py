"""What the statutory checks found, as the portal tells it."""

from collections.abc import Iterable
from typing import Any

from accounts.web.words import by_language
from contracts.checks import Finding


def in_words(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """For `portal/findings.html`: severity, what, remedy and source, in the reader's language.

    What is found at two fields in the same words is said once.
    """
    said: list[dict[str, Any]] = []
    for finding in findings:
        words = {
            "severity": finding.severity,
            "what": by_language(finding.zh, finding.en),
            "remedy": by_language(finding.remedy_zh, finding.remedy_en),
            "source": finding.source,
        }
        if words not in said:
            said.append(words)
    return said
