"""A shop that takes every step twice, in the model and in the product, and compares the two."""

from collections import Counter
from datetime import timedelta
from typing import Any

import time_machine
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from aftersales.core import clock, errors, sweeps
from aftersales.core.models import Deadline
from logistics import services as logistics
from orders import services as orders
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundLine, RefundPayment
from tests import factories
from tests.checks import all_is_well
from tests.refunds.standings import photo
from tests.stateful import model
from tests.stateful.choices import ARGUMENTS, IN_DISPUTE, ORDERS, PICK, REASONS, SENSIBLE, STEPS_OF_ORDERS, UNSHIPPED


class Shop(RuleBasedStateMachine):
    """Two orders at the most, their requests, and a clock that only we move."""

    people: dict[str, Any]
    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    @initialize(lines=ORDERS, postage=st.integers(0, 800), shipped=st.sampled_from([True, True, False]))
    def open_shop(self, lines: Any, postage: int, shipped: bool) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.traveller = time_machine.travel(clock.now(), tick=False)
        self.time = self.traveller.start()
        self.orders: list[tuple[model.Order, int]] = []
        self.requests: list[tuple[model.Request, int]] = []
        self.register(lines, postage)
        if shipped:
            self.ship(0, [])

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            try:
                all_is_well(overdue=True)
            finally:
                self.traveller.stop()
                transaction.set_rollback(True)
                self.transaction.__exit__(None, None, None)

    def register(self, lines: Any, postage: int) -> None:
        given = [
            factories.line(
                line_no=str(n),
                unit_price_fen=price,
                quantity=units,
                discount_fen=min(less, price),
                seven_day_return=seven,
            )
            for n, (price, units, seven, less) in enumerate(lines)
        ]
        actual = factories.make_order(self.people["shop"], *given, postage_fen=postage, paid_at=clock.now())
        kept = [model.Line(price * units - min(less, price), units, seven) for price, units, seven, less in lines]
        self.orders.append((model.Order(kept, postage, clock.now()), actual.pk))
        self.compare()

    # Choosing a step ---------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def sensible_step(self, data: Any) -> None:
        """Take a step that fits where an order or a request stands, so that ways are walked to their end."""
        menu: list[tuple[str, int]] = [("sweep", 0), ("time_goes_by", 0)]
        menu += [("buy_again", 0)] * (len(self.orders) < 2)
        for n, (order, _pk) in enumerate(self.orders):
            menu += [("apply_sensibly", n)] * (bool(self.free_lines(order)) * (1 if order.open else 5))
            menu += [("ship", n)] * (order.status in (model.SEND, model.PART))
            menu += [(name, n) for name in ("receive", "extend") if order.status == model.SHIPPED]
        for n, (request, _pk) in enumerate(self.requests):
            names = IN_DISPUTE if request.disputed else SENSIBLE[request.status]
            if request.flow == "unshipped" and request.status == model.AGREE and not request.disputed:
                names = UNSHIPPED
            menu += [(name, n) for name in names] * (1 if request.status in (model.AGREE, model.TRANSFER) else 5)
        self.take(data, *data.draw(st.sampled_from(menu), label="step"))

    @rule(data=st.data())
    def another_sensible_step(self, data: Any) -> None:
        """Twice as often as any step at all."""
        self.sensible_step(data)

    @rule(data=st.data())
    def any_step(self, data: Any) -> None:
        """Take any step on anything: mostly it must be refused."""
        names = list(ARGUMENTS) if self.requests else STEPS_OF_ORDERS
        self.take(data, data.draw(st.sampled_from(names), label="any step"), data.draw(PICK, label="whose"))

    def take(self, data: Any, name: str, number: int) -> None:
        getattr(self, name)(number, *data.draw(ARGUMENTS[name], label=name))

    def free_lines(self, order: model.Order) -> list[int]:
        taken = {n for request in order.open for n in request.amounts}
        return [n for n, line in enumerate(order.lines) if n not in taken and line.gone < line.units]

    # Taking a step on both sides ---------------------------------------------------------------------------------

    def both(self, expected: Any, actual: Any, *, compare: bool = True) -> Any:
        """Take the step in the model and in the product: both do it or both refuse it."""
        step = expected.__qualname__.split(".")[1]
        refused: Any = None
        result = problem = None
        try:
            expected_result = expected()
        except model.NotPossible as error:
            refused, expected_result = error, None
        try:
            with transaction.atomic():
                result = actual()
        except errors.Problem as error:
            problem = error
        assert (refused is None) == (problem is None), f"model: {refused!r}, product: {problem!r}"
        if compare or problem:
            self.compare()
        (Shop.refused if problem else Shop.done)[step] += 1
        return (expected_result, result) if problem is None else None

    def pick(self, number: int) -> tuple[model.Request, Refund]:
        request, pk = self.requests[number % len(self.requests)]
        return request, Refund.objects.select_related("order", "shop").get(pk=pk)

    def pick_order(self, number: int) -> tuple[model.Order, Order]:
        order, pk = self.orders[number % len(self.orders)]
        return order, Order.objects.select_related("shop").get(pk=pk)

    def ask_of(self, order: model.Order, wish: model.Wish) -> services.Ask:
        """Say a wish in the product's words."""
        known = {n: order.lines[n] for n in wish.units if n < len(order.lines)}
        shipped = all(line.shipped for line in known.values()) or order.status == model.FINISHED
        key: Any = (wish.way, wish.fault, shipped) if wish.way == "missing" else (wish.way, wish.fault)
        asks = []
        for n, units in wish.units.items():
            amount = None
            if wish.part is not None and wish.way != "missing" and n in known:
                line = known[n]
                singles = model.share_out(line.share, [1] * line.units)
                amount = int(wish.part * min(sum(singles[line.gone : line.gone + units]), line.left))
            asks.append(services.LineAsk(str(n), units, amount))
        kind = "return_refund" if wish.way == "back" else "refund_only"
        return services.Ask(kind, "not_received" if wish.way == "missing" else "received", REASONS[key], tuple(asks))

    # The buyer ---------------------------------------------------------------------------------------------------

    def buy_again(self, number: int, lines: Any, postage: int) -> None:
        if len(self.orders) < 2:
            self.register(lines, postage)

    def apply_sensibly(self, number: int, way: str, fault: bool, part: Any, units: dict[int, int]) -> None:
        """Ask for lines that are free, all shipped or all not, in a way that fits."""
        order, _actual = self.pick_order(number)
        free = self.free_lines(order)
        if not free:
            return
        alike = [n for n in free if order.lines[n].shipped == order.lines[free[0]].shipped]
        fitting = {n: min(units.get(n, 1), order.lines[n].units - order.lines[n].gone) for n in alike}
        if len(units) == 1:
            fitting = {alike[0]: fitting[alike[0]]}
        if not order.lines[alike[0]].shipped and order.status != model.FINISHED:
            way = "missing"
        self.apply(number, model.Wish(way, fault, fitting, part))

    def apply(self, number: int, wish: model.Wish) -> None:
        order, actual = self.pick_order(number)
        ask = self.ask_of(order, wish)
        came = self.both(
            lambda: order.apply(wish, clock.now()),
            lambda: services.refund_apply(order=actual, ask=ask, actor=self.people["buyer"]),
            compare=False,
        )
        if came:
            self.requests.append((came[0], came[1].pk))
            self.compare()

    def modify(self, number: int, wish: model.Wish) -> None:
        request, actual = self.pick(number)
        wish.units = {n: wish.units.get(n, 1) for n in request.amounts}
        ask = self.ask_of(request.order, wish)
        changes = {"kind": ask.kind, "goods_status": ask.goods_status, "reason": ask.reason, "lines": ask.lines}
        self.both(
            lambda: request.modify(wish, clock.now()),
            lambda: services.refund_modify(refund=actual, actor=self.people["buyer"], changes=changes),
        )

    def cancel(self, number: int) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.cancel(clock.now()),
            lambda: services.refund_cancel(refund=actual, actor=self.people["buyer"]),
        )

    def send_back(self, number: int) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.send_back(clock.now()),
            lambda: services.refund_return_shipment(
                refund=actual, actor=self.people["buyer"], carrier="sf", tracking_no="SF1"
            ),
        )

    def ask_the_platform(self, number: int) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.dispute(clock.now()),
            lambda: services.refund_intervene(refund=actual, actor=self.people["buyer"], text="Help"),
        )

    def receive(self, number: int, close: bool) -> None:
        order, actual = self.pick_order(number)
        self.both(
            lambda: order.receive(close, clock.now()),
            lambda: logistics.order_confirm_receipt(
                order=actual, actor=self.people["buyer"], close_open_requests=close
            ),
        )

    # The shop ----------------------------------------------------------------------------------------------------

    def agree(self, number: int, amount: int | None) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.agree(amount, clock.now()),
            lambda: services.refund_agree(refund=actual, actor=self.people["agent"], amount_fen=amount),
        )

    def void(self, number: int) -> None:
        request, actual = self.pick(number)
        self.both(request.void, lambda: services.refund_void(refund=actual, actor=self.people["warehouse"]))

    def void_and_agree(self, number: int) -> None:
        self.void(number)
        self.agree(number, None)

    def shipped_already(self, number: int) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.already_shipped(clock.now()),
            lambda: logistics.void_answer(refund=actual, actor=self.people["warehouse"], result="already_shipped"),
        )

    def refuse(self, number: int) -> None:
        request, actual = self.pick(number)
        photos = [photo(actual.shop)]
        self.both(
            lambda: request.refuse(clock.now()),
            lambda: services.refund_refuse(
                refund=actual, actor=self.people["agent"], reason="abuse", message="No", evidence_ids=photos
            ),
        )

    def inspect(self, number: int, passed: bool) -> None:
        request, actual = self.pick(number)
        photos = [] if passed else [photo(actual.shop, "warehouse")]
        self.both(
            lambda: request.inspect(passed, clock.now()),
            lambda: services.refund_receive(
                refund=actual,
                actor=self.people["warehouse"],
                passed=passed,
                findings="" if passed else "Worn",
                found=None if passed else [services.Found(actual.lines.first().order_line.line_no, damage="buyer")],
                evidence_ids=photos,
            ),
        )

    def decide(self, number: int, outcome: str, amount: int) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.decide(outcome, amount, clock.now()),
            lambda: services.refund_decide(
                refund=actual, actor=self.people["supervisor"], outcome=outcome, text="so", amount_fen=amount
            ),
        )

    def settle(self, number: int, amount: int | None) -> None:
        request, actual = self.pick(number)
        self.both(
            lambda: request.settle(amount, clock.now()),
            lambda: services.refund_settle(refund=actual, actor=self.people["agent"], amount_fen=amount),
        )

    def pay(self, number: int, step: str) -> None:
        request, actual = self.pick(number)
        payment = RefundPayment.objects.filter(refund=actual).first()
        finance = self.people["finance"]
        calls = {
            "send": lambda: services.payment_send(payment=payment),
            "fail": lambda: services.payment_fail(payment=payment, actor=finance, failure="no"),
            "confirm": lambda: services.payment_confirm(
                payment=payment,
                actor=finance,
                reference="R",
                evidence_ids=[photo(actual.shop)],
                buyer_confirmed=payment.status == "failed",
            ),
        }
        if payment is None:
            return
        self.both(lambda: request.pay(step, clock.now()), calls[step])

    def pay_at_once(self, number: int) -> None:
        self.pay(number, "send")
        self.pay(number, "confirm")

    def ship(self, number: int, chosen: list[int]) -> None:
        order, actual = self.pick_order(number)
        self.both(
            lambda: order.ship(chosen, clock.now()),
            lambda: logistics.order_ship(
                order=actual, actor=self.people["warehouse"], line_nos=[str(n) for n in chosen], buyer_consented=True
            ),
        )

    def extend(self, number: int, days: int) -> None:
        order, actual = self.pick_order(number)
        self.both(
            lambda: order.extend(days),
            lambda: orders.order_extend_receipt(order=actual, actor=self.people["agent"], days=days),
        )

    # Time --------------------------------------------------------------------------------------------------------

    def time_goes_by(self, number: int, hours: int) -> None:
        """While the jobs are down: what people do meanwhile must not be spoilt by what is overdue."""
        self.time.shift(timedelta(hours=hours))

    def sweep(self, number: int, hours: int, limit: int) -> None:
        """Let everything that is due happen by itself, all at once or in small batches."""
        self.time.shift(timedelta(hours=hours))
        while came := sweeps.sweep(limit=limit).acted:
            Shop.done["by itself"] += came
        now = clock.now()
        while due := [one for one, _pk in (*self.orders, *self.requests) if one.clock and one.clock.is_due(now)]:
            for one in sorted(due, key=lambda one: one.clock.due):
                one.acts(now)
        self.compare()

    # What must be the same ---------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Read everything anew, in six statements, and compare it with the model."""
        order_ids, refund_ids = [pk for _order, pk in self.orders], [pk for _request, pk in self.requests]
        names = ("status", "is_late", "aftersale_ended", "promised_fen", "refunded_fen", "postage_given_fen")
        rows = Order.objects.filter(pk__in=order_ids).values_list("pk", *names, "open_requests")
        assert {pk: tuple(rest) for pk, *rest in rows} == {
            pk: (order.status, order.late, order.ended, *order.sums()) for order, pk in self.orders
        }
        lines = OrderLine.objects.filter(order__in=order_ids).order_by("pk")
        books = ("promised_fen", "refunded_fen", "returned_quantity", "shipped")
        assert list(lines.values_list("order_id", *books)) == [
            (pk, line.promised, line.refunded, line.gone, line.shipped)
            for order, pk in self.orders
            for line in order.lines
        ]
        names = ("status", "flow", "amount_fen", "postage_fen", "in_dispute", "marked_overdue")
        rows = Refund.objects.filter(pk__in=refund_ids).values_list("pk", *names)
        assert {pk: tuple(rest) for pk, *rest in rows} == {
            pk: (one.status, one.flow, one.amount, one.postage, one.disputed, one.overdue) for one, pk in self.requests
        }
        rows = RefundLine.objects.filter(refund__in=refund_ids).order_by("refund", "pk")
        assert list(rows.values_list("refund_id", "amount_fen", "is_open")) == [
            (pk, amount, one.status not in (model.SUCCESS, model.CLOSED))
            for one, pk in self.requests
            for amount in one.amounts.values()
        ]
        rows = RefundPayment.objects.filter(refund__in=refund_ids).order_by("refund")
        assert list(rows.values_list("refund_id", "status", "amount_fen")) == [
            (pk, one.payment, one.amount) for one, pk in self.requests if one.payment
        ]
        mine = {"subject_type__in": ["order", "refund"], "shop_id": self.people["shop"].pk}  # a dispute has its own
        running = Deadline.objects.filter(status__in=["running", "paused"], **mine)
        found = {
            (row.subject_type, row.subject_id, row.rule, row.remaining if row.status == "paused" else row.due_at)
            for row in running
        }
        waiting = [("order", *one) for one in self.orders] + [("refund", *one) for one in self.requests]
        assert found == {
            (kind, pk, one.clock.rule, one.clock.due if one.clock.left is None else one.clock.left)
            for kind, one, pk in waiting
            if one.clock
        }
