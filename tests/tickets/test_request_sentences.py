"""What the request page says in words: how the sum came about, where it goes, and every step of the log."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from aftersales.core import sweeps
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from refunds import services as refunds
from refunds.models import Refund
from refunds.selectors.arrival import arrival_of
from refunds.services import LineAsk
from refunds.states import PAYMENT, REFUND
from tests import factories
from tickets.selectors import request_money, request_page, sentences
from tickets.selectors.request_rows import request_rows

pytestmark = pytest.mark.django_db


# --- The sum ----------------------------------------------------------------------------------------------------------


def test_the_sum_is_explained_to_the_fen():
    """AMT-1, AMT-4: an uneven share; the second unit after the first was given back."""
    order = factories.make_order(None, factories.line(discount_fen=799), sign=True)
    first = factories.make_return(order)
    page = request_page.request_page(factories.staff(), first.refund_no)
    shares = [row["fen"] for row in page["money"]["rows"]]
    assert (shares, page["money"]["total_fen"]) == ([10401, 0], 10401)
    assert page["money"]["order"] == {"paid_fen": 21601, "given_fen": 0, "this_fen": 10401, "left_fen": 11200}
    refunds.refund_agree(refund=first, actor=factories.staff())
    refunds.refund_return_shipment(refund=first, actor=factories.buyer(order.shop), carrier="x", tracking_no="1")
    refunds.refund_receive(refund=first, actor=factories.staff(), passed=True)
    factories.pay(first)
    after = request_page.request_page(factories.staff(), first.refund_no)["money"]
    assert [row["fen"] for row in after["rows"]] == [10401, 0], "a paid request is explained as before"
    assert after["order"] == {"paid_fen": 21601, "given_fen": 0, "this_fen": 10401, "left_fen": 11200}
    second = factories.make_return(order)
    money = request_page.request_page(factories.staff(), second.refund_no)["money"]
    assert [row["fen"] for row in money["rows"]] == [10400, 0]
    assert money["order"] == {"paid_fen": 21601, "given_fen": 10401, "this_fen": 10400, "left_fen": 800}


def test_the_rows_of_the_sum_always_add_up():
    """AMT-1: also for a sum that was agreed lower, and with postage (AMT-4)."""
    whole = factories.make_refund(lines=[LineAsk("1", 2)])
    less = factories.make_return()
    refunds.refund_agree(refund=less, actor=factories.staff(), amount_fen=9999)
    for refund_no, total in ((whole.refund_no, 21600), (less.refund_no, 9999)):
        refund = request_page.request_get_for(factories.staff(), refund_no)
        shown = request_money.breakdown(refund, request_rows(refund)["lines"])
        assert sum(row["fen"] for row in shown["rows"]) == shown["total_fen"] == total


@pytest.mark.parametrize(
    ("channel", "to", "when", "frozen"),
    [
        ("balance", "Alipay balance", "at once", False),
        ("online_bank", "Alipay balance", "at once", False),
        ("quickpay_debit", "back to the card", "within 3 days", False),
        ("credit_card", "back to the card", "within 2–10 working days", True),
    ],
)
def test_it_says_where_the_money_lands_and_when(channel: str, to: str, when: str, frozen: bool):
    """ARR-1."""
    refund = factories.make_return(factories.make_order(sign=True, payment_channel=channel))
    with translation.override("en"):
        way = arrival_of(refund)
        assert (way.to, way.when, way.frozen_meanwhile) == (to, when, frozen)


# --- Sentences --------------------------------------------------------------------------------------------------------


def words(refund: Refund) -> list[str]:
    with translation.override("en"):
        page = request_page.request_page(factories.staff(), refund.refund_no)
    return [f"{entry['who']} {entry['text']}" for entry in page["timeline"]]


def test_every_step_is_a_sentence():
    """RFD-8: newest first, with roles and masked buyers."""
    refund = factories.make_return()
    agent = Actor.for_user(factories.make_user(Role.AGENT, display_name="王芳"))
    buyer = factories.buyer(refund.shop)
    refunds.refund_agree(refund=refund, actor=agent)
    refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no="YT1")
    refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no="YT2")
    said = words(refund)
    assert said[0].startswith("Buyer 茶*")
    assert said[0].endswith("YT2")
    assert "corrected the return parcel" in said[0]
    assert said[2] == "Agent 王芳 agreed to the return; the buyer was told the address"
    assert said[3].endswith("applied: Return and refund, Seven-day return without reason, ¥104.00")


def test_what_the_clock_did_says_how_long_it_waited():
    """TMO-3, TMO-5."""
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        refund = factories.make_return()
        travel.shift(timedelta(days=3, minutes=1))
        sweeps.sweep()
        assert words(refund)[0] == "System timeout the seller did nothing for 3 d: agreed to the return by itself"
        travel.shift(timedelta(days=7, minutes=1))
        sweeps.sweep()
        assert words(refund)[0] == "System timeout the buyer did nothing for 7 d: closed by itself"


def test_every_step_of_the_edge_tables_has_its_words():
    """RFD-8: a new edge without a sentence is found here."""
    known = {*sentences.SIMPLE, *sentences._MAKERS}
    alone = {("refund", "expire"), ("refund", "mark_overdue")}  # the clock's, said by `_by_itself`
    steps = {("refund", edge.name) for edge in REFUND.edges} | {("payment", edge.name) for edge in PAYMENT.edges}
    assert steps - known - alone == set()
