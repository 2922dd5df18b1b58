"""What one does beside deciding: write, note, extend, modify, ask the platform, take on, tick off."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from aftersales.core.auth import Actor
from aftersales.core.models import Deadline, Role
from orders import services as orders
from orders.models import Order, OrderNote
from refunds import services as refunds
from refunds.models import Evidence, Message, Refund, ReturnShipment
from tests import factories
from tickets import services
from tickets.models import Task, TaskKind

from .request_pages import kept, page_of, signed_in
from .test_request_actions import HTMX, opened, sent, trace, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def now(refund: Refund) -> Refund:
    return Refund.objects.select_related("order").get(pk=refund.pk)


def test_a_reply_reaches_the_buyer_with_its_files():
    refund = factories.make_return()
    client, user = signed_in()
    picture = kept(Actor.for_user(user), refund)
    answer = sent(client, refund, "reply", text="亲,已收到", evidence=picture.evidence_id)
    assert answer.status_code == 204
    message = Message.objects.get(refund=refund)
    assert (message.side, message.author_name) == ("seller", "王芳")
    assert message.text.splitlines() == ["亲,已收到", "感谢您的理解与支持，有任何问题请随时联系我们，祝您生活愉快！"], (
        "TKT-3"
    )
    assert Evidence.objects.get(refund=refund).pk == picture.pk
    body = page_of(client, refund)
    assert "亲,已收到" in body
    assert body.count(f"/api/v1/evidence/{picture.evidence_id}/thumbnail") == 2, "in the gallery and at its message"


def test_an_empty_reply_is_said_in_a_dialog_and_writes_nothing():
    refund = factories.make_return()
    before = trace()
    answer = sent(signed_in()[0], refund, "reply", text="  ")
    assert answer.status_code == 422
    assert "Write something, or add a picture." in answer.content.decode()
    assert trace() == before


def test_the_form_of_the_conversation_carries_a_new_key_each_time():
    refund = factories.make_return()
    client, _user = signed_in()
    keys = set()
    for _visit in range(2):
        client.get(reverse("tickets:request_detail", args=[refund.refund_no]))
        keys.add(client.get(reverse("tickets:request_detail", args=[refund.refund_no])).context["reply_key"])
    assert len(keys) == 2


def test_a_note_with_a_flag_is_kept_beside_the_earlier_ones():
    """ORD-5."""
    refund = factories.make_return()
    client, _user = signed_in()
    assert sent(client, refund, "note", text="欠样品一份", flag="yellow").status_code == 204
    assert sent(client, refund, "note", text="已电话", flag="").status_code == 204
    assert list(OrderNote.objects.values_list("text", "flag")) == [("欠样品一份", "yellow"), ("已电话", "")]
    assert Order.objects.get().seller_flag == "yellow"


def test_what_is_owed_is_made_good_once():
    """ORD-5: by the button on the page; a second press says so and shows the present state."""
    refund = factories.make_return()
    note = orders.note_add(order=refund.order, actor=factories.staff(), text="欠样品", flag="yellow")
    client, _user = signed_in(Role.WAREHOUSE)
    url = reverse("tickets:request_debt_settled", args=[refund.refund_no, note.pk])
    assert client.post(url, **HTMX).status_code == 204
    note.refresh_from_db()
    assert note.settled_by == "王芳"
    again = client.post(url, **HTMX)
    assert (again.status_code, again["HX-Reswap"]) == (409, "none")
    assert json.loads(again["HX-Trigger"])["toast"]["text"] == "Nothing is owed by this note any more."
    assert signed_in(Role.FINANCE)[0].post(url, **HTMX).status_code == 403


def test_a_debt_of_another_buyer_is_not_reached_through_this_request():
    refund, other = factories.make_return(), factories.make_return()
    note = orders.note_add(order=other.order, actor=factories.staff(), text="欠样品", flag="yellow")
    url = reverse("tickets:request_debt_settled", args=[refund.refund_no, note.pk])
    assert signed_in()[0].post(url, **HTMX).status_code == 404
    note.refresh_from_db()
    assert note.settled_at is None


def test_receipt_is_extended_and_noted():
    """ORD-6."""
    refund = factories.make_return()
    client, _user = signed_in()
    body, _hidden = opened(client, refund, "extend")
    assert "1 to 10 days; it is noted on the order." in body
    before = Deadline.objects.get(rule="TMO-10").remaining
    assert sent(client, refund, "extend", days="5").status_code == 204
    assert Deadline.objects.get(rule="TMO-10").remaining == before + timedelta(days=5)
    too_many = sent(client, refund, "extend", days="11")
    assert too_many.status_code == 422
    assert "Receipt can be extended by 1 to 10 days at a time." in too_many.content.decode()


def test_the_request_is_changed_for_the_buyer():
    """APP-8: kept as a version, the clock starts anew."""
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        refund = factories.make_return(reason="quality")
        travel.shift(timedelta(days=1))
        client, _user = signed_in()
        line = refund.lines.get()
        fields = {
            "kind": "return_refund",
            "goods_status": "received",
            "reason": "seven_day",
            "description": "电话沟通后改为七天无理由",
            f"quantity_{line.pk}": "1",
            f"amount_{line.pk}": "100.00",
        }
        assert sent(client, refund, "modify", **fields).status_code == 204
        after = now(refund)
        assert (after.reason, after.amount_fen, after.version) == ("seven_day", 10000, 2)
        assert after.due_at == refund.due_at + timedelta(days=1)
        assert list(refund.versions.values_list("number", flat=True)) == [1, 2]


def test_a_reason_that_does_not_fit_is_said_at_its_field():
    """APP-3."""
    refund = factories.make_return()
    line = refund.lines.get()
    before = trace()
    fields = {
        "kind": "return_refund",
        "goods_status": "received",
        "reason": "out_of_stock",
        f"quantity_{line.pk}": "1",
    }
    answer = sent(signed_in()[0], refund, "modify", **fields)
    assert answer.status_code == 422
    assert "This reason does not fit" in str(answer.context["form"].errors["reason"])
    assert trace() == before


def test_the_platform_is_asked_after_the_waiting_time_and_the_clock_stands_still():
    """RFD-7, TMO-16."""
    with time_machine.travel("2026-11-01T10:00:00+08:00", tick=False) as travel:
        refund = factories.make_return()
        refund = refunds.refund_agree(refund=refund, actor=factories.staff())
        refund = refunds.refund_return_shipment(
            refund=refund, actor=factories.buyer(refund.shop), carrier="yuantong", tracking_no="YT1", surface=True
        )
        early, _user = signed_in()
        assert early.get(url_of(refund, "intervention"), **HTMX).status_code == 409
        travel.shift(timedelta(days=15))
        client, _user = signed_in()
        body, _hidden = opened(client, refund, "intervention")
        assert "the platform decides within 7 working days" in body
        assert sent(client, refund, "intervention", text="买家不配合").status_code == 204
        assert now(refund).in_dispute
        assert Deadline.objects.get(subject_type="refund", rule="TMO-6", status="paused")


def test_a_number_is_corrected_and_the_carrier_must_be_chosen():
    """RFD-6."""
    refund = refunds.refund_agree(refund=factories.make_return(), actor=factories.staff())
    client, _user = signed_in()
    answer = sent(client, refund, "return-shipment", carrier="", tracking_no="YT1")
    assert answer.status_code == 422
    assert 'value="YT1"' in answer.content.decode()
    for number in ("yt1", "yt2"):
        assert sent(client, refund, "return-shipment", carrier="yuantong", tracking_no=number).status_code == 204
    rows = ReturnShipment.objects.order_by("tracking_no")
    assert [(row.tracking_no, row.superseded_at is None) for row in rows] == [("YT1", False), ("YT2", True)]


def test_a_failed_inspection_needs_findings_and_photos():
    """RET-2, RFD-5: said at their fields."""
    refund = refunds.refund_agree(refund=factories.make_return(), actor=factories.staff())
    refund = refunds.refund_return_shipment(
        refund=refund, actor=factories.buyer(refund.shop), carrier="yuantong", tracking_no="YT1"
    )
    client, user = signed_in(Role.WAREHOUSE)
    before = trace()
    failed = {"result": "fail", "not_intact": ["1:seal_opened"]}
    answer = sent(client, refund, "receive", **failed, findings="")
    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert set(errors) == {"findings", "evidence"}
    assert trace() == before
    photo = kept(Actor.for_user(user), refund, "inspection").evidence_id
    assert sent(client, refund, "receive", **failed, findings="吊牌缺失", evidence=photo).status_code == 204
    assert now(refund).status == "SELLER_REFUSE_BUYER"


def test_a_partial_decision_needs_its_sum():
    """DIS-4."""
    refund = factories.make_return()
    picture = kept(factories.staff(), refund).evidence_id
    refund = refunds.refund_refuse(
        refund=refund, actor=factories.staff(), reason="not_fit_for_resale", message="不同意", evidence_ids=[picture]
    )
    refund = refunds.refund_intervene(refund=refund, actor=factories.buyer(refund.shop), text="介入")
    before = trace()
    answer = sent(signed_in(Role.SUPERVISOR)[0], refund, "decision", outcome="partial", text="部分")
    assert answer.status_code == 422
    assert "Say how much the buyer gets." in str(answer.context["form"].errors["amount"])
    assert trace() == before


# --- Whose it is ------------------------------------------------------------------------------------------------------


def test_an_agent_takes_it_on_and_gives_it_back():
    refund = factories.make_return()
    client, user = signed_in()
    other, _colleague = signed_in()
    take, release = (reverse(f"tickets:request_{name}", args=[refund.refund_no]) for name in ("take", "release"))
    assert client.post(take, **HTMX).status_code == 204
    assert now(refund).assignee_id == user.pk
    late = other.post(take, **HTMX)
    assert late.status_code == 409
    assert json.loads(late["HX-Trigger"])["toast"]["text"] == "A colleague has this request already."
    assert other.post(release, **HTMX).status_code == 409
    assert now(refund).assignee_id == user.pk
    answer = client.post(release, follow=True)
    assert "Given back to everybody" in answer.content.decode()
    assert now(refund).assignee_id is None
    assert signed_in(Role.FINANCE)[0].post(take, **HTMX).status_code == 403


def test_a_supervisor_hands_it_over_to_whoever_sees_the_shop():
    refund = factories.make_return()
    here = factories.make_user(Role.AGENT, refund.shop, display_name="李强")
    elsewhere = factories.make_user(Role.AGENT, factories.make_shop(), display_name="赵敏")
    client, _user = signed_in(Role.SUPERVISOR)
    body, _hidden = opened(client, refund, "assign")
    assert "李强" in body
    assert "赵敏" not in body
    assert sent(client, refund, "assign", assignee=str(elsewhere.pk)).status_code == 422
    assert sent(client, refund, "assign", assignee=str(here.pk)).status_code == 204
    assert now(refund).assignee_id == here.pk


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 204), (Role.SUPERVISOR, 204), (Role.FINANCE, 403)])
def test_a_task_is_ticked_off_by_its_role(role: str, status: int):
    """TKT-4."""
    refund = factories.make_return()
    services.task_raise(refund=refund, kind=TaskKind.CHECK_TRACKING, role=Role.AGENT, within=timedelta(hours=1))
    task = Task.objects.get()
    client, _user = signed_in(role)
    url = reverse("tickets:request_task_done", args=[refund.refund_no, task.pk])
    assert (url in page_of(client, refund)) is (status == 204)
    assert client.post(url, **HTMX).status_code == status
    task.refresh_from_db()
    assert (task.done_by == "王芳") is (status == 204)
    if status == 204:
        assert client.post(url, **HTMX).status_code == 409
        assert url not in page_of(client, refund)


def test_a_task_of_another_request_is_not_reached_through_this_one():
    refund, other = factories.make_return(), factories.make_return()
    services.task_raise(refund=other, kind=TaskKind.CHECK_TRACKING, role=Role.AGENT, within=timedelta(hours=1))
    url = reverse("tickets:request_task_done", args=[refund.refund_no, Task.objects.get().pk])
    assert signed_in()[0].post(url, **HTMX).status_code == 404
    assert Task.objects.get().done_at is None
