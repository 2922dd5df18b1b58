"""The warehouse's page: voids, parcels, what must not leave."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aftersales.core.models import Role
from logistics import services as logistics
from orders.models import Order
from orders.states import OrderStatus
from refunds import services as refunds
from refunds.models import Evidence, Refund
from refunds.states import RefundStatus
from tests import factories
from tests.core import upload_samples
from tests.pages import press, rows, sign_in, warm
from tickets import services as workbench
from tickets.models import Task, TaskKind

pytestmark = pytest.mark.django_db
LIST = "/warehouse/"


@pytest.fixture
def keeper(client: Client):
    return sign_in(client, Role.WAREHOUSE)


def coming_back(number: str = "YT9900000000001", **order: object) -> Refund:
    """A return on its way."""
    refund = refunds.refund_agree(refund=factories.make_return(**order), actor=factories.staff())
    return logistics.return_shipment_record(
        refund=refund, actor=factories.staff(), carrier="yuantong", tracking_no=number
    )


def void(refund: Refund) -> str:
    return reverse("logistics:void", args=[refund.refund_no])


def receive(refund: Refund) -> str:
    return reverse("logistics:receive", args=[refund.refund_no])


def checked(refund: Refund, verdict: str, **more: object) -> dict[str, object]:
    answers: dict[str, object] = {"findings": "", "kept": ""}
    if verdict == "fail":
        answers[f"line{refund.lines.get().pk}_findings"] = ["seal_opened"]
    return {**answers, "version": refund.version, "verdict": verdict, **more}


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("damage.jpg", upload_samples.jpeg(), content_type="image/jpeg")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.WAREHOUSE, 200),
        (Role.SUPERVISOR, 200),
        (Role.AGENT, 403),
        (Role.FINANCE, 403),
        (Role.GOODS, 403),
        (Role.ADMIN, 403),
    ],
)
def test_who_may_look(client, role, status):
    sign_in(client, role)
    assert client.get(LIST).status_code == status


def test_an_empty_list_says_why(client, keeper):
    for tab in ("void", "receive"):
        shown = client.get(f"{LIST}?tab={tab}").content.decode()
        assert 'class="empty"' in shown


def test_open_requests_before_shipment_wait_to_be_voided(client, keeper):
    """VOI-1: answered ones and others do not."""
    first, second = factories.make_refund(), factories.make_refund()
    answered = factories.make_refund()
    refunds.refund_void(refund=answered, actor=factories.staff(Role.WAREHOUSE))
    factories.make_return()
    assert rows(client.get(LIST)) == [first.refund_no, second.refund_no]


def test_other_shops_are_never_shown(client):
    mine, other = factories.make_refund(), factories.make_refund()
    sign_in(client, Role.WAREHOUSE, mine.shop)
    assert rows(client.get(LIST)) == [mine.refund_no]
    assert client.get(void(other)).status_code == 404
    assert press(client, void(other), {"result": "voided", "version": 1}).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_a_page_costs_the_same_number_of_statements(client, keeper, many, django_assert_num_queries):
    """Session, user, five counts, rows, lines, shipments, tasks."""
    shop = factories.make_shop()
    for _number in range(many):
        factories.make_refund(factories.make_order(shop))
    warm(client, LIST)
    with django_assert_num_queries(11):
        assert len(rows(client.get(LIST))) == many


def test_paging_shows_every_row_once(client, keeper, monkeypatch):
    monkeypatch.setattr("logistics.views.warehouse.PAGE_SIZE", 2)
    numbers = [factories.make_refund().refund_no for _number in range(5)]
    seen, after = [], "?"
    while after:
        response = client.get(LIST + after)
        seen += rows(response)
        after = response.context["page"].next_url
    assert seen == numbers


def test_voided_in_two_taps(client, keeper):
    """VOI-2."""
    refund = factories.make_refund()
    dialog = client.get(f"{void(refund)}?result=voided", headers={"HX-Request": "true"}).content.decode()
    assert f'name="version" value="{refund.version}"' in dialog
    answer = press(client, void(refund), {"result": "voided", "version": refund.version, "note": "在货架上"}, at=LIST)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, LIST)
    assert Refund.objects.get(pk=refund.pk).void_result == "voided"
    assert rows(client.get(LIST)) == []


def test_a_second_answer_is_refused_and_changes_nothing(client, keeper):
    """VOI-2: the warehouse answers once."""
    refund = factories.make_refund()
    sent = {"result": "voided", "version": refund.version}
    assert [press(client, void(refund), sent).status_code for _ in range(2)] == [204, 412]
    again = press(client, void(refund), {"result": "already_shipped", "version": refund.version + 1})
    assert (again.status_code, "VOI-2" in again.content.decode()) == (409, True)
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_AGREE


def test_already_shipped_closes_the_request_and_marks_the_order(client, keeper):
    """VOI-2, RFD-2."""
    refund = factories.make_refund()
    assert press(client, void(refund), {"result": "already_shipped", "version": refund.version}).status_code == 204
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.CLOSED
    assert Order.objects.get(pk=refund.order_id).status == OrderStatus.WAIT_BUYER_CONFIRM_GOODS


def test_without_script_the_dialog_is_a_page(client, keeper):
    refund = factories.make_refund()
    assert "<!DOCTYPE html>" in client.get(f"{void(refund)}?result=voided").content.decode()
    answer = client.post(void(refund), {"result": "voided", "version": refund.version})
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?tab=void")


def test_urgent_voids_stand_above_everything_until_the_goods_are_stopped(client, keeper):
    """VOI-4."""
    refund = factories.make_refund()
    task = workbench.task_raise(refund=refund, kind=TaskKind.CHASE_VOID, role=Role.WAREHOUSE, within=timedelta(hours=1))
    shown = client.get(LIST).content.decode()
    assert "VOI-4" in shown
    url = reverse("tickets:task_done", args=[task.pk])
    assert [press(client, url, at=LIST).status_code for _ in range(2)] == [204, 409]
    assert Task.objects.get(pk=task.pk).done_at is not None
    assert "VOI-4" not in client.get(LIST).content.decode()


def test_a_parcel_is_found_by_any_of_its_numbers(client, keeper):
    """RET-1."""
    refund = coming_back()
    assert rows(client.get(f"{LIST}?tab=receive")) == [refund.refund_no]
    for asked in ("yt9900000000001", refund.refund_no, refund.order.order_no):
        shown = client.get(f"{LIST}?tab=receive&q={asked}").content.decode()
        assert f'action="{receive(refund)}"' in shown
    assert 'class="empty"' in client.get(f"{LIST}?tab=receive&q=unknown-1").content.decode()


def test_a_parcel_of_another_shop_is_not_found(client):
    refund = coming_back()
    sign_in(client, Role.WAREHOUSE, factories.make_shop())
    assert 'class="empty"' in client.get(f"{LIST}?tab=receive&q={refund.refund_no}").content.decode()
    assert press(client, receive(refund), checked(refund, "pass")).status_code == 404


def test_a_parcel_that_cannot_be_received_says_why(client, keeper):
    refund = factories.make_return()
    shown = client.get(f"{LIST}?tab=receive&q={refund.refund_no}").content.decode()
    outside = re.sub(r"<template.*?</template>", "", shown, flags=re.DOTALL)
    assert 'value="pass"' not in outside
    assert 'class="error"' in shown


def test_pass_starts_the_refund_and_leads_to_the_next_parcel(client, keeper):
    """RET-2."""
    refund = coming_back()
    answer = press(client, receive(refund), checked(refund, "pass"), at=f"{LIST}?tab=receive&q=x")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{LIST}?tab=receive")
    moved = Refund.objects.get(pk=refund.pk)
    assert moved.status == RefundStatus.WAIT_SYSTEM_TRANSFER
    assert moved.inspections.get().passed


def test_passing_twice_refunds_once(client, keeper):
    refund = coming_back()
    sent = checked(refund, "pass")
    assert [press(client, receive(refund), sent).status_code for _ in range(2)] == [204, 412]
    assert refund.inspections.count() == 1


def test_a_no_does_not_pass_without_a_word(client, keeper):
    refund = coming_back()
    line = refund.lines.get()
    answer = press(client, receive(refund), checked(refund, "pass", **{f"line{line.pk}_faults": ["packaging"]}))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_CONFIRM_GOODS


def test_failing_needs_photos_and_what_was_typed_stays(client, keeper):
    """RFD-5, RET-2."""
    refund = coming_back()
    answer = press(client, receive(refund), checked(refund, "fail", findings="鞋底有磨损"))
    assert answer.status_code == 422
    assert "RFD-5" in answer.content.decode()
    assert "鞋底有磨损" in answer.content.decode()
    assert Refund.objects.get(pk=refund.pk).status == RefundStatus.WAIT_SELLER_CONFIRM_GOODS


def test_photos_survive_what_else_was_wrong(client, keeper):
    """RET-2: the first try lacks words, the second finds the photo again."""
    refund = coming_back()
    first = press(client, receive(refund), checked(refund, "fail", photos=photo()))
    assert first.status_code == 422
    kept = Evidence.objects.get()
    assert f'name="kept" value="{kept.evidence_id}"' in " ".join(first.content.decode().split())
    sent = checked(refund, "fail", findings="鞋底有磨损", kept=kept.evidence_id)
    assert press(client, receive(refund), sent).status_code == 204
    moved = Refund.objects.get(pk=refund.pk)
    assert (moved.status, moved.refused_as) == (RefundStatus.SELLER_REFUSE_BUYER, "inspection_failed")
    assert list(moved.evidence.values_list("evidence_id", flat=True)) == [kept.evidence_id]
    assert "鞋底有磨损" in moved.inspections.get().findings


def test_a_file_that_is_no_photo_is_refused_at_its_field(client, keeper):
    refund = coming_back()
    bad = SimpleUploadedFile("x.jpg", b"#!/bin/sh\n", content_type="image/jpeg")
    answer = press(client, receive(refund), checked(refund, "fail", findings="鞋底有磨损", photos=bad))
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_nobody_uses_the_photos_of_another_shop(client, keeper):
    other = factories.make_shop()
    theirs = refunds.evidence_store(
        actor=factories.staff(Role.WAREHOUSE, other), file=photo(), purpose="inspection", shop=other
    )
    refund = coming_back()
    sent = checked(refund, "fail", findings="鞋底有磨损", kept=theirs.evidence_id)
    assert press(client, receive(refund), sent).status_code == 422
    assert Evidence.objects.get().refund_id is None
