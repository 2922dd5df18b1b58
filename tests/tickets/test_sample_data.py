"""The sample data: all that a console can show is there, the past is a possible one, the keys open only a demo."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from PIL import Image

from aftersales.core import calendar, clock, invariants, replay
from aftersales.core.auth import token_find
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Shop, User
from complaints.models import Complaint
from complaints.states import ComplaintStatus, Malice, Result, Source
from feedback.models import FeedbackCase
from feedback.states import FeedbackStatus, Origin
from invoices.models import Invoice
from invoices.states import InvoiceStatus
from logistics.models import Attention, AttentionReason, Claim, Parcel, VoidAnswer, VoidList, VoidListLine
from logistics.states.claim import ClaimStatus
from orders.models import Order, OrderNote
from orders.states import OrderStatus
from refunds.models import Difference, Dispute, Evidence, Message, Payout, Refund, RefundPayment, ReturnShipment
from refunds.states import DisputeStatus, ExchangeStatus, Flow, PayoutStatus, Phase, Reason, RefundStatus
from surveys.models import Survey, SurveyAnswer, SurveyCall
from surveys.states import CallOutcome, SurveyStatus, Via
from tickets.management.sample import cast, load
from tickets.management.sample.album import Album
from tickets.management.sample.programme import programme
from tickets.management.sample.shots import shots
from tickets.models import Notification, Task, TaskKind, Ticket, TicketNote
from tickets.states import TicketKind, TicketStatus, WaitingFor
from warranty.models import SerialNumber, ServicePoint
from warranty.states import Why


def plate(kind: str, number: int) -> bytes:
    """A small picture in place of a drawn one, the same for every third number."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), (len(kind), number % 3, 90)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[datetime]:
    """All stories once for the whole file, in a transaction that is rolled back; gives the moment of loading."""
    with django_db_blocker.unblock(), transaction.atomic():
        end = clock.now()
        calendar.fill(end.year - 1, end.year + 1)
        load.load(album=Album(plate), orders=400, end=end)
        yield end
        transaction.set_rollback(True)
    calendar.forget()


def values(rows: type | QuerySet, field: str) -> set[str]:
    rows = rows if isinstance(rows, QuerySet) else rows.objects
    return set(rows.values_list(field, flat=True))


def test_parcels_need_someone_for_every_reason_and_the_others_have_their_scans(told):
    """LOG-6: some of them late already, and few enough that a person can see to them."""
    waiting = Attention.objects.filter(ended_at=None)
    assert values(waiting, "reason") == set(AttentionReason.values)
    assert waiting.filter(due_at__lt=told).exists()
    assert waiting.filter(due_at__gt=told).exists()
    assert waiting.count() < 40
    assert Parcel.objects.exclude(last_scan_at=None).count() > 9 * Parcel.objects.filter(last_scan_at=None).count()


def test_every_state_reason_and_way_is_there(told):
    assert values(Order, "status") == set(OrderStatus.values)
    assert values(Refund, "status") == {*RefundStatus.values, *ExchangeStatus.values}
    assert values(Refund, "reason") == set(Reason.values)
    assert values(Refund, "flow") == set(Flow.values)
    assert values(Refund, "phase") == set(Phase.values)
    assert values(Refund, "kind") == {"refund_only", "return_refund", "exchange", "reship"}
    assert values(Dispute, "status") == set(DisputeStatus.values)
    assert values(RefundPayment, "status") == {"sent", "unknown", "failed", "done"}
    assert values(Task, "kind") == set(TaskKind.values)
    assert values(Payout, "status") == set(PayoutStatus.values) - {"approved"}  # what is approved is sent at once
    assert Payout.objects.filter(is_late=True).exists()
    assert values(Claim, "status") == set(ClaimStatus.values)
    assert Claim.objects.filter(is_late=True).exists()
    assert values(Invoice, "status") == set(InvoiceStatus.values)
    assert Invoice.objects.filter(is_late=True).exists()
    assert values(Complaint, "status") == set(ComplaintStatus.values)
    assert values(Complaint, "source") == set(Source.values)
    assert values(Complaint, "result") == {"", *Result.values}
    assert values(Complaint, "malice") == {"", *Malice.values}
    assert Complaint.objects.filter(is_late=True).exists()
    assert values(Survey, "status") == set(SurveyStatus.values)
    assert values(Survey, "call_why") >= {"", "silent", "low"}
    assert values(SurveyAnswer, "via") == set(Via.values)
    assert values(SurveyCall, "outcome") == set(CallOutcome.values)
    assert Survey.objects.filter(is_low=True).exists()
    assert values(FeedbackCase, "status") == set(FeedbackStatus.values)
    assert values(FeedbackCase, "origin") == set(Origin.values)
    assert FeedbackCase.objects.filter(is_late=True).exists()
    assert values(SerialNumber, "why") == set(Why.values)
    assert values(ServicePoint, "province") >= {"浙江", "广东"}
    assert values(Evidence, "purpose") >= {"claim"}
    assert values(Difference, "kind") == {"foreign_refund", "missing_here", "fee"}
    assert Order.objects.count() == 400


def test_tickets_of_every_kind_wait_are_late_handed_over_solved_and_merged(told):
    """TKT-1, TKT-2, TKT-4: opened by hand, beside those of the requests."""
    by_hand = Ticket.objects.filter(refund=None)
    assert set(by_hand.values_list("kind", flat=True)) == set(TicketKind.values)
    assert set(by_hand.values_list("status", flat=True)) == set(TicketStatus.values)
    assert set(by_hand.filter(status="waiting").values_list("waiting_for", flat=True)) == set(WaitingFor.values)
    assert by_hand.filter(is_late=True).count() >= 2
    assert by_hand.filter(due_at__gt=told, is_late=False, owner__username="agent").count() >= 2
    assert by_hand.exclude(merged_into=None).exists()
    assert values(TicketNote, "form") == set(TicketNote.Form.values)
    assert LogEntry.objects.filter(subject_type="ticket", action="come_back").exists()
    assert Task.objects.filter(kind="promise", done_at=None).exists()
    assert Task.objects.filter(kind="promise").exclude(done_at=None).exists()


def test_what_is_told_is_possible(told):
    """I1 to I9, RFD-8: rows, log, sums, deadlines and counts agree."""
    assert invariants.check(at=told) == []
    assert list(replay.differences()) == []
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
    assert not Deadline.objects.filter(status="failed").exists()


def test_the_past_lies_in_the_past_and_in_order(told):
    moments = LogEntry.objects.order_by("subject_type", "subject_id", "version").values_list(
        "subject_type", "subject_id", "at"
    )
    last: tuple[str, int, datetime] | None = None
    for row in moments:
        assert told - timedelta(days=75) < row[2] <= told
        assert last is None or last[:2] != row[:2] or last[2] <= row[2]
        last = row
    assert LogEntry.objects.aggregate(latest=Max("at"))["latest"] > told - timedelta(hours=1)


def test_the_clock_has_acted_by_itself_in_time(told):
    """TMO-16: agreed, closed, received, refunded by nobody, a second after the time."""
    acted = LogEntry.objects.filter(actor_name="system: timeout").values_list("action", flat=True)
    assert {"agree", "expire", "confirm_receipt", "mark_late", "mark_overdue", "end_aftersale"} <= set(acted)
    latest = Deadline.objects.filter(status="succeeded").aggregate(late=Max("late_by"))["late"]
    assert latest == timedelta(seconds=1)


@pytest.mark.parametrize(("hours", "least"), [(0.5, 3), (4, 10), (24, 20), (72, 40)])
def test_something_is_due_in_minutes_hours_and_days(told, hours, least):
    """Red, amber and later, against the shop."""
    open_ones = Refund.objects.filter(due_against_shop=True, due_paused=False, status__in=RefundStatus.values[:3])
    assert open_ones.filter(due_at__gt=told, due_at__lt=told + timedelta(hours=hours)).count() >= least


def test_people_come_again_and_correct_themselves(told):
    """APP-8, APP-9, RFD-6, RFD-7, ORD-5."""
    assert Refund.objects.filter(attempt__gte=3).exists()
    assert Refund.objects.filter(refusals__gte=3).exists()
    assert Refund.objects.annotate(told=Count("versions")).filter(told__gte=3).exists()
    assert ReturnShipment.objects.exclude(superseded_at=None).count() >= 2
    owed = OrderNote.objects.filter(flag="yellow", settled_at=None)
    assert owed.filter(order__buyer__orders__status="WAIT_SELLER_SEND_GOODS").exists()
    assert OrderNote.objects.filter(flag="yellow").exclude(settled_at=None).exists()


def test_the_warehouse_has_its_morning(told):
    """VOI-1, VOI-3, VOI-4: lists of many mornings, one half answered, a supplementary one, late answers."""
    assert VoidList.objects.filter(supplement=0).values("day").distinct().count() >= 13
    open_ones = VoidList.objects.filter(lines__answer="").distinct()
    assert open_ones.filter(supplement=1).exists()
    assert any({"", "voided"} <= set(each.lines.values_list("answer", flat=True)) for each in open_ones)
    assert set(VoidListLine.objects.values_list("answer", flat=True)) == {"", *VoidAnswer.values}
    assert VoidListLine.objects.filter(ended_as="agreed", late_answer="").exists()
    assert VoidListLine.objects.filter(late_answer="voided").exists()


def test_a_bundle_is_settled_by_list_prices(told):
    """AMT-3: the first piece by the price of what is kept, the rest is asked for with the other."""
    second = Refund.objects.get(settlement__0__bundle="围炉煮茶套装", status="WAIT_SELLER_AGREE")
    first = second.order.refunds.exclude(pk=second.pk).get()
    assert (first.status, first.amount_fen, first.settlement[0]["why"]) == ("SUCCESS", 14900 - 7900, "list")
    assert second.amount_fen == 7900


def test_somebody_has_something_to_do_in_every_role(told):
    waiting = Refund.objects.filter(status="WAIT_SELLER_AGREE", flow="unshipped", void_result="")
    assert waiting.count() >= 5  # the warehouse's void list
    assert Refund.objects.filter(status="WAIT_SELLER_CONFIRM_GOODS").count() >= 5  # expected returns
    assert RefundPayment.objects.filter(status="sent", gateway="manual").count() >= 3  # finance
    assert Dispute.objects.filter(status="requested").count() >= 3  # supervisors
    open_ones = Refund.objects.filter(status__in=RefundStatus.values[:5])
    assert {None, "agent", "agent2"} == set(open_ones.values_list("assignee__username", flat=True))
    assert Notification.objects.filter(read_at=None).exists()
    assert Notification.objects.exclude(read_at=None).exists()


def test_both_sides_write_and_send_pictures(told):
    assert values(Message, "side") >= {"buyer", "seller"}
    assert values(Evidence, "side") == {"buyer", "seller", "warehouse"}
    assert not Evidence.objects.filter(refund=None, order=None).exists()
    refused = Refund.objects.filter(refusals__gt=0)
    assert all(one.evidence.exists() for one in refused)  # RFD-5


def test_the_preset_tokens_belong_to_their_shops_and_users(told):
    shops = {"demo-shop": "demo", "demo-other-shop": "other"}
    for plain, code in shops.items():
        token = token_find(plain)
        assert token is not None
        assert token.client.shop.code == code
    for name in ("agent", "agent2", "warehouse", "finance", "supervisor", "goods", "admin"):
        token = token_find(f"demo-staff-{name}")
        assert token is not None
        assert token.client.acts_as.username == name
        assert token.client.acts_as.check_password("demo")
    assert User.objects.filter(is_superuser=True).values_list("username", flat=True).get() == "admin"


def test_a_second_loading_says_that_there_are_data(told, capsys, monkeypatch):
    monkeypatch.setattr(settings, "DEMO", True)
    before = Order.objects.count()
    call_command("load_demo")
    assert "nothing was loaded" in capsys.readouterr().out
    assert Order.objects.count() == before


# What needs an empty database comes in a transaction of its own ------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"orders": 10}])
def test_preset_passwords_are_for_the_demo_alone(db, options):
    with pytest.raises(CommandError, match="--allow-preset-passwords"):
        call_command("load_demo", **options)
    assert not User.objects.exists()
    assert not Shop.objects.exists()
    assert token_find("demo-shop") is None


def test_the_same_moment_gives_the_same_past(db):
    calendar.fill(2025, 2026)
    end = datetime(2026, 6, 10, 4, 30, tzinfo=clock.SHANGHAI)
    assert _past(end) == _past(end)


def _past(end: datetime) -> list[tuple]:
    with transaction.atomic():
        load.load(album=Album(plate), orders=400, end=end, only=lambda number, told: number % 20 == 0)
        steps = LogEntry.objects.order_by("id").values_list("subject_type", "version", "at", "actor_name", "action")
        asked = Refund.objects.order_by("id").values_list("order__order_no", "amount_fen", "description", "due_at")
        found = [*steps, *asked]
        transaction.set_rollback(True)
    calendar.forget()
    return found


def test_the_programme_fills_up_to_the_orders_asked_for():
    import random

    assert len(programme(random.Random(1), 400)) == 400


def test_a_thing_is_photographed_from_several_sides():
    taken = shots("dented_tin", 1)
    assert len(taken) == len(set(taken)) == 4
    assert all(len(data) < 200_000 for data in taken)


def test_only_sample_data_tell_another_time():
    """`clock.at` moves the domain's clock; no service, page or task may."""
    root = Path(settings.BASE_DIR)
    users = {
        path.relative_to(root).parts[:3]
        for app in ("aftersales", "orders", "refunds", "logistics", "tickets")
        for path in (root / app).rglob("*.py")
        if "clock.at(" in path.read_text()
    }
    assert users == {("tickets", "management", "sample")}


def test_assembling_needs_no_stories(db):
    people = cast.assemble()
    assert [stage.shop.code for stage in people.stages] == ["demo", "shoes", "other"]
    assert all(stage.shop.return_address["address"] for stage in people.stages)  # RFD-4, TMO-4
