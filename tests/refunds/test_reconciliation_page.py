"""Reconciliation in the console: what does not fit, looked into with a reason; a bill that was downloaded by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aftersales.core import clock
from aftersales.core.models import Role
from refunds import services
from refunds.models import Bill, Difference
from tests import factories
from tests.pages import press, rows, sign_in, warm, words

from .test_reconciling import DAY, bill_of, row

pytestmark = pytest.mark.django_db
PAGE = "/reconciliation/"


@pytest.fixture
def client():
    """A browser that wants English."""
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def difference(kind="amount", order=None, **fields):
    given = {"provider": "alipay", "day": DAY, "kind": kind, "number": f"N{Difference.objects.count()}"}
    given |= {"detail": "x", "here_fen": 100, "there_fen": 200, "found_at": clock.now()} | fields
    return Difference.objects.create(order=order, shop=order.shop if order else None, **given)


def test_what_needs_somebody_stands_apart_from_what_is_only_noted(client):
    one, fee, edge = difference(), difference("fee"), difference("day_edge")
    sign_in(client, Role.FINANCE)
    assert rows(client.get(PAGE)) == [str(one.pk)]
    assert rows(client.get(f"{PAGE}?tab=quiet")) == [str(fee.pk), str(edge.pk)]


def test_it_is_looked_into_with_a_reason_by_finance(client):
    one = difference(order=factories.make_order())
    sign_in(client, Role.SUPERVISOR)
    assert f"{PAGE}{one.pk}/" not in client.get(PAGE).content.decode()
    assert press(client, f"{PAGE}{one.pk}/", {"reason": "x"}).status_code == 403
    sign_in(client, Role.FINANCE)
    assert press(client, f"{PAGE}{one.pk}/", {"reason": ""}).status_code == 422
    assert press(client, f"{PAGE}{one.pk}/", {"reason": "银行退票"}).status_code == 204
    assert rows(client.get(PAGE)) == []
    assert "银行退票" in words(client.get(f"{PAGE}?tab=done"))


def test_other_shops_differences_are_not_shown(client):
    mine, other = difference(order=factories.make_order()), difference(order=factories.make_order())
    nobodys = difference("garbled")
    sign_in(client, Role.FINANCE, mine.shop)
    assert rows(client.get(PAGE)) == [str(mine.pk), str(nobodys.pk)]
    assert press(client, f"{PAGE}{other.pk}/", {"reason": "x"}).status_code == 404


def test_a_bill_is_uploaded_and_compared_by_the_job(client):
    sign_in(client, Role.FINANCE)
    content = bill_of([row("ALIEN-1", "T-1", "4.00")])
    sent = client.post(PAGE, {"day": f"{DAY}", "file": SimpleUploadedFile("bill.zip", content)})
    assert (sent.status_code, sent["Location"]) == (302, f"{PAGE}?tab=bills")
    assert "Waiting to be read" in words(client.get(f"{PAGE}?tab=bills"))
    services.bills_compare()
    assert "Compared" in words(client.get(f"{PAGE}?tab=bills"))
    assert "In the bill, unknown here" in words(client.get(PAGE))
    future = client.post(PAGE, {"day": "2099-01-01", "file": SimpleUploadedFile("bill.zip", content)})
    assert (future.status_code, Bill.objects.count()) == (422, 1)
    assert "not over yet" in words(future)


@pytest.mark.parametrize("many", [1, 50])
def test_a_page_costs_the_same_number_of_statements(client, many, django_assert_num_queries):
    """Session, user, two counts, rows."""
    order = factories.make_order()
    for _each in range(many):
        difference(order=order)
    sign_in(client, Role.FINANCE)
    warm(client, PAGE)
    with django_assert_num_queries(5):
        assert len(rows(client.get(PAGE))) == many
