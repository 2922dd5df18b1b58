"""Words of what people wrote, as they are indexed and looked up: pairs of Chinese characters, and Latin words.

The database's `search_words` (made by a migration) and `asked` here cut a text in the same way. Numbers alone and
anything with seven digits in a row are no words, so that nobody finds a phone or an account by its digits (LAW-7).
"""

import re
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, TextField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from aftersales.core.masking import mask_text

_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN = re.compile(r"[a-z0-9]{2,}")
_NUMBER = re.compile(r"(?<![a-z0-9])[0-9]+(?![a-z0-9])|[0-9]{7}")
_BEFORE, _LENGTH = 20, 80
"""Characters of a snippet before its first hit, and in all."""


class SearchWords(Func):
    """The words of a text column; an index of this expression finds them."""

    function = "search_words"
    arity = 1
    output_field = ArrayField(TextField())


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: `words` as the index has them, `runs` as they must stand in the text, `phrase` as typed.

    The phrase is for ranking alone. It is empty where it would say no more than a single run, and where it has a number
    in it: from the order of hits, too, nobody is to learn whether digits were written somewhere (LAW-7).
    """

    words: tuple[str, ...]
    runs: tuple[str, ...]
    phrase: str = ""

    def within(self, column: str) -> Q:
        """Give the condition for rows whose text in `column` has everything; the index answers its first part.

        The runs themselves are cheap to look for: where the database walks from the newest row on, because the words
        are frequent, it cuts only those texts into words that hold them.
        """
        found = Q(search_words__contains=list(self.words))
        for run in self.runs:
            found &= Q(**{f"{column}__contains" if _CHINESE.fullmatch(run) else f"{column}__icontains": run})
        return found

    def snippet(self, text: str) -> SafeString:
        """Give the part of a text around the first hit, masked, with what was found marked."""
        masked = mask_text(text)
        pattern = re.compile(
            "|".join(re.escape(run) for run in sorted(self.runs, key=len, reverse=True)), re.IGNORECASE
        )
        first = pattern.search(masked)
        start = max(0, first.start() - _BEFORE) if first else 0
        part = masked[start : start + _LENGTH]
        bits: list[tuple[str, str, str]] = []
        at = 0
        for hit in pattern.finditer(part):
            bits.append((part[at : hit.start()], hit.group(), ""))
            at = hit.end()
        marked = format_html_join("", "{}<mark>{}</mark>{}", bits)
        ends = ("…" if start else "", part[at:], "…" if start + _LENGTH < len(masked) else "")
        return format_html_join("", "{}{}{}{}", [(ends[0], marked, ends[1], ends[2])])


def asked(text: str) -> Asked | None:
    """Cut what somebody typed into words; None when there is none to look for."""
    chinese = _CHINESE.findall(text)
    latin = [word for word in _LATIN.findall(text.lower()) if not word.isdigit() and not re.search(r"[0-9]{7}", word)]
    pairs = [run[at : at + 2] for run in chinese for at in range(len(run) - 1)]
    words, runs = tuple(dict.fromkeys(pairs + latin)), tuple(dict.fromkeys(chinese + latin))
    phrase = text.strip() if len(runs) > 1 and not _NUMBER.search(text.lower()) else ""
    return Asked(words, runs, phrase) if words else None


def words_of(column: str) -> SearchWords:
    """Give the expression that `Asked.within` looks into."""
    return SearchWords(F(column))
