"""Which numbers are followed, when the service is asked, and that its limits hold whatever happens (LOG-1, LOG-6)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.core import clock
from logistics import services
from logistics.models import Parcel, TrackingCall, TrackingSubscription
from logistics.services import following

from .kuaidi_world import parcel

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def opened(**fields):
    made = parcel(**fields)
    services.subscriptions_open()
    return TrackingSubscription.objects.get(tracking_no=made.tracking_no)


@pytest.mark.parametrize(
    ("number", "carrier", "why"),
    [
        ("9876543210123", "ems", "own site only"),
        ("ZZ123456", "pigeon", "carrier unknown"),
        ("YT12", "yuantong", "number too short or too long"),
    ],
)
def test_what_no_service_follows_is_noted_and_not_looked_at_again(number, carrier, why):
    row = opened(number=number, carrier=carrier)
    assert (row.state, row.ask_at, row.message) == ("refused", None, why)
    assert services.subscriptions_open() == 0


def test_a_later_parcel_with_the_same_number_and_the_right_carrier_is_another_try():
    opened(carrier="pigeon")
    row = opened(carrier="yunda")
    assert (row.state, row.carrier) == ("waiting", "yunda")


def test_what_is_far_below_the_newest_known_key_is_found_by_night():
    """By day only new keys are looked at, with an overlap for those that were committed late."""
    row = opened()
    parcel(number="YT0000000000001")
    TrackingSubscription.objects.filter(pk=row.pk).update(parcel=Parcel.objects.latest("pk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(following.opening, "OVERLAP", 0)
        assert services.subscriptions_open() == 0
        assert services.subscriptions_open(thorough=True) == 1


def test_parcels_of_long_ago_are_not_followed_any_more():
    parcel()
    Parcel.objects.update(shipped_at=clock.now() - 31 * DAY)
    assert services.subscriptions_open(thorough=True) == 0


@pytest.mark.parametrize(("kind", "most"), [("query", 1), ("subscribe", 4)])
def test_the_database_keeps_the_limits_against_whoever_forgets_them(kind, most):
    row = opened()
    ask = {"subscription": row, "kind": kind, "carrier": "yuantong"}
    for number in range(most):
        TrackingCall.objects.create(**ask, asked_at=clock.now() + number * MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackingCall.objects.create(**ask, asked_at=clock.now() + 20 * MINUTE)
    TrackingCall.objects.create(**ask, asked_at=clock.now() + 32 * DAY)
