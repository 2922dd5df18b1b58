"""Comparing a bill with the books: plain data in, differences out, nothing asked of a database (PAY-9)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aftersales.core import clock
from refunds.models.reconciliation import Difference

from .reading import Line

K = Difference.Kind
REFUNDS, TRANSFERS = frozenset({"交易退款", "退款"}), frozenset({"转账", "单笔转账", "在线转账"})
FEES = frozenset({"收费", "服务费", "手续费", "其它收费"})
PLAIN = frozenset({"交易付款", "在线支付", "充值", "提现", "转账收入", "交易分账"})
"""Kinds that have nothing to do with what we give."""


@dataclass(frozen=True, slots=True)
class Ours:
    """A movement as we know it: booked where `booked_at` says so, else only promised, sent or failed."""

    number: str
    trade: str
    amount_fen: int
    booked_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that does not fit."""

    kind: str
    number: str
    detail: str
    here_fen: int | None = None
    there_fen: int | None = None
    trade: str = ""


def compare(
    day: date,
    lines: Sequence[Line],
    ours: Mapping[str, Ours],
    trades: Iterable[str],
    seen_elsewhere: Iterable[str] = (),
) -> list[Found]:
    """Find what a bill of `day` and our movements do not say alike; each kind once for a number.

    `ours` by number: those booked on that day and the two beside it, and whatever else the bill names. `trades` are
    those of the bill's that are orders of ours. `seen_elsewhere` are numbers in the bills of the days beside it.
    """
    known, elsewhere = set(trades), set(seen_elsewhere)
    times = Counter(line.number for line in lines if not line.wrong and line.kind in REFUNDS | TRANSFERS)
    found = [one for line in lines for one in _of_line(day, line, ours, known, times)]
    there = {line.number for line in lines} | elsewhere
    found += [
        Found(K.MISSING_THERE, one.number, f"{one.trade}", here_fen=one.amount_fen, trade=one.trade)
        for one in ours.values()
        if one.booked_at is not None and clock.shanghai_day(one.booked_at) == day and one.number not in there
    ]
    return list({(one.kind, one.number): one for one in found}.values())


def _of_line(
    day: date, line: Line, ours: Mapping[str, Ours], trades: set[str], times: Mapping[str, int]
) -> Iterator[Found]:
    name = line.number or line.serial or f"#{line.position}"
    if line.wrong:
        yield Found(K.GARBLED, f"#{line.position}", f"{name}: {line.wrong}")
        return
    if line.kind in FEES:
        yield Found(K.FEE, line.serial or name, line.trade, there_fen=line.out_fen - line.in_fen)
        return
    if line.kind not in REFUNDS | TRANSFERS:
        if line.kind not in PLAIN or line.number in ours:
            yield Found(K.UNKNOWN_KIND, name, line.kind, there_fen=line.out_fen or -line.in_fen)
        return
    one = ours.get(line.number)
    if one is None:
        foreign = line.kind in REFUNDS and line.trade in trades
        kind = K.FOREIGN_REFUND if foreign else K.MISSING_HERE
        yield Found(kind, name, line.trade, there_fen=line.out_fen, trade=line.trade)
        return
    yield from _of_known(day, line, one, times)


def _of_known(day: date, line: Line, one: Ours, times: Mapping[str, int]) -> Iterator[Found]:
    def differs(kind: str, detail: str, there_fen: int = line.out_fen) -> Found:
        return Found(kind, one.number, detail, one.amount_fen, there_fen, one.trade)

    if line.in_fen and not line.out_fen:
        yield differs(K.WRONG_WAY, one.trade, -line.in_fen)
        return
    if times[line.number] > 1:
        yield differs(K.DOUBLE, f"×{times[line.number]}")
    if line.out_fen != one.amount_fen:
        yield differs(K.AMOUNT, one.trade)
    if line.kind in REFUNDS and line.trade != one.trade:
        yield differs(K.OTHER_TRADE, f"{one.trade} → {line.trade}")
    if one.booked_at is None:
        yield differs(K.STATUS, one.status)
    elif clock.shanghai_day(one.booked_at) != day:
        yield differs(K.DAY_EDGE, f"{one.booked_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}")
