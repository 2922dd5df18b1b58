"""Service files and sheets: warranty, who pays, the response in time, quotation, tests, paper (SVC, WAR-2)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import calendar, clock, errors, sweeps
from aftersales.core.models import Deadline, Role
from orders.models import Order
from service import services
from service.models import ServiceDispatch, ServiceFile, ServiceQuote, ServiceSheet, TermsAcceptance
from service.selectors import warranty
from service.services.moving import QuoteLine
from tests import factories
from tests.checks import all_is_well, sql
from tests.helpers import refused, unchanged
from warranty.selectors import entitling

pytestmark = pytest.mark.django_db

LINES = [QuoteLine("parts", "Screen", 1, 48000), QuoteLine("labour", "Work", 2, 5050)]


@pytest.fixture
def agent():
    return factories.staff()


@pytest.fixture
def supervisor():
    return factories.staff(Role.SUPERVISOR)


def sold(order):
    line = order.lines.first()
    line.order = order
    return line


def out_of_warranty(**fields):
    """A sheet of tea, which has no rule, signed for by nobody yet: no warranty runs."""
    return factories.make_sheet(factories.make_order(ship=True), **fields)


def soon():
    return clock.now() + timedelta(hours=3)


def sent(sheet, agent, role="warehouse"):
    """A sheet with an engineer on the way."""
    engineer = factories.make_user(role, sheet.shop)
    sheet = services.sheet_assign(sheet=sheet, actor=agent, engineer=engineer.username, visit_at=soon())
    return services.sheet_set_out(sheet=sheet, actor=agent)


def test_a_consumers_warranty_counts_from_the_day_he_signed(agent):
    """SVC-1."""
    order = factories.make_order(None, factories.phone_line(), sign=True)
    file = services.file_open(line=sold(order), actor=agent)
    assert (file.months, file.starts_on) == (12, clock.shanghai_day(order.signed_at))
    assert warranty.until(file) == file.starts_on.replace(year=file.starts_on.year + 1)
    assert warranty.in_warranty(file)


def test_a_public_buyers_warranty_counts_from_acceptance_and_not_before(agent):
    """SVC-1: the length is the contract's."""
    order = factories.make_order(None, factories.phone_line(), sign=True)
    given = {"sale_type": "government", "months": 36, "contract_no": "ZC-2026-8"}
    file = services.file_open(line=sold(order), actor=agent, **given)
    assert (file.starts_on, warranty.until(file), warranty.in_warranty(file)) == (None, None, False)
    today = clock.shanghai_day(clock.now())
    file = services.file_accept(file=file, actor=agent, accepted_on=today)
    assert warranty.until(file) == today.replace(year=today.year + 3)
    with refused(errors.Conflict):
        services.file_accept(file=file, actor=agent, accepted_on=today)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"unit": 2}, "unit"),
        ({"unit": 0}, "unit"),
        ({"sale_type": "gift"}, "sale_type"),
        ({"months": 241}, "months"),
        ({"accepted_on": date(2199, 1, 1)}, "accepted_on"),
        ({"accepted_on": date(1999, 1, 1)}, "accepted_on"),
    ],
)
def test_what_no_file_can_be_is_refused_at_its_field(agent, given, field):
    """SVC-1."""
    line = sold(factories.make_order(None, factories.phone_line(), sign=True))
    with refused(errors.Invalid) as told:
        services.file_open(line=line, actor=agent, **given)
    assert told.value.errors[0].field == field
    assert not ServiceFile.objects.exists()


def test_a_unit_has_one_file(agent):
    """SVC-1."""
    line = sold(factories.make_order(None, factories.phone_line(), sign=True))
    services.file_open(line=line, actor=agent)
    with refused(errors.Invalid) as told:
        services.file_open(line=line, actor=agent)
    assert told.value.errors[0].code == "not_unique"


def test_what_was_signed_for_has_its_files_by_itself_and_once():
    """SVC-1: where its category has a warranty; tea has none."""
    order = factories.make_order(None, factories.phone_line(quantity=2), factories.line(line_no="2"), sign=True)
    assert [services.files_open_for(order), services.files_open_for(order)] == [2, 0]
    rows = ServiceFile.objects.order_by("unit").values_list("order_line__line_no", "unit", "months", "opened_by")
    assert list(rows) == [("1", 1, 12, "system: service"), ("1", 2, 12, "system: service")]


def test_a_call_opens_the_file_and_says_whether_the_warranty_runs():
    """SVC-2."""
    assert factories.make_sheet().charge == "warranty"
    sheet = out_of_warranty()
    assert (sheet.charge, sheet.status, sheet.file.unit) == ("open", "reported", 1)
    assert ServiceFile.objects.count() == 2
    all_is_well()


def test_days_in_repair_are_not_counted(agent):
    """SVC-1, WAR-1: a day in repair makes the warranty a day longer, for a fault that was confirmed."""
    order = factories.make_order(None, factories.phone_line(), sign=True)
    Order.objects.filter(pk=order.pk).update(signed_at=clock.now() - timedelta(days=9))
    order = Order.objects.get(pk=order.pk)
    file = sent_back(factories.make_sheet(order, way="sent_in"), agent, "confirmed").file
    plain = warranty.until(file)
    assert warranty.until(file, warranty.repairs_of([file.pk])[file.pk]) == plain + timedelta(days=1)
    facts = entitling.facts_of(order, [order.lines.get()])
    [days] = facts[order.lines.get().pk].repairs
    assert (days.begun, days.ended) == (clock.shanghai_day(clock.now()),) * 2
    other = sent_back(factories.make_sheet(way="sent_in"), agent, "no_fault").file
    assert warranty.repairs_of([other.pk]) == {other.pk: []}


def test_a_response_is_due_with_the_next_working_day():
    """SVC-3."""
    sheet = factories.make_sheet()
    assert sheet.respond_due_at == calendar.add_workdays(sheet.created_at, 1)
    row = Deadline.objects.get(subject_type="service", status="running")
    assert (row.rule, row.due_at, row.against_shop) == ("SVC-3", sheet.respond_due_at, True)


def test_a_later_visit_needs_a_call_beforehand(agent):
    """SVC-3: the call moves the time to what was agreed."""
    sheet = factories.make_sheet()
    engineer, later = factories.make_user("warehouse", sheet.shop).username, sheet.respond_due_at + timedelta(days=2)
    with unchanged(), refused(errors.RuleViolation) as told:
        services.sheet_assign(sheet=sheet, actor=agent, engineer=engineer, visit_at=later)
    assert told.value.extra["rule"] == "SVC-3"
    sheet = services.sheet_call(sheet=sheet, actor=agent, visit_at=later, note="He is away until then")
    sheet = services.sheet_assign(sheet=sheet, actor=agent, engineer=engineer, visit_at=later)
    assert Deadline.objects.get(subject_type="service", status="running").due_at == later
    assert (sheet.status, sheet.is_late) == ("assigned", False)
    all_is_well()


def test_nobody_there_in_time_turns_red_and_a_late_call_does_not_undo_it(agent):
    """SVC-3."""
    sheet = factories.make_sheet()
    Deadline.objects.filter(subject_type="service").update(due_at=clock.now() - timedelta(seconds=1))
    sweeps.sweep()
    sheet = ServiceSheet.objects.get(pk=sheet.pk)
    assert sheet.is_late
    due = sheet.respond_due_at
    sheet = services.sheet_call(sheet=sheet, actor=agent, visit_at=soon(), note="Sorry")
    assert (sheet.is_late, sheet.respond_due_at) == (True, due)


def test_small_things_are_solved_by_phone(agent):
    """SVC-3: nobody is sent, nothing comes back."""
    sheet = services.sheet_solve(sheet=factories.make_sheet(), actor=agent, work="Restarted it with him")
    assert (sheet.status, sheet.result, sheet.dispatches.count()) == ("archived", "by_phone", 0)
    all_is_well()


def test_out_of_warranty_nobody_goes_before_it_is_decided_who_pays(agent, supervisor):
    """SVC-2: free of charge is approved by another person, in the machine and in the database."""
    sheet = out_of_warranty()
    engineer = factories.make_user("warehouse", sheet.shop).username
    with unchanged(), refused(errors.TransitionNotAllowed) as told:
        services.sheet_assign(sheet=sheet, actor=agent, engineer=engineer, visit_at=soon())
    assert told.value.extra["rule"] == "SVC-2"
    sheet = services.sheet_ask_free(sheet=sheet, actor=supervisor, reason="An old customer")
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.sheet_approve_free(sheet=sheet, actor=supervisor)
    for field in ("free_approved_by_id = free_asked_by_id", "free_approved_by_id = NULL"):
        with pytest.raises(IntegrityError, match="service_sheet_free_by_two"), transaction.atomic():
            sql(f"UPDATE service_servicesheet SET charge = 'free', {field}")
    sheet = services.sheet_approve_free(sheet=sheet, actor=factories.staff(Role.SUPERVISOR))
    sheet = services.sheet_repair(sheet=sent(sheet, agent), actor=agent, diagnosis="Cable", work="New cable")
    assert (sheet.status, sheet.charge, sheet.quoted_fen) == ("done", "free", None)
    all_is_well()


def test_what_is_charged_is_quoted_accepted_repaired_and_paid_as_quoted(agent, supervisor):
    """SVC-2: integer fen, and what was quoted stays."""
    sheet = sent(services.sheet_bill(sheet=out_of_warranty(), actor=supervisor), agent)
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.sheet_repair(sheet=sheet, actor=agent, diagnosis="x", work="x")
    services.sheet_quote(sheet=sheet, actor=agent, diagnosis="Screen", lines=[QuoteLine("parts", "Screen", 1, 1)])
    sheet = services.sheet_quote(sheet=sheet, actor=agent, diagnosis="Screen", lines=LINES)
    assert (sheet.quoted_fen, ServiceQuote.objects.count()) == (58100, 2)
    for change in ("UPDATE service_servicequote SET total_fen = 1", "DELETE FROM service_servicequote"):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(change)
    sheet = services.sheet_accept(sheet=sheet, actor=agent, by="李雷", how="paper")
    sheet = services.sheet_repair(sheet=sheet, actor=agent, diagnosis="Screen", work="New screen")
    assert (sheet.status, sheet.done_at) == ("repaired", None)
    for wrong in (58099, 58101):
        with unchanged(), refused(errors.Invalid) as told, transaction.atomic():
            services.sheet_pay(sheet=sheet, actor=agent, paid_fen=wrong, paid_by="cash")
        assert told.value.errors[0].field == "paid_fen"
    sheet = services.sheet_pay(sheet=sheet, actor=agent, paid_fen=58100, paid_by="wechat")
    with pytest.raises(IntegrityError, match="service_sheet_paid_as_quoted"), transaction.atomic():
        sql("UPDATE service_servicesheet SET paid_fen = 1")
    sheet = services.sheet_finish(sheet=sheet, actor=agent, invoice_wanted=True)
    assert (sheet.status, sheet.invoice_wanted, sheet.paid_fen) == ("done", True, 58100)
    all_is_well()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [QuoteLine("parts", "Screen", 1, 1)] * 21,
        [QuoteLine("gold", "Screen", 1, 1)],
        [QuoteLine("parts", " ", 1, 1)],
        [QuoteLine("parts", "Screen", 0, 1)],
        [QuoteLine("parts", "Screen", 1, -1)],
        [QuoteLine("parts", "Screen", 1, 10**12)],
        [QuoteLine("parts", "Screen", 1, 0)],
    ],
)
def test_no_quotation_of_nonsense(agent, supervisor, lines):
    """SVC-2."""
    sheet = sent(services.sheet_bill(sheet=out_of_warranty(), actor=supervisor), agent)
    with unchanged(), refused(errors.Invalid) as told:
        services.sheet_quote(sheet=sheet, actor=agent, diagnosis="Screen", lines=lines)
    assert told.value.errors[0].field == "lines"


def test_the_register_says_who_was_sent_and_whose_sheet_is_out(agent):
    """SVC-2, SVC-4: sending another ends the first; the archive ends the second."""
    sheet = factories.make_sheet()
    people = [factories.make_user(role, sheet.shop) for role in ("warehouse", "agent")]
    for person in people:
        sheet = services.sheet_assign(sheet=sheet, actor=agent, engineer=person.username, visit_at=soon())
    rows = ServiceDispatch.objects.order_by("id")
    assert [(row.engineer, row.done_at is None) for row in rows] == [(people[0], False), (people[1], True)]
    sheet = services.sheet_set_out(sheet=sheet, actor=agent)
    sheet = services.sheet_repair(sheet=sheet, actor=agent, diagnosis="Cable", work="New cable")
    assert ServiceDispatch.objects.filter(done_at=None).count() == 1
    sheet = services.sheet_archive(sheet=sheet, actor=agent)
    assert (sheet.status, ServiceDispatch.objects.filter(done_at=None).count()) == ("archived", 0)
    all_is_well()


def test_only_those_of_the_desk_and_the_warehouse_who_see_the_shop_are_sent(agent):
    """SVC-2."""
    sheet = factories.make_sheet()
    wrong = [
        factories.make_user("finance", sheet.shop).username,
        factories.make_user("warehouse", factories.make_shop()).username,
        factories.make_user("warehouse", sheet.shop, is_active=False).username,
        "nobody",
    ]
    for name in wrong:
        with unchanged(), refused(errors.Invalid) as told:
            services.sheet_assign(sheet=sheet, actor=agent, engineer=name, visit_at=soon())
        assert told.value.errors[0].field == "engineer"


def test_an_engineer_of_the_warehouse_works_on_his_own_sheets_only(agent):
    """SVC-2."""
    sheet = factories.make_sheet()
    mine, other = factories.make_user("warehouse", sheet.shop), factories.staff("warehouse", sheet.shop)
    sheet = services.sheet_assign(sheet=sheet, actor=agent, engineer=mine.username, visit_at=soon())
    with unchanged(), refused(errors.TransitionNotAllowed) as told:
        services.sheet_set_out(sheet=sheet, actor=other)
    assert told.value.extra["rule"] == "SVC-2"


def test_in_an_emergency_the_work_comes_first_and_the_sheet_is_made_up_before_the_archive(agent):
    """SVC-4."""
    sheet = sent(factories.make_sheet(is_emergency=True), agent)
    sheet = services.sheet_repair(sheet=sheet, actor=agent, diagnosis="Short circuit", work="Fuse")
    assert sheet.is_incomplete
    with unchanged(), refused(errors.TransitionNotAllowed) as told:
        services.sheet_archive(sheet=sheet, actor=agent)
    assert told.value.extra["rule"] == "SVC-4"
    words = {"contact_name": "王工", "contact_phone": "13800001234", "address": "成都", "diagnosis": "Short circuit"}
    for missing in words:
        with unchanged(), refused(errors.Invalid):
            services.sheet_make_up(sheet=sheet, actor=agent, **(words | {missing: " "}))
    sheet = services.sheet_make_up(sheet=sheet, actor=agent, **words)
    assert services.sheet_archive(sheet=sheet, actor=agent).status == "archived"
    all_is_well()


def sent_back(sheet, agent, finding):
    """Goods that were sent in, tested, and sent back."""
    sheet = services.sheet_accept_terms(sheet=sheet, actor=agent, by="李雷", how="chat")
    sheet = services.sheet_expect(sheet=sheet, actor=agent)
    sheet = services.sheet_receive(sheet=sheet, actor=agent)
    sheet = services.sheet_find(sheet=sheet, actor=agent, finding=finding, diagnosis="Looked at it")
    return services.sheet_send_back(
        sheet=sheet, actor=agent, work="Sent back", freight_in_fen=1500, freight_out_fen=1201
    )


def test_no_goods_are_expected_before_the_terms_are_accepted(agent):
    """WAR-2: who, when, how, and which terms, in their very words."""
    sheet = factories.make_sheet(way="sent_in")
    with unchanged(), refused(errors.TransitionNotAllowed) as told:
        services.sheet_expect(sheet=sheet, actor=agent)
    assert told.value.extra["rule"] == "WAR-2"
    sheet = services.sheet_accept_terms(sheet=sheet, actor=agent, by="李雷", how="chat")
    row = TermsAcceptance.objects.get()
    assert (row.accepted_by, row.how, row.terms_version, row.accepted_at) == (
        "李雷",
        "chat",
        "2026-1",
        sheet.updated_at,
    )
    assert "运费" in row.terms
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE service_termsacceptance SET terms = 'x'")
    assert services.sheet_expect(sheet=sheet, actor=agent).status == "awaited"
    all_is_well()


@pytest.mark.parametrize(
    ("finding", "buyer", "shop", "payout", "owed"),
    [("confirmed", 1350, 1351, 150, 0), ("no_fault", 2701, 0, 0, 1201), ("user_caused", 2701, 0, 0, 1201)],
)
def test_the_finding_says_who_bears_the_freight(agent, finding, buyer, shop, payout, owed):
    """WAR-2: half and half for a fault that is confirmed, an odd fen to the shop; else all is the buyer's."""
    sheet = sent_back(factories.make_sheet(way="sent_in"), agent, finding)
    said = warranty.freight_of(sheet)
    assert (said.buyer_fen, said.shop_fen, said.payout_fen, said.owed_fen) == (buyer, shop, payout, owed)
    all_is_well()


def test_what_was_reported_stays():
    """SVC-2: whatever writes it."""
    factories.make_sheet()
    for change in ("text = 'x'", "way = 'sent_in'", "is_emergency = true"):
        with pytest.raises(IntegrityError, match="what was reported stays"), transaction.atomic():
            sql(f"UPDATE service_servicesheet SET {change}")
