"""Where is my money: what a buyer who asks is told, the paper that he gets, and who follows it up (ARR)."""

import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from aftersales.core import clock, errors, events
from aftersales.core.models import Role
from refunds import services
from refunds.models import Refund
from refunds.selectors.arrival import arrival_of
from tests import factories
from tests.pages import press, sign_in, words
from tests.rest import problem, shop_caller, staff_caller
from tickets.models import Task

pytestmark = pytest.mark.django_db
# A Thursday afternoon in Shanghai, two weeks before a holiday-free stretch.
PAID_AT = datetime(2026, 11, 5, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def paid(channel: str = "quickpay_debit", shop=None) -> Refund:
    """A request whose money left on that Thursday."""
    with time_machine.travel(PAID_AT, tick=False):
        order = factories.make_order(shop, sign=True, payment_channel=channel)
        refund = factories.make_refund(order, kind="refund_only", goods_status="received")
        services.refund_agree(refund=refund, actor=factories.staff())
        factories.pay(refund)
    return Refund.objects.select_related("order__buyer", "shop").get(pk=refund.pk)


def days(moment) -> int:
    return round((moment - PAID_AT) / timedelta(days=1))


@pytest.mark.parametrize(
    ("channel", "first", "last", "at_once", "frozen"),
    [
        ("balance", 0, 0, True, False),
        ("online_bank", 0, 0, True, False),
        ("quickpay_debit", 0, 3, False, False),
        # ten working days from a Thursday end with the Thursday two weeks later
        ("credit_card", 5, 14, False, True),
    ],
)
def test_when_it_is_there_follows_from_the_channel(channel, first, last, at_once, frozen):
    """ARR-1."""
    arrival = arrival_of(paid(channel))
    assert (arrival.at_once, arrival.frozen_meanwhile) == (at_once, frozen)
    assert days(arrival.expected_from) in (first, first - 1)
    assert days(arrival.expected_until) in (last, last + 1)


def test_before_the_money_has_left_nothing_is_dated():
    arrival = arrival_of(factories.make_return(factories.make_order(sign=True)))
    assert (arrival.succeeded_at, arrival.expected_until, arrival.is_overdue) == (None, None, False)


def test_over_rest_the_front_end_gets_what_the_buyer_is_told():
    """ARR-1; the address of the contract."""
    refund = paid()
    body = shop_caller(refund.shop).get(f"/refunds/{refund.refund_no}/arrival").json()
    assert body["amount_fen"] == refund.refunded_fen
    assert body["reference"].startswith("REF-")
    assert (body["to"], body["is_overdue"], body["hotline"]) == ("back to the card", True, "95188")
    problem(shop_caller(factories.make_shop()).get(f"/refunds/{refund.refund_no}/arrival"), 404, "not_found")


def test_the_proof_says_amount_time_destination_and_reference(client):
    """ARR-2: a page to be sent on, so the buyer is masked."""
    refund = paid()
    answer = staff_caller(Role.AGENT).get(f"/refunds/{refund.refund_no}/arrival/proof.pdf")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    sign_in(client, Role.AGENT)
    with translation.override("zh-hans"):
        file = client.get(f"/requests/{refund.refund_no}/arrival/proof/")
    [page] = PdfReader(io.BytesIO(b"".join(file.streaming_content))).pages
    said = page.extract_text()
    for text in (f"¥{refund.refunded_fen / 100:.2f}", refund.order.order_no, "2026-11-05 14:00:00", "REF-", "茶***"):
        assert text in said
    assert refund.order.buyer.nick not in said


def test_what_is_not_there_in_time_is_followed_up_by_finance():
    """ARR-3: a task, with the hotline; once, however often the buyer asks."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    refund = paid()
    sign_in(client, Role.AGENT)
    page = words(client.get(f"/requests/{refund.refund_no}/"))
    assert "should have been there by" in page
    assert "95188" in page
    url = f"/requests/{refund.refund_no}/arrival/follow/"
    assert "back to the card" in words(client.get(url))
    for token in ("one", "two"):
        assert press(client, url, {"note": "尾号 8812", "form_token": token}).status_code == 204
    while events.deliver():
        continue
    task = Task.objects.get(kind="not_arrived")
    assert (task.role, task.refund) == ("finance", refund)
    assert task.detail.startswith("95188 · 尾号 8812 · ")


def test_while_it_may_be_under_way_nobody_is_chased():
    refund = paid("credit_card")
    with time_machine.travel(PAID_AT + timedelta(days=5)), pytest.raises(errors.Conflict) as early:
        services.arrival_follow_up(refund=refund, actor=factories.staff())
    assert early.value.code == "not_overdue"
    with pytest.raises(errors.Conflict):
        services.arrival_follow_up(
            refund=factories.make_return(factories.make_order(sign=True)), actor=factories.staff()
        )
    with pytest.raises(errors.Forbidden):
        services.arrival_follow_up(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    assert clock.now() > PAID_AT
