"""A courier claim from the draft to the money: what it may be for, what is noted, what chases it (CLM-1 to CLM-4)."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from aftersales.core import calendar, clock, errors, sweeps
from aftersales.core.models import Deadline, LogEntry, OutboxEvent, Role
from logistics.models import Claim, ClaimLine
from logistics.services import claims
from logistics.services.claims import LineClaim
from logistics.states.claim import ClaimStatus
from orders.models import OrderNote
from refunds.models import LedgerEntry
from tests import factories
from tests.checks import all_is_well, sql
from tests.helpers import refused, unchanged

pytestmark = pytest.mark.django_db
S = ClaimStatus


def finance():
    return factories.staff(Role.FINANCE)


def accepted(**fields) -> Claim:
    claim = factories.submitted_claim(factories.make_claim(**fields))
    return claims.claim_accept(claim=claim, actor=factories.staff())


def test_a_draft_has_everything_of_the_slip_and_is_noted_at_once():
    """CLM-1, CLM-2: in the same transaction."""
    order = factories.make_order(ship=True)
    agent = factories.staff()
    photo = factories.make_evidence(order.shop, purpose="claim")
    claim = factories.make_claim(order, drafted_by=agent, cause="damaged", evidence_ids=[photo], note="罐子压扁")
    assert (claim.status, claim.version, claim.claim_no[:2]) == (S.DRAFTED, 1, "CL")
    assert (claim.carrier, claim.tracking_no) == ("yuantong", "YT1234567890123")
    assert (claim.amount_fen, claim.value_fen) == (10400, 11200)  # one of two tins at 208, and the postage
    [line] = claim.lines.all()
    assert (line.order_line.goods_no, line.order_line.sku, line.quantity, line.value_fen) == (
        "TGY-250",
        "清香/罐装",
        1,
        10400,
    )
    assert [one.evidence_id for one in claim.photos.all()] == [photo]
    note = OrderNote.objects.get(order=order)
    assert claim.claim_no in note.text
    assert "YT1234567890123" in note.text
    assert note.author_name == agent.name
    assert OutboxEvent.objects.get(topic="claim.drafted").subject_id == claim.pk
    all_is_well()


@pytest.mark.parametrize(
    ("fields", "kind", "rule"),
    [
        ({"amount_fen": 11201}, errors.RuleViolation, "CLM-1"),
        ({"amount_fen": 0}, errors.RuleViolation, "CLM-1"),
        ({"lines": []}, errors.Invalid, ""),
        ({"lines": [LineClaim("9", 1)]}, errors.Invalid, ""),
        ({"lines": [LineClaim("1", 3)]}, errors.Invalid, ""),
        ({"lines": [LineClaim("1", 0)]}, errors.Invalid, ""),
        ({"lines": [LineClaim("1", 1), LineClaim("1", 1)]}, errors.Invalid, ""),
        ({"cause": "short"}, errors.Invalid, ""),
        ({"evidence_ids": ["ev_404"]}, errors.Invalid, ""),
    ],
)
def test_a_claim_that_a_carrier_would_laugh_at_is_refused(fields, kind, rule):
    """CLM-1: never above the value, goods of the parcel only, photos where a carrier wants them."""
    order = factories.make_order(ship=True)
    with unchanged(), refused(kind, rule):
        factories.make_claim(order, **fields)


def test_a_parcel_without_a_number_cannot_be_claimed_for():
    order = factories.make_order(ship=True)
    order.parcels.update(tracking_no="")
    with unchanged(), refused(errors.RuleViolation, "CLM-1"):
        factories.make_claim(order)


def test_nobody_of_another_shop_and_no_other_role_drafts():
    order = factories.make_order(ship=True)
    with unchanged(), refused(errors.NotFound):
        factories.make_claim(order, drafted_by=factories.staff(Role.AGENT, factories.make_shop()))
    for role in (Role.WAREHOUSE, Role.FINANCE, Role.GOODS, Role.ADMIN):
        with unchanged(), refused(errors.Forbidden):
            factories.make_claim(order, drafted_by=factories.staff(role))
    with unchanged(), refused(errors.Forbidden):
        factories.make_claim(order, drafted_by=factories.buyer(order.shop))


def test_goods_of_a_parcel_are_claimed_once_while_the_claim_stands():
    """CLM-1: the database refuses it, too; after a withdrawal they are free again, after a payment never."""
    order = factories.make_order(ship=True)
    first = factories.make_claim(order)
    with unchanged(), refused(errors.Conflict, "CLM-1") as info:
        factories.make_claim(order)
    assert info.value.extra["claim_no"] == first.claim_no
    claims.claim_withdraw(claim=first, actor=factories.staff(), reason="was found")
    second = factories.submitted_claim(factories.make_claim(order))
    second = claims.claim_accept(claim=second, actor=factories.staff())
    claims.claim_record_payment(claim=second, actor=finance(), amount_fen=10400, reference="B-1")
    with refused(errors.Conflict, "CLM-1"):
        factories.make_claim(order)
    with pytest.raises(Error), transaction.atomic():
        ClaimLine.objects.filter(claim=first).update(exclusive=True)
    all_is_well()


def test_postage_is_claimed_once_for_an_order():
    """CLM-1: two parcels, one postage of eight yuan."""
    shop = factories.make_shop()
    order = factories.make_order(shop, factories.line(), factories.line(line_no="2"), ship=True)
    factories.make_claim(order, lines=[LineClaim("1", 2)], amount_fen=20800 + 500)
    with unchanged(), refused(errors.RuleViolation, "CLM-1") as info:
        factories.make_claim(order, lines=[LineClaim("2", 2)], amount_fen=20800 + 301)
    assert info.value.extra["max_fen"] == 20800 + 300
    factories.make_claim(order, lines=[LineClaim("2", 2)], amount_fen=20800 + 300)


def test_whatever_was_stamped_is_stamped_anew_after_a_change():
    """CLM-2: the stamp is on exactly this amount."""
    claim = claims.claim_stamp(claim=factories.make_claim(), actor=finance())
    assert (claim.stamped_fen, claim.status) == (10400, S.STAMPED)
    claim = claims.claim_edit(claim=claim, actor=factories.staff(), lines=[LineClaim("1", 2)], amount_fen=20000)
    assert (claim.status, claim.stamped_by, claim.amount_fen, claim.value_fen) == (S.DRAFTED, None, 20000, 21600)
    assert [(line.quantity, line.value_fen) for line in claim.lines.all()] == [(2, 20800)]
    with unchanged(), refused(errors.RuleViolation, "CLM-1"):
        claims.claim_edit(claim=claim, actor=factories.staff(), amount_fen=21601)
    all_is_well()


def test_many_are_stamped_at_once_each_with_an_outcome():
    """CLM-4: a stale one, one stamped already, and one that is well."""
    well, stale, stamped = (factories.make_claim() for _each in range(3))
    claims.claim_edit(claim=stale, actor=factories.staff(), note="more")
    claims.claim_stamp(claim=stamped, actor=finance())
    came = claims.claims_stamp(claims=[(well, 1), (stale, 1), (stamped, None)], actor=finance())
    assert [one.problem and one.problem.code for one in came] == [None, "stale_version", "transition_not_allowed"]
    assert Claim.objects.get(pk=well.pk).status == S.STAMPED
    assert Claim.objects.get(pk=stale.pk).status == S.DRAFTED


def test_a_rejected_claim_is_submitted_again_with_words():
    """CLM-2."""
    claim = factories.submitted_claim(factories.make_claim())
    claim = claims.claim_reject(claim=claim, actor=factories.staff(), reason="签收完好")
    assert (claim.status, claim.rejection) == (S.REJECTED, "签收完好")
    with unchanged(), refused(errors.Invalid):
        claims.claim_appeal(claim=claim, actor=factories.staff(), reason=" ")
    claim = claims.claim_appeal(claim=claim, actor=factories.staff(), reason="监控显示外箱破损")
    assert (claim.status, claim.submissions, claim.carrier_reference) == (S.SUBMITTED, 2, "YTO-77001")
    all_is_well()


def test_a_partial_payment_ends_the_claim_and_is_booked_on_both_sides():
    """CLM-4, I6: the rest is lost, and the order says so."""
    claim = accepted()
    claim = claims.claim_record_payment(claim=claim, actor=finance(), amount_fen=6000, reference="B-20261126")
    assert (claim.status, claim.recovered_fen, claim.reference) == (S.PAID, 6000, "B-20261126")
    rows = LedgerEntry.objects.order_by("pk").values_list("movement", "account", "amount_fen", "number", "reference")
    assert list(rows) == [
        (f"claim:{claim.pk}", "bank:recovered", 6000, claim.claim_no, "B-20261126"),
        (f"claim:{claim.pk}", "carrier:yuantong", -6000, claim.claim_no, "B-20261126"),
    ]
    assert "60.00" in OrderNote.objects.filter(order=claim.order).latest("pk").text
    all_is_well()


@pytest.mark.parametrize("amount_fen", [0, 10401])
def test_more_than_was_claimed_is_never_written_down(amount_fen):
    claim = accepted()
    with unchanged(), refused(errors.RuleViolation, "CLM-1"):
        claims.claim_record_payment(claim=claim, actor=finance(), amount_fen=amount_fen, reference="B-1")
    with unchanged(), refused(errors.Invalid):
        claims.claim_record_payment(claim=claim, actor=finance(), amount_fen=1, reference="  ")
    with unchanged(), refused(errors.Forbidden):
        claims.claim_record_payment(claim=claim, actor=factories.staff(), amount_fen=1, reference="B")


WAITS = {
    "drafted": lambda at: calendar.add_workdays(at, 2),
    "stamped": lambda at: calendar.add_workdays(at, 3),
    "handed_over": lambda at: calendar.add_workdays(at, 3),
    "submitted": lambda at: at + timedelta(days=15),
    "rejected": lambda at: at + timedelta(days=7),
    "accepted": lambda at: at + timedelta(days=15),
}


@pytest.mark.parametrize("state", WAITS)
def test_a_claim_that_does_not_go_on_turns_red_by_itself(state):
    """CLM-4: in every open state, once, with an event; whoever goes on is not late any more."""
    from .test_claim_states import brought_to

    claim = brought_to(state, factories.make_shop())
    deadline = Deadline.objects.get(subject_type="claim", subject_id=claim.pk, status="running")
    assert (deadline.rule, deadline.action) == ("CLM-4", "mark_late")
    assert deadline.due_at == WAITS[state](claim.updated_at)
    Deadline.objects.filter(pk=deadline.pk).update(due_at=clock.now() - timedelta(seconds=1))
    sweeps.sweep()
    claim = Claim.objects.get(pk=claim.pk)
    assert (claim.status, claim.is_late) == (state, True)
    assert OutboxEvent.objects.filter(topic="claim.late", subject_id=claim.pk).count() == 1
    assert not Deadline.objects.filter(subject_type="claim", subject_id=claim.pk, status="running").exists()
    all_is_well()
    if state == "submitted":
        claim = claims.claim_reject(claim=claim, actor=factories.staff(), reason="no")
        assert claim.is_late is False
        assert Deadline.objects.filter(subject_type="claim", subject_id=claim.pk, status="running").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE logistics_claim SET status = 'withdrawn', version = version + 1",
        "UPDATE logistics_claim SET amount_fen = value_fen + 1",
        "UPDATE logistics_claim SET amount_fen = amount_fen - 1",
        "UPDATE logistics_claim SET tracking_no = 'YT2'",
        "UPDATE logistics_claim SET recovered_fen = 1",
        "UPDATE logistics_claim SET stamped_by_id = drafted_by_id",
        "UPDATE logistics_claim SET status = 'paid', paid_at = now(), recovered_fen = 1, reference = 'x'",
        "UPDATE logistics_claimline SET quantity = 3",
        "INSERT INTO logistics_claimline (claim_id, parcel_id, order_line_id, quantity, value_fen, exclusive)"
        " SELECT claim_id, parcel_id, (SELECT max(id) FROM orders_orderline), 1, 1, true FROM logistics_claimline",
    ],
)
def test_the_database_itself_refuses(statement):
    """By SQL, past every service: no status without a log row, no stamp but finance's, no money beside the books."""
    claim = accepted()
    factories.make_order()
    before = list(Claim.objects.values_list())
    with pytest.raises(Error), transaction.atomic():
        sql(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert list(Claim.objects.values_list()) == before
    assert LogEntry.objects.filter(subject_type="claim", subject_id=claim.pk).count() == 5
