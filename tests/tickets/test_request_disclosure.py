"""The buyer's full data on the request page: for a reason, by some roles, and never without a trace (LAW-7)."""

import pytest
from django.db import transaction
from django.urls import reverse

from aftersales.core.models import Role
from tests import factories
from tickets import services
from tickets.models import Disclosure

from .request_pages import page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.AGENT, True),
        (Role.SUPERVISOR, True),
        (Role.WAREHOUSE, True),
        (Role.FINANCE, False),
        (Role.GOODS, False),
        (Role.ADMIN, False),
    ],
)
def test_the_full_data_is_shown_for_a_reason_and_that_is_kept(role: str, may: bool):
    """LAW-7."""
    refund = factories.make_return()
    client, user = signed_in(role)
    url = reverse("tickets:request_disclose", args=[refund.refund_no])
    assert (url in page_of(client, refund)) is may
    assert client.get(url).status_code == (200 if may else 403)
    answer = client.post(url, {"reason": "call"}, HTTP_HX_REQUEST="true")
    if not may:
        assert answer.status_code == 403
        assert not Disclosure.objects.exists()
        return
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "李雷" in body
    assert "13800001234" in body
    assert "春熙路" in body
    assert "no-store" in answer["Cache-Control"]
    row = Disclosure.objects.get()
    assert (row.user_id, row.refund_id, row.reason, row.user_name) == (user.pk, refund.pk, "call", "王芳")
    assert "saw the buyer&#x27;s full data: To phone the buyer" in page_of(client, refund)


def test_without_a_reason_nothing_is_shown_and_nothing_kept():
    """LAW-7."""
    refund = factories.make_return()
    client, _user = signed_in()
    url = reverse("tickets:request_disclose", args=[refund.refund_no])
    for sent in ({}, {"reason": "curious"}, {"reason": "other", "note": " "}):
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert "李雷" not in answer.content.decode()
    assert not Disclosure.objects.exists()


def test_who_looked_cannot_be_rewritten():
    """LAW-7: by the database."""
    refund = factories.make_return()
    row = services.buyer_disclose(order=refund.order, refund=refund, actor=factories.staff(), reason="call")
    for change in (lambda: Disclosure.objects.update(reason="parcel"), lambda: row.delete()):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            change()
    assert Disclosure.objects.get().reason == "call"
