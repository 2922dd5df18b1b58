"""Orders and requests as rows of all their tables, with sums, deadlines and log in agreement (I1 to I8)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aftersales.core import clock, policies
from aftersales.core.machine import DeadlineRule, Machine
from aftersales.core.models import Deadline, LogEntry
from orders.models import Order, OrderLine
from orders.states import ORDER
from refunds.models import (
    Inspection,
    LedgerEntry,
    Message,
    Refund,
    RefundLine,
    RefundPayment,
    RefundVersion,
    ReturnShipment,
)
from refunds.states import PAYMENT, REFUND, Flow, GoodsStatus, Kind, Phase
from tickets.management.sample import text
from tickets.management.sample.goods import Goods

from .parcels import Parcels
from .sheets import Sheet, send
from .walks import LOG_COLUMNS, Walk, Who

TIMEOUT: Who = ("system", None, "system: timeout")
PAYMENTS: Who = ("system", None, "system: payments")


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop, what it sells, who buys there, and who acts."""

    shop_id: int
    address: dict[str, str]
    group: str
    goods: Sequence[Goods]
    buyers: Sequence[int]
    front: Who
    agents: Sequence[Who]
    agent_ids: Sequence[int]
    warehouse: Who
    finance: Who


class Book:
    """The tables of one batch, and the figures that deadlines need."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.log = Sheet(LogEntry, LOG_COLUMNS)
        self.orders = Sheet(
            Order,
            "id shop_id order_no buyer_id status version payment_channel created_at updated_at paid_at shipped_at"
            " signed_at finished_at paid_fen postage_fen promised_fen refunded_fen postage_given_fen open_requests"
            " aftersale_applied is_late aftersale_ended receiver_phone_tail receiver_phone",
            receiver_name="收件人",
            receiver_region="浙江省杭州市西湖区",
            receiver_address="文三路 100 号",
        )
        self.lines = Sheet(
            OrderLine,
            "id order_id line_no item_id goods_no title sku unit_price_fen quantity paid_share_fen category"
            " seven_day_return hot_seller item_score weight_g shipped promised_fen refunded_fen returned_quantity",
        )
        self.refunds = Sheet(
            Refund,
            "id refund_no shop_id order_id status version kind goods_status phase flow fast reason description"
            " amount_fen postage_fen refunded_fen refusals refused_as void_result return_address goods_sent_back"
            " received_at assignee_id created_at updated_at finished_at due_at due_action due_against_shop summary",
        )
        self.refund_lines = Sheet(RefundLine, "refund_id order_line_id quantity amount_fen takes_units is_open")
        self.versions = Sheet(RefundVersion, "refund_id asked created_at", number=1)
        self.messages = Sheet(Message, "refund_id side author_name text created_at")
        self.shipments = Sheet(ReturnShipment, "refund_id tracking_no created_at", carrier="yuantong")
        self.inspections = Sheet(Inspection, "refund_id passed findings inspector_name inspector_id created_at")
        self.payments = Sheet(
            RefundPayment,
            "id payment_no refund_id shop_id status version amount_fen reference created_at updated_at settled_at"
            " sent_at",
            gateway="offline",
            attempt=1,
        )
        self.entries = Sheet(
            LedgerEntry, "movement account amount_fen shop_id order_id payment_id number reference booked_at"
        )
        self.parcels = Parcels(self.log, now)
        self.deadlines = Sheet(
            Deadline, "subject_type subject_id shop_id rule action against_shop status created_at due_at remaining"
        )

    def send(self) -> int:
        """Write everything, parents before children, in the caller's transaction; return the count of rows."""
        return send(
            (
                self.log, self.orders, self.lines, self.refunds, self.refund_lines, self.versions, self.messages,
                self.shipments, self.inspections, self.payments, self.entries, self.parcels.rows, self.parcels.scans,
                self.deadlines,
            )
        )  # fmt: skip

    def wait(
        self, walk: Walk, machine: Machine, rule: str, start: datetime, *, paused_at: datetime | None = None
    ) -> Any:
        """Write the open deadline of a subject and give the rule with its moment."""
        known = _rule(machine, rule, walk.status)
        due = start + policies.duration(f"deadline.{rule}", shop_id=walk.shop_id)
        left = None if paused_at is None else max(due - paused_at, timedelta(0))
        status = Deadline.Status.RUNNING if left is None else Deadline.Status.PAUSED
        self.deadlines.add(
            machine.name, walk.pk, walk.shop_id, rule, known.action, known.against_shop, status, start, due, left
        )
        return known, due


def _rule(machine: Machine, name: str, status: str) -> DeadlineRule:
    return next(rule for rule in machine.deadlines_of[status] if rule.rule == name)


class Trade:
    """One order."""

    def __init__(self, book: Book, seller: Seller, rng: random.Random, pk: int, line_pks: Sequence[int], at: datetime):
        self.book, self.seller, self.rng, self.pk = book, seller, rng, pk
        self.goods = [(key, rng.choice(seller.goods), rng.choice((1, 1, 1, 2))) for key in line_pks]
        self.shares = [goods.price_fen * count for _key, goods, count in self.goods]
        self.postage_fen = 800 if rng.random() < 0.3 else 0
        self.paid_fen = sum(self.shares) + self.postage_fen
        self.created_at = at
        self.promised = [0] * len(self.goods)
        self.refunded = [0] * len(self.goods)
        self.units = [0] * len(self.goods)
        self.postage_promised = self.postage_refunded = self.open_requests = 0
        self.aftersale_applied = self.shipped = False
        self.paused_at: datetime | None = None
        self.walk = Walk(
            ORDER,
            book.log,
            pk,
            seller.shop_id,
            paid_at=None,
            paid_fen=self.paid_fen,
            postage_fen=self.postage_fen,
            shipping="courier",
            shipped_at=None,
            signed_at=None,
            finished_at=None,
            is_late=False,
            aftersale_ended=False,
            erased_at=None,
        )

    def register(self, *, paid: bool = True) -> None:
        """Register the order, paid or not."""
        to = "WAIT_SELLER_SEND_GOODS" if paid else "WAIT_BUYER_PAY"
        self.walk.step(self.created_at, self.seller.front, "register", to, paid_at=self.created_at if paid else None)

    def ship(self, at: datetime) -> None:
        """Ship everything."""
        self.shipped = True
        self.walk.step(at, self.seller.warehouse, "ship_all", "WAIT_BUYER_CONFIRM_GOODS", shipped_at=at)

    def sign(self, at: datetime) -> None:
        """Sign."""
        self.walk.step(at, self.seller.front, "sign", signed_at=at)

    def finish(self, at: datetime, who: Who | None = None) -> None:
        """Confirm receipt."""
        self.walk.step(at, who or self.seller.front, "confirm_receipt", "TRADE_FINISHED", finished_at=at)

    def write(self) -> None:
        """Write the rows, and the deadline of the state that it is in."""
        now, walk = self.walk.now, self.walk
        self._wait()
        tail = f"{self.pk % 10_000:04d}"
        self.book.orders.add(
            self.pk, walk.shop_id, f"42{self.pk:017d}", self.rng.choice(self.seller.buyers), walk.status, walk.version,
            "quickpay_debit" if self.pk % 3 else "balance", self.created_at, walk.at, now["paid_at"], now["shipped_at"],
            now["signed_at"], now["finished_at"], self.paid_fen, self.postage_fen,
            sum(self.promised) + self.postage_promised, sum(self.refunded) + self.postage_refunded,
            self.postage_promised + self.postage_refunded, self.open_requests, self.aftersale_applied,
            now["is_late"], now["aftersale_ended"], tail, f"1390000{tail}",
        )  # fmt: skip
        for position, (key, goods, count) in enumerate(self.goods):
            self.book.lines.add(
                key, self.pk, str(position + 1), goods.item_id, goods.goods_no, goods.title, goods.skus[0],
                goods.price_fen, count, self.shares[position], goods.category, goods.seven_day, goods.hot, goods.score,
                goods.weight_g, self.shipped, self.promised[position], self.refunded[position], self.units[position],
            )  # fmt: skip
        if self.shipped and self.aftersale_applied | bool(self.open_requests):
            numbers = [str(position + 1) for position in range(len(self.goods))]
            parcel = f"75{self.pk:012d}"
            self.book.parcels.add(
                walk.shop_id, self.pk, "zhongtong", parcel, now["shipped_at"], self.seller.warehouse,
                signed_at=now["signed_at"] or now["finished_at"], line_nos=numbers,
            )  # fmt: skip

    def _wait(self) -> None:
        now, status = self.walk.now, self.walk.status
        if status == "WAIT_SELLER_SEND_GOODS":
            late = now["paid_at"] + policies.duration("deadline.TMO-15", shop_id=self.walk.shop_id)
            if late < self.book.now and not now["is_late"]:
                self.walk.step(late + timedelta(seconds=1), TIMEOUT, "mark_late", is_late=True)
            else:
                self.book.wait(self.walk, ORDER, "TMO-15", now["paid_at"])
        elif status == "WAIT_BUYER_CONFIRM_GOODS":
            self.book.wait(self.walk, ORDER, "TMO-10", now["shipped_at"], paused_at=self.paused_at)
        elif status == "TRADE_FINISHED" and not now["aftersale_ended"]:
            ends = now["finished_at"] + policies.duration("deadline.TMO-8", shop_id=self.walk.shop_id)
            if ends < self.book.now:
                self.walk.step(ends + timedelta(seconds=1), TIMEOUT, "end_aftersale", aftersale_ended=True)
            else:
                self.book.wait(self.walk, ORDER, "TMO-8", now["finished_at"])


class Request:
    """One request of an order: for its first line, or for all with the postage before shipment."""

    def __init__(self, trade: Trade, pk: int, number: int, flow: Flow, reason: str, at: datetime, part: float = 1):
        self.trade, self.pk, self.at, self.flow = trade, pk, at, flow
        self.number = f"RF{clock.shanghai_day(at):%Y%m%d}{number:06d}"
        whole = flow == Flow.UNSHIPPED
        self.positions = list(range(len(trade.goods))) if whole else [0]
        self.amounts = [max(round(trade.shares[position] * part), 1) for position in self.positions]
        self.takes_units = flow != Flow.REFUND_ONLY
        self.postage_fen = trade.postage_fen if whole else 0
        self.agent = trade.rng.choice(trade.seller.agents)
        self.due: tuple[DeadlineRule, datetime] | None = None
        self.finished_at: datetime | None = None
        self.payment: tuple[int, int, datetime, Walk] | None = None
        self.sent_back: tuple[str, datetime] | None = None
        self.description = trade.rng.choice(
            text.DESCRIPTIONS.get((reason, trade.seller.group)) or text.DESCRIPTIONS.get((reason, "")) or ("",)
        )
        after = trade.walk.status == "TRADE_FINISHED"
        seven_day = all(trade.goods[position][1].seven_day for position in self.positions)
        trade.aftersale_applied |= after
        self.walk = Walk(
            REFUND,
            trade.book.log,
            pk,
            trade.walk.shop_id,
            kind=Kind.RETURN_REFUND if flow == Flow.RETURN_REFUND else Kind.REFUND_ONLY,
            goods_status=GoodsStatus.NOT_RECEIVED if whole else GoodsStatus.RECEIVED,
            phase=Phase.AFTERSALE if after else Phase.ONSALE,
            flow=flow,
            fast=seven_day and not whole,
            reason=reason,
            amount_fen=sum(self.amounts) + self.postage_fen,
            postage_fen=self.postage_fen,
            refunded_fen=0,
            refusals=0,
            void_result="",
            in_dispute=False,
            return_by_surface=False,
            goods_sent_back=False,
            received_at=None,
            marked_overdue=False,
            replacement_trouble="",
            ships_first=False,
            difference_fen=0,
            difference_settled=False,
        )
        self.walk.step(at, trade.seller.front, "apply", "WAIT_SELLER_AGREE")

    @property
    def answer_rule(self) -> str:
        """Which deadline the seller's answer has."""
        if self.flow == Flow.UNSHIPPED:
            return "TMO-1"
        if self.walk.now["fast"]:
            return "TMO-3"
        return "TMO-4" if self.flow == Flow.RETURN_REFUND else "TMO-2"

    def wait(self, rule: str) -> None:
        """Stay in this state: with its deadline, counted from the last step."""
        assert self.walk.at is not None
        self.due = self.trade.book.wait(self.walk, REFUND, rule, self.walk.at)

    def promise(self, pk: int, number: int) -> None:
        """Write the payment of a request that was just agreed, sent at once."""
        walk = Walk(
            PAYMENT,
            self.trade.book.log,
            pk,
            self.walk.shop_id,
            amount_fen=self.walk.now["amount_fen"],
            gateway="offline",
            reference="",
            settled_at=None,
        )
        assert self.walk.at is not None
        assert self.walk.who is not None
        walk.step(self.walk.at, self.walk.who, "promise", "promised")
        walk.step(self.walk.at + timedelta(seconds=1), PAYMENTS, "send", "sent")
        self.payment = pk, number, self.walk.at, walk
        self._bind(self.trade.promised)
        self.trade.postage_promised += self.postage_fen
        if self.takes_units:
            for position in self.positions:
                self.trade.units[position] = self.trade.goods[position][2]

    def pay(self, at: datetime) -> None:
        """Confirm the payment; an order of which nothing is left is closed."""
        assert self.payment is not None
        trade, (pk, _number, _at, walk) = self.trade, self.payment
        reference = f"{clock.shanghai_day(at):%Y%m%d}2200{pk:012d}"
        walk.step(at, trade.seller.finance, "confirm", "done", reference=reference, settled_at=at)
        self.walk.step(at, PAYMENTS, "succeed", "SUCCESS", reference, refunded_fen=self.walk.now["amount_fen"])
        self.finished_at = at
        self._bind(trade.promised, -1)
        self._bind(trade.refunded)
        trade.postage_promised -= self.postage_fen
        trade.postage_refunded += self.postage_fen
        units_left = any(units < goods[2] for units, goods in zip(trade.units, trade.goods, strict=True))
        nothing_left = sum(trade.refunded) + trade.postage_refunded == trade.paid_fen or not units_left
        if nothing_left and trade.walk.status != "TRADE_FINISHED":
            trade.walk.step(at, PAYMENTS, "close", "TRADE_CLOSED", "refunded")

    def _book(self, pk: int, number: str, paying: Walk) -> None:
        """Write both sides of a payment that is done."""
        now, fen = paying.now, self.walk.now["amount_fen"]
        for account, amount in (("given:refund", fen), ("provider:offline", -fen)):
            self.trade.book.entries.add(
                f"payment:{pk}", account, amount, self.walk.shop_id, self.trade.pk, pk, number, now["reference"],
                now["settled_at"],
            )  # fmt: skip

    def _bind(self, sums: list[int], sign: int = 1) -> None:
        for position, amount in zip(self.positions, self.amounts, strict=True):
            sums[position] += sign * amount

    def write(self) -> None:
        """Write the rows of the request; the trade is written after it."""
        trade, book, walk, now = self.trade, self.trade.book, self.walk, self.walk.now
        still_open = self.finished_at is None
        if still_open:
            trade.open_requests += 1
            trade.paused_at = self.at
        rule, due = self.due or (None, None)
        number, goods, count = trade.goods[0][0], trade.goods[0][1], trade.goods[0][2]
        agreed_return = walk.version > 1 and self.flow == Flow.RETURN_REFUND and now["goods_sent_back"]
        told = agreed_return or walk.status == "WAIT_BUYER_RETURN_GOODS"
        book.refunds.add(
            self.pk, self.number, walk.shop_id, trade.pk, walk.status, walk.version, now["kind"], now["goods_status"],
            now["phase"], now["flow"], now["fast"], now["reason"], self.description, now["amount_fen"],
            self.postage_fen, now["refunded_fen"], now["refusals"], "other" if now["refusals"] else "",
            now["void_result"], trade.seller.address if told else {}, now["goods_sent_back"], now["received_at"],
            trade.rng.choice(trade.seller.agent_ids) if number % 3 else None, self.at, walk.at, self.finished_at, due,
            rule.action if rule else "", bool(rule and rule.against_shop),
            f"{goods.title} {goods.skus[0]} ×{count}" + (f" +{more}" if (more := len(self.positions) - 1) else ""),
        )  # fmt: skip
        asked = []
        for position, amount in zip(self.positions, self.amounts, strict=True):
            key, _goods, quantity = trade.goods[position]
            book.refund_lines.add(self.pk, key, quantity, amount, self.takes_units, still_open)
            asked.append({"line_no": str(position + 1), "quantity": quantity, "amount_fen": amount})
        said = {name: now[name] for name in ("kind", "goods_status", "reason", "amount_fen")}
        book.versions.add(self.pk, said | {"description": self.description, "lines": asked}, self.at)
        if self.payment is not None:
            pk, payment_number, promised_at, paying = self.payment
            book.payments.add(
                pk, f"RP{clock.shanghai_day(promised_at):%Y%m%d}{payment_number:06d}", self.pk, walk.shop_id,
                paying.status, paying.version, now["amount_fen"], paying.now["reference"], promised_at, paying.at,
                paying.now["settled_at"], promised_at + timedelta(seconds=1),
            )  # fmt: skip
            if paying.status == "done":
                self._book(pk, f"RP{clock.shanghai_day(promised_at):%Y%m%d}{payment_number:06d}", paying)
        if self.sent_back is not None:
            back, sent_at = self.sent_back
            book.parcels.add(
                walk.shop_id, trade.pk, "yuantong", back, sent_at, trade.seller.front,
                signed_at=now["received_at"], direction="return", refund_id=self.pk,
            )  # fmt: skip
        if self.pk % 4 == 0:
            for minutes, side, name, words in (
                (9, "seller", self.agent[2], "亲，已收到您的申请，马上为您处理。"),
                (14, "buyer", trade.seller.front[2], "好的，麻烦快一点。"),
            ):
                book.messages.add(self.pk, side, name, words, self.at + timedelta(minutes=minutes))
