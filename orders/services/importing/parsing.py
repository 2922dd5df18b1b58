"""Raw rows into typed orders, or into what is wrong with them. Pure: no database, no files.

An order is right as a whole or rejected as a whole, with every reason that was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from orders.states import OrderStatus, Shipping

from . import cells
from .amounts import LineAmounts, OrderAmounts, Settled
from .reading import Row
from .records import Fault, File, Record
from .staging import RawOrder

SURFACE = ("平邮",)
SHIPPED = frozenset({OrderStatus.WAIT_BUYER_CONFIRM_GOODS.value, OrderStatus.TRADE_FINISHED.value})
FINISHED = OrderStatus.TRADE_FINISHED.value
VIRTUAL = ("虚拟", "无需物流", "自动发货")


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One line of an order as it will be stored; amounts in fen."""

    line_no: str
    item_id: str
    goods_no: str
    title: str
    sku: str
    bundle: str
    unit_price_fen: int
    quantity: int
    discount_fen: int
    paid_share_fen: int
    shipped: bool


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """One order as it will be stored; amounts in fen, moments in UTC. `line` is where the list has it.

    Of an order that waits for payment the amounts are what is to be paid; of one closed without payment they are zero.
    What the platform has given back, `refunded_fen`, is taken off all of them.
    """

    line: int
    order_no: str
    shop_id: int
    buyer_nick: str
    status: str
    created_at: datetime | None
    paid_at: datetime | None
    shipped_at: datetime | None
    finished_at: datetime | None
    shipping: str
    postage_fen: int
    paid_fen: int
    refunded_fen: int
    receiver_name: str
    receiver_phone: str
    receiver_region: str
    receiver_address: str
    seller_memo: str
    lines: tuple[ImportedLine, ...]


@dataclass(frozen=True)
class Shops:
    """Which shop an order belongs to: the one that was named for the file, else the one that its row names."""

    by_code: Mapping[str, int]
    by_name: Mapping[str, int]
    named: int | None = None

    def of(self, record: Record) -> int:
        """Find the shop of a row; note if there is none, or if the row says another than the one that was named."""
        code, name = record.values["shop_id"], record.values["shop_name"]
        found = self.by_code.get(code) or self.by_name.get(name) or self.by_code.get(name)
        column = "shop_name" if name else "shop_id"
        if self.named is None and found is None:
            text = _("The shop “%(shop)s” is not known; say which shop the file is for.")
            record.refuse(column, "unknown_shop", text % {"shop": name or code})
        elif self.named is not None and found is not None and found != self.named:
            text = _("The row belongs to the shop “%(shop)s”, not to the one that the file was said to be for.")
            record.refuse(column, "other_shop", text % {"shop": name or code})
        return self.named or found or 0


@dataclass(frozen=True)
class Parser:
    """Makes orders of raw rows."""

    orders: File
    lines: File
    shops: Shops

    def misplaced(
        self, twice: Iterator[tuple[Row, int]], nameless: Iterator[Row], orphans: Iterator[Row]
    ) -> Iterator[Fault]:
        """Say what is wrong with the rows that never become an order."""
        for row, first in twice:
            text = _("The order is in the file more than once, first in line %(line)d.") % {"line": first}
            yield self._misplaced(self.orders, row, "duplicate_order", text)
        for row in nameless:
            yield self._misplaced(self.orders, row, "empty", _("It is empty."))
        for row in orphans:
            yield self._misplaced(self.lines, row, "order_missing", _("The list of orders does not have this order."))

    @staticmethod
    def _misplaced(file: File, row: Row, code: str, reason: str) -> Fault:
        faults: list[Fault] = []
        record = Record(file, row, faults)
        record.refuse("order_no", code, reason)
        return faults[0]

    def parse(self, raw: RawOrder) -> ImportedOrder | list[Fault]:
        """Make the order, or say everything that is wrong with it."""
        faults: list[Fault] = []
        head = Record(self.orders, raw.row, faults)
        if faults:
            return faults
        head.get("order_no", lambda text: cells.number(text, self.orders.limits["order_no"]), "", needed=True)
        status = head.get("status", cells.status, "", needed=True)
        amounts = OrderAmounts.read(head, status)
        paid_at = head.get("paid_at", cells.moment, None, needed=bool(status and amounts.paid))
        lines = self._lines(raw.lines, head)
        if not faults:
            amounts.check(lines)
        region, address = _address(head)
        settled = Settled(0, 0, 0, [], []) if faults else amounts.settle(lines)
        order = ImportedOrder(
            line=raw.row.line,
            order_no=head.values["order_no"],
            shop_id=self.shops.of(head),
            buyer_nick=head.text("buyer_nick", needed=True),
            status=status,
            created_at=head.get("created_at", cells.moment, None),
            paid_at=None if amounts.waiting else paid_at,
            shipped_at=head.get("shipped_at", cells.moment, None),
            finished_at=head.get("finished_at", cells.moment, None) if status == FINISHED else None,
            shipping=_shipping(head.values["shipping"]),
            postage_fen=settled.postage,
            paid_fen=settled.paid,
            refunded_fen=settled.refunded,
            receiver_name=head.text("receiver_name"),
            receiver_phone=head.text("mobile") or head.text("phone"),
            receiver_region=region,
            receiver_address=address,
            seller_memo=head.text("memo"),
            lines=() if faults else _shared(lines, settled, status),
        )
        return faults or order

    def _lines(self, rows: Sequence[Row], head: Record) -> list[LineAmounts]:
        if not rows:
            head.refuse("order_no", "no_lines", _("The order has no rows in the file of details."))
        lines: list[LineAmounts] = []
        seen: dict[str, int] = {}
        for position, row in enumerate(rows, 1):
            record = Record(self.lines, row, head.faults)
            if row.fault:
                continue
            line_no = record.values["line_no"] = record.get("line_no", self._line_no, str(position))
            if line_no in seen:
                text = _("The line has the same number as the one in row %(line)d.") % {"line": seen[line_no]}
                record.refuse("line_no", "duplicate_line", text)
            seen[line_no] = row.line
            record.text("title", needed=True)
            for name in ("sku", "item_id", "goods_no", "outer_no", "bundle"):
                record.text(name)
            lines.append(LineAmounts.read(record))
        return lines

    def _line_no(self, text: str) -> str:
        return cells.number(text, self.lines.limits["line_no"])


def _shared(lines: Sequence[LineAmounts], settled: Settled, status: str) -> tuple[ImportedLine, ...]:
    return tuple(
        ImportedLine(
            line_no=values["line_no"],
            item_id=values["item_id"],
            goods_no=values["goods_no"] or values["outer_no"],
            title=values["title"],
            sku=values["sku"],
            bundle=values["bundle"],
            unit_price_fen=line.price,
            quantity=line.quantity,
            discount_fen=discount,
            paid_share_fen=share,
            shipped=status in SHIPPED or cells.STATUSES.get(cells.folded(values["status"])) in SHIPPED,
        )
        for line, discount, share in zip(lines, settled.discounts, settled.shares, strict=True)
        if (values := line.record.values)
    )


def _shipping(text: str) -> str:
    """Translate how the goods travel; what is not said goes by courier."""
    if text in ("快递", ""):
        return Shipping.COURIER.value
    if any(word in text for word in SURFACE):
        return Shipping.SURFACE.value
    if any(word in text for word in VIRTUAL):
        return Shipping.VIRTUAL.value
    return Shipping.COURIER.value


def _address(head: Record) -> tuple[str, str]:
    """Give region and address, which come as one text or in columns of their own."""
    values = head.values
    region = "".join((values["province"], values["city"], values["district"]))
    if region:
        rest = " ".join(filter(None, (values["street"], cells.without_postcode(values["address"]))))
    else:
        region, rest = cells.address(values["address"])
    head.fits("address", region, "region")
    head.fits("address", rest)
    return region, rest
