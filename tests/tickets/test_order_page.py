"""The page of an order and the decisions on it, as a person gets them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.core.models import Deadline, LogEntry, Role
from orders import services as orders
from orders.models import Order, OrderNote
from orders.states import OrderStatus
from refunds import services as refunds
from refunds.models import Payout, Refund
from refunds.services import LineAsk
from refunds.states import RefundStatus
from tests import factories
from tests.pages import press, sign_in, warm, words
from tickets.models import Disclosure
from tickets.selectors import order_page as selectors

pytestmark = pytest.mark.django_db


def page(order: Order, name: str = "order_detail", *args: object) -> str:
    return reverse(f"tickets:{name}", args=[order.order_no, *args]) + f"?shop={order.shop.code}"


@pytest.fixture
def agent(client: Client):
    return sign_in(client, Role.AGENT)


def test_it_shows_goods_money_and_a_masked_receiver(client, agent):
    """LAW-7: nothing of the receiver is readable without a reason."""
    order = factories.make_order(sign=True)
    shown = client.get(page(order)).content.decode()
    for text in (order.order_no, "铁观音 250g", "¥208.00", "¥216.00", "YT1234567890123", "138****1234", "李*"):
        assert text in shown
    for secret in ("李雷", "13800001234", "春熙路"):
        assert secret not in shown


@pytest.mark.parametrize("many", [1, 30])
def test_a_page_costs_the_same_number_of_statements(client, agent, many, django_assert_max_num_queries):
    """At most 21 statements with everything on it: session, user, eighteen for the order, one for a stale policy."""
    lines = [factories.line(line_no=str(number)) for number in range(many)]
    order = factories.make_order(None, *lines, sign=True)
    for number in range(many):
        orders.note_add(order=order, actor=factories.staff(), text=f"note {number}", flag="yellow")
        factories.make_refund(
            order, kind="refund_only", goods_status="received", lines=[LineAsk(str(number), 1)], reason="quality"
        )
    warm(client, page(order))
    with django_assert_max_num_queries(21):
        response = client.get(page(order))
    assert response.content.decode().count(">RF2") == many


def test_the_order_of_a_shop_that_one_does_not_see_is_not_found(client):
    order = factories.make_order()
    sign_in(client, Role.AGENT, factories.make_shop())
    for name in ("order_detail", "order_ship", "order_sign", "order_extend", "order_receipt", "order_note"):
        assert client.get(reverse(f"tickets:{name}", args=[order.order_no])).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.WAREHOUSE, 200), (Role.FINANCE, 200), (Role.GOODS, 403)])
def test_who_may_look(client, role, status):
    order = factories.make_order()
    sign_in(client, role)
    assert client.get(page(order)).status_code == status


def test_a_visitor_is_led_to_the_login(client):
    order = factories.make_order()
    response = client.get(page(order))
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("core:login"))


def test_one_number_in_two_shops_is_asked_for(client, agent):
    first = factories.make_order(order_no="SAME-1")
    second = factories.make_order(order_no="SAME-1")
    shown = client.get(reverse("tickets:order_detail", args=["SAME-1"])).content.decode()
    assert f"?shop={first.shop.code}" in shown
    assert f"?shop={second.shop.code}" in shown


def test_shipping_over_a_request_asks_for_the_buyers_word_and_names_the_consequence(client, agent):
    """RFD-2: without an answer nothing is shipped, and what was typed is still there."""
    refund = factories.make_refund()
    order = refund.order
    dialog = client.get(page(order, "order_ship"), headers={"HX-Request": "true"}).content.decode()
    assert refund.refund_no in dialog
    assert "RFD-2" in dialog
    answer = press(client, page(order, "order_ship"), {"lines": ["1"], "tracking_no": "yt42"})
    assert answer.status_code == 422
    assert 'value="yt42"' in answer.content.decode()
    assert Order.objects.get(pk=order.pk).status == OrderStatus.WAIT_SELLER_SEND_GOODS


def test_a_request_that_came_meanwhile_is_asked_about_all_the_same(client, agent, monkeypatch):
    """RFD-2: the service knows under its lock what the dialog did not."""
    refund = factories.make_refund()
    real = selectors.requests_before_shipment
    monkeypatch.setattr("tickets.selectors.order_page.requests_before_shipment", lambda *given: [])
    answer = press(client, page(refund.order, "order_ship"), {"lines": ["1"]})
    monkeypatch.setattr("tickets.selectors.order_page.requests_before_shipment", real)
    assert (answer.status_code, "RFD-2" in answer.content.decode()) == (409, True)


def test_the_receiver_of_any_order_is_shown_for_a_reason_that_is_kept(client, agent):
    """LAW-7: the look is written down with the order, and stands in its history."""
    order = factories.make_order()
    assert page(order, "order_disclose") in client.get(page(order)).content.decode()
    assert "13800001234" not in client.get(page(order, "order_disclose")).content.decode()
    answer = client.post(page(order, "order_disclose"), {"reason": "parcel"}, HTTP_HX_REQUEST="true")
    assert ("13800001234" in answer.content.decode(), answer["Cache-Control"]) == (True, "no-store")
    row = Disclosure.objects.get()
    assert (row.order_id, row.refund_id, row.reason, row.user_id) == (order.pk, None, "parcel", agent.pk)
    assert "saw the buyer&#x27;s full data" in client.get(page(order), HTTP_ACCEPT_LANGUAGE="en").content.decode()


@pytest.mark.parametrize(
    ("level", "says"),
    [("VIP2", "VIP2, pays 95% of the regular price; special offers as they are"), ("VIP9", "VIP9"), ("", "")],
)
def test_the_member_level_says_what_it_pays(client, agent, level, says):
    """ORD-8: by the policy; a level that it does not know is shown as it came."""
    order = factories.make_order(buyer_level=level)
    shown = client.get(page(order), HTTP_ACCEPT_LANGUAGE="en")
    assert shown.context["member"] == says
    assert says in shown.content.decode()


@pytest.mark.parametrize(
    ("level", "fields", "says"),
    [
        ("VIP2", {}, "member price ¥205.20, paid ¥2.80 more"),
        ("VIP2", {"discount_fen": 1600}, "member price ¥205.20"),
        ("VIP2", {"special_offer": True}, ""),
        ("VIP2", {"gift": True}, ""),
        ("VIP9", {}, ""),
        ("", {}, ""),
    ],
)
def test_a_line_says_its_member_price_unless_it_is_a_special_offer(client, agent, level, fields, says):
    """ORD-8: 95 % of twice ¥108.00 against what was paid of the line."""
    paid = 21600 - fields.get("discount_fen", 800) + 800
    order = factories.make_order(None, factories.line(**fields), buyer_level=level, paid_fen=paid)
    shown = client.get(page(order), HTTP_ACCEPT_LANGUAGE="en")
    [(_line, price)] = shown.context["lines"]
    assert price == says
    body = shown.content.decode()
    assert ("Special offer" in body) is fields.get("special_offer", False)
    assert says in body


def test_without_a_reason_the_receiver_stays_masked(client, agent):
    """LAW-7."""
    order = factories.make_order()
    answer = client.post(page(order, "order_disclose"), {"reason": "other", "note": " "})
    assert (answer.status_code, "13800001234" in answer.content.decode()) == (422, False)
    assert not Disclosure.objects.exists()


def test_shipping_without_consent_closes_the_request_and_is_noted(client, agent):
    """RFD-2."""
    refund = factories.make_refund()
    order = refund.order
    answer = press(
        client,
        page(order, "order_ship"),
        {"lines": ["1"], "carrier": "yuantong", "tracking_no": "YT42", "consent": "no"},
        at="/orders/x/",
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/orders/x/")
    assert "draft:clear" in answer["HX-Trigger"]
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.CLOSED
    assert Order.objects.get(pk=order.pk).status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS
    assert OrderNote.objects.filter(order=order, text__contains="RFD-2").count() == 1


def test_goods_that_are_paid_back_already_are_warned_of(client, agent):
    """VOI-4."""
    refund = factories.make_refund()
    refunds.refund_void(refund=refund, actor=factories.staff(Role.WAREHOUSE))
    refunds.refund_agree(refund=refund, actor=factories.staff())
    assert "VOI-4" in client.get(page(refund.order, "order_ship")).content.decode()


def test_shipping_twice_ships_once(client, agent):
    order = factories.make_order()
    sent = {"lines": ["1"], "carrier": "yuantong", "tracking_no": "YT42"}
    assert [press(client, page(order, "order_ship"), sent).status_code for _ in range(2)] == [204, 422]
    assert order.parcels.count() == 1


def test_receipt_over_a_request_needs_the_buyers_word(client, agent):
    """ORD-7."""
    refund = factories.make_return()
    order = Order.objects.get(pk=refund.order_id)
    refused = press(client, page(order, "order_receipt"), {"version": order.version})
    assert (refused.status_code, "ORD-7" in refused.content.decode()) == (422, True)
    assert Order.objects.get(pk=order.pk).status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS
    taken = press(client, page(order, "order_receipt"), {"version": order.version, "told": "on"})
    assert taken.status_code == 204
    assert Order.objects.get(pk=order.pk).status == OrderStatus.TRADE_FINISHED
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.CLOSED


def test_an_extension_counts_once_however_often_it_is_sent(client, agent):
    """ORD-6: the version of what one looked at makes the second one stale."""
    order = factories.make_order(ship=True)
    before = Deadline.objects.get(subject_type="order", subject_id=order.pk, rule="TMO-10").due_at
    sent = {"version": order.version, "days": 5}
    assert [press(client, page(order, "order_extend"), sent).status_code for _ in range(2)] == [204, 412]
    after = Deadline.objects.get(subject_type="order", subject_id=order.pk, rule="TMO-10").due_at
    assert after - before == timedelta(days=5)
    too_many = press(client, page(order, "order_extend"), {"version": order.version + 1, "days": 99})
    assert (too_many.status_code, "ORD-6" in too_many.content.decode()) == (422, True)


def test_a_stale_dialog_may_be_judged_again(client, agent):
    order = factories.make_order(ship=True)
    answer = press(client, page(order, "order_extend"), {"version": order.version - 1, "days": 5})
    assert answer.status_code == 412
    assert f'name="version" value="{order.version}"' in answer.content.decode()


def test_the_receiving_period_is_shown_as_paused(client, agent):
    """ORD-6, TMO-10."""
    refund = factories.make_return()
    shown = client.get(page(refund.order)).content.decode()
    assert "player-pause" in shown
    assert "TMO-10" in shown


def test_when_the_buyer_signed_is_never_in_the_future(client, agent):
    order = factories.make_order(ship=True)
    tomorrow = timezone.localtime() + timedelta(days=1)
    sent = {"version": order.version, "signed_at": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    assert press(client, page(order, "order_sign"), sent).status_code == 422
    sent["signed_at"] = f"{timezone.localtime() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert press(client, page(order, "order_sign"), sent).status_code == 204
    assert Order.objects.get(pk=order.pk).signed_at is not None


def test_a_note_is_added_once_and_nothing_is_overwritten(client, agent):
    """ORD-5."""
    order = factories.make_order()
    sent = {"text": "补一包茶样", "flag": "yellow", "form_token": "one"}
    assert [press(client, page(order, "order_note"), sent).status_code for _ in range(2)] == [204, 204]
    assert press(client, page(order, "order_note"), sent | {"flag": "", "form_token": "two"}).status_code == 204
    assert list(order.notes.values_list("text", "flag")) == [("补一包茶样", "yellow"), ("补一包茶样", "")]
    assert Order.objects.get(pk=order.pk).seller_flag == "yellow"


def test_an_empty_note_is_refused_at_its_field(client, agent):
    order = factories.make_order()
    answer = press(client, page(order, "order_note"), {"text": "", "form_token": "one"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not order.notes.exists()


def test_what_is_owed_is_shown_on_the_buyers_next_order_until_it_is_made_good(client, agent):
    """ORD-5."""
    first = factories.make_order(buyer_id="b-owed")
    note = orders.note_add(order=first, actor=factories.staff(), text="少发茶样", flag="yellow")
    second = factories.make_order(first.shop, buyer_id="b-owed")
    stranger = factories.make_order(first.shop)
    assert "少发茶样" in client.get(page(second)).content.decode()
    assert "少发茶样" not in client.get(page(stranger)).content.decode()
    assert client.get(page(stranger, "order_note_settle", note.pk)).status_code == 404
    assert [press(client, page(second, "order_note_settle", note.pk)).status_code for _ in range(2)] == [204, 409]
    assert "少发茶样" not in client.get(page(second)).content.decode()


def test_overpaid_postage_is_made_good_in_goods_instead_of_money(client, agent):
    """PAY-10: a yellow note, no payout; it stands on the buyer's next order until the goods went with it."""
    first = factories.make_order(buyer_id="b-overpaid", sign=True)
    sent = {"text": "多付运费 5 元，下单补一包茶样", "flag": "yellow", "form_token": "one"}
    assert press(client, page(first, "order_note"), sent).status_code == 204
    assert not Payout.objects.exists()
    second = factories.make_order(first.shop, buyer_id="b-overpaid")
    assert "多付运费 5 元" in client.get(page(second)).content.decode()
    assert press(client, page(second, "order_note_settle", first.notes.get().pk)).status_code == 204
    assert "多付运费 5 元" not in client.get(page(second)).content.decode()


def test_the_warehouse_adds_notes_but_sets_no_flag(client):
    order = factories.make_order()
    sign_in(client, Role.WAREHOUSE)
    assert 'name="flag"' not in client.get(page(order, "order_note")).content.decode()
    sent = {"text": "箱子破损", "flag": "red", "form_token": "one"}
    assert press(client, page(order, "order_note"), sent).status_code == 204
    assert Order.objects.get(pk=order.pk).seller_flag == "none"
    assert client.get(page(order, "order_receipt")).status_code == 403


def test_a_step_that_is_not_possible_is_shown_with_its_reason(client, agent):
    order = factories.make_order()
    shown = client.get(page(order)).content.decode()
    assert 'aria-disabled="true" data-action="order-confirm_receipt"' in " ".join(shown.split())
    assert "data-tip=" in shown


def test_the_history_says_who_did_what(client, agent):
    with time_machine.travel("2026-11-20 10:00:00+08:00", tick=False):
        order = factories.make_order(ship=True)
    shown = words(client.get(page(order)))
    assert LogEntry.objects.filter(subject_type="order", subject_id=order.pk).count() == 2
    assert "11-20 10:00" in shown
