"""What is done about a parcel that a buyer asks for: LOG-2, LOG-3, LOG-4, LOG-5."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from aftersales.core import clock, errors
from aftersales.core.models import Deadline, OutboxEvent, Role
from logistics import selectors as logistics
from logistics import services as shipping
from logistics.models import Parcel
from logistics.selectors import enquiries
from logistics.selectors.enquiries import Cause, WayOut
from logistics.selectors.regions import reach
from orders.models import Order, OrderNote
from tests import factories
from tests.pages import press, sign_in, words
from tickets import handlers, services
from tickets.models import Task

pytestmark = pytest.mark.django_db
PATIENCE = timedelta(hours=48)


@pytest.fixture
def agent(client):
    return sign_in(client, Role.AGENT)


def sent(carrier: str = "yuantong", number: str = "YT1234567890123") -> Parcel:
    order = factories.make_order()
    shipping.order_ship(order=order, actor=factories.staff(), carrier=carrier, tracking_no=number)
    return Parcel.objects.get(order=order)


def causes(parcel: Parcel, *texts: str, later: timedelta = timedelta(0)) -> list[enquiries.Finding]:
    carriers = list(logistics.carriers_active())
    others = enquiries.candidates(parcel, carriers, texts)
    return enquiries.untracked(parcel, carriers, others, at=clock.now() + later, patience=PATIENCE)


def page(parcel: Parcel, name: str) -> str:
    order = parcel.order
    return reverse(f"tickets:parcel_{name}", args=[order.order_no, parcel.pk]) + f"?shop={order.shop.code}"


def decide(client, address: str, data: dict[str, str]):
    """Fill the dialog in and send it, with the token that it carries."""
    token = client.get(address).context["form"]["form_token"].value()
    return press(client, address, data | {"form_token": token})


@pytest.mark.parametrize(
    ("carrier", "number", "note", "later", "likely"),
    [
        ("ems", "9123456789012", "", timedelta(0), Cause.OWN_SITE),
        ("ems", "9123456789012", "", timedelta(days=5), Cause.OWN_SITE),
        ("yuantong", "JT1234567890123", "", timedelta(0), Cause.WRONG_NUMBER),
        ("nobody", "YT1234567890123", "", timedelta(0), Cause.WRONG_NUMBER),
        ("yuantong", "YT1234567890123", "改发中通 73123456789012", timedelta(0), Cause.WRONG_NUMBER),
        ("yuantong", "YT1234567890123", "顾客电话 13800001234", timedelta(0), Cause.NOT_HANDED_OVER),
        ("yuantong", "YT1234567890123", "", timedelta(hours=47), Cause.NOT_HANDED_OVER),
        ("yuantong", "YT1234567890123", "", timedelta(hours=48), Cause.CARRIER_SILENT),
    ],
)
def test_the_likely_cause_of_no_tracking_information_follows_from_the_data(carrier, number, note, later, likely):
    """LOG-2: all four causes are shown, the likely one first."""
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        findings = causes(sent(carrier, number), note, later=later)
    assert [one.cause for one in findings if one.likely] == [likely]
    assert findings[0].likely
    assert {one.cause for one in findings} == set(Cause)
    assert all(one.answer and one.next_step and one.speaks_for for one in findings)


def test_the_right_carrier_and_number_are_found_in_the_notes_and_by_the_format():
    """LOG-2."""
    carriers = list(logistics.carriers_active())
    parcel = sent("yuantong", "JT1234567890123")
    found = enquiries.candidates(parcel, carriers, ["实际发的顺丰sf1234567890123,请跟进"])
    assert [(one.carrier.code, one.tracking_no) for one in found] == [
        ("jtexpress", "JT1234567890123"),
        ("shunfeng", "SF1234567890123"),
    ]


@pytest.mark.parametrize(
    ("transfer", "days", "paid", "way"),
    [
        (None, None, 21600, WayOut.RESHIP),
        (500, 5, 21600, WayOut.TRANSFER),
        (9000, 5, 21600, WayOut.RESHIP),
        (9000, 5, 2000, WayOut.GIVE_UP),
    ],
)
def test_an_undeliverable_parcel_goes_the_way_that_costs_least_with_the_waiting_counted(transfer, days, paid, way):
    """LOG-3: two legs of 12 yuan against what the carrier asks, a day of waiting counted as one yuan."""
    order = factories.make_order(ship=True)
    order.paid_fen = paid
    weighing = enquiries.undeliverable(
        order, list(order.lines.all()), [], reach(""), transfer_fen=transfer, transfer_days=days
    )
    assert [one.way for one in weighing.options if one.recommended] == [way]
    reship = next(one for one in weighing.options if one.way == WayOut.RESHIP)
    assert reship.sum_fen == reship.cost_fen + 12 * 100
    assert weighing.why


def test_an_answer_is_noted_and_the_warehouse_asked(client, agent):
    """LOG-2: not handed over yet."""
    parcel = sent()
    shown = words(client.get(page(parcel, "untracked")))
    assert "YT1234567890123" in shown
    assert (
        decide(client, page(parcel, "untracked"), {"cause": "not_handed_over", "answer": "我们帮您盯着"}).status_code
        == 204
    )
    [task] = Task.objects.filter(order=parcel.order)
    assert (task.kind, task.role, task.detail) == ("check_handover", "warehouse", "圆通速递 YT1234567890123")
    assert "我们帮您盯着" in OrderNote.objects.get(order=parcel.order).text


def test_the_same_answer_sent_twice_counts_once(client, agent):
    """LOG-2: the form carries a token."""
    parcel = sent()
    form = client.get(page(parcel, "untracked")).context["form"]
    data = {"cause": "carrier_silent", "answer": "已催件", "form_token": form["form_token"].value()}
    assert [client.post(page(parcel, "untracked"), data).status_code for _ in range(2)] == [302, 302]
    assert OrderNote.objects.filter(order=parcel.order).count() == 1
    assert Task.objects.filter(order=parcel.order, kind="ask_carrier").count() == 1


def test_a_wrong_number_is_put_right_and_the_old_one_stays_in_the_notes(client, agent):
    """LOG-2: the right one is proposed from what the notes say."""
    parcel = sent("yuantong", "JT1234567890123")
    form = client.get(page(parcel, "untracked")).context["form"]
    assert (form["cause"].value(), form["carrier"].value()) == ("wrong_number", "jtexpress")
    assert "极兔速递 JT1234567890123" in form["answer"].value()
    data = {"cause": "wrong_number", "answer": "单号更正为极兔 JT1234567890123"}
    assert decide(client, page(parcel, "untracked"), data).status_code == 422
    right = {"carrier": "jtexpress", "tracking_no": "jt1234567890123"}
    pressed = decide(client, page(parcel, "untracked"), data | right)
    assert pressed.status_code == 204, words(pressed)
    old, parcel = Parcel.objects.order_by("id")
    assert (old.status, parcel.corrected_from) == ("superseded", old)
    assert (parcel.carrier, parcel.tracking_no) == ("jtexpress", "JT1234567890123")
    notes = " ".join(OrderNote.objects.filter(order=parcel.order).values_list("text", flat=True))
    assert "yuantong JT1234567890123 → jtexpress JT1234567890123" in notes


def test_two_corrections_of_one_parcel_are_not_both_taken():
    """LOG-2: the second one saw an old number."""
    parcel = sent("yuantong", "JT1234567890123")
    shipping.parcel_correct(parcel=parcel, actor=factories.staff(), carrier="jtexpress", tracking_no="JT1234567890123")
    with pytest.raises(errors.TransitionNotAllowed), transaction.atomic():
        shipping.parcel_correct(parcel=parcel, actor=factories.staff(), carrier="jd", tracking_no="JDAA12345678901")
    assert Parcel.objects.get(superseded_at=None).carrier == "jtexpress"


def test_nothing_is_decided_about_an_undeliverable_parcel_before_asking(client, agent):
    """LOG-3: what was typed stays, and nothing is written."""
    parcel = sent()
    refused = decide(client, page(parcel, "undeliverable"), {"way": "reship", "answer": "稍等"})
    assert refused.status_code == 422
    assert "LOG-3" in words(refused)
    assert not Task.objects.filter(order=parcel.order).exists()
    assert not OrderNote.objects.filter(order=parcel.order).exists()


def test_an_undeliverable_parcel_is_asked_about_then_decided_with_longer_time(client, agent):
    """LOG-3, ORD-6: what was asked is ticked off, the warehouse sends it again, the receiving period is longer."""
    parcel = sent()
    due = Deadline.objects.get(subject_type="order", subject_id=parcel.order_id, rule="TMO-10").due_at
    assert decide(client, page(parcel, "undeliverable"), {"way": "ask", "answer": "正在问"}).status_code == 204
    assert set(Task.objects.filter(done_at=None).values_list("kind", "role")) == {
        ("ask_carrier", "agent"),
        ("ask_warehouse", "warehouse"),
    }
    pressed = decide(client, page(parcel, "undeliverable"), {"way": "reship", "asked": "on", "answer": "改发邮政"})
    assert pressed.status_code == 204
    assert set(Task.objects.filter(done_at=None).values_list("kind", "role")) == {("resend_by_post", "warehouse")}
    moved = Deadline.objects.get(subject_type="order", subject_id=parcel.order_id, rule="TMO-10").due_at
    assert moved - due == timedelta(days=10)


def test_a_transfer_needs_the_carriers_word(client, agent):
    """LOG-3."""
    parcel = sent()
    asked = {"way": "transfer", "asked": "on", "answer": "转邮政"}
    assert decide(client, page(parcel, "undeliverable"), {**asked}).status_code == 422
    assert (
        decide(client, page(parcel, "undeliverable"), {**asked, "transfer": "8", "transfer_days": "6"}).status_code
        == 204
    )
    [task] = Task.objects.filter(order=parcel.order)
    assert task.kind == "follow_transfer"
    assert "¥8.00" in OrderNote.objects.filter(order=parcel.order).order_by("id").first().text


def test_a_faster_carrier_is_told_to_the_warehouse_with_its_surcharge(client, agent):
    """LOG-4: SF costs 10 yuan more by the default table; another sum is refused with the span."""
    order = factories.make_order()
    address = reverse("tickets:order_faster", args=[order.order_no]) + f"?shop={order.shop.code}"
    data = {"carrier": "shunfeng", "paid_by": "差价链接", "answer": "马上"}
    assert decide(client, address, {**data, "surcharge": "8"}).status_code == 422
    assert decide(client, address, {**data, "surcharge": "10"}).status_code == 204
    [task] = Task.objects.filter(order=order)
    assert (task.kind, task.role, task.detail) == ("ship_faster", "warehouse", "顺丰速运 +¥10.00")


def test_no_faster_carrier_for_what_has_left():
    """LOG-4: nothing is written."""
    order = factories.make_order(ship=True)
    with pytest.raises(errors.Conflict), transaction.atomic():
        services.faster_ship(
            order=order, actor=factories.staff(), carrier="顺丰", surcharge_fen=1000, paid_by="", answer=""
        )
    assert not Task.objects.filter(order=order).exists()
    assert not OrderNote.objects.filter(order=order).exists()


def test_a_parcel_called_back_is_followed_until_it_is_here(client, agent):
    """LOG-5: asked after within three days."""
    parcel = sent()
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        assert decide(client, page(parcel, "recall"), {"reason": "unwanted", "answer": "已联系快递"}).status_code == 204
        [task] = Task.objects.filter(order=parcel.order)
        assert (task.kind, task.due_at - clock.now()) == ("follow_recall", timedelta(days=3))


def test_a_parcel_that_is_back_is_followed_no_longer():
    """LOG-5: the news of its last scan ticks the task off, however often it is heard."""
    parcel = sent()
    services.parcel_recall(order=parcel.order, parcel=parcel, actor=factories.staff(), reason="x", answer="")
    shipping.scans_record(parcel=parcel, scans=[shipping.Scan(clock.now(), "4", "退回签收")], source="test")
    news = OutboxEvent.objects.get(topic="parcel.returned")
    for _time in range(2):
        handlers.parcel_came_back(news)
    [task] = Task.objects.filter(order=parcel.order)
    assert (task.kind, task.done_by) == ("follow_recall", "system: tracking")


def test_a_parcel_that_was_signed_for_cannot_be_called_back(client, agent):
    """LOG-5: nothing is written, and the dialog says where it is."""
    parcel = sent()
    scan = shipping.Scan(clock.now(), "3", "已签收", "成都")
    shipping.scans_record(parcel=parcel, scans=[scan], source="test")
    refused = decide(client, page(parcel, "recall"), {"reason": "unwanted", "answer": "已联系快递"})
    assert refused.status_code == 409
    assert not Task.objects.filter(order=parcel.order).exists()
    assert not OrderNote.objects.filter(order=parcel.order).exists()


def test_a_second_parcel_of_the_order_is_not_taken_for_the_first():
    """LOG-5: there is one open task of a kind for an order; a second one is said, not swallowed."""
    order = factories.make_order(None, factories.line(line_no="1"), factories.line(line_no="2"))
    for number, line_no in (("YT1234567890123", "1"), ("YT1234567890124", "2")):
        shipping.order_ship(
            order=order, actor=factories.staff(), carrier="yuantong", tracking_no=number, line_nos=[line_no]
        )
    first, second = Parcel.objects.filter(order=order).order_by("id")
    services.parcel_recall(order=order, parcel=first, actor=factories.staff(), reason="x", answer="")
    with pytest.raises(errors.Conflict), transaction.atomic():
        services.parcel_recall(order=order, parcel=second, actor=factories.staff(), reason="x", answer="")
    assert OrderNote.objects.filter(order=order).count() == 1


def test_the_order_offers_them_to_the_desk_alone(client):
    """LOG-2 to LOG-5."""
    parcel = sent()
    order: Order = parcel.order
    address = reverse("tickets:order_detail", args=[order.order_no]) + f"?shop={order.shop.code}"
    sign_in(client, Role.WAREHOUSE)
    assert "untracked" not in client.get(address).content.decode()
    sign_in(client, Role.AGENT)
    assert "untracked" in client.get(address).content.decode()


def test_a_denied_receipt_is_noted_listed_and_the_carrier_asked(client, agent):
    """LOG-6: once, with what the buyer says and what he was told."""
    parcel = sent()
    signed = shipping.Scan(clock.now(), "301", "已签收,签收人:门卫")
    shipping.scans_record(parcel=parcel, scans=[signed], source="test")
    order_page = reverse("tickets:order_detail", args=[parcel.order.order_no])
    address = page(parcel, "denied")
    assert address in client.get(order_page).content.decode()
    assert "门卫" in client.get(address).content.decode()
    assert decide(client, address, {"said": "没收到", "answer": "已让快递核实"}).status_code == 204
    parcel = Parcel.objects.get(pk=parcel.pk)
    assert (parcel.status, parcel.attentions.get().reason) == ("denied", "denied")
    [note] = OrderNote.objects.filter(order=parcel.order)
    assert "没收到" in note.text
    assert "已让快递核实" in note.text
    [task] = Task.objects.filter(order=parcel.order)
    assert (task.kind, task.role) == ("ask_carrier", "agent")
    assert address not in client.get(order_page).content.decode()


def test_what_was_not_signed_for_cannot_be_denied(client, agent):
    """LOG-6: nothing is written, and what was typed stays."""
    parcel = sent()
    refused = decide(client, page(parcel, "denied"), {"said": "没收到", "answer": "已让快递核实"})
    assert refused.status_code == 409
    assert "没收到" in refused.content.decode()
    assert not parcel.attentions.exists()
    assert not OrderNote.objects.filter(order=parcel.order).exists()


def test_a_denial_says_what_the_buyer_says(client, agent):
    parcel = sent()
    assert decide(client, page(parcel, "denied"), {"said": "", "answer": "x"}).status_code == 422
