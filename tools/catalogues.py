"""Message catalogues without the gettext programs.

    python -m tools.catalogues compile    locale/*/LC_MESSAGES/django.po → .mo
    python -m tools.catalogues extract    add the messages of templates and sources to the catalogues
    python -m tools.catalogues check      fail when a message is missing, untranslated or malformed

Messages are written in Chinese, so the Chinese catalogue may leave its translations empty.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE_LANGUAGE = "zh_Hans"
SOURCES = ("accounts", "config", "contracts", "core", "filing_bridge", "signing")
KEYWORDS = (
    DEFAULT_KEYWORDS
    | {
        f"{name}{suffix}": spec
        for name, spec in DEFAULT_KEYWORDS.items()
        if name in {"gettext", "ngettext", "pgettext", "npgettext"}
        for suffix in ("", "_lazy")
    }
    | {"translated": None}
)  # what modules call gettext where `_` is the lazy one
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Message = str | tuple[str, ...]


def messages() -> Iterator[tuple[str, int, Message, str | None]]:
    """File, line, message and context of everything that sources and templates mark for translation."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _extract(path, path.read_text(encoding="utf-8"))
    for pattern in ("*.html", "*.txt"):
        for path in sorted((ROOT / "templates").rglob(pattern)):
            # Django turns a template into gettext calls amid filler; indented filler would not be Python.
            calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield from _extract(path, "\n".join(line.lstrip() for line in calls.splitlines()))


def _extract(path: Path, source: str) -> Iterator[tuple[str, int, Message, str | None]]:
    for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield path.relative_to(ROOT).as_posix(), line, message, context


def catalogues() -> list[Path]:
    """The catalogues of every language."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Parse a catalogue; raises `PoFileError` when it is malformed."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def compile_all() -> list[str]:
    """Write the .mo beside each .po."""
    for path in catalogues():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))
    return []


def extract_all() -> list[str]:
    """Bring the catalogues to what the sources say; translations of messages that are gone are dropped."""
    template = _template()
    for path in catalogues():
        catalogue = read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            file.write(HEADER.format(locale=catalogue.locale, plurals=catalogue.plural_forms).encode())
            write_po(file, catalogue, width=100, omit_header=True, include_lineno=False)
    return []


def _template() -> Catalog:
    template = Catalog()
    for file, line, message, context in messages():
        template.add(message, locations=[(file, line)], context=context)
    return template


def faults() -> list[str]:
    """Every fault of every catalogue, in words."""
    template = _template()
    return [fault for path in catalogues() for fault in _faults_of(path, template)]


def _faults_of(path: Path, template: Catalog) -> Iterator[str]:
    catalogue = read(path)
    language = path.parent.parent.name
    for wanted in template:
        if not wanted.id:
            continue
        found = catalogue.get(wanted.id, wanted.context)
        if found is None:
            yield f"{language}: missing: {wanted.id!r} (run: python -m tools.catalogues extract)"
        elif found.fuzzy:
            yield f"{language}: marked as fuzzy: {wanted.id!r}"
        elif language != SOURCE_LANGUAGE and not all(_strings(found.string)):
            yield f"{language}: not translated: {wanted.id!r}"
    for message in catalogue:
        for string in filter(None, _strings(message.string)):
            sources = [set(PLACEHOLDER.findall(source)) for source in _strings(message.id)]
            if message.id and set(PLACEHOLDER.findall(string)) not in sources:
                yield f"{language}: other placeholders than the message: {message.id!r}"


def _strings(message: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (message or "",) if isinstance(message, str | None) else tuple(message)


COMMANDS = {"compile": compile_all, "extract": extract_all, "check": faults}


def main() -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.catalogues", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    problems = COMMANDS[parser.parse_args().command]()
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
