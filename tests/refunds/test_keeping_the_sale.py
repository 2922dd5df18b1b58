"""Keeping the sale: what is offered instead of a return, and what came of it (DEC-5)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.core import clock, errors, events, policies, sweeps
from aftersales.core.models import Role, Shop
from orders.models import Order
from refunds import services
from refunds.models import Proposal, Refund
from refunds.selectors.keeping import alternatives, attempts
from refunds.services import LineAsk
from tests import factories
from tests.helpers import refused, unchanged
from tests.refunds.standings import send_back
from tests.rest import shop_caller, staff_caller

pytestmark = pytest.mark.django_db

OTHER = "浓香/罐装"


def offer(refund: Refund, sku: str = OTHER, **more: Any) -> Proposal:
    more = {"actor": factories.staff(), "kind": "correct", "to_kind": "exchange", "offered_sku": sku, **more}
    return services.proposal_make(refund=Refund.objects.get(pk=refund.pk), **more)


def accept(proposal: Proposal) -> Refund:
    return services.proposal_accept(proposal=proposal, actor=factories.buyer(proposal.shop))


def outcomes(refund: Refund) -> list[tuple[str, bool | None]]:
    now = Refund.objects.get(pk=refund.pk)
    rows = list(now.proposals.order_by("-number").values())
    return [(row["outcome"].value, row["saved"]) for row in attempts(now, rows)]


def exchanged(refund: Refund) -> Refund:
    """Go the whole way of an exchange: agreed, sent back, received, sent, arrived."""
    keeper = factories.staff(Role.WAREHOUSE)
    refund = send_back(refund)
    refund = services.exchange_ship(refund=refund, actor=keeper, carrier="yuantong", tracking_no="YT9234567890123")
    return services.exchange_confirm_received(refund=refund, actor=factories.staff())


def sold(shop: Shop, sku: str, *, days_ago: int = 1, **more: Any) -> Order:
    order = factories.make_order(shop, factories.line(sku=sku, **more))
    Order.objects.filter(pk=order.pk).update(created_at=clock.now() - timedelta(days=days_ago))
    return order


# --- What is offered --------------------------------------------------------------------------------------------------


def test_other_goods_of_the_item_that_were_sold_lately_are_suggested() -> None:
    """DEC-5: the shop's own sales, the most frequent first, with the last price."""
    refund = factories.make_return()
    shop = refund.shop
    sold(shop, OTHER, days_ago=5)
    sold(shop, OTHER, unit_price_fen=9900)
    sold(shop, "清香/袋装")
    sold(shop, "陈香/罐装", days_ago=91)
    sold(shop, "红茶", item_id="tea-08")
    sold(shop, "")
    sold(factories.make_shop(), "别家")
    found = [(one["sku"], one["orders"], one["unit_price_fen"]) for one in alternatives(refund)]
    assert found == [(OTHER, 2, 9900), ("清香/袋装", 1, 10800)]


def test_a_shop_says_how_far_back_is_lately() -> None:
    """DEC-5."""
    refund = factories.make_return()
    sold(refund.shop, OTHER, days_ago=40)
    assert len(alternatives(refund)) == 1
    boss = factories.staff(Role.SUPERVISOR)
    policies.set(key="refund.keep_sale_days", value=30, shop=refund.shop, actor=boss)
    policies.forget()
    assert alternatives(refund) == []
    policies.forget()


@pytest.mark.parametrize(
    ("reason", "offered"),
    [("seven_day", 1), ("ordered_by_mistake", 1), ("quality", 0), ("counterfeit", 0), ("not_as_described", 0)],
)
def test_nobody_is_talked_round_where_the_seller_is_at_fault(reason: str, offered: int) -> None:
    """DEC-5, LAW-4."""
    refund = factories.make_return(reason=reason)
    sold(refund.shop, OTHER)
    assert len(alternatives(refund)) == offered


def test_nothing_is_suggested_once_the_return_is_agreed_to() -> None:
    """DEC-5: before agreeing."""
    refund = factories.make_return()
    sold(refund.shop, OTHER)
    assert alternatives(send_back(refund)) == []


@pytest.mark.parametrize("many", [1, 40])
def test_suggestions_cost_one_statement(many: int) -> None:
    refund = factories.make_return()
    for number in range(many):
        sold(refund.shop, f"口味 {number:02}")
    policies.get("refund.keep_sale_days", shop_id=refund.shop_id)
    with CaptureQueriesContext(connection) as seen:
        found = alternatives(refund)
    assert (len(seen), len(found)) == (1, min(many, 6))


# --- The attempt ------------------------------------------------------------------------------------------------------


def test_an_exchange_instead_of_a_return_keeps_the_sale_and_says_what_who_and_when() -> None:
    """DEC-5."""
    refund = factories.make_return()
    agent = factories.staff()
    made = offer(refund, actor=agent)
    row = Proposal.objects.get(pk=made.pk)
    assert (row.keeps_sale, row.offered_sku, row.author_name, row.author_id) == (True, OTHER, agent.name, agent.user_id)
    assert outcomes(refund) == [("waiting", False)]


def test_what_is_accepted_is_asked_for_with_the_goods_that_were_offered() -> None:
    """DEC-5, EXC: nobody types it again."""
    refund = accept(offer(factories.make_return()))
    now = Refund.objects.get(pk=refund.pk)
    line = now.lines.get(quantity__gt=0)
    assert (now.kind, line.exchange_sku, line.quantity) == ("exchange", OTHER, 1)
    assert outcomes(refund) == [("accepted", None)]


def test_the_sale_is_saved_when_the_exchange_has_arrived() -> None:
    """DEC-5: 退变换."""
    refund = exchanged(accept(offer(factories.make_return())))
    assert refund.status == "EXCHANGE_SUCCESS"
    assert outcomes(refund) == [("accepted", True)]


def test_the_sale_is_not_saved_when_the_buyer_goes_back_to_returning() -> None:
    """DEC-5: not known while it runs; at its end it was a return, and that stays."""
    refund = accept(offer(factories.make_return()))
    buyer = factories.buyer(refund.shop)
    refund = services.refund_modify(refund=refund, actor=buyer, changes={"kind": "return_refund"})
    assert outcomes(refund) == [("accepted", None)]
    services.refund_cancel(refund=refund, actor=buyer)
    assert outcomes(refund) == [("accepted", False)]


def test_each_attempt_has_its_own_outcome_and_one_saves_the_sale() -> None:
    """DEC-5: declined, countered, taken back, accepted; what follows the last is what it saved."""
    refund = factories.make_return()
    services.proposal_decline(proposal=offer(refund), actor=factories.buyer(refund.shop))
    offer(refund)
    third = offer(refund, "清香/袋装")
    services.proposal_withdraw(proposal=third, actor=factories.staff())
    exchanged(accept(offer(refund)))
    assert outcomes(refund) == [
        ("accepted", True),
        ("overtaken", False),
        ("overtaken", False),
        ("declined", False),
    ]


def test_an_attempt_that_nobody_answers_says_so() -> None:
    """DEC-5: and nobody is told to refuse the return because of it (DEC-3 is for requests that are wrong)."""
    made = offer(factories.make_return())
    with time_machine.travel(made.due_at + timedelta(seconds=1), tick=False):
        sweeps.sweep()
        while events.deliver():
            continue
    assert outcomes(made.refund) == [("unanswered", False)]
    assert not Refund.objects.get(pk=made.refund_id).tasks.exists()


@pytest.mark.parametrize("reason", ["quality", "not_as_described"])
def test_an_exchange_that_the_buyer_has_a_right_to_is_no_kept_sale(reason: str) -> None:
    """DEC-5, LAW-4: it may be proposed; it is not counted."""
    assert offer(factories.make_return(reason=reason)).keeps_sale is False


def test_a_correction_of_the_reason_is_no_attempt() -> None:
    refund = factories.make_return()
    made = offer(refund, "", to_kind="", to_reason="other")
    assert made.keeps_sale is False
    assert outcomes(refund) == []


def test_goods_are_offered_in_an_exchange_for_the_one_line_and_not_the_same_again() -> None:
    """DEC-5: with the field and why."""
    several = factories.make_order(None, factories.line(), factories.line(line_no="2"), sign=True)
    for refund, more in (
        (factories.make_return(), {"to_kind": "", "to_reason": "other"}),
        (factories.make_return(), {"kind": "amount", "to_kind": "", "amount_fen": 100}),
        (factories.make_return(), {"sku": "清香/罐装"}),
        (factories.make_return(several, lines=(LineAsk("1", 1), LineAsk("2", 1))), {}),
    ):
        with unchanged(), refused(errors.RuleViolation, "DEC-5") as info:
            offer(refund, **more)
        assert [problem.field for problem in info.value.errors] == ["offered_sku"]


@pytest.mark.parametrize(
    "change",
    [
        {"keeps_sale": False, "offered_sku": ""},
        {"offered_sku": "别的"},
        {"author_id": 1},
        {"author_name": "别人"},
        {"created_at": clock.now()},
    ],
)
def test_what_was_offered_is_never_changed_afterwards(change: dict[str, Any]) -> None:
    """DEC-5: the database's own guard."""
    made = offer(factories.make_return())
    with pytest.raises(DatabaseError, match="what was offered stays"), transaction.atomic():
        Proposal.objects.filter(pk=made.pk).update(**change)


# --- Over REST --------------------------------------------------------------------------------------------------------


def test_over_rest_an_agent_offers_and_the_buyer_accepts() -> None:
    """DEC-5: the shop's page shows what is offered, and a yes is the exchange."""
    refund = factories.make_return()
    path = f"/refunds/{refund.refund_no}/proposals"
    body = {"kind": "correct", "to_kind": "exchange", "offered_sku": OTHER, "text": "换浓香可以吗"}
    made = staff_caller().post(path, body).json()["proposals"][-1]
    assert (made["offered_sku"], made["keeps_sale"]) == (OTHER, True)
    done = shop_caller(refund.shop).post(f"{path}/{made['number']}/accept", {}).json()
    assert (done["kind"], done["lines"][0]["exchange_sku"]) == ("exchange", OTHER)
