"""The ready words that come with the program (texts.json, Chinese and English). A shop may replace any of them."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Words:
    """Ready words of the program, by language."""

    key: str
    category: str
    situation: str
    shortcut: str
    title: dict[str, str]
    text: dict[str, str]


CLOSING = "general.closing"
"""The words with which a reply ends where nobody wrote others."""

DEFAULTS: dict[str, Words] = {
    entry["key"]: Words(**entry)
    for entry in json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))
}
