"""What comes back when goods that were sold together come back one by one: bundles, thresholds, gifts (AMT-3, LAW-3).

Pure arithmetic on lines that are loaded, nothing is written. Lines with one `bundle` name are settled together, the
others of an order too (they share its gifts). What is taken off stays *held* on the lines that came back, within their
own shares (`OrderLine.held_fen`), until the goods that it was taken off for come back as well: so no line gives more
than its share, and when everything has come back everything has been given back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from aftersales.core import money, policies
from orders.models import Order, OrderLine

SHARE, LIST = "share", "list"
MARKED = "marked"

Why = Literal["list", "share", "threshold", "fault"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Units that the buyer keeps, at the price at which they count, in fen."""

    line_no: str
    title: str
    sku: str
    quantity: int
    price_fen: int
    counts_fen: int
    gift: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """How what comes back was worked out: paid, less what is kept, less what earlier returns settled; never below 0."""

    bundle: str
    why: Why
    paid_fen: int
    kept: tuple[Kept, ...]
    before_fen: int
    share_fen: int
    goes_fen: int

    def as_json(self) -> dict[str, Any]:
        """Give plain data, as it is kept on the request."""
        return asdict(self) | {"kept": [asdict(one) for one in self.kept]}


@dataclass(frozen=True, slots=True)
class Settled:
    """By the line's key: the most that comes back for it, and what is held back on it (below nothing: let go).

    `rest` are lines of which nothing comes back now, but what was held back on them.
    """

    most: Mapping[int, int]
    held: Mapping[int, int]
    rest: tuple[tuple[OrderLine, int], ...]
    sums: tuple[Sum, ...]


def max_line_fen(line: OrderLine, quantity: int) -> int:
    """Give the most that can be asked for `quantity` more units: their shares, within the line's rest (AMT-1)."""
    return min(_units_fen(line, line.returned_quantity, quantity), line.left_fen)


def counts_as(order: Order) -> str:
    """Say at which price what is kept of a bundle counts in this shop: `share` or `list` (AMT-3)."""
    return str(policies.get("refund.bundle_kept_price", shop_id=order.shop_id))


def settled_together(order: Order, lines: Sequence[OrderLine], bundle: str) -> bool:
    """Say whether one return of this bundle changes what another one gives back, so that they take turns."""
    if not bundle:
        return False
    return counts_as(order) == LIST or any(line.held_fen for line in lines if line.bundle == bundle)


def settle(order: Order, lines: Sequence[OrderLine], going: Mapping[int, int], *, fault: bool) -> Settled:
    """Work out what comes back for `going` (units by the line's key) when the goods come back or never arrived.

    With `fault` the seller is to blame: nothing new is taken off, for the buyer did not choose to part them.
    """
    most, held, sums = {}, {}, []
    rest: list[tuple[OrderLine, int]] = []
    for bundle, group in _groups(lines).items():
        own = [line for line in group if line.pk in going]
        if not own:
            continue
        shares = {line.pk: max_line_fen(line, going[line.pk]) for line in own}
        share_fen, pool_fen = sum(shares.values()), sum(line.held_fen for line in group)
        kept, lost_fen, why = _kept(order, bundle, group, going, shares)
        target = min(lost_fen, share_fen + pool_fen)
        if fault and target > pool_fen:
            target, why = pool_fen, "fault"
        more = target - pool_fen
        if more >= 0:
            parts = money.split(more, list(shares.values())) if more else [0] * len(own)
            for line, part in zip(own, parts, strict=True):
                most[line.pk], held[line.pk] = shares[line.pk] - part, part
        else:
            given = _let_go(group, -more)
            for line in own:
                free = given.pop(line.pk, 0)
                most[line.pk], held[line.pk] = shares[line.pk] + free, -free
            rest += [(line, given[line.pk]) for line in group if given.get(line.pk)]
        if kept or pool_fen:
            sums.append(_sum(bundle, why, group, kept, own, share_fen, pool_fen, share_fen - more))
    return Settled(most, held, tuple(rest), tuple(sums))


def _groups(lines: Sequence[OrderLine]) -> dict[str, list[OrderLine]]:
    """Put the lines together that are settled together; gifts without goods of their own go with the first bundle."""
    groups: dict[str, list[OrderLine]] = {}
    for line in lines:
        groups.setdefault(line.bundle, []).append(line)
    alone = groups.get("", [])
    if len(groups) > 1 and alone and all(_is_free_gift(line) for line in alone):
        del groups[""]
        next(iter(groups.values())).extend(alone)
    return groups


def _is_free_gift(line: OrderLine) -> bool:
    return line.gift and not line.paid_share_fen


def _units_fen(line: OrderLine, first: int, quantity: int) -> int:
    return sum(money.unit_shares(line.paid_share_fen, line.quantity)[first : first + quantity])


def _last_fen(line: OrderLine, quantity: int) -> int:
    """Give what was paid for the units that come back last."""
    return _units_fen(line, line.quantity - quantity, quantity)


def _kept(
    order: Order, bundle: str, group: Sequence[OrderLine], going: Mapping[int, int], shares: Mapping[int, int]
) -> tuple[list[Kept], int, Why]:
    """Give what is kept and counts, and how much more it counts than was paid for it."""
    goods = [(line, line.quantity_left - going.get(line.pk, 0)) for line in group if not _is_free_gift(line)]
    # Goods whose whole share was given back without them are nobody's gain any more: they count as given back.
    goods = [
        (line, n) for line, n in goods if n and (not line.paid_share_fen or line.left_fen > shares.get(line.pk, 0))
    ]
    if not goods:
        return _kept_gifts(order, group, going)
    if not bundle or counts_as(order) != LIST:
        return [], 0, "share"
    worth_fen = sum(line.unit_price_fen * n for line, n in goods)
    threshold = max(line.bundle_from_fen for line in group)
    holds: Why = "threshold" if threshold and worth_fen >= threshold else "list"
    kept, lost_fen = [], 0
    for line, n in goods:
        paid_fen = _last_fen(line, n)
        counts_fen = max(line.unit_price_fen * n, paid_fen) if holds == "list" else paid_fen
        price_fen = line.unit_price_fen
        kept.append(Kept(line.line_no, line.title, line.sku, n, price_fen, counts_fen, False))
        lost_fen += counts_fen - paid_fen
    return kept, lost_fen, holds


def _kept_gifts(order: Order, group: Sequence[OrderLine], going: Mapping[int, int]) -> tuple[list[Kept], int, Why]:
    """Give the gifts that stay when the goods they came with are gone, at their marked price (LAW-3)."""
    gifts = [
        (line, line.quantity_left - going.get(line.pk, 0))
        for line in group
        if _is_free_gift(line) and line.shipped and line.unit_price_fen
    ]
    gifts = [(line, n) for line, n in gifts if n]
    if not gifts or policies.get("refund.gift_kept_price", shop_id=order.shop_id) != MARKED:
        return [], 0, "share"
    kept = [
        Kept(line.line_no, line.title, line.sku, n, line.unit_price_fen, line.unit_price_fen * n, True)
        for line, n in gifts
    ]
    return kept, sum(one.counts_fen for one in kept), "list"


def _let_go(group: Sequence[OrderLine], fen: int) -> dict[int, int]:
    """Take `fen` from what is held on the lines, in their order; there is as much."""
    given: dict[int, int] = {}
    for line in group:
        part = min(line.held_fen, fen)
        if part:
            given[line.pk] = part
            fen -= part
    return given


def _sum(
    bundle: str,
    why: Why,
    group: Sequence[OrderLine],
    kept: Sequence[Kept],
    own: Sequence[OrderLine],
    share_fen: int,
    pool_fen: int,
    goes_fen: int,
) -> Sum:
    paid_fen = sum(line.paid_share_fen for line in group)
    of = {line.line_no: line for line in group}
    still_fen = sum(_last_fen(of[one.line_no], one.quantity) for one in kept)
    before_fen = paid_fen - still_fen - share_fen - pool_fen
    return Sum(bundle, why, paid_fen, tuple(kept), before_fen, share_fen, goes_fen)
