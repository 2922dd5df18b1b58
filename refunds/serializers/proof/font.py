"""The one font of drawn papers: a part of Noto Sans SC that is shipped, so that a page looks the same everywhere."""

import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import refunds

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

PATH = Path(refunds.__file__).parent / "fonts" / "NotoSansSC.ttf"
NAME = "NotoSansSC"
MISSING = "□"
"""What stands for a character that the font lacks, as in print: one sees that there was one."""
_lock = threading.Lock()


def font() -> "TTFont":
    """Read the font once for this process, and make it known to whoever draws a PDF."""
    with _lock:
        return _read()


@cache
def _read() -> "TTFont":
    # Loading it takes longer than a page: only whoever draws one waits for that.
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    read = TTFont(NAME, str(PATH))
    pdfmetrics.registerFont(read)
    return read


def shown(text: str) -> str:
    """Give a text as it can be drawn in one line: whatever the font lacks becomes □, what has no shape is left out."""
    known = font().face.charToGlyph
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    kept = [character for character in composed if unicodedata.category(character) not in ("Cc", "Cf", "Mn", "Me")]
    return "".join(character if known.get(ord(character)) else MISSING for character in kept)


def width(text: str, size: float) -> float:
    """Say how wide a text is, in points; both drawings measure by this."""
    return float(font().stringWidth(text, size))
