"""Walks of the explored world, taken in the services: each move by name, and what the rows look like after it.

The world counts in halves of what the first line cost; here that is ¥200.
"""

import re
from datetime import timedelta
from typing import Any

from aftersales.core import clock, sweeps, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, OutboxEvent
from aftersales.worlds import Aftersale
from aftersales.worlds.stand_ins import order_of
from aftersales.worlds.state import LINES, State
from logistics import services as logistics
from orders import services as orders
from orders.models import Order, OrderLine
from refunds import handlers, services
from refunds.models import Refund, RefundPayment
from refunds.services.assessing import Ask, LineAsk
from refunds.states import UNDECIDED
from tests import factories
from tests.refunds.serving import serve
from tests.refunds.standings import OLD, photo

HALF = 10_000
RUNNING = Deadline.Status.RUNNING

PAYS = ("lose_track", "report_unmoved", "accept_unmoved", "send_again", "make good another way")


class Walker:
    """Somebody who takes moves in the database. Nothing is kept here but who there is and which order it is."""

    def __init__(self, everybody: dict[str, Actor], shop: Any) -> None:
        self.everybody, self.shop = everybody, shop
        self.order_id = 0

    @property
    def order(self) -> Order:
        return Order.objects.select_related("shop").get(pk=self.order_id)

    @property
    def refund(self) -> Refund:
        return Refund.objects.select_related("order", "shop").filter(order=self.order_id).order_by("-pk")[0]

    @property
    def payment(self) -> RefundPayment:
        return RefundPayment.objects.select_related("refund__order").get(refund=self.refund)

    def take(self, move: str) -> None:
        """Take the move that a trace names."""
        by, _colon, name = move.partition(": ")
        words, _open, details = name.removesuffix(")").partition(" (")
        if by in ("front-end", "provider", "time"):
            self._outside(words)
        elif rule := re.match(r"((?:TMO|EXC)-\d+) (\w+)( order| dispute)?$", name):
            self._deadline(rule[1], rule[2], (rule[3] or " refund").strip())
        elif words == "add_evidence dispute":
            services.dispute_add_evidence(refund=self.refund, actor=self.everybody[by], text="more")
        elif by == "system" and not words.endswith("payment") and words not in ("lose_track",):
            self._system(words)
        elif words.endswith((" order", "receipt, closing requests")) or words.startswith("ship "):
            self._order_step(words, self.everybody[by])
        elif words.startswith("apply for "):
            self._apply(name.removeprefix("apply for "))
        elif words.endswith("payment") or words in PAYS:
            self._pay(words, self.everybody[by])
        else:
            self._request_step(words, details, self.everybody[by])

    # --- Order ---

    def _outside(self, words: str) -> None:
        if words == "days go by":
            Refund.objects.filter(pk=self.refund.pk).update(created_at=clock.now() - OLD)
        elif found := re.match(r"register (\w+), (\d) lines?(?:, (\w+) left)?$", words):
            self._register(found[1], int(found[2]), found[3] or "")

    def _register(self, status: str, lines: int, shipped: str) -> None:
        goods = [
            factories.line(line_no=str(number), quantity=1, unit_price_fen=2 * HALF, discount_fen=0)
            for number in range(1, lines + 1)
        ]
        paid = {} if status not in ("WAIT_BUYER_PAY", "TRADE_CLOSED") else {"paid_at": None}
        self.order_id = factories.make_order(self.shop, *goods, postage_fen=0, **paid).pk
        if shipped:
            self._ship(shipped)
        if status == "TRADE_FINISHED":
            self._order_step("confirm_receipt order", self.everybody["buyer"])
        elif status == "TRADE_CLOSED":
            self._order_step("close order", self.everybody["platform"])

    def _ship(self, lines: str) -> None:
        numbers = [str(LINES.index(line) + 1) for line in lines]
        shipper = self.everybody["warehouse"]
        logistics.order_ship(order=self.order, actor=shipper, carrier="sf", line_nos=numbers, buyer_consented=True)

    def _order_step(self, words: str, actor: Actor) -> None:
        action = words.removesuffix(" order")
        if action.startswith("ship "):
            self._ship(action.removeprefix("ship "))
        elif action == "sign":
            orders.order_sign(order=self.order, actor=actor, signed_at=clock.now())
        elif action == "extend_receipt":
            orders.order_extend_receipt(order=self.order, actor=actor, days=1)
        elif action.startswith("confirm"):
            logistics.order_confirm_receipt(order=self.order, actor=actor, close_open_requests="closing" in action)
        else:
            details = {"fields": {"seller_memo": "once more"}} if action == "update" else {}
            transitions.apply(orders.ORDER, self.order_id, action, actor=actor, **details)

    def _system(self, words: str) -> None:
        if words.startswith("scan: "):
            transitions.apply(
                services.REFUND, self.refund.pk, words.removeprefix("scan: "), actor=Actor.system("tracking")
            )
        elif words == "news: order.shipped":
            news = OutboxEvent.objects.filter(topic="order.shipped", subject_id=self.order_id).latest("pk")
            handlers.order_was_shipped(news)
        elif found := re.match(r"import: (\w+) left$", words):
            left = list(orders.lines_to_ship(self.order).values_list("line_no", flat=True))
            numbers = [str(LINES.index(line) + 1) for line in found[1]]
            outcome = "all" if set(numbers) == set(left) else "part"
            transitions.apply(orders.ORDER, self.order_id, "ship", outcome=outcome, actor=Actor.system("import"))
            OrderLine.objects.filter(order=self.order_id, line_no__in=numbers).update(shipped=True)
        else:
            asks = words == "send"
            # Who can be asked is a provider; behind the other name a person pays.
            RefundPayment.objects.filter(pk=self.payment.pk).update(gateway="alipay" if asks else "manual")
            transitions.apply(services.PAYMENT, self.payment.pk, "send", actor=Actor.system("payments"), asks=asks)

    def _deadline(self, rule: str, action: str, whose: str) -> None:
        """Let time be over for a deadline that runs, and the sweep find it."""
        keys = {"order": self.order_id}
        if whose != "order":
            keys = {"refund": self.refund.pk, "dispute": getattr(self.refund.disputes.last(), "pk", 0)}
        rows = Deadline.objects.filter(subject_type=whose, subject_id=keys[whose], rule=rule, action=action)
        assert rows.filter(status=RUNNING).update(due_at=clock.now() - timedelta(minutes=1)) == 1
        assert sweeps.sweep() == sweeps.Swept(acted=1)

    # --- Request and money ---

    def _asked(self, text: str) -> dict[str, Any]:
        """Say in the buyer's words what the world asks for, on goods for which it may be so."""
        flow, *more = text.split(", ")
        kind = "refund_only" if flow == "unshipped" else flow
        received = flow in ("return_refund", "exchange") or "kept" in more
        fitting = {"reship": "lost_or_empty", "unshipped": "no_longer_wanted", "refund_only": "not_received"}
        OrderLine.objects.filter(order=self.order_id, line_no="1").update(seven_day_return="fast" in more)
        amount = next((int(word[0]) * HALF for word in more if word.endswith("of 2")), None)
        return {
            "kind": kind,
            "goods_status": "received" if received else "not_received",
            "reason": "quality" if received else fitting[flow],
            "lines": (LineAsk("1", 1, amount),),
        }

    def _apply(self, text: str) -> None:
        services.refund_apply(order=self.order, ask=Ask(**self._asked(text)), actor=self.everybody["buyer"])

    def _request_step(self, words: str, details: str, actor: Actor) -> None:
        action, _space, outcome = words.partition(" ")
        refund, part = self.refund, re.search(r"(\d) of 2", details)
        amount = int(part[1]) * HALF if part else None
        if action == "modify":
            services.refund_modify(refund=refund, actor=actor, changes=self._asked(details))
        elif action == "agree":
            prices = {"1": 3 * HALF} if "difference" in details else None
            first = "to be sent first" in details
            services.refund_agree(refund=refund, actor=actor, amount_fen=amount, new_prices=prices, ships_first=first)
        elif words == "decision partial":
            services.refund_decide(refund=refund, actor=actor, outcome="partial", text="so", amount_fen=amount)
        elif words == "settle refund":
            services.refund_settle(refund=refund, actor=actor, amount_fen=amount)
        elif words == "void_result already_shipped":
            logistics.void_answer(refund=refund, actor=actor, result="already_shipped")
        else:
            serve(refund, f"{action}:{outcome}" if outcome else action, actor)

    def _pay(self, words: str, actor: Actor) -> None:
        payment = self.payment
        if words == "lose_track":
            transitions.apply(services.PAYMENT, payment.pk, "lose_track", actor=actor)
        elif words == "report_unmoved":
            transitions.apply(services.PAYMENT, payment.pk, "report_unmoved", actor=actor, note="not there")
            RefundPayment.objects.filter(pk=payment.pk).update(ask_at=None)  # as asked since
        elif words == "accept_unmoved":
            services.payment_accept_unmoved(payment=payment, actor=actor, reason="looked")
        elif words == "send_again":
            services.payment_send_again(payment=payment, actor=actor)
        elif words == "fail payment":
            services.payment_fail(payment=payment, actor=actor, failure="no such account")
        else:
            good = {"evidence_ids": [photo(self.shop)], "buyer_confirmed": True} if payment.status == "failed" else {}
            services.payment_confirm(payment=payment, actor=actor, reference="R-1", **good)

    # --- Comparing ---

    def seen(self, world: Aftersale, state: State) -> dict[str, tuple[Any, Any]]:
        """Give what the world says beside what the rows say, where they differ."""
        said, rows = told(world, state), self._rows(world, state)
        return {name: (said[name], rows[name]) for name in said if said[name] != rows[name]}

    def _rows(self, world: Aftersale, state: State) -> dict[str, Any]:
        order, lines = self.order, list(OrderLine.objects.filter(order=self.order_id).order_by("pk"))
        late = order.is_late and order.status in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART")
        found: dict[str, Any] = {
            "order": (order.status, order.open_requests, late, order.aftersale_ended),
            "shipped": "".join(LINES[number] for number, line in enumerate(lines) if line.shipped),
            "sums": (lines[0].promised_fen // HALF, lines[0].refunded_fen // HALF, lines[0].returned_quantity > 0),
            "order's clocks": _running("order", self.order_id),
        }
        if not state.requests:
            return found
        refund, every = self.refund, Refund.objects.filter(order=self.order_id).order_by("pk")
        found |= {
            "request": (refund.status, refund.flow, refund.amount_fen // HALF),
            "requests": list(every.values_list("status", flat=True))[-len(state.requests) :],
            "payments": list(refund.payments.order_by("pk").values_list("status", flat=True)),
        }
        if refund.status in world.machines.refund.terminal:
            return found
        marks = {
            "in_dispute": refund.in_dispute,
            "void_result": refund.void_result,
            "goods_sent_back": refund.goods_sent_back,
            "received": refund.received_at is not None,
            "marked_overdue": refund.marked_overdue,
            "ships_first": refund.ships_first,
            "differs": bool(refund.difference_fen),
            "settled": refund.difference_settled,
            "trouble": refund.replacement_trouble,
        }
        disputed = refund.disputes.filter(status__in=UNDECIDED).values_list("status", "is_overdue").first()
        return found | {"marks": marks, "dispute": disputed, "clocks": _running("refund", refund.pk)}


def told(world: Aftersale, state: State) -> dict[str, Any]:
    """Give what the world says of everything that rows can be asked for."""
    trade = state.trade
    due = world.machines.order.wanted_deadlines(order_of(trade))
    clocks = {(rule.rule, rule.action) for rule in due if not (rule.rule == "TMO-10" and trade.held)}
    said: dict[str, Any] = {
        "order": (trade.status, trade.open_requests, trade.is_late, trade.aftersale_ended),
        "shipped": trade.shipped,
        "sums": (trade.promised, trade.refunded, trade.gone),
        "order's clocks": clocks,
    }
    if not state.requests:
        return said
    last = state.requests[-1]
    said |= {
        "request": (last.status, last.flow, last.amount),
        "requests": [one.status for one in state.requests],
        "payments": [payment.status for payment in state.payments],
    }
    if last.status in world.machines.refund.terminal:
        return said
    names = "in_dispute void_result goods_sent_back received marked_overdue ships_first differs settled trouble".split()
    marks = {name: getattr(last, name) for name in names}
    running = {(rule.rule, rule.action) for rule in world.running(last)}
    disputed = (state.dispute, state.dispute_late) if state.dispute in UNDECIDED else None
    return said | {"marks": marks, "dispute": disputed, "clocks": running}


def _running(subject_type: str, subject_id: int) -> set[tuple[str, str]]:
    rows = Deadline.objects.filter(subject_type=subject_type, subject_id=subject_id, status=RUNNING)
    return set(rows.values_list("rule", "action"))
