"""A replacement that goes first goes once its return shows a scan (EXC-4)."""

import pytest
from django.urls import reverse

from aftersales.core import clock
from aftersales.core.models import Role, Shop
from logistics import services
from logistics.models import Parcel
from logistics.services import Scan
from orders.models import OrderNote
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.helpers import unchanged
from tests.pages import press, sign_in
from tests.rest import problem, staff_caller

pytestmark = pytest.mark.django_db

REPLACED = "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"
PARCEL = {"carrier": "yuantong", "tracking_no": "YT1234567890123"}


@pytest.fixture
def shop() -> Shop:
    return factories.make_shop()


def urgent(shop: Shop, *, first: bool = True) -> Refund:
    """An exchange whose return has a number that no carrier has scanned."""
    refund = factories.make_exchange(factories.make_order(shop, sign=True))
    refunds.refund_agree(refund=refund, actor=factories.staff(), ships_first=first)
    return services.return_shipment_record(
        refund=refund, actor=factories.buyer(shop), carrier="zto", tracking_no="75312345678901"
    )


def scanned(refund: Refund) -> None:
    back = Parcel.objects.get(refund=refund, direction="return")
    services.scans_record(parcel=back, scans=[Scan(clock.now(), "103", "已揽收")], source="test")


def ship(refund: Refund, **more: object):
    return staff_caller(Role.WAREHOUSE).post(f"/refunds/{refund.refund_no}/ship-replacement", PARCEL | more)


def test_without_a_scan_it_waits_and_with_one_it_goes(shop):
    refund = urgent(shop)
    for wrong in ({}, {"scan_seen": False}, {"scan_seen": None}):
        with unchanged():
            body = problem(ship(refund, **wrong), 409, "confirmation_required", "EXC-4")
        assert body["status_now"] == refund.status
    scanned(refund)
    assert ship(refund).json()["status"] == REPLACED
    assert not OrderNote.objects.filter(order=refund.order, text__contains="showed a scan").exists()


def test_who_saw_the_scan_elsewhere_says_so_and_it_is_noted(shop):
    refund = urgent(shop)
    assert ship(refund, scan_seen=True).json()["status"] == REPLACED
    assert refund.refund_no in OrderNote.objects.get(order=refund.order, text__contains="showed a scan").text


def test_a_scan_of_a_number_that_was_corrected_says_nothing(shop):
    refund = urgent(shop)
    scanned(refund)
    services.return_shipment_record(
        refund=refund, actor=factories.buyer(shop), carrier="zto", tracking_no="75312345678902"
    )
    problem(ship(refund), 409, "confirmation_required", "EXC-4")


def test_what_was_not_promised_first_is_received_with_it_and_needs_no_scan(shop):
    """EXC-1: 3 → 13; and a number that is put right after it left asks nothing again."""
    assert ship(urgent(shop, first=False)).json()["received_at"]
    refund = urgent(shop)
    ship(refund, scan_seen=True)
    assert ship(refund, tracking_no="YT1234567890124").json()["status"] == REPLACED


@pytest.mark.parametrize("role", [Role.AGENT, Role.WAREHOUSE])
def test_both_dialogs_ask_for_it_only_where_no_scan_is_known(client, shop, role):
    """EXC-4: on the request's page and at the bench."""
    sign_in(client, role)
    refund = urgent(shop)
    address = {
        Role.AGENT: reverse("tickets:request_action", args=[refund.refund_no, "ship_replacement"]),
        Role.WAREHOUSE: reverse("logistics:send", args=[refund.refund_no]),
    }[role]
    form = client.get(address).context["form"]
    typed = PARCEL | {"version": form["version"].value()}
    if "key" in form.fields:
        typed["key"] = form["key"].value()
    assert "scan_seen" in form.fields
    with unchanged():
        assert press(client, address, typed).status_code == 422
    assert press(client, address, typed | {"scan_seen": "on"}).status_code == 204
    assert Refund.objects.get(pk=refund.pk).status == REPLACED
    other = urgent(shop)
    scanned(other)
    assert "scan_seen" not in client.get(address.replace(refund.refund_no, other.refund_no)).context["form"].fields
