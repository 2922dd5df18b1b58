"""Arithmetic and spelling of amounts: integer fen in CNY, always. Who owes what to whom stands in the apps."""

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

from . import errors

LARGEST_FEN = 99_999_999_999_999  # what a sum of many orders stays below, far inside of bigint

_AMOUNT = re.compile(
    r"(?P<minus>-)?(?:¥|CNY|RMB|人民币)?(?P<minus_after>-)?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<cents>[0-9]{1,2})0*)?"
    r"元?",
    re.IGNORECASE,
)


class MoneyFormatError(errors.Invalid, ValueError):
    """422: a text is not an amount; `detail` says so with the text. Also a ValueError, for forms and import rows."""

    code = "money_format"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen out in proportion to `weights`, exact to the fen (AMT-1, largest remainder).

    Every share is the exact one rounded down or up; of equal remainders the first index gets the fen, so the same input
    always gives the same shares. Weights that are all zero share evenly; a zero among others gets nothing.
    Raises: ValueError for a negative total or weight, or something to share and nobody to share it.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("neither the total nor a weight may be negative")
    if not weights:
        if total:
            raise ValueError(f"{total} fen and nobody to share them")
        return []
    scale = sum(weights)
    if not scale:
        weights, scale = [1] * len(weights), len(weights)
    shares, remainders = map(list, zip(*(divmod(total * weight, scale) for weight in weights), strict=True))
    left = total - sum(shares)
    for index in sorted(range(len(weights)), key=lambda i: -remainders[i])[:left]:
        shares[index] += 1
    return shares


def unit_shares(share_fen: int, quantity: int) -> list[int]:
    """Return what was paid for each single unit of a line, the larger shares first; they add up to it (AMT-1)."""
    if quantity < 1:
        raise ValueError("a line has at least one unit")
    return split(share_fen, [1] * quantity)


def yuan(fen: int, *, sign: bool = False) -> str:
    """Spell fen as yuan, "1,234.50", the same in every language; with `sign` a gain gets its plus ("+3.00").

    Django's own number format groups no thousands in zh-hans, so it is not used. The ¥ is the template's.
    """
    mark = "-" if fen < 0 else "+" if sign and fen > 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{mark}{whole:,}.{cents:02d}"


def parse_yuan(text: str, *, negative: bool = False) -> int:
    """Read an amount in yuan as people and spreadsheets write it, in fen: "1,234.50", "12.5元", "¥12", "１２.５０".

    A minus is read with `negative` only. Grouping must be right and fen are the smallest unit: "1,23" and "0.005" are
    mistakes, not to be guessed at.
    Raises: MoneyFormatError.
    """
    found = _AMOUNT.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-"))
    if found is None:
        raise MoneyFormatError(_("“%(text)s” is not an amount in yuan, such as 1,234.50.") % {"text": text[:40]})
    minus = found["minus"] or found["minus_after"]
    if minus and (not negative or (found["minus"] and found["minus_after"])):
        raise MoneyFormatError(_("“%(text)s” is negative; an amount of zero or more is needed.") % {"text": text[:40]})
    digits = found["whole"].replace(",", "")
    if len(digits) > len(str(LARGEST_FEN)):  # before int(): a cell of a million digits costs nothing
        raise MoneyFormatError(_("“%(text)s” is more than this system can hold.") % {"text": text[:40]})
    fen = int(digits) * 100 + int((found["cents"] or "0").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise MoneyFormatError(_("“%(text)s” is more than this system can hold.") % {"text": text[:40]})
    return -fen if minus else fen
