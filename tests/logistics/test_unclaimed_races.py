"""One parcel that nobody waits for, several people at once: it ends up with one request, or off the list (RET-3)."""

from functools import partial

import pytest

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import services
from logistics.models import UnclaimedParcel
from refunds import services as refunds
from refunds.models import Refund, ReturnShipment
from tests import factories
from tests.checks import all_is_well
from tests.logistics.test_unclaimed import NUMBER, agreed, put
from tests.refunds.racing import ROUNDS, race, winners

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_parcel_is_given_to_one_request():
    """RET-3: two people match it, a third takes it off the list; one of them does."""
    for _round in range(ROUNDS):
        shop = factories.make_shop()
        one, other = agreed(shop=shop), agreed(shop=shop)
        parcel = put(one)
        hands = [factories.staff(Role.WAREHOUSE) for _each in range(3)]
        came = race(
            one=partial(services.unclaimed_match, parcel=parcel, refund=one, actor=hands[0]),
            other=partial(services.unclaimed_match, parcel=parcel, refund=other, actor=hands[1]),
            off=partial(
                services.unclaimed_settle, parcel=parcel, actor=hands[2], outcome="sent_back", note="sent back"
            ),
        )
        [first] = winners(came)
        kept = UnclaimedParcel.objects.get(pk=parcel.pk)
        assert kept.refund_id == {"one": one.pk, "other": other.pk, "off": None}[first]
        given = ReturnShipment.objects.filter(refund__in=(one, other), tracking_no=NUMBER, superseded_at=None)
        assert list(given.values_list("refund", flat=True)) == ([kept.refund_id] if kept.refund_id else [])
    all_is_well()


def test_the_buyer_gives_the_number_while_somebody_matches_it():
    """RET-3, RFD-6: the request has the number once, and the parcel is its own."""
    for _round in range(ROUNDS):
        refund = agreed()
        parcel = put(refund)
        hand, buyer = factories.staff(Role.WAREHOUSE), factories.buyer(refund.shop)
        came = race(
            hand=partial(services.unclaimed_match, parcel=parcel, refund=refund, actor=hand),
            buyer=partial(
                services.return_shipment_record, refund=refund, actor=buyer, carrier="yuantong", tracking_no=NUMBER
            ),
        )
        assert winners(came)
        kept = UnclaimedParcel.objects.get(pk=parcel.pk)
        assert (kept.outcome, kept.refund_id) == ("matched", refund.pk)
        assert ReturnShipment.objects.filter(refund=refund, superseded_at=None).count() == 1
    all_is_well()


def test_a_match_is_taken_back_while_the_goods_are_received():
    """RET-3: either the goods were received, and the parcel stays with what was paid; or it is taken back first."""
    for _round in range(ROUNDS):
        refund = agreed()
        parcel = put(refund)
        hand = Actor.for_user(factories.make_user(Role.WAREHOUSE))
        moved = services.unclaimed_match(parcel=parcel, refund=refund, actor=hand)
        boss, other = factories.staff(Role.SUPERVISOR), factories.staff(Role.WAREHOUSE)
        came = race(
            undo=partial(services.unclaimed_unmatch, parcel=parcel, actor=hand, why="other goods"),
            boss=partial(services.unclaimed_unmatch, parcel=parcel, actor=boss, why="other goods"),
            receive=partial(refunds.refund_receive, refund=moved, actor=other, passed=True),
        )
        [first] = winners(came)
        now = Refund.objects.get(pk=refund.pk)
        kept = UnclaimedParcel.objects.get(pk=parcel.pk)
        assert (kept.outcome, now.received_at is None) == (("matched", False) if first == "receive" else ("", True))
    all_is_well()
