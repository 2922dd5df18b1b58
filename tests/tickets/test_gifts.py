"""Gifts that are promised to a buyer: noted, packed, owed, and those that were not in the parcel (MIS-3, ORD-5)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aftersales.core import clock, errors, events
from aftersales.core.models import OutboxEvent, Role
from logistics import services as logistics
from logistics.models import MissingReport, PromisedGift
from logistics.selectors.gifts import gifts_to_pack
from orders import services as orders
from orders.models import Order, OrderNote
from tests import factories
from tests.helpers import refused, unchanged
from tests.pages import press, sign_in, words
from tickets import handlers, services
from tickets.models import Task

pytestmark = pytest.mark.django_db
GIFT = "乌龙茶小样 ×2"
NUMBER = "YT1234567890777"


@pytest.fixture
def agent(client: Client):
    return sign_in(client, Role.AGENT)


def page(order: Order, name: str) -> str:
    return reverse(f"tickets:{name}", args=[order.order_no]) + f"?shop={order.shop.code}"


def decide(client: Client, address: str, **typed: Any) -> Any:
    """Fill the dialog in as it is proposed, with what is typed over it, and send it."""
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return press(client, address, data | typed)


def promise(order: Order, gift: str = GIFT) -> PromisedGift:
    return services.gift_promise(order=order, actor=factories.staff(), gift=gift)


def pack(order: Order, **more: Any) -> None:
    packer = factories.staff(Role.WAREHOUSE)
    logistics.parcel_pack(order=order, actor=packer, tracking_no=NUMBER, packed_weight_g=700, **more)


def left(order: Order) -> None:
    """Hear that the order left, twice as after a crash."""
    news = OutboxEvent.objects.filter(topic="order.shipped", subject_id=order.pk).latest("id")
    for _time in range(2):
        handlers.order_left(news)


def flags(order: Order) -> list[str]:
    return list(OrderNote.objects.filter(order=order).order_by("id").values_list("flag", flat=True))


def test_a_promise_makes_the_note_and_the_warehouse_s_task_in_one_go(client, agent):
    """MIS-3: and the gift stands where parcels are packed."""
    order = factories.make_order()
    assert decide(client, page(order, "order_gift"), gift=f"  {GIFT} ").status_code == 204
    gift = PromisedGift.objects.get()
    assert (gift.text, gift.owed_at, gift.promised_by) == (GIFT, None, agent.get_username())
    assert GIFT in gift.note.text
    assert flags(order) == [""]
    task = Task.objects.get(order=order)
    assert (task.kind, task.role, task.detail) == ("pack_gift", "warehouse", GIFT)
    sign_in(client, Role.WAREHOUSE)
    shown = words(client.get("/warehouse/?tab=send"))
    assert GIFT in shown
    assert order.order_no in shown
    assert GIFT not in words(client.get("/warehouse/?tab=void"))


def test_gifts_of_other_shops_and_of_orders_that_left_are_not_on_the_list(client):
    """MIS-3."""
    here, there = factories.make_order(), factories.make_order()
    promise(here)
    promise(there, "别家的小样")
    promise(factories.make_order(here.shop, ship=True), "迟到的小样")
    sign_in(client, Role.WAREHOUSE, here.shop)
    assert [gift.text for gift in client.get("/warehouse/?tab=send").context["gifts"]] == [GIFT]


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_of_gifts_costs_one_statement(client, many, django_assert_max_num_queries):
    shop = factories.make_shop()
    for number in range(many):
        promise(factories.make_order(shop), f"小样 {number}")
    actor = factories.staff(Role.WAREHOUSE, shop)
    with django_assert_max_num_queries(1):
        assert len([(gift.text, gift.order.order_no, gift.shop.code) for gift in gifts_to_pack(actor)]) == many


def test_two_promises_are_one_task_that_says_both_and_the_same_one_is_refused():
    """MIS-3."""
    order = factories.make_order()
    promise(order)
    promise(order, "茶匙")
    assert Task.objects.get(order=order).detail == f"{GIFT}; 茶匙"
    with unchanged(), refused(errors.Conflict, "MIS-3"):
        promise(order, f" {GIFT}")


def test_a_promise_sent_twice_counts_once(client, agent):
    order = factories.make_order()
    data = {"gift": GIFT, "answer": "好的", "form_token": "t1"}
    assert [press(client, page(order, "order_gift"), data).status_code for _time in range(2)] == [204, 204]
    assert PromisedGift.objects.count() == OrderNote.objects.count() == 1


def test_what_is_promised_after_the_parcel_left_is_owed_by_a_yellow_note(client, agent):
    """MIS-3, ORD-5: the buyer's next order shows it."""
    order = factories.make_order(ship=True)
    assert decide(client, page(order, "order_gift"), gift=GIFT).status_code == 204
    assert flags(order) == ["yellow"]
    assert not Task.objects.filter(order=order).exists()
    again = factories.make_order(order.shop, buyer_id=order.buyer.buyer_id, order_no="NEXT-1")
    assert GIFT in words(client.get(page(again, "order_detail")))


def test_packing_asks_whether_the_gift_is_in_the_parcel(client):
    """MIS-3: nothing leaves before the packer has said it."""
    order = factories.make_order()
    promise(order)
    sign_in(client, Role.WAREHOUSE)
    sent = {"order_no": order.order_no, "packed_weight_g": "700", "tracking_no": NUMBER, "form_token": "t1"}
    with unchanged():
        asked = press(client, "/warehouse/pack/", sent)
    assert asked.status_code == 409
    assert GIFT in words(asked)
    assert 'name="gifts"' in asked.content.decode()
    assert press(client, "/warehouse/pack/", sent | {"gifts": "in"}).status_code == 204
    gift = PromisedGift.objects.get()
    assert gift.packed_at is not None
    assert gift.packed_by
    left(order)
    assert not Task.objects.filter(order=order, done_at=None).exists()
    assert flags(order) == [""]


def test_what_leaves_without_its_gift_is_owed_once():
    """MIS-3, ORD-5: said by the packer, or shipped by a system that knows nothing of gifts."""
    said, unsaid = factories.make_order(), factories.make_order()
    for order in (said, unsaid):
        promise(order)
    pack(said, gifts_in=False)
    logistics.order_ship(order=unsaid, actor=factories.buyer(unsaid.shop), carrier="yuantong", tracking_no=NUMBER)
    for order in (said, unsaid):
        left(order)
        assert flags(order) == ["", "yellow"]
        assert PromisedGift.objects.get(order=order).owed_at is not None
        assert not Task.objects.filter(order=order, done_at=None).exists()


def test_a_gift_waits_for_the_last_parcel():
    """MIS-3: the first one left without it."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"))
    promise(order)
    packer = factories.staff(Role.WAREHOUSE)
    logistics.order_ship(order=order, actor=packer, carrier="yuantong", tracking_no="YT1", line_nos=["1"])
    left(order)
    assert PromisedGift.objects.get().owed_at is None
    assert Task.objects.filter(order=order, done_at=None).exists()
    pack(order, gifts_in=True)
    assert PromisedGift.objects.get().packed_at is not None


def test_shipping_from_the_order_s_page_asks_as_well(client, agent):
    """MIS-3."""
    order = factories.make_order()
    promise(order)
    sent = {"carrier": "yuantong", "tracking_no": NUMBER, "lines": ["1"]}
    assert GIFT in words(client.get(page(order, "order_ship")))
    assert press(client, page(order, "order_ship"), sent).status_code == 422
    assert press(client, page(order, "order_ship"), sent | {"gifts": "in"}).status_code == 204
    assert PromisedGift.objects.get().packed_at is not None


def test_an_order_that_is_closed_needs_no_gift():
    """MIS-3: the task ends, nothing is owed, and nothing more is promised."""
    order = factories.make_order()
    promise(order)
    closed = orders.order_close(order=order, actor=factories.buyer(order.shop))
    handlers.order_left(OutboxEvent.objects.filter(topic="order.closed").latest("id"))
    assert not Task.objects.filter(order=order, done_at=None).exists()
    assert flags(order) == [""]
    with unchanged(), refused(errors.Conflict, "MIS-3"):
        promise(closed, "茶匙")


def test_the_news_is_heard():
    """The wiring: what left ends the task by itself."""
    order = factories.make_order()
    promise(order)
    pack(order, gifts_in=True)
    while events.deliver():
        continue
    assert not Task.objects.filter(order=order, kind="pack_gift", done_at=None).exists()


@pytest.mark.parametrize(
    ("promised", "noted", "cause"), [(True, "note", "warehouse_missed"), (False, "chat", "never_noted")]
)
def test_a_missing_gift_is_owed_and_its_cause_kept(client, agent, promised, noted, cause):
    """MIS-3: where it was promised is proposed from what is known; either way the buyer gets an apology."""
    order = factories.make_order()
    if promised:
        promise(order)
    pack(order, gifts_in=True)
    form = client.get(page(order, "order_gift_missing")).context["form"]
    assert (form["noted"].value(), form["gift"].value() or "") == (noted, GIFT if promised else "")
    assert "抱歉" in form["answer"].value()
    assert decide(client, page(order, "order_gift_missing"), gift=GIFT).status_code == 204
    report = MissingReport.objects.get()
    assert (report.gift, report.cause, report.settlement, report.parcel) == (GIFT, cause, "next_time", None)
    assert report.note.flag == "yellow"
    assert "抱歉" in report.note.text
    assert (
        press(
            client,
            page(order, "order_gift_missing"),
            {"gift": GIFT, "noted": noted, "answer": "抱歉", "form_token": "t"},
        ).status_code
        == 409
    )
    assert MissingReport.objects.count() == 1


def test_a_gift_that_is_owed_already_or_has_not_left_is_not_owed_again():
    """MIS-3, ORD-5: nothing is owed twice."""
    give = {"actor": factories.staff(), "gift": GIFT, "noted": True, "answer": ""}
    order = factories.make_order()
    promise(order)
    with unchanged(), refused(errors.Conflict, "MIS-3"):
        logistics.gift_missing(order=order, **give)
    pack(order, gifts_in=False)
    with unchanged(), refused(errors.Conflict, "MIS-3"):
        logistics.gift_missing(order=order, **give)


@pytest.mark.parametrize("name", ["order_gift", "order_gift_missing"])
@pytest.mark.parametrize("typed", [{"gift": " "}, {"gift": "x" * 121}, {"answer": ""}])
def test_wrong_input_is_said_and_nothing_typed_is_lost(client, agent, name, typed):
    order = factories.make_order(ship=True)
    with unchanged():
        shown = decide(client, page(order, name), **({"gift": GIFT, "answer": "好的亲"} | typed))
    assert shown.status_code == 422
    assert "field-error" in shown.content.decode()
    assert all(value.strip() in shown.content.decode() for value in typed.values())


def test_who_may_promise():
    order = factories.make_order()
    for actor, problem in (
        (factories.staff(Role.WAREHOUSE), errors.Forbidden),
        (factories.staff(Role.AGENT, factories.make_shop()), errors.NotFound),
    ):
        with unchanged(), refused(problem):
            services.gift_promise(order=order, actor=actor, gift=GIFT)
        with unchanged(), refused(problem):
            logistics.gift_missing(order=order, actor=actor, gift=GIFT, noted=True, answer="")


def test_the_database_keeps_a_gift_packed_or_owed_and_promised_once():
    """MIS-3: whoever writes."""
    gift = promise(factories.make_order())
    at = clock.now()
    for change in ({"packed_at": at}, {"packed_at": at, "packed_by": "x", "owed_at": at}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PromisedGift.objects.filter(pk=gift.pk).update(**change)
    gift.pk, gift.note_id = (
        None,
        OrderNote.objects.create(order=gift.order, text="x", author_kind="staff", author_name="x", created_at=at).pk,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        gift.save(force_insert=True)
