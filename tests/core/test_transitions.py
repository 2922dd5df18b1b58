"""One function changes a status: alone or a thousand at a time, it writes the very same rows (RFD-8, TMO-16)."""

from typing import Any

import pytest
import time_machine

from aftersales.core import clock, errors, transitions
from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, LogEntry, OutboxEvent
from orders.models import Order, OrderLine
from refunds import services
from refunds.models import Refund, RefundLine, RefundPayment
from tests import factories
from tests.checks import all_is_well, footprint, sql
from tests.helpers import refused
from tests.timed import TIMED

pytestmark = pytest.mark.django_db

# What differs between two worlds that are otherwise the same.
OWN = {
    *("id", "subject_id", "shop_id", "order_id", "refund_id", "buyer_id", "order_line_id", "order_no", "refund_no"),
    *("payment_no", "actor_id"),
}


def rows_of(order: Order) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row about an order, but for keys and numbers."""
    refunds = Refund.objects.filter(order=order)
    payments = RefundPayment.objects.filter(refund__order=order)
    found: dict[str, Any] = {
        "order": Order.objects.filter(pk=order.pk),
        "lines": OrderLine.objects.filter(order=order),
        "refunds": refunds,
        "refund lines": RefundLine.objects.filter(refund__order=order),
        "payments": payments,
    }
    keys = {"order": [order.pk], "refund": list(refunds.values_list("pk", flat=True))}
    keys["payment"] = list(payments.values_list("pk", flat=True))
    for name, model in {"log": LogEntry, "deadlines": Deadline, "outbox": OutboxEvent}.items():
        for kind, ids in keys.items():
            found[f"{name} of {kind}"] = model.objects.filter(subject_type=kind, subject_id__in=ids)
    return {name: [_plain(row) for row in rows.order_by("pk").values()] for name, rows in found.items()}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    people = {"actor_name"} if row.get("actor_kind") in ("staff", "buyer") else set()
    return {key: value for key, value in row.items() if key not in OWN | people}


def order_of(subject: Any) -> Order:
    return subject if isinstance(subject, Order) else subject.order


@pytest.mark.parametrize("timed", TIMED, ids=str)
def test_one_and_many_write_the_same_rows(timed):
    """The same step of the same subject by `apply` and in a batch of three, compared column by column."""
    system = Actor.system("timeout")
    with time_machine.travel(clock.now(), tick=False) as traveller:
        alone = timed.build(factories.make_shop())
        together = [timed.build(factories.make_shop()) for _number in range(3)]
        traveller.shift(timed.due)
        moved = transitions.apply(timed.binding, alone.pk, timed.action, actor=system)
        came = transitions.apply_batch(timed.binding, [one.pk for one in together], timed.action, actor=system)
    assert (came.busy, came.refused) == ([], {})
    assert {one.status for one in (moved, *came.moved)} == {timed.ends}
    wanted = rows_of(order_of(alone))
    assert wanted["log of refund" if timed.kind == "refund" else "log of order"][-1]["action"] == timed.action
    for one in together:
        assert rows_of(order_of(one)) == wanted
    all_is_well(at=clock.now())


def test_difference_between_one_and_many_is_seen(monkeypatch):
    """Negative control: the batch has no follow-ups, and the comparison says so."""
    timed = next(one for one in TIMED if one.rule == "TMO-1")
    system = Actor.system("timeout")
    with time_machine.travel(clock.now(), tick=False):
        alone, other = timed.build(factories.make_shop()), timed.build(factories.make_shop())
        transitions.apply(timed.binding, alone.pk, timed.action, actor=system)
        monkeypatch.setattr(transitions, "_follow", lambda binding, steps: None)
        transitions.apply_batch(timed.binding, [other.pk], timed.action, actor=system)
    differing = {name for name, rows in rows_of(order_of(alone)).items() if rows != rows_of(order_of(other))[name]}
    assert differing >= {"order", "lines", "payments", "log of payment", "outbox of payment"}


def test_batch_leaves_out_what_is_not_possible():
    """One that its rules refuse does not stop the others, and nothing of it is written."""
    shop = factories.make_shop()
    ready, closed, gone = (factories.make_refund(factories.make_order(shop, ship=True)) for _number in range(3))
    services.refund_cancel(refund=closed, actor=factories.buyer(shop))
    no_address = factories.make_return(factories.make_order(shop, sign=True))
    sql("UPDATE core_shop SET return_address = '{}' WHERE id = %s", shop.pk)
    before = LogEntry.objects.filter(subject_id__in=[closed.pk, no_address.pk], subject_type="refund").count()
    ids = [ready.pk, closed.pk, no_address.pk, gone.pk + 1000]
    came = transitions.apply_batch(services.REFUND, ids, "agree", actor=Actor.system("timeout"))
    assert [one.pk for one in came.moved] == [ready.pk]
    assert came.refused.keys() == {closed.pk, no_address.pk}
    assert came.busy == [gone.pk + 1000]
    assert LogEntry.objects.filter(subject_id__in=[closed.pk, no_address.pk], subject_type="refund").count() == before
    all_is_well()


def test_two_requests_of_one_order_in_one_batch():
    """AMT-2: the second sees what the first of the same batch has promised."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"), ship=True)
    first = factories.make_refund(order, lines=[services.LineAsk("1", 2)], reason="not_received")
    second = factories.make_refund(order, lines=[services.LineAsk("2", 2)], reason="not_received")
    came = transitions.apply_batch(services.REFUND, [first.pk, second.pk], "agree", actor=Actor.system("timeout"))
    assert len(came.moved) == 2
    order = Order.objects.get(pk=order.pk)
    assert (order.promised_fen, order.postage_given_fen, order.left_fen) == (order.paid_fen, 800, 0)
    all_is_well()


def test_follow_up_that_breaks_undoes_the_whole_batch(monkeypatch):
    """What follows belongs to the step: if it fails, nothing was done to anybody."""
    made = [factories.make_refund(factories.make_order(ship=True)) for _number in range(3)]
    monkeypatch.setitem(services.REFUND.entered, "WAIT_SYSTEM_TRANSFER", (lambda steps: 1 / 0,))
    before = footprint()
    with pytest.raises(ZeroDivisionError), transitions.transaction.atomic():
        transitions.apply_batch(services.REFUND, [one.pk for one in made], "agree", actor=Actor.system("timeout"))
    assert footprint() == before


def test_same_step_twice_is_refused_the_second_time():
    refund = factories.make_refund(factories.make_order(ship=True))
    agent = factories.staff()
    services.refund_agree(refund=refund, actor=agent)
    with refused(errors.TransitionNotAllowed):
        services.refund_agree(refund=refund, actor=agent)
    assert LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk).count() == 2


def test_log_row_says_who_when_whence_why_and_how_much():
    """RFD-8: the amounts before and after are in the log, and only what changed."""
    refund = factories.make_refund(factories.make_order(sign=True), goods_status="received")
    agent = factories.staff()
    with time_machine.travel(clock.now(), tick=False):
        services.refund_agree(refund=refund, actor=agent, amount_fen=9999, note="as agreed by phone")
        row = LogEntry.objects.get(subject_type="refund", subject_id=refund.pk, version=2)
        assert row.at == clock.now()
    assert (row.from_status, row.to_status, row.action) == ("WAIT_SELLER_AGREE", "WAIT_SYSTEM_TRANSFER", "agree")
    assert (row.actor_kind, row.actor_id, row.actor_name, row.note) == (
        "staff",
        agent.user_id,
        agent.name,
        "as agreed by phone",
    )
    assert row.changes == {"status": "WAIT_SYSTEM_TRANSFER", "amount_fen": 9999}


def test_step_goes_along_the_edge_that_was_chosen():
    """A step may change the field that its edge looks at: marking as late ends “not marked late” (TMO-15)."""
    order = factories.make_order()
    late = transitions.apply(transitions.bindings["order"], order.pk, "mark_late", actor=Actor.system())
    assert (late.is_late, late.version) == (True, 2)
    with refused(errors.TransitionNotAllowed):
        transitions.apply(transitions.bindings["order"], order.pk, "mark_late", actor=Actor.system())
