"""Single cells: what an amount, a moment, a number or a state looks like in the exports, and what is wrong with one.

Each reader takes the cleaned text and returns the value or raises `BadCell` with a code and a sentence.
"""

import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from aftersales.core import money
from aftersales.core.clock import SHANGHAI
from orders.states import OrderStatus

STATUSES = {
    "等待买家付款": OrderStatus.WAIT_BUYER_PAY.value,
    "买家已付款,等待卖家发货": OrderStatus.WAIT_SELLER_SEND_GOODS.value,
    "卖家部分发货": OrderStatus.SELLER_CONSIGNED_PART.value,
    "卖家已发货,等待买家确认": OrderStatus.WAIT_BUYER_CONFIRM_GOODS.value,
    "交易成功": OrderStatus.TRADE_FINISHED.value,
    "交易关闭": OrderStatus.TRADE_CLOSED.value,
}
EARLIEST_YEAR = 2003
LARGEST_QUANTITY = 1_000_000

_MOMENT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_QUANTITY = re.compile(r"(\d{1,7})(?:\.0+)?", re.ASCII)
_POSTCODE = re.compile(r"\s*[(（](\d{6})[)）]\s*$", re.ASCII)


class BadCell(Exception):
    """A cell that cannot be taken; says why in words."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@lru_cache(maxsize=20_000)
def amount(text: str) -> int:
    """Read an amount in yuan, with or without 元, as fen."""
    try:
        return money.parse_yuan(text)
    except money.MoneyFormatError as exc:
        raise BadCell("bad_amount", str(exc.detail)) from exc


@lru_cache(maxsize=20_000)
def moment(text: str) -> datetime:
    """Read a Beijing time, `2016/5/23 22:02` or `2016-05-23 22:02:11`, as UTC."""
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        if year < EARLIEST_YEAR:
            raise ValueError
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError:
        raise BadCell(
            "bad_time", _("“%(text)s” is not a time, such as 2016-05-23 22:02:11.") % {"text": text[:40]}
        ) from None


def quantity(text: str) -> int:
    """Read a number of units, at least one."""
    found = _QUANTITY.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= LARGEST_QUANTITY:
        raise BadCell("bad_quantity", _("“%(text)s” is not a number of one or more.") % {"text": text[:40]})
    return int(found[1])


def number(text: str, longest: int) -> str:
    """Check the number of an order or a line. One that a spreadsheet has rounded is told from one that is wrong."""
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(
            "digits_lost",
            _("“%(text)s” has lost digits: a spreadsheet stored it as a number. Export the file again.")
            % {"text": text[:40]},
        )
    if not _NUMBER.fullmatch(text) or len(text) > longest:
        raise BadCell("bad_number", _("“%(text)s” is not a number of an order.") % {"text": text[:40]})
    return text


@lru_cache(maxsize=200)
def folded(text: str) -> str:
    """Write a state with a Western comma and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def status(text: str) -> str:
    """Translate the state that the export writes out; its comma may be Chinese or Western."""
    code = STATUSES.get(folded(text))
    if code is None:
        raise BadCell("unknown_status", _("The state “%(text)s” is not known.") % {"text": text[:40]})
    return code


def without_postcode(text: str) -> str:
    """Cut off the post code in brackets that an address may end in."""
    return _POSTCODE.sub("", text)


def address(text: str) -> tuple[str, str]:
    """Split an address in one text, `四川省 成都市 锦江区 某路1号(610000)`, into region and the rest."""
    text = without_postcode(text)
    parts = text.split(None, 3)
    if len(parts) == 4:
        return "".join(parts[:3]), parts[3]
    return "", text
