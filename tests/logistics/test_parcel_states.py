"""Every cell of the parcel's state machine, and what people's steps mean for later scans (LOG-5, LOG-6)."""

from datetime import timedelta

import pytest

from aftersales.core import clock, errors, events, transitions
from aftersales.core.auth import Actor
from logistics import services
from logistics.models import Parcel
from logistics.states import CODES, PARCEL
from orders.models import Order
from refunds import services as refunds
from tests import factories
from tests.cells import EVERYBODY, cells_of, people, try_all
from tests.checks import all_is_well, shared_world
from tests.helpers import refused, unchanged

pytestmark = pytest.mark.django_db

DESK = "agent supervisor"
SENDERS = "buyer agent supervisor warehouse finance platform system"
TARGETS = (
    "wait_pickup picked_up in_transit out_for_delivery at_pickup_point problem returning signed returned"
).split()
CODE_FOR = {"wait_pickup": "102", "picked_up": "103", "in_transit": "0", "out_for_delivery": "5"} | {
    "at_pickup_point": "501", "problem": "2", "returning": "6", "signed": "301", "returned": "4",
}  # fmt: skip
UNDER_WAY = TARGETS[:6]


def _cells(state: str) -> dict[str, tuple[str, str]]:
    if state == "superseded":
        return {}
    cells = {f"scan:{target}": (target, "system") for target in TARGETS if target != state}
    cells["correct_carrier"] = (state, "system")
    cells["supersede"] = ("superseded", SENDERS)
    if state in UNDER_WAY:
        cells["recall"] = (state, DESK)
    if state in (*UNDER_WAY, "returning", "denied"):
        cells["confirm_lost"] = ("lost", DESK)
    if state == "signed":
        cells["deny"] = ("denied", f"{DESK} buyer")
    return cells


PARCELS = {state: _cells(state) for state in (*TARGETS, "denied", "lost", "superseded")}
DETAILS = (
    {"correct_carrier": {"carrier": "yunda"}}
    | {"scan": {"last": services.Scan(clock.now(), "0")}}
    | {f"scan:{target}": {"last": services.Scan(clock.now(), "0")} for target in TARGETS}
)


def brought_to(state: str, shop) -> Parcel:
    parcel = factories.make_order(shop, ship=True).parcels.get()
    if state == "lost":
        return services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    if state == "superseded":
        return transitions.apply(services.PARCEL, parcel.pk, "supersede", actor=factories.staff())
    if state == "denied":
        return services.parcel_deny(parcel=brought_to("signed", shop), actor=factories.staff())
    if state == "wait_pickup":
        return parcel
    return scanned(parcel, CODE_FOR[state])


def scanned(parcel: Parcel, code: str, **later: float) -> Parcel:
    at = clock.now() + timedelta(**later)
    return services.scans_record(parcel=parcel, scans=[services.Scan(at, code, code)], source="kuaidi100")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A parcel in every state."""
    with shared_world(django_db_blocker):
        shop = factories.make_shop()
        everybody = people(shop)
        parcels = {state: brought_to(state, shop).pk for state in PARCELS}
        all_is_well()
        yield parcels, everybody


@pytest.mark.parametrize("state", PARCELS)
def test_every_cell_of_a_parcel(world, state):
    parcels, everybody = world
    tried = try_all(services.PARCEL, parcels[state], PARCELS[state], everybody, DETAILS)
    assert tried == len(cells_of(PARCEL)) * (len(EVERYBODY) + len(everybody.theirs))


def test_the_table_knows_every_state():
    assert set(PARCELS) == set(PARCEL.labels)


def test_a_denial_stands_until_the_carrier_scans_the_parcel_again():
    parcel = scanned(factories.make_order(ship=True).parcels.get(), "301", hours=-2)
    services.parcel_deny(parcel=parcel, actor=factories.staff(), note="门卫没有收到")
    assert scanned(parcel, "5", hours=-3).status == "denied"
    assert scanned(parcel, "5", hours=-1).status == "out_for_delivery"
    assert scanned(parcel, "301", minutes=-30).status == "denied"
    assert scanned(parcel, "301", hours=1).status == "signed"
    all_is_well()


def test_what_was_lost_turns_up():
    parcel = scanned(factories.make_order(ship=True).parcels.get(), "0", hours=-2)
    services.parcel_confirm_lost(parcel=parcel, actor=factories.staff())
    assert scanned(parcel, "2", hours=-1).status == "lost"
    assert scanned(parcel, "5", hours=1).status == "out_for_delivery"
    all_is_well()


def test_a_parcel_is_called_back_once_and_only_by_its_sender():
    """LOG-5."""
    parcel = scanned(factories.make_order(ship=True).parcels.get(), "0")
    parcel = services.parcel_recall(parcel=parcel, actor=factories.staff(), note="买家不要了")
    assert (parcel.status, parcel.recalled_at is not None) == ("in_transit", True)
    with unchanged(), refused(errors.TransitionNotAllowed, "LOG-5"):
        services.parcel_recall(parcel=parcel, actor=factories.staff())


def test_a_return_is_the_buyers_to_call_back():
    """LOG-5, LOG-6."""
    refund = factories.make_return()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    services.return_shipment_record(
        refund=refund, actor=factories.buyer(refund.shop), carrier="sf", tracking_no="SF1402345678901"
    )
    back = refund.parcels.get()
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.parcel_recall(parcel=back, actor=factories.staff())
    back = scanned(back, "301")
    with unchanged(), refused(errors.TransitionNotAllowed):
        services.parcel_deny(parcel=back, actor=factories.staff())


def test_an_order_is_signed_for_when_the_last_of_its_parcels_is():
    """TMO-9."""
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"))
    for number in ("1", "2"):
        services.order_ship(order=order, actor=factories.staff(), tracking_no=f"YT{number}", line_nos=[number])
    first, second = order.parcels.all()
    scanned(second, "301", hours=-1)
    events.deliver()
    assert Order.objects.get(pk=order.pk).signed_at is None
    first = scanned(first, "303", hours=-5)
    events.deliver()
    second.refresh_from_db(fields=["last_scan_at"])
    assert Order.objects.get(pk=order.pk).signed_at == second.last_scan_at
    all_is_well()


def test_a_signature_that_was_recorded_before_stays():
    order = factories.make_order(ship=True, sign=True)
    before = Order.objects.get(pk=order.pk)
    scanned(order.parcels.get(), "301", hours=1)
    events.deliver()
    after = Order.objects.get(pk=order.pk)
    assert (after.signed_at, after.version) == (before.signed_at, before.version)


def test_a_replacement_signed_for_does_not_sign_the_order():
    """EXC-1."""
    refund = factories.make_reship()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    services.replacement_record(refund=refund, actor=factories.staff(), carrier="sf", tracking_no="SF9")
    scanned(refund.parcels.get(direction="replacement"), "301")
    events.deliver()
    assert Order.objects.get(pk=refund.order_id).signed_at is None


def test_the_same_number_again_keeps_the_parcel():
    """EXC-1."""
    refund = factories.make_reship()
    refunds.refund_agree(refund=refund, actor=factories.staff())
    for _time in range(2):
        services.replacement_record(refund=refund, actor=factories.staff(), carrier="sf", tracking_no="sf9 ")
    assert refund.parcels.count() == 1


def test_nobody_moves_a_parcel_of_another_shop():
    parcel = factories.make_order(ship=True).parcels.get()
    stranger = factories.staff("agent", factories.make_shop())
    with unchanged(), refused(errors.NotFound):
        services.parcel_confirm_lost(parcel=parcel, actor=stranger)
    assert Actor.system().sees(parcel.shop_id)


def test_every_code_leads_to_a_state_of_the_table():
    assert {known.status.value for known in CODES.values()} == set(TARGETS)
