"""How a reply ends: the closing line of the shop, unless the writer closed it himself (TKT-3)."""

import re

from django.db.models import Q

from tickets.models import CannedReply, ReplyCategory

from .default import CLOSING, DEFAULTS
from .known import holding

_CHINESE = re.compile(r"[㐀-鿿]")
_PLAIN = re.compile(r"[\W_]+")
_TAIL = re.compile(r"(祝您|感谢|谢谢|thank you|thanks|regards|best wishes|we wish you)", re.IGNORECASE)
TAIL_LENGTH = 120
"""How much of a text's last line is looked at for words of farewell."""


def language_of(text: str) -> str:
    """Say in which of our languages a text is written."""
    return "zh-hans" if _CHINESE.search(text) else "en"


def closing_words(*, shop_id: int, text: str) -> str:
    """Give the closing line for a text, in its language; one statement.

    A shop's own goes before that of all shops, and that before the program's.
    """
    language = language_of(text)
    rows = CannedReply.objects.filter(
        Q(shop=None) | Q(shop=shop_id), default_key=CLOSING, language=language, owner=None
    ).order_by("id")
    found = [row for row in holding(rows) if row.category == ReplyCategory.CLOSING and row.text.strip()]
    return found[0].text.strip() if found else DEFAULTS[CLOSING].text[language]


def ends_with_closing(text: str, closing: str) -> bool:
    """Say whether a text is closed already: with this line, or with other words of farewell in its last line."""
    plain = _PLAIN.sub("", text)
    last = text.strip().rsplit("\n", 1)[-1][-TAIL_LENGTH:]
    return plain.endswith(_PLAIN.sub("", closing)) or bool(_TAIL.search(last))
