"""Goods and gifts that a buyer does not find in the parcel: asked, compared, settled (MIS-1 to MIS-3, ORD-5, CLM-3)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aftersales.core import errors
from aftersales.core.models import Role
from logistics import services as logistics
from logistics.models import Claim, MissingLine, MissingReport, Parcel
from logistics.services import Found
from logistics.services.claims import LineClaim
from orders.models import Order, OrderNote
from refunds.models import Refund
from tests import factories
from tests.helpers import refused, unchanged
from tests.pages import press, sign_in, words
from tickets import services
from tickets.models import Task

pytestmark = pytest.mark.django_db
TWO_TINS = 640


@pytest.fixture
def agent(client: Client):
    return sign_in(client, Role.AGENT)


def sent(packed_g: int = 660, *lines: Any) -> Parcel:
    """A parcel of two tins of 320 g that was weighed when it was packed."""
    order = factories.make_order(None, *lines)
    packer = factories.staff(Role.WAREHOUSE)
    packed = logistics.parcel_pack(order=order, actor=packer, tracking_no="YT1234567890123", packed_weight_g=packed_g)
    return packed.parcel


def address(parcel: Parcel) -> str:
    order = parcel.order
    return reverse("tickets:parcel_missing", args=[order.order_no, parcel.pk]) + f"?shop={order.shop.code}"


def answers(parcel: Parcel, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """What is typed in the first step."""
    line = parcel.order.lines.first()
    return {f"quantity_{line.pk}": quantity, "intact": "yes", "form_token": "t1"} | more


def compared(client: Client, parcel: Parcel, **more: Any) -> dict[str, Any]:
    """Take the first step, and give what the second one sends."""
    typed = answers(parcel, **more)
    shown = press(client, address(parcel), typed)
    assert shown.status_code == 200
    form = shown.context["form"]
    second = {name: form[name].value() or "" for name in ("seen", "settlement", "answer")}
    return typed | second | ({"claim": "on"} if form["claim"].value() else {})


def settle(parcel: Parcel, quantity: int = 1, **more: Any) -> MissingReport:
    """Settle without the page; sent again unless said otherwise."""
    found = {"lines": [LineClaim("1", quantity)], "intact": "yes"} | {
        name: more.pop(name) for name in ("intact", "carrier_weight_g", "evidence_ids") if name in more
    }
    given = {"settlement": "reship", "answer": "马上补发", "actor": factories.staff()} | more
    return services.goods_missing(order=parcel.order, parcel=parcel, found=Found(**found), **given)


def tasks(order: Order) -> set[tuple[str, str]]:
    return set(Task.objects.filter(order=order, refund=None, done_at=None).values_list("kind", "role"))


def test_the_questions_alone_write_nothing_and_show_the_comparison(client, agent):
    """MIS-1, MIS-2: weights, likely cause with its reason and rule, the settlement and the words for the buyer."""
    parcel = sent(340)
    with unchanged():
        shown = press(client, address(parcel), answers(parcel, carrier_weight_g=345))
    said = words(shown)
    for text in ("640", "340", "345", "-300", "-295", "仓库漏发", "MIS-2"):
        assert text in said
    form = shown.context["form"]
    assert form["settlement"].value() == "reship"
    assert "铁观音 250g" in form["answer"].value()
    assert "补寄" in form["answer"].value()


def test_one_button_sends_it_again_notes_it_and_asks_the_warehouse(client, agent):
    """MIS-2, TKT-4: worth more than 50 yuan, left out by the warehouse."""
    parcel = sent(340)
    assert press(client, address(parcel), compared(client, parcel)).status_code == 204
    report = MissingReport.objects.get()
    assert (report.cause, report.settlement) == ("warehouse_missed", "reship")
    assert (report.expected_weight_g, report.packed_weight_g, report.carrier_weight_g) == (TWO_TINS, 340, None)
    assert (report.refund.kind, report.refund.reason, report.refund.status) == (
        "reship",
        "wrong_or_missing",
        "EXCHANGE_WAIT_SELLER_AGREE",
    )
    assert [(line.order_line.line_no, line.quantity) for line in report.lines.all()] == [("1", 1)]
    assert "铁观音 250g" in report.note.text
    assert report.note.flag == ""
    assert tasks(parcel.order) == {("missing_count", "warehouse")}


def test_a_small_thing_is_refunded_in_agreement(client, agent):
    """MIS-2: below 50 yuan."""
    parcel = sent(340, factories.line(unit_price_fen=2000, discount_fen=0))
    second = compared(client, parcel)
    assert second["settlement"] == "refund"
    assert "¥20.00" in second["answer"]
    assert press(client, address(parcel), second).status_code == 204
    refund = Refund.objects.get()
    assert (refund.kind, refund.goods_status, refund.amount_fen) == ("refund_only", "received", 2000)


def test_theft_serves_the_buyer_first_and_claims_from_the_carrier(client, agent):
    """MIS-2, CLM-3: right when packed, lighter with the carrier; the buyer is told to look before signing."""
    parcel = sent(700)
    photo = factories.make_evidence(parcel.shop, actor=factories.staff(), purpose="claim")
    second = compared(client, parcel, carrier_weight_g=380, evidence=photo)
    assert second["claim"] == "on"
    assert "先验货再签收" in second["answer"]
    assert press(client, address(parcel), second).status_code == 204
    report = MissingReport.objects.get()
    assert (report.cause, report.claim.cause, report.claim.status) == ("theft", "stolen_from", "drafted")
    assert report.claim.value_fen >= report.claim.amount_fen == 10400
    assert report.photos.count() == report.claim.photos.count() == 1
    assert Refund.objects.get().pk == report.refund_id
    assert tasks(parcel.order) == {("missing_carrier", "agent")}


def test_theft_without_photos_asks_for_them_before_the_claim(client, agent):
    """CLM-1, MIS-2: a carrier never accepts theft without photos."""
    parcel = sent(700)
    second = compared(client, parcel, intact="no")
    assert "claim" not in second
    refused_now = press(client, address(parcel), second | {"claim": "on"})
    assert refused_now.status_code == 422
    assert "照片" in refused_now.context["form"].errors["evidence"].as_text()
    assert not MissingReport.objects.exists()
    assert not Refund.objects.exists()
    assert press(client, address(parcel), second).status_code == 204
    assert not Claim.objects.exists()
    assert tasks(parcel.order) == {("missing_photos", "agent")}


def test_what_goes_with_the_next_order_is_a_yellow_note(client, agent):
    """ORD-5."""
    parcel = sent(340)
    second = compared(client, parcel) | {"settlement": "next_time", "answer": "下次一起补给您"}
    assert press(client, address(parcel), second).status_code == 204
    assert OrderNote.objects.get(order=parcel.order).flag == "yellow"
    assert not Refund.objects.exists()


def test_sent_twice_it_counts_once(client, agent):
    """MIS-2: a double click, and the form sent again from the next tab."""
    parcel = sent(340)
    second = compared(client, parcel)
    assert [press(client, address(parcel), second).status_code for _time in range(2)] == [204, 204]
    assert press(client, address(parcel), second | {"form_token": "t2"}).status_code == 409
    assert (MissingReport.objects.count(), Refund.objects.count(), OrderNote.objects.count()) == (1, 1, 1)


def test_other_answers_are_compared_anew_before_anything_is_settled(client, agent):
    """MIS-1: the settlement belongs to the answers that were seen."""
    parcel = sent(700)
    second = compared(client, parcel)
    with unchanged():
        shown = press(client, address(parcel), second | {"intact": "no"})
    assert shown.status_code == 200
    assert "途中被盗" in words(shown)


@pytest.mark.parametrize(
    "typed",
    [
        {"quantity": 0},
        {"quantity": 3},
        {"quantity": "x"},
        {"carrier_weight_g": "-1"},
        {"carrier_weight_g": "abc"},
        {"intact": "perhaps"},
        {"evidence": "ev_unknown", "intact": "no"},
    ],
)
def test_wrong_answers_are_said_at_their_field_and_nothing_typed_is_lost(client, agent, typed):
    parcel = sent(700)
    data = answers(parcel, **{"carrier_weight_g": "", **typed})
    with unchanged():
        shown = press(client, address(parcel), data)
        if shown.status_code == 200:  # photos are looked at when they are attached
            second = {name: shown.context["form"][name].value() for name in ("seen", "settlement", "answer")}
            shown = press(client, address(parcel), data | second)
    assert shown.status_code == 422
    assert "field-error" in shown.content.decode()
    assert str(typed.get("carrier_weight_g", "")) in shown.content.decode()


def test_what_is_only_looked_into_may_be_settled_later_and_its_task_ends():
    """MIS-2, TKT-4: within a day the buyer hears of it; then it is settled, once."""
    parcel = sent(700)
    first = settle(parcel, intact="unknown", settlement="look_into")
    assert (first.cause, first.refund) == ("unclear", None)
    assert tasks(parcel.order) == {("missing_count", "warehouse"), ("missing_answer", "agent")}
    settle(parcel, quantity=2)
    assert ("missing_answer", "agent") not in tasks(parcel.order)
    assert [line.quantity for line in MissingLine.objects.filter(superseded_at=None)] == [2]
    with unchanged(), refused(errors.Conflict, "MIS-1"):
        settle(parcel)


def test_nothing_is_kept_where_the_request_is_not_possible():
    """MIS-2: one transaction. The line has an open request already (APP-7)."""
    parcel = sent(340)
    factories.make_refund(parcel.order, kind="refund_only", goods_status="received", reason="quality")
    with unchanged(), refused(errors.Conflict, "APP-7"), transaction.atomic():
        settle(parcel)


def test_tasks_of_two_parcels_are_both_said():
    """TKT-4: one open task of a kind, with everything that it is about."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2", title="龙井 100g"))
    packer = factories.staff(Role.WAREHOUSE)
    logistics.order_ship(order=order, actor=packer, carrier="yuantong", tracking_no="YT1234567890123", line_nos=["1"])
    logistics.order_ship(order=order, actor=packer, carrier="yuantong", tracking_no="YT1234567890124", line_nos=["2"])
    for parcel, line_no in zip(Parcel.objects.filter(order=order).order_by("id"), "12", strict=True):
        found = Found(lines=[LineClaim(line_no, 1)], intact="unknown")
        services.goods_missing(
            order=order, parcel=parcel, actor=factories.staff(), found=found, settlement="look_into", answer="查一下"
        )
    detail = Task.objects.get(order=order, kind="missing_count").detail
    assert "铁观音" in detail
    assert "龙井" in detail


def test_who_may_settle_and_of_which_parcel(client):
    """Everyone at the desk, of shops that he sees, of a parcel that went to the buyer."""
    parcel = sent(340)
    with unchanged(), refused(errors.Forbidden):
        settle(parcel, actor=factories.staff(Role.WAREHOUSE))
    with unchanged(), refused(errors.NotFound):
        settle(parcel, actor=factories.staff(Role.AGENT, factories.make_shop()))
    with unchanged(), refused(errors.Invalid):
        services.goods_missing(
            order=parcel.order,
            parcel=parcel,
            actor=factories.staff(),
            found=Found(lines=[LineClaim("9", 1)], intact="yes"),
            settlement="reship",
            answer="x",
        )
    sign_in(client, Role.AGENT)
    assert address(parcel) in client.get(f"/orders/{parcel.order.order_no}/").content.decode()
    logistics.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert client.get(address(parcel)).status_code == 404
    assert address(parcel) not in client.get(f"/orders/{parcel.order.order_no}/").content.decode()


def test_the_database_keeps_a_line_once_and_a_settlement_with_its_request():
    """MIS-2: whoever writes."""
    report = settle(sent(340))
    line = report.lines.get()
    for change in ({}, {"quantity": 3}, {"quantity": 0, "superseded_at": report.created_at}):
        wrong = MissingLine(report=report, parcel_id=line.parcel_id, order_line_id=line.order_line_id, quantity=1)
        for name, value in change.items():
            setattr(wrong, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()
    for change in ({"refund": None}, {"settlement": "next_time"}, {"gift": "小样"}, {"packed_weight_g": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MissingReport.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        MissingReport.objects.filter(pk=report.pk).update(cause="never_noted")
