"""Cut the Chinese font of drawn papers down to the third of its characters that papers need: 3 MB instead of 10.

`make vendor` fetches the whole font from npm and calls this. The result in refunds/fonts/ is kept in the repository;
the same version of the font and of fonttools give the same bytes.
"""

import io
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

NAMES = "喆堃镕珺犇骉翀芃祎烜曌彧昉暐囍燊琋玙旸沄淏湉溦琇瑄瑨瓅禛秾贇赟鋆锜韡頔飏骎龑"
"""What names of people and shops hold beyond the two standards below; one that these hold already does no harm."""
TABLES_LEFT_OUT = ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "prep", "vhea", "vmtx"]
"""For vertical writing, ligatures and hints: nothing that draws a line of text on paper asks for them."""
NAMES_KEPT = [0, 1, 2, 3, 4, 5, 6, 13, 14]
"""Whose font it is, which version, and under which licence: every copy says so itself."""


def characters() -> set[int]:
    """Give the code points: GB 2312, the frequent half of Big5, names, Latin, punctuation, currencies."""
    wanted = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x203B), 0x20AC}
    wanted |= {ord(character) for character in NAMES}
    for codec, rows in (("gb2312", range(0xA1, 0xF8)), ("big5", range(0xA4, 0xC7))):
        for first in rows:
            for second in range(0x40, 0xFF):
                text = bytes([first, second]).decode(codec, errors="ignore")
                wanted |= {ord(character) for character in text if unicodedata.category(character) != "Cc"}
    return wanted


def cut(source: Path) -> bytes:
    """Give the font with those characters alone, without hints, byte for byte the same each time."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], drop_tables=TABLES_LEFT_OUT, notdef_outline=True)
    options.name_IDs = NAMES_KEPT
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()
