"""Deadlines, tasks, disputes and operations, as supervisors and others get them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from aftersales.core import calendar, clock, errors, sweeps
from aftersales.core.models import CalendarDay, Deadline, OutboxEvent, Role
from refunds import services as refunds
from refunds.models import Dispute, Refund, RefundPayment
from refunds.states import RefundStatus
from tests import factories
from tests.helpers import refused
from tests.pages import press, rows, sign_in, warm, words
from tickets import services as workbench
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client: Client):
    return sign_in(client, Role.SUPERVISOR)


def soon(shop=None) -> Refund:
    """A request that the clock agrees to in an hour."""
    with time_machine.travel(clock.now() - timedelta(hours=47), tick=False):
        return factories.make_refund(factories.make_order(shop))


def broken(refund: Refund) -> Deadline:
    """A deadline that gave up."""
    row = Deadline.objects.get(subject_type="refund", subject_id=refund.pk, rule="TMO-1")
    Deadline.objects.filter(pk=row.pk).update(
        status=Deadline.Status.FAILED,
        attempts=5,
        error="Unavailable: the database was away",
        due_at=clock.now() - timedelta(hours=1),
        finished_at=clock.now(),
    )
    return Deadline.objects.get(pk=row.pk)


def disputed(shop=None) -> Refund:
    """A request that the platform decides."""
    with time_machine.travel(clock.now() - timedelta(days=16), tick=False):
        refund = factories.make_return(factories.make_order(shop, sign=True))
    return refunds.refund_intervene(refund=refund, actor=factories.staff(), text="与描述不符")


PAGES = {
    "/deadlines/": {Role.AGENT, Role.SUPERVISOR, Role.ADMIN},
    "/policies/": {Role.SUPERVISOR, Role.ADMIN},
    "/tasks/": {Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.SUPERVISOR, Role.ADMIN},
    "/disputes/": {Role.AGENT, Role.SUPERVISOR, Role.ADMIN},
    "/operations/": {Role.SUPERVISOR, Role.ADMIN},
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("url", PAGES)
def test_who_may_look(client, url, role):
    sign_in(client, role)
    response = client.get(url)
    assert response.status_code == (200 if role in PAGES[url] else 403)


@pytest.mark.parametrize("role", Role.values)
def test_every_area_of_the_rail_opens(client, role):
    """Nobody is led to a page that refuses him."""
    sign_in(client, role)
    home = client.get("/account/password/").context["console"]
    for area in [*home["nav"], *home["signals"]]:
        assert client.get(area["url"]).status_code == 200, area["url"]


@pytest.mark.parametrize("url", ["/deadlines/", "/deadlines/?tab=failed", "/tasks/", "/tasks/?tab=done", "/disputes/"])
def test_an_empty_list_says_why(client, supervisor, url):
    assert 'class="empty"' in client.get(url).content.decode()


# Deadlines ------------------------------------------------------------------------------------------------------------


def test_what_goes_against_the_shop_comes_first(client, supervisor):
    """TMO-17: within a day, nearest first; what is later or for others stands elsewhere."""
    near = soon()
    factories.make_refund()  # in two days
    shown = client.get("/deadlines/")
    assert near.refund_no in shown.content.decode()
    assert [row["rule"] for row in shown.context["rows"]] == ["TMO-15", "TMO-1"]


@pytest.mark.parametrize("many", [1, 50])
def test_deadlines_cost_the_same_number_of_statements(client, supervisor, many, django_assert_num_queries):
    """Session, user, three counts, rows, requests, orders."""
    shop = factories.make_shop()
    for _number in range(many):
        soon(shop)
    late = Deadline.objects.filter(subject_type="order").order_by("id")
    late.exclude(pk=late[0].pk).update(due_at=clock.now() + timedelta(days=9))
    warm(client, "/deadlines/")
    with django_assert_num_queries(8):
        assert len(rows(client.get("/deadlines/"))) == min(many + 1, 50)


def test_other_shops_deadlines_are_never_shown(client):
    mine, other = soon(), soon()
    failed = broken(soon(other.shop))
    sign_in(client, Role.SUPERVISOR, mine.shop)
    shown = client.get("/deadlines/").content.decode()
    assert mine.refund_no in shown
    assert other.refund_no not in shown
    assert client.get(reverse("tickets:deadline_retry", args=[failed.pk])).status_code == 404


def test_a_failed_deadline_shows_its_error_and_acts_when_it_is_tried_again(client, supervisor):
    """TMO-16, VOI-4: the clock agrees all the same."""
    refund = soon()
    row = broken(refund)
    assert "the database was away" in client.get("/deadlines/?tab=failed").content.decode()
    url = reverse("tickets:deadline_retry", args=[row.pk])
    assert [press(client, url).status_code for _ in range(2)] == [204, 409]
    sweeps.sweep()
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SYSTEM_TRANSFER
    assert Deadline.objects.get(pk=row.pk).status == Deadline.Status.SUCCEEDED


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.SUPERVISOR])
def test_only_a_supervisor_tries_again(client, role):
    row = broken(soon())
    sign_in(client, role)
    assert press(client, reverse("tickets:deadline_retry", args=[row.pk])).status_code == 403
    with refused(errors.Forbidden):
        sweeps.deadline_retry(deadline=row, actor=factories.staff(role))
    assert Deadline.objects.get(pk=row.pk).status == Deadline.Status.FAILED


def test_a_deadline_of_an_unseen_shop_is_not_there():
    row = broken(soon())
    with refused(errors.NotFound):
        sweeps.deadline_retry(deadline=row, actor=factories.staff(Role.SUPERVISOR, factories.make_shop()))


def test_a_deadline_that_runs_again_already_is_left_alone():
    """TMO-16: one open row a rule; a request that was modified has a new one."""
    refund = soon()
    row = broken(refund)
    Deadline.objects.create(
        subject_type="refund",
        subject_id=refund.pk,
        shop_id=refund.shop_id,
        rule="TMO-1",
        action="agree",
        created_at=clock.now(),
        due_at=clock.now() + timedelta(hours=48),
    )
    with refused(errors.Conflict):
        sweeps.deadline_retry(deadline=row, actor=factories.staff(Role.SUPERVISOR))


# Tasks ----------------------------------------------------------------------------------------------------------------


def task(role: str, refund: Refund | None = None, kind: str = TaskKind.CHECK_TRACKING) -> Task:
    return workbench.task_raise(
        refund=refund or factories.make_refund(), kind=kind, role=role, within=timedelta(hours=1)
    )


def test_each_role_sees_its_tasks_and_supervisors_all(client):
    """TKT-4."""
    made = {role: task(role) for role in (Role.AGENT, Role.WAREHOUSE, Role.FINANCE)}
    for role, one in made.items():
        sign_in(client, role)
        assert rows(client.get("/tasks/")) == [str(one.pk)]
        assert client.get(reverse("tickets:task_done", args=[made[Role.FINANCE].pk])).status_code == (
            200 if role == Role.FINANCE else 404
        )
    sign_in(client, Role.SUPERVISOR)
    assert len(rows(client.get("/tasks/"))) == 3
    assert rows(client.get("/tasks/?role=finance")) == [str(made[Role.FINANCE].pk)]


def test_a_task_that_is_done_leaves_the_list(client):
    one = task(Role.AGENT)
    sign_in(client, Role.AGENT, display_name="王芳")
    assert press(client, reverse("tickets:task_done", args=[one.pk])).status_code == 204
    assert rows(client.get("/tasks/")) == []
    assert "王芳" in words(client.get("/tasks/?tab=done"))


def test_other_shops_tasks_are_never_shown(client):
    mine, other = task(Role.AGENT), task(Role.AGENT)
    sign_in(client, Role.AGENT, mine.shop)
    assert rows(client.get("/tasks/")) == [str(mine.pk)]
    assert client.get(reverse("tickets:task_done", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("many", [1, 50])
def test_tasks_cost_the_same_number_of_statements(client, supervisor, many, django_assert_num_queries):
    """Session, user, count, rows."""
    shop = factories.make_shop()
    for _number in range(many):
        task(Role.AGENT, factories.make_refund(factories.make_order(shop)))
    warm(client, "/tasks/")
    with django_assert_num_queries(4):
        assert len(rows(client.get("/tasks/"))) == many


# Disputes -------------------------------------------------------------------------------------------------------------


def test_disputes_show_how_long_and_until_when(client, supervisor):
    """DIS-2, TMO-12."""
    calendar.fill(2026, 2027)
    calendar.fill(clock.now().year, clock.now().year + 1)
    first, second = disputed(), disputed()
    shown = client.get("/disputes/")
    assert rows(shown) == [first.refund_no, second.refund_no]
    assert shown.context["rows"][0]["decided_by"] > clock.now()
    assert shown.context["sum_fen"] == first.amount_fen + second.amount_fen
    refunds.refund_decide(refund=first, actor=factories.staff(Role.SUPERVISOR), outcome="seller", text="证据不足")
    assert rows(client.get("/disputes/")) == [second.refund_no]
    assert "证据不足" in client.get("/disputes/?tab=ended").content.decode()


def test_a_year_that_the_calendar_lacks_breaks_nothing(client, supervisor):
    """TMO-12: the platform is asked all the same, and its time is over at the latest in three weeks."""
    CalendarDay.objects.all().delete()
    calendar.forget()
    made = Dispute.objects.get(refund=disputed())
    shown = client.get("/disputes/").context["rows"][0]["decided_by"]
    assert shown == made.created_at + timedelta(days=21)


def test_other_shops_disputes_are_never_shown(client):
    mine = disputed()
    disputed()
    sign_in(client, Role.SUPERVISOR, mine.shop)
    assert rows(client.get("/disputes/")) == [mine.refund_no]


def test_disputes_are_handed_over_together(client, supervisor):
    """DIS-2: to one colleague; what is of a shop that he does not see stays, and is said."""
    mine, theirs, other = disputed(), disputed(), disputed()
    colleague = factories.make_user(Role.AGENT, mine.shop, theirs.shop)
    shown = client.get("/disputes/").content.decode()
    assert f'<option value="{colleague.pk}">' in shown
    picked = {"pick": [one.refund_no for one in (mine, theirs, other)], "next": "/disputes/"}
    said = client.post("/queue/hand-over/", {**picked, "owner": colleague.pk}, follow=True)
    assert said.request["PATH_INFO"] == "/disputes/"
    assert len(list(said.context["messages"])) == 2
    owners = dict(Refund.objects.values_list("pk", "assignee"))
    assert owners == {mine.pk: colleague.pk, theirs.pk: colleague.pk, other.pk: None}


def test_a_dispute_over_an_unlawful_refusal_is_a_risk(client, supervisor):
    """DIS-2, DEC-4: the rule stands at the case while it is undecided; a phone call is no risk."""
    lawful, unlawful = (factories.make_return(factories.make_order(sign=True)) for _each in range(2))
    boss = factories.staff(Role.SUPERVISOR)
    said = {"actor": boss, "reason": "other", "message": "不退", "buyer_phoned": True}
    for case, more in ((lawful, {"reason": "abuse"}), (unlawful, {"despite_law": True, "despite_note": "三次调包"})):
        picture = [factories.make_evidence(case.shop)]
        refunds.refund_refuse(refund=case, evidence_ids=picture, **{**said, **more})
        refunds.refund_intervene(refund=case, actor=factories.buyer(case.shop), text="请平台处理")
    page = client.get("/disputes/")
    assert [row["against"] for row in page.context["rows"]] == [[], ["LAW-1"]]
    assert page.content.decode().count("违反 LAW-1") == 1


@pytest.mark.parametrize("owner", ["", "x", "0", "9" * 30, "²"])
def test_nobody_is_no_colleague(client, supervisor, owner):
    case = disputed()
    client.post("/queue/hand-over/", {"pick": [case.refund_no], "owner": owner})
    assert Refund.objects.get(pk=case.pk).assignee_id is None


def test_only_a_supervisor_hands_over_and_only_in_his_shops(client):
    case, foreign = disputed(), disputed()
    colleague = factories.make_user(Role.AGENT)
    picked = {"pick": [case.refund_no, foreign.refund_no], "owner": colleague.pk}
    sign_in(client, Role.AGENT)
    assert client.post("/queue/hand-over/", picked).status_code == 403
    assert "bulk-owner" not in client.get("/disputes/").content.decode()
    sign_in(client, Role.SUPERVISOR, case.shop)
    client.post("/queue/hand-over/", picked)
    assert dict(Refund.objects.values_list("pk", "assignee")) == {case.pk: colleague.pk, foreign.pk: None}


@pytest.mark.parametrize("many", [1, 20])
def test_disputes_cost_the_same_number_of_statements(client, supervisor, many, django_assert_num_queries):
    """Session, user, count, rows, what their files show, refusals, to whom they can be handed."""
    calendar.fill(clock.now().year, clock.now().year + 1)
    shop = factories.make_shop()
    for _number in range(many):
        disputed(shop)
    warm(client, "/disputes/")
    with django_assert_num_queries(7):
        assert len(rows(client.get("/disputes/"))) == many


# Operations -----------------------------------------------------------------------------------------------------------


def test_operations_show_what_should_be_empty(client, supervisor):
    """I8, I9, I10."""
    refund = soon()
    broken(refund)
    order = factories.make_order(sign=True)
    paid = factories.make_refund(order, kind="refund_only", goods_status="received")
    refunds.refund_agree(refund=paid, actor=factories.staff())
    payment = refunds.payment_send(payment=RefundPayment.objects.get(refund=paid))
    refunds.payment_fail(payment=payment, actor=factories.staff(Role.FINANCE), failure="账户注销")
    event = OutboxEvent.objects.order_by("-id").first()
    OutboxEvent.objects.filter(pk=event.pk).update(
        delivered_at=None, next_try_at=clock.now() - timedelta(minutes=5), error="handler: KeyError", attempts=3
    )
    CalendarDay.objects.filter(day__year=clock.now().year).delete()
    shown = client.get("/operations/")
    assert shown.context["deadlines_failed"].count == 1
    assert shown.context["payments_failed"].count == 1
    assert shown.context["outbox_failing"].count == 1
    assert "handler: KeyError" in shown.content.decode()
    assert "账户注销" in shown.content.decode()
    assert clock.now().year in shown.context["calendar"]["missing"]


def test_what_must_hold_is_checked_on_request(client, supervisor):
    factories.make_refund()
    assert client.get("/operations/").context["checked"] is None
    checked = client.get("/operations/?check=1").context["checked"]
    assert [entry["violations"] for entry in checked if entry["violations"]] == []
    assert len(checked) > 3


@pytest.mark.parametrize("many", [1, 50])
def test_operations_cost_at_most_so_many_statements(client, supervisor, many, django_assert_max_num_queries):
    """Session, user, six gauges of one or two, two for the calendar."""
    shop = factories.make_shop()
    for _number in range(many):
        broken(soon(shop))
    warm(client, "/operations/")
    with django_assert_max_num_queries(2 + 6 * 2 + 2):
        assert client.get("/operations/").context["deadlines_failed"].count == many


def test_operations_show_nothing_of_other_shops(client):
    broken(soon())
    sign_in(client, Role.SUPERVISOR, factories.make_shop())
    assert client.get("/operations/").context["deadlines_failed"].count == 0
