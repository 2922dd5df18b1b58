"""Claims in the hands of many at once, and a payment that is cut off while it is booked (CLM-1, CLM-4, I6)."""

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError

from aftersales.core.models import LogEntry, Role
from logistics.models import Claim, ClaimLine
from logistics.services import claims
from refunds.models import LedgerEntry
from refunds.services import booking
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, told, winners

pytestmark = pytest.mark.django_db(transaction=True)


def accepted() -> Claim:
    claim = factories.submitted_claim(factories.make_claim())
    return claims.claim_accept(claim=claim, actor=factories.staff())


def paid(claim, actor, reference="B-1"):
    return lambda: claims.claim_record_payment(claim=claim, actor=actor, amount_fen=6000, reference=reference)


def test_two_draft_a_claim_for_the_same_goods():
    """CLM-1: one stands, the other is told its number."""
    first, second = factories.staff(), factories.staff()
    for _round in range(ROUNDS):
        order = factories.make_order(ship=True)
        came = race(
            first=lambda order=order: factories.make_claim(order, drafted_by=first),
            second=lambda order=order: factories.make_claim(order, drafted_by=second),
        )
        assert len(winners(came)) == 1
        [lost] = [one for one in came.values() if told(one)]
        assert lost.code == "claimed_already"
        assert ClaimLine.objects.filter(claim__order=order, exclusive=True).count() == 1
    all_is_well()


def test_two_write_the_same_payment_down():
    """CLM-4, I6: once in the books."""
    first, second = factories.staff(Role.FINANCE), factories.staff(Role.FINANCE)
    for _round in range(ROUNDS):
        claim = accepted()
        came = race(first=paid(claim, first, "B-1"), second=paid(claim, second, "B-2"))
        assert len(winners(came)) == 1
        assert LedgerEntry.objects.filter(movement=f"claim:{claim.pk}").count() == 2
    all_is_well()


def test_stamp_and_edit():
    """CLM-2: either the edit voids the stamp, or the stamp finds another version."""
    agent, finance = factories.staff(), factories.staff(Role.FINANCE)
    for _round in range(ROUNDS):
        claim = factories.make_claim()
        came = race(
            stamp=lambda claim=claim: claims.claim_stamp(claim=claim, actor=finance, version=1),
            edit=lambda claim=claim: claims.claim_edit(claim=claim, actor=agent, amount_fen=900),
        )
        after = Claim.objects.get(pk=claim.pk)
        assert "edit" in winners(came)
        assert (after.status, after.amount_fen, after.stamped_by) == ("drafted", 900, None)
    all_is_well()


def test_a_payment_cut_off_between_its_two_lines_leaves_nothing_and_is_booked_once_when_repeated(monkeypatch):
    """I6: the server ends the connection when one side is written and the other is not."""
    claim, finance = accepted(), factories.staff(Role.FINANCE)
    real = LedgerEntry.objects.bulk_create

    def cut_off(entries):
        real(entries[:1])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()
        real(entries[1:])

    monkeypatch.setattr(booking.LedgerEntry.objects, "bulk_create", cut_off)
    with pytest.raises(OperationalError):
        paid(claim, finance)()
    monkeypatch.undo()
    connection.close()
    assert Claim.objects.get(pk=claim.pk).status == "accepted"
    assert not LedgerEntry.objects.exists()
    assert not LogEntry.objects.filter(subject_type="claim", action="record_payment").exists()
    paid(claim, finance)()
    assert LedgerEntry.objects.filter(movement=f"claim:{claim.pk}").count() == 2
    all_is_well()
