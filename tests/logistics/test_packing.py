"""What parcels weigh when they are packed (MIS-1), and that nothing leaves which the buyer asked to stay (RFD-2)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aftersales.core import errors
from aftersales.core.models import Role
from logistics import services as logistics
from logistics.models import Packing, Parcel
from orders.models import Order
from tests import factories
from tests.helpers import refused, unchanged
from tests.pages import press, sign_in

pytestmark = pytest.mark.django_db
NUMBER = "YT1234567890777"


def pack(order: Order, grams: int = 660, number: str = NUMBER, role: str = Role.WAREHOUSE) -> Packing:
    return logistics.parcel_pack(order=order, actor=factories.staff(role), tracking_no=number, packed_weight_g=grams)


def test_packing_ships_with_the_weight_and_the_carrier_that_the_number_tells():
    """Two tins of 320 g each."""
    order = factories.make_order()
    packed = pack(order, number=NUMBER.lower())
    assert (packed.packed_weight_g, packed.expected_weight_g, packed.difference_g) == (660, 640, 20)
    assert (packed.parcel.tracking_no, packed.parcel.carrier) == (NUMBER, "yuantong")
    assert Order.objects.get(pk=order.pk).status == "WAIT_BUYER_CONFIRM_GOODS"


def test_a_parcel_weighed_again_keeps_the_old_weight_beside_the_new_one():
    order = factories.make_order()
    first, second = pack(order), pack(order, 655)
    assert Parcel.objects.count() == 1
    assert Packing.objects.get(superseded_at=None).packed_weight_g == second.packed_weight_g == 655
    assert Packing.objects.exclude(superseded_at=None).get() == first


def test_goods_without_a_weight_have_no_difference():
    order = factories.make_order(None, factories.line(), factories.line(line_no="2", weight_g=None))
    assert pack(order).difference_g is None


def test_what_the_buyer_asked_to_stay_does_not_leave():
    """RFD-2, VOI-4."""
    refund = factories.make_refund()
    with unchanged(), refused(errors.Conflict, "RFD-2"):
        pack(refund.order)


@pytest.mark.parametrize(("grams", "number"), [(0, NUMBER), (100_001, NUMBER), (660, " ")])
def test_a_weight_and_a_number_are_needed(grams, number):
    order = factories.make_order()
    with unchanged(), refused(errors.Invalid):
        pack(order, grams, number)


def test_only_the_floor_packs():
    order = factories.make_order()
    with unchanged(), refused(errors.Forbidden):
        pack(order, role=Role.FINANCE)


def test_the_database_keeps_one_current_weight():
    packed = pack(factories.make_order())
    packed.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        packed.save(force_insert=True)


def test_the_form_counts_once_and_says_the_difference(client: Client):
    sign_in(client, Role.WAREHOUSE)
    order = factories.make_order()
    assert "/warehouse/pack/" in client.get("/warehouse/?tab=send").content.decode()
    sent = {"form_token": "t1", "order_no": order.order_no, "packed_weight_g": "660", "tracking_no": NUMBER}
    for _time in range(2):
        assert press(client, "/warehouse/pack/", sent).status_code == 204
    assert Packing.objects.count() == 1
    assert "+20 克" in client.get("/warehouse/?tab=send").content.decode()
    wrong = press(client, "/warehouse/pack/", sent | {"form_token": "t2", "order_no": "A404"})
    assert (wrong.status_code, "A404" in wrong.content.decode()) == (422, True)
