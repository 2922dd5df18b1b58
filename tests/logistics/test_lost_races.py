"""A replacement given up, denied, confirmed and timed out at once: one ending, and request and parcel agree."""

import pytest

from aftersales.core import sweeps
from aftersales.core.models import LogEntry
from logistics import services
from logistics.models import Parcel
from refunds import services as refunds
from refunds.models import Refund
from tests import factories
from tests.checks import all_is_well
from tests.logistics.test_lost_replacements import replaced, scanned
from tests.refunds.racing import ROUNDS, make_due, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("denied", [False, True])
def test_the_loss_the_buyer_the_clock_and_the_platform(denied):
    """LOG-6, TMO-13, DIS-4: who is first decides; nobody waits for another forever, nothing is lost and done at once.

    Seen failing with the parcel locked before its request: a deadlock.
    """
    shop = factories.make_shop()
    agent, buyer = factories.staff(), factories.buyer(shop)
    for _round in range(ROUNDS):
        refund, parcel = replaced(shop)
        if denied:
            scanned(parcel, "301")
            parcel = services.parcel_deny(parcel=Parcel.objects.get(pk=parcel.pk), actor=agent)
        make_due(refund)
        parcel = Parcel.objects.get(pk=parcel.pk)
        race(
            lose=lambda parcel=parcel: services.parcel_confirm_lost(parcel=parcel, actor=agent),
            again=lambda parcel=parcel: services.parcel_confirm_lost(parcel=parcel, actor=agent),
            confirm=lambda refund=refund: refunds.exchange_confirm_received(refund=refund, actor=buyer),
            correct=lambda refund=refund: services.replacement_record(
                refund=refund, actor=agent, carrier="sf", tracking_no="SF7777"
            ),
            clock=lambda: sweeps.sweep(),
        )
        after = Refund.objects.get(pk=refund.pk)
        steps = LogEntry.objects.filter(subject_type="refund", subject_id=refund.pk)
        assert steps.filter(action="confirm_received").count() <= 1
        if after.status == "EXCHANGE_SUCCESS":
            assert after.replacement_trouble == ""
        elif after.status == "EXCHANGE_WAIT_SELLER_SEND_GOODS":
            assert after.replacement_trouble == "lost"
        else:
            assert after.status == "EXCHANGE_WAIT_BUYER_CONFIRM_GOODS"
            assert after.parcels.filter(direction="replacement", tracking_no="SF7777").exclude(status="superseded")
        all_is_well(overdue=True)
