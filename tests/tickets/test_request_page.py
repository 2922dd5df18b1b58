"""The request page over HTTP: what it shows, to whom, at what cost, and that it stays true without moving."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.core import clock, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Role
from orders import services as orders
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Evidence, Inspection, Message, Refund, RefundVersion, ReturnShipment
from tests import factories
from tickets import services
from tickets.models import Disclosure, TaskKind
from tickets.selectors import playbook, request_page

from .request_pages import evidence, kept, page_of, signed_in

MOST_STATEMENTS = 12

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def test_the_page_shows_what_one_decides_by():
    """RFD-8, AMT-1, ORD-4, ORD-8: sum, reason, goods, channel, level, and what happens by itself."""
    shop = factories.make_shop()
    order = factories.make_order(shop, sign=True, buyer_level="VIP2", freight_insurance=True)
    refund = factories.make_return(order, description="味道不习惯")
    client, _user = signed_in()
    body = page_of(client, refund)
    for shown in (
        refund.refund_no,
        "¥104.00",
        "Seven-day return without reason",
        "味道不习惯",
        "铁观音 250g",
        "Quick pay, debit card",
        "VIP2, pays 95% of the regular price",
        "member price ¥205.20, paid ¥2.80 more",
        "then agreed by itself",
        "yes; pays within 72 h after the refund",
        "within the seven days",
        "圆通" if "圆通" in body else "yuantong",
    ):
        assert shown in body, shown
    assert f'<time datetime="{refund.due_at.astimezone(clock.SHANGHAI).isoformat(timespec="seconds")}"' in body or (
        f'<time datetime="{refund.due_at.isoformat(timespec="seconds")}"' in body
    )
    assert "<script>" not in body
    assert "style=" not in body


def test_by_script_the_content_alone_comes():
    refund = factories.make_return()
    client, _user = signed_in()
    body = page_of(client, refund, HTTP_HX_REQUEST="true")
    assert "<html" not in body
    assert f'data-case="{refund.refund_no}"' in body


@pytest.mark.parametrize("role", list(Role.values))
def test_every_role_of_staff_may_look_and_sees_the_actions_of_the_edge_table(role: str):
    refund = factories.make_return()
    client, _user = signed_in(role)
    body = page_of(client, refund)
    decides = role in (Role.AGENT, Role.SUPERVISOR)
    assert ('data-dialog data-action="agree"' in body) is decides
    assert ('data-action="decision"' in body) is (role == Role.SUPERVISOR)
    assert ("data-reply" in body) is (role in (Role.AGENT, Role.SUPERVISOR, Role.WAREHOUSE))


def test_what_is_not_possible_is_grey_and_says_why():
    """RFD-1, VOI-2."""
    refund = factories.make_refund()
    client, _user = signed_in()
    body = page_of(client, refund)
    assert 'data-tip="The warehouse has not voided this order yet: agree once it has."' in body
    assert "Before shipment a request cannot be refused" in body


def test_a_request_of_another_shop_is_not_there():
    refund = factories.make_return()
    client, _user = signed_in(Role.AGENT, factories.make_shop())
    for name in ("request_detail", "request_live", "request_next", "request_disclose"):
        assert client.get(reverse(f"tickets:{name}", args=[refund.refund_no])).status_code == 404, name


def test_nobody_looks_without_signing_in():
    refund = factories.make_return()
    url = reverse("tickets:request_detail", args=[refund.refund_no])
    answer = Client().get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={url}")
    assert Client(HTTP_HX_REQUEST="true").get(url).status_code == 401


def test_names_and_phones_are_masked():
    """LAW-7."""
    refund = factories.make_return()
    client, _user = signed_in(Role.SUPERVISOR)
    body = page_of(client, refund)
    assert "李*" in body
    assert "138****1234" in body
    for hidden in ("李雷", "13800001234", "春熙路", "茶友小李"):
        assert hidden not in body


# --- Statements -------------------------------------------------------------------------------------------------------


def one_of_each(refund: Refund, agent: Actor, buyer: Actor) -> None:
    refunds.message_write(refund=refund, actor=buyer, text="请尽快处理")
    evidence(refund, buyer)
    orders.note_add(order=refund.order, actor=agent, text="欠样品", flag="yellow")
    services.task_raise(refund=refund, kind=TaskKind.CHECK_TRACKING, role=Role.AGENT, within=timedelta(hours=1))
    services.buyer_disclose(order=refund.order, refund=refund, actor=agent, reason="call")


def fifty_of_each(refund: Refund) -> None:
    """Rows of the kinds that a service makes one at a time; the log keeps its own rule of one row a version."""
    now = clock.now()
    order = refund.order
    OrderNote.objects.bulk_create(
        OrderNote(order=order, text=f"n{i}", flag="yellow", author_kind="staff", author_name="x", created_at=now)
        for i in range(49)
    )
    Message.objects.bulk_create(
        Message(refund=refund, side="buyer", author_name="x", text=f"m{i}", created_at=now) for i in range(49)
    )
    first = Evidence.objects.get(refund=refund)
    values = {f.attname: getattr(first, f.attname) for f in Evidence._meta.fields if f.attname != "id"}
    Evidence.objects.bulk_create(Evidence(**{**values, "evidence_id": f"ev_{i}"}) for i in range(49))
    RefundVersion.objects.bulk_create(
        RefundVersion(refund=refund, number=100 + i, asked={"amount_fen": i}, created_at=now) for i in range(49)
    )
    ReturnShipment.objects.bulk_create(
        ReturnShipment(refund=refund, carrier="x", tracking_no=f"T{i}", created_at=now, superseded_at=now)
        for i in range(50)
    )
    Inspection.objects.bulk_create(
        Inspection(refund=refund, passed=False, inspector_name="x", created_at=now) for i in range(50)
    )
    first_look = Disclosure.objects.get(refund=refund)
    for _i in range(49):
        first_look.pk = None
        first_look.save(force_insert=True)


def statements(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def test_the_page_costs_the_same_with_one_row_of_each_kind_and_with_fifty():
    """At most twelve statements: session, person, policies, the request, and one for everything that belongs to it."""
    refund = factories.make_return()
    client, user = signed_in()
    one_of_each(refund, Actor.for_user(user), factories.buyer(refund.shop))
    page_of(client, refund)
    policies.get("deadline.TMO-1")
    playbook.in_force()
    once = statements(lambda: page_of(client, refund))
    fifty_of_each(refund)
    policies.get("deadline.TMO-1")
    playbook.in_force()
    body = ""

    def look() -> None:
        nonlocal body
        body = page_of(client, refund)

    often = statements(look)
    assert "m48" in body
    assert "n48" in body
    assert "T49" in body
    assert once == often
    assert once <= MOST_STATEMENTS
    assert once <= 5, "session, person, request, the rest; the policies and the playbook once in a while"


def test_asking_whether_anything_changed_costs_three_statements():
    refund = factories.make_return()
    client, _user = signed_in()
    url = reverse("tickets:request_live", args=[refund.refund_no])
    page = request_page.request_page(factories.staff(), refund.refund_no)
    client.get(url, {"seen": page["stamp"]})
    assert statements(lambda: client.get(url, {"seen": page["stamp"]})) == 3


# --- Staying true -----------------------------------------------------------------------------------------------------


def test_whatever_changes_moves_the_stamp_and_brings_the_parts():
    refund = factories.make_return()
    client, user = signed_in()
    agent, buyer = Actor.for_user(user), factories.buyer(refund.shop)
    url = reverse("tickets:request_live", args=[refund.refund_no])

    def stamp() -> str:
        return request_page.request_stamp(agent, refund.refund_no)

    def raise_task() -> None:
        services.task_raise(refund=refund, kind=TaskKind.CHECK_TRACKING, role=Role.AGENT, within=timedelta(hours=1))

    changes: list[Callable[[], object]] = [
        lambda: refunds.message_write(refund=refund, actor=buyer, text="在吗"),
        lambda: evidence(refund, buyer),
        lambda: orders.note_add(order=refund.order, actor=agent, text="已电话", flag="yellow"),
        lambda: orders.note_settle(note=OrderNote.objects.get(), actor=agent),
        raise_task,
        lambda: services.task_done(task=refund.tasks.get(), actor=agent),
        lambda: services.refund_assign(refund=refund, actor=agent, assignee=user),
        lambda: refunds.refund_agree(refund=refund, actor=agent),
        lambda: refunds.refund_return_shipment(refund=refund, actor=buyer, carrier="yuantong", tracking_no="YT1"),
        lambda: refunds.refund_receive(refund=refund, actor=agent, passed=True),
        lambda: factories.pay(refund),
    ]
    seen = {stamp()}
    for change in changes:
        before = stamp()
        assert client.get(url, {"seen": before}).status_code == 204
        change()
        answer = client.get(url, {"seen": before})
        assert answer.status_code == 200
        assert answer.content.count(b'hx-swap-oob="true"') == 13
        assert b"data-reply" not in answer.content, "the form that somebody types in is left alone"
        seen.add(stamp())
    assert len(seen) == len(changes) + 1


def test_the_next_case_is_the_next_by_urgency_and_begins_again_after_the_last():
    shop = factories.make_shop()
    made = [factories.make_return(factories.make_order(shop, sign=True)) for _ in range(3)]
    first, second, third = sorted(made, key=lambda refund: (refund.due_at, refund.pk))
    client, _user = signed_in(Role.AGENT, shop)

    def next_of(refund: Refund) -> str:
        url = request_page.request_page(factories.staff(), refund.refund_no)["next_url"]
        return client.get(url)["Location"]

    def page(refund: Refund) -> str:
        return reverse("tickets:request_detail", args=[refund.refund_no])

    assert [next_of(first), next_of(second), next_of(third)] == [page(second), page(third), page(first)]
    place = request_page.request_page(factories.staff(), second.refund_no)["next_url"]
    refunds.refund_agree(refund=second, actor=factories.staff())
    assert client.get(place)["Location"] == page(third), "the place in the queue is kept after deciding"
    refunds.refund_agree(refund=first, actor=factories.staff())
    refunds.refund_agree(refund=third, actor=factories.staff())
    assert client.get(place)["Location"] == reverse("tickets:queue")


# --- What belongs to it -----------------------------------------------------------------------------------------------


def test_debts_of_the_buyers_other_orders_pop_up():
    """ORD-5."""
    shop = factories.make_shop()
    other = factories.make_order(shop, buyer_id="b-same")
    orders.note_add(order=other, actor=factories.staff(), text="欠茶样一份", flag="yellow")
    refund = factories.make_return(factories.make_order(shop, sign=True, buyer_id="b-same"))
    client, _user = signed_in()
    body = page_of(client, refund)
    assert "Owed to this buyer" in body
    assert "欠茶样一份" in body
    assert other.order_no in body


def test_changes_of_what_was_asked_are_shown_as_a_difference():
    """APP-8."""
    refund = factories.make_return(reason="quality")
    refunds.refund_modify(refund=refund, actor=factories.buyer(refund.shop), changes={"reason": "seven_day"})
    client, _user = signed_in()
    body = page_of(client, refund)
    assert "2 versions" in body
    assert "<del>Quality fault</del>" in body
    assert "<ins>Seven-day return without reason</ins>" in body


def test_a_corrected_number_stands_beside_the_old_one():
    """RFD-6."""
    refund = factories.make_return()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    for number in ("YT0000000000001", "YT0000000000002"):
        refunds.refund_return_shipment(
            refund=refund, actor=factories.buyer(refund.shop), carrier="yuantong", tracking_no=number
        )
    body = page_of(signed_in()[0], refund)
    assert "YT0000000000001</s>" in body
    assert "YT0000000000002</span>" in body


def test_evidence_is_shown_small_and_belongs_to_its_sender():
    refund = factories.make_return()
    shown = evidence(refund, factories.buyer(refund.shop))
    body = page_of(signed_in()[0], refund)
    assert f'src="/api/v1/evidence/{shown.evidence_id}/thumbnail"' in body
    assert f'href="/api/v1/evidence/{shown.evidence_id}"' in body
    assert "Buyer 茶*" in body


def test_a_paused_deadline_says_how_much_is_left():
    """TMO-16."""
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        refund = factories.make_return()
        travel.shift(timedelta(hours=6))
        refunds.refund_refuse(
            refund=refund,
            actor=factories.staff(),
            reason="not_fit_for_resale",
            message="暂不同意",
            evidence_ids=[kept(factories.staff(), refund).evidence_id],
        )
        travel.shift(timedelta(hours=1))
        refunds.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="请介入")
        body = page_of(signed_in()[0], refund)
        assert "Paused" in body
        assert "6 d 23 h left" in body
