"""Keep locale/ in step with the texts: extract, check, compile. Needs Babel alone, so a fresh machine needs no gettext.

English is the source language, so there is a catalogue of Chinese only. Compiled files are not kept in the repository.

    python -m tools.translations update     write new texts into the .po, keep its order, drop what is gone;
                                            further .po files after the word fill what has no translation yet
    python -m tools.translations check      fail when a text is missing, untranslated or marked fuzzy
    python -m tools.translations compile    write the .mo that Django reads, if it is older than the .po
"""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
Words = str | Iterable[str] | None  # a text, or its singular and plural
SOURCES = [
    "aftersales",
    "orders",
    "refunds",
    "logistics",
    "invoices",
    "complaints",
    "warranty",
    "feedback",
    "surveys",
    "service",
    "tickets",
    "reports",
    "templates",
]
CHINESE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# Names of Django's functions, in Babel's words: which argument is a context ("c"), which the singular and plural.
PLAIN: dict[str, Any] = dict.fromkeys(["_", "N_", "gettext", "gettext_lazy", "gettext_noop"])
PLURAL: dict[str, Any] = dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2))
CONTEXT: dict[str, Any] = dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2))
BOTH: dict[str, Any] = dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3))
KEYWORDS = PLAIN | PLURAL | CONTEXT | BOTH


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate and where it stands."""

    path: str
    line: int
    context: str | None
    id: str | tuple[str, ...]

    @property
    def key(self) -> tuple[str | None, str]:
        """What identifies the text: a plural belongs to its singular."""
        return self.context, first(self.id)


def texts_of(path: Path) -> Iterator[Text]:
    """Yield what a Python file or a template wants translated."""
    code = path.read_text()
    shown = str(path.relative_to(ROOT))
    if path.suffix != ".py":
        code = python_of(code)
    for line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        if message:
            yield Text(shown, line, context, message)


def python_of(template: str) -> str:
    """Return the gettext calls of a template, each on its line.

    Django turns a template into such calls between runs of X, as it does for its own makemessages.
    """
    string = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    call = re.compile(rf"\b(?:n?p?gettext|_)\((?:(?:{string}|count)\s*,?\s*)+\)")
    lines = templatize(template).split("\n")
    return "\n".join("; ".join(match[0] for match in call.finditer(line)) for line in lines)


def texts() -> list[Text]:
    """Return every text of the project, in the order of files and lines."""
    files = [
        path
        for source in SOURCES
        for path in sorted((ROOT / source).rglob("*"))
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts
    ]
    return [text for path in files for text in texts_of(path)]


def catalogue(path: Path = CHINESE) -> Catalog:
    """Return the Chinese catalogue as it stands."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def update(*others: str) -> int:
    """Write the catalogue anew: old entries in their order, new ones behind them, without those that nobody uses."""
    wanted: dict[tuple[str | None, str], Text] = {}
    places: dict[tuple[str | None, str], set[tuple[str, int]]] = {}
    for text in texts():
        if text.key not in wanted or isinstance(text.id, tuple):
            wanted[text.key] = text
        places.setdefault(text.key, set()).add((text.path, 0))
    known = {(message.context, first(message.id)): message for message in catalogue() if message.id}
    for message in [message for path in others for message in catalogue(Path(path)) if message.id]:
        key = (message.context, first(message.id))
        if key not in known or not translated(known[key].string):
            known[key] = message
    new = Catalog(locale="zh_Hans", project="aftersales", charset="utf-8", fuzzy=False)
    for key in [*filter(wanted.__contains__, known), *(key for key in wanted if key not in known)]:
        string = known[key].string if key in known else ""
        new.add(wanted[key].id, string, locations=sorted(places[key]), context=wanted[key].context)
    buffer = io.BytesIO()
    write_po(buffer, new, width=120, include_lineno=False, ignore_obsolete=True)
    # Dates would make every run a change.
    stable = re.sub(rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By):.*\n', b"", buffer.getvalue(), flags=re.M)
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    CHINESE.write_bytes(stable)
    missing = [message for message in new if message.id and not translated(message.string)]
    print(f"{CHINESE.relative_to(ROOT)}: {len(new)} texts, {len(missing)} without a translation")
    return 0


def check() -> int:
    """Name every text without a Chinese translation, and every translation that lost a placeholder."""
    known = {(message.context, first(message.id)): message for message in catalogue() if message.id}
    complaints = []
    for text in sorted({text.key: text for text in texts()}.values(), key=lambda text: (text.path, text.line)):
        message = known.get(text.key)
        place = f"{text.path}:{text.line}: {first(text.id)!r}"
        if message is None or not translated(message.string):
            complaints.append(f"{place} has no Chinese translation")
        elif message.fuzzy:
            complaints.append(f"{place} is marked fuzzy")
        elif any(placeholders(form) != placeholders(last(text.id)) for form in forms(message.string)):
            complaints.append(f"{place} and its translation name different placeholders")
    print("\n".join(complaints) or f"translations complete: {len(known)} texts")
    return 1 if complaints else 0


def forms(string: Words) -> tuple[str, ...]:
    """Return the singular and, where there is one, the plural."""
    return (string or "",) if string is None or isinstance(string, str) else tuple(string)


def first(string: Words) -> str:
    """Return the singular."""
    return forms(string)[0]


def last(string: Words) -> str:
    """Return the plural, or the singular where there is none; Chinese has the one form, which speaks of many."""
    return forms(string)[-1]


def translated(string: Words) -> bool:
    """Tell whether a translation has words in every form."""
    return all(forms(string))


def placeholders(string: str) -> set[str]:
    """Return what a text wants filled in."""
    return set(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", string))


def compile_catalogues() -> int:
    """Write each .mo that is missing or older than its .po."""
    for po in sorted((ROOT / "locale").rglob("*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as file:
            messages = read_po(file, locale=po.parent.parent.name)
        fresh = mo.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, messages)
        fresh.replace(mo)  # at once: somebody may be reading it
    return 0


if __name__ == "__main__":
    actions: dict[str, Callable[..., int]] = {"update": update, "check": check, "compile": compile_catalogues}
    if len(sys.argv) < 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    sys.exit(actions[sys.argv[1]](*sys.argv[2:]))
