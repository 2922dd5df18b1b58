"""What is kept of a trade after its time, and what is forgotten (LAW-7)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from aftersales.core import calendar, clock, private_files, replay, retention, sweeps
from aftersales.core.models import Erasure, LogEntry, OutboxEvent
from complaints import services as complaints
from complaints.models import Complaint
from invoices import services as invoices
from invoices.models import Invoice
from logistics.services import claims
from orders import services as orders
from orders.models import Buyer, Order
from orders.services import erasing
from refunds import services as refunds
from refunds.models import Evidence, Refund
from service import services as service
from surveys import services as surveys
from tests import factories
from tests.checks import sql
from tests.helpers import unchanged
from tickets.models import Task, Ticket
from tickets.services import ticketing

pytestmark = pytest.mark.django_db

THEN = "2021-03-01T10:00:00+08:00"
LATER = "2026-11-20T03:05:00+08:00"
NAME, PHONE = "欧阳金丝", "13961728394"
RECEIVER = {"name": NAME, "phone": PHONE, "region": "四川省成都市锦江区", "address": f"{NAME}的茶馆"}


def trade(**fields: object) -> Order:
    """A trade that ended, of which a part was given back, with everything that people wrote on it."""
    order = factories.make_order(
        sign=True, receiver=RECEIVER, seller_memo=f"{NAME}来电", buyer_id="b-canary", buyer_nick=NAME, **fields
    )
    agent, buyer = factories.staff("agent", order.shop), factories.buyer(order.shop)
    orders.note_add(order=order, actor=agent, text=f"{NAME}的生日")
    shown = factories.make_evidence(order.shop, actor=buyer, purpose="application")
    refund = factories.make_refund(order, goods_status="received", reason="quality", description=f"我是{NAME}")
    refunds.message_write(refund=refund, actor=buyer, text=f"请打{PHONE}", evidence_ids=[shown])
    factories.pay(refunds.refund_agree(refund=refund, actor=agent, note=f"{NAME}同意了"))
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def old() -> Iterator[Order]:
    """Such a trade of long ago, whose every deadline is over; it is five years later."""
    with time_machine.travel(THEN, tick=False) as clock_then:
        order = trade()
        clock_then.shift(timedelta(days=60))
        while sweeps.sweep().acted:
            continue
        OutboxEvent.objects.all().delete()
    with time_machine.travel(LATER, tick=False):
        yield Order.objects.get(pk=order.pk)


def tables_with(*words: str) -> set[str]:
    """The tables that hold one of the words in any column."""
    return {
        table
        for table in connection.introspection.table_names()
        for word in words
        if sql(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', f"%{word}%")
    }


def test_nothing_in_the_database_says_who_it_was(old):
    """LAW-7."""
    assert {"orders_order", "orders_ordernote", "refunds_message", "core_logentry"} <= tables_with(NAME, PHONE)
    assert erasing.records_erase(shop=old.shop).orders == 1
    assert tables_with(NAME, PHONE, "b-canary") == set()
    assert Order.objects.get(pk=old.pk).receiver_region == "四川"
    assert erasing.records_erase(shop=old.shop).orders == 0


def test_sums_reasons_and_steps_stay(old):
    """LAW-7: every figure counts the same afterwards."""
    figures = "kind reason status amount_fen refunded_fen created_at finished_at".split()
    before = list(Refund.objects.values_list(*figures))
    steps = list(LogEntry.objects.order_by("id").values_list("action", "at", "from_status", "to_status"))
    erasing.records_erase(shop=old.shop)
    assert list(Refund.objects.values_list(*figures)) == before
    after = list(LogEntry.objects.order_by("id").values_list("action", "at", "from_status", "to_status"))
    assert after[:-1] == steps
    assert after[-1][0] == "erase"
    call_command("replay")


def test_files_go_with_the_records_that_showed_them(old):
    """LAW-7."""
    [file] = Evidence.objects.filter(refund__order=old)
    assert private_files.exists(file.sha256)
    erasing.records_erase(shop=old.shop)
    assert not private_files.exists(file.sha256)
    assert Evidence.objects.get(pk=file.pk).erased_at == clock.now()


def test_a_file_that_a_younger_record_shows_stays(old):
    """LAW-7."""
    [file] = Evidence.objects.filter(refund__order=old)
    buyer = factories.buyer(old.shop)
    shown = factories.make_evidence(old.shop, actor=buyer, purpose="message")
    refund = factories.make_refund(factories.make_order(old.shop))
    refunds.message_write(refund=refund, actor=buyer, text="看图", evidence_ids=[shown])
    assert Evidence.objects.filter(sha256=file.sha256).count() == 2
    erasing.records_erase(shop=old.shop)
    assert private_files.exists(file.sha256)


@pytest.mark.parametrize("left", ["note", "ticket", "complaint", "payout", "claim", "invoice"])
def test_what_somebody_still_needs_is_kept(old, left):
    """LAW-7, ORD-5: a debt, an open matter, and what was changed within the time."""
    agent = factories.staff("agent", old.shop)
    match left:
        case "note":
            with time_machine.travel(THEN):
                orders.note_add(order=old, actor=agent, text="欠一包茶", flag="yellow")
        case "ticket":
            factories.make_ticket(old)
        case "complaint":
            factories.make_complaint(old)
        case "payout":
            factories.make_payout(old)
        case "claim":
            factories.make_claim(old)
        case "invoice":
            factories.make_invoice(old)
    with unchanged():
        assert erasing.records_erase(shop=old.shop).orders == 0


def test_a_younger_trade_of_the_buyer_keeps_him_known(old):
    """LAW-7: the buyer goes with the last of his orders."""
    young = factories.make_order(old.shop, buyer_id="b-canary", buyer_nick=NAME)
    erasing.records_erase(shop=old.shop)
    assert Buyer.objects.get(pk=young.buyer_id).nick == NAME
    assert Order.objects.get(pk=old.pk).receiver_name == ""


def test_the_shop_front_end_does_not_bring_him_back(old):
    """LAW-7: an order that is sent again stays as it is."""
    erasing.records_erase(shop=old.shop)
    data = orders.OrderData(
        order_no=old.order_no,
        buyer_id="b-canary",
        buyer_nick=NAME,
        receiver=RECEIVER,
        postage_fen=old.postage_fen,
        paid_fen=old.paid_fen,
        paid_at=old.paid_at,
        lines=(factories.line(),),
    )
    with unchanged():
        orders.order_register(shop=old.shop, data=data, actor=factories.buyer(old.shop))
    assert tables_with(NAME) == set()


def test_the_policy_may_keep_longer_and_never_shorter(old):
    """LAW-7."""
    with time_machine.travel("2024-02-29T10:00:00+08:00"):
        assert erasing.records_erase(shop=old.shop).orders == 0


def test_the_log_lets_a_text_be_erased_after_three_years_and_no_other(old):
    """RFD-8, LAW-7: the database is the last guard."""
    entry = LogEntry.objects.filter(subject_type="order").first()
    others = [
        {"note": "他从来没说过"},
        {"action": "cancel"},
        {"note": retention.ERASED, "to_status": "TRADE_CLOSED"},
        {"changes": {}},
    ]
    for values in others:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            LogEntry.objects.filter(pk=entry.pk).update(**values)
    young = factories.make_order(old.shop)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LogEntry.objects.filter(subject_type="order", subject_id=young.pk).update(note=retention.ERASED)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LogEntry.objects.filter(pk=entry.pk).delete()


def test_what_was_said_on_tickets_and_complaints_goes_too():
    """LAW-7, TKT-1, CMP-1."""
    calendar.fill(2021, 2021)
    with time_machine.travel(THEN, tick=False) as then:
        order = trade()
        agent = factories.staff("agent", order.shop)
        ticket = factories.make_ticket(order, agent, title=f"{NAME}问茶")
        ticketing.ticket_note(ticket=ticket, actor=agent, text=f"{NAME}说")
        ticketing.ticket_promise(
            ticket=ticket, actor=agent, what=f"给{NAME}回电", due_at=clock.now() + timedelta(days=1)
        )
        Task.objects.update(done_at=clock.now())
        ticketing.ticket_resolve(ticket=Ticket.objects.get(pk=ticket.pk), actor=agent, resolution=f"{NAME}满意")
        complaint = factories.make_complaint(order, text=f"{NAME}投诉")
        complaints.complaint_reply(complaint=complaint, actor=agent, text=f"答{NAME}")
        complaint = Complaint.objects.get(pk=complaint.pk)
        complaints.complaint_close(complaint=complaint, actor=agent, result="rejected", note=f"{NAME}撤诉")
        then.shift(timedelta(days=60))
        while sweeps.sweep().acted:
            continue
        OutboxEvent.objects.all().delete()
    with time_machine.travel(LATER, tick=False):
        assert erasing.records_erase(shop=order.shop).orders == 1
    assert tables_with(NAME) == set()


def test_what_was_said_in_surveys_service_feedback_claims_invoices_and_payouts_goes_too():
    """LAW-7, SAT-1, SAT-2, SVC-3, CLM-1, INV-1, PAY-4."""
    calendar.fill(2021, 2021)
    with time_machine.travel(THEN, tick=False) as then:
        shop = factories.make_shop()
        bought = {"receiver": RECEIVER, "buyer_id": "b-canary", "buyer_nick": NAME}
        order = factories.make_order(shop, factories.phone_line(item_id="X1"), sign=True, **bought)
        agent, supervisor = factories.staff("agent", shop), factories.staff("supervisor", shop)
        marks = {"goods": 2, "attitude": 2, "speed": 2, "price": 2}
        survey = surveys.survey_answer(survey=factories.make_survey(order), marks=marks, comment=f"{NAME}不满")
        surveys.survey_reach(survey=survey, actor=agent, note=f"{NAME}接受道歉")
        sheet = factories.make_sheet(
            order, text=f"{NAME}的屏不亮", contact_name=NAME, contact_phone=PHONE, address=f"{NAME}家"
        )
        service.sheet_solve(sheet=sheet, actor=agent, work=f"教{NAME}重启")
        factories.make_feedback(order, came=f"{NAME}收到浅色")
        claim = claims.claim_reject(
            claim=factories.submitted_claim(factories.make_claim(order)), actor=agent, reason=f"{NAME}已签收"
        )
        claims.claim_write_off(claim=claim, actor=supervisor, reason=f"{NAME}本人签收属实")
        invoices.invoice_withdraw(invoice=factories.make_invoice(order, title=NAME), actor=agent, note=f"{NAME}不要了")
        issued = factories.make_invoice(order, title="示例茶业")
        issued = invoices.invoice_issue(invoice=issued, actor=factories.staff("finance", shop), number="2" * 20)
        invoices.invoice_tell(invoice=issued, actor=agent, text=f"{NAME}您好，发票已开")
        payout = refunds.payout_submit(payout=factories.make_payout(order, note=f"{NAME}的运费"), actor=agent)
        refunds.payout_reject(payout=payout, actor=supervisor, reason=f"{NAME}已领过")
        then.shift(timedelta(days=60))
        while sweeps.sweep().acted:
            continue
        Task.objects.update(done_at=clock.now())
        OutboxEvent.objects.all().delete()
    said = {
        "surveys_surveyanswer",
        "surveys_surveycall",
        "service_servicesheet",
        "feedback_feedbackreport",
        "invoices_invoice",
    }
    assert said <= tables_with(NAME, PHONE)
    with time_machine.travel(LATER, tick=False):
        assert erasing.records_erase(shop=shop).orders == 1
    assert tables_with(NAME, PHONE, "b-canary") == set()
    assert Invoice.objects.get(pk=issued.pk).title == "示例茶业"  # a part of the books
    assert list(replay.differences()) == []


def test_the_dry_run_counts_and_changes_nothing(old, capsys):
    """LAW-7."""
    with unchanged():
        call_command("records_erase", "--dry-run")
    said = capsys.readouterr().out
    assert f"{old.shop.code}: 1 orders" in said
    assert not Erasure.objects.exists()
    call_command("records_erase")
    [report] = Erasure.objects.all()
    assert (report.shop, report.orders, report.at) == (old.shop, 1, clock.now())
    assert f"{old.shop.code}: 1 orders" in capsys.readouterr().out
