"""Every invariant is seen to catch what it is for: a break is planted behind the guards, and named (I1 to I9)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aftersales.core import clock, invariants, tasks
from aftersales.core.models import ConsistencyCheck, Role
from complaints import services as complaints
from logistics.services import claims
from refunds import services
from refunds.models import Refund
from surveys import services as surveys
from tests import factories
from tests.checks import all_is_well, shared_world, sql, without_guards
from tickets import services as tickets

pytestmark = pytest.mark.django_db

PLANTED = [
    (
        "invariant_i1_payments",
        "UPDATE refunds_refundpayment SET reference = '', status = 'sent' WHERE refund_id = {paid}",
    ),
    (
        "invariant_i1_payments",
        "UPDATE refunds_refundpayment SET amount_fen = amount_fen + 1 WHERE refund_id = {agreed}",
    ),
    (
        "invariant_i1_payments",
        "UPDATE refunds_refundpayment SET settled_at = now(), reference = 'x' WHERE refund_id = {agreed}",
    ),
    ("invariant_i1_payments", "DELETE FROM refunds_refundpayment WHERE refund_id = {agreed}"),
    ("invariant_i1_payments", "UPDATE refunds_refund SET refunded_fen = 1 WHERE id = {agreed}"),
    ("invariant_i1_payments", "UPDATE refunds_refund SET status = 'CLOSED' WHERE id = {agreed}"),
    ("invariant_i2_orders", "UPDATE orders_order SET promised_fen = promised_fen + 1 WHERE id = {order}"),
    ("invariant_i2_orders", "UPDATE orders_order SET refunded_fen = 1 WHERE id = {order}"),
    ("invariant_i2_orders", "UPDATE orders_order SET postage_given_fen = 1 WHERE id = {order}"),
    ("invariant_i2_orders", "UPDATE orders_order SET open_requests = 0 WHERE id = {order}"),
    ("invariant_i2_lines", "UPDATE orders_orderline SET promised_fen = promised_fen + 1 WHERE order_id = {order}"),
    ("invariant_i2_lines", "UPDATE orders_orderline SET refunded_fen = 1 WHERE order_id = {order}"),
    ("invariant_i2_lines", "UPDATE orders_orderline SET returned_quantity = 0 WHERE order_id = {order}"),
    ("invariant_i2_shares", "UPDATE orders_orderline SET paid_share_fen = paid_share_fen + 1 WHERE order_id = {order}"),
    ("invariant_i2_shares", "UPDATE orders_order SET paid_fen = paid_fen + 1 WHERE id = {order}"),
    ("invariant_i2_requests", "UPDATE refunds_refund SET amount_fen = amount_fen + 1 WHERE id = {asked}"),
    ("invariant_i2_requests", "UPDATE refunds_refundline SET is_open = true WHERE refund_id = {paid}"),
    ("invariant_i2_requests", "UPDATE refunds_refundline SET is_open = false WHERE refund_id = {asked}"),
    ("invariant_i2_requests", "DELETE FROM refunds_refundline WHERE refund_id = {asked}"),
    (
        "invariant_i3_terminal",
        "INSERT INTO core_logentry (subject_type, subject_id, version, shop_id, at, actor_kind, actor_name, action,"
        " from_status, to_status, note, changes) VALUES"
        " ('refund', {paid}, 6, 1, now(), 'staff', 'x', 'reopen', 'SUCCESS', 'CLOSED', '', '{{}}')",
    ),
    ("invariant_i4_last_row", "UPDATE refunds_refund SET status = 'SELLER_REFUSE_BUYER' WHERE id = {asked}"),
    ("invariant_i4_last_row", "UPDATE orders_order SET version = version + 1 WHERE id = {order}"),
    ("invariant_i4_last_row", "UPDATE refunds_refundpayment SET status = 'failed' WHERE refund_id = {agreed}"),
    ("invariant_i4_last_row", "UPDATE refunds_dispute SET status = 'withdrawn'"),
    ("invariant_i4_last_row", "DELETE FROM core_logentry WHERE subject_type = 'refund' AND subject_id = {asked}"),
    (
        "invariant_i5_chain",
        "DELETE FROM core_logentry WHERE subject_type = 'refund' AND subject_id = {paid} AND version = 2",
    ),
    ("invariant_i5_chain", "UPDATE core_logentry SET actor_name = '' WHERE subject_type = 'order' AND version = 1"),
    (
        "invariant_i5_chain",
        "UPDATE core_logentry SET to_status = 'CLOSED' WHERE subject_type = 'refund' AND subject_id = {paid}"
        " AND version = 2",
    ),
    (
        "invariant_i8_overdue",
        "UPDATE core_deadline SET due_at = now() - interval '20 s' WHERE subject_type = 'refund'"
        " AND subject_id = {asked}",
    ),
    ("invariant_i8_missing", "DELETE FROM core_deadline WHERE subject_type = 'refund' AND subject_id = {asked}"),
    (
        "invariant_i8_missing",
        "UPDATE core_deadline SET status = 'closed' WHERE subject_type = 'order' AND status = 'paused'",
    ),
    (
        "invariant_i8_missing",
        "UPDATE core_deadline SET status = 'running' WHERE subject_type = 'refund' AND subject_id = {paid}"
        " AND rule = 'TMO-6'",
    ),
    (
        "invariant_i8_paused",
        "UPDATE core_deadline SET status = 'running' WHERE subject_type = 'refund' AND subject_id = {disputed}"
        " AND status = 'paused'",
    ),
    ("invariant_i8_paused", "UPDATE core_deadline SET status = 'running' WHERE rule = 'TMO-10' AND status = 'paused'"),
    ("invariant_i8_paused", "UPDATE refunds_refund SET due_at = NULL WHERE id = {asked}"),
    ("invariant_i8_paused", "UPDATE refunds_refund SET due_paused = true WHERE id = {asked}"),
    ("invariant_i9_outbox", "UPDATE core_outboxevent SET delivered_at = NULL"),
    ("invariant_dis1_disputes", "UPDATE refunds_refund SET in_dispute = false WHERE id = {disputed}"),
    ("invariant_dis1_disputes", "DELETE FROM refunds_dispute"),
    ("invariant_i1_payouts", "UPDATE refunds_payout SET paid_at = now(), reference = 'x' WHERE id = {payout}"),
    (
        "invariant_i3_payouts",
        "INSERT INTO core_logentry (subject_type, subject_id, version, shop_id, at, actor_kind, actor_name, action,"
        " from_status, to_status, note, changes) VALUES"
        " ('payout', {payout}, 9, 1, now(), 'staff', 'x', 'reopen', 'paid', 'approved', '', '{{}}')",
    ),
    ("invariant_i4_payouts", "UPDATE refunds_payout SET version = version + 1 WHERE id = {payout}"),
    ("invariant_i6_books", "UPDATE refunds_ledgerentry SET amount_fen = amount_fen + 1 WHERE amount_fen > 0"),
    ("invariant_i6_books", "DELETE FROM refunds_ledgerentry"),
    (
        "invariant_i6_books",
        "UPDATE refunds_ledgerentry SET movement = 'payment:' || p.id FROM refunds_refundpayment p"
        " WHERE p.refund_id = {agreed}",
    ),
    (
        "invariant_i7_four_eyes",
        "DELETE FROM core_logentry WHERE subject_type = 'payout' AND subject_id = {payout} AND action = 'approve'",
    ),
    ("invariant_i3_proposals", "UPDATE core_logentry SET from_status = 'lapsed' WHERE subject_type = 'proposal'"),
    ("invariant_i4_proposals", "UPDATE refunds_proposal SET version = version + 1"),
    ("invariant_i4_proposals", "UPDATE refunds_refund SET negotiating = false"),
    (
        "invariant_i3_claims",
        "UPDATE core_logentry SET from_status = 'paid' WHERE subject_type = 'claim' AND version = 2",
    ),
    ("invariant_i4_claims", "UPDATE logistics_claim SET version = version + 1"),
    ("invariant_i6_claims", "DELETE FROM refunds_ledgerentry WHERE movement = 'claim:{claim}'"),
    ("invariant_claims", "UPDATE logistics_claimline SET exclusive = false"),
    (
        "invariant_i3_invoices",
        "UPDATE core_logentry SET from_status = 'withdrawn', to_status = 'requested' WHERE subject_type = 'invoice'",
    ),
    ("invariant_i4_invoices", "UPDATE invoices_invoice SET version = version + 1"),
    ("invariant_invoices", "UPDATE invoices_invoice SET amount_fen = amount_fen * 100"),
    (
        "invariant_i3_complaints",
        "UPDATE core_logentry SET from_status = 'closed', to_status = 'received' WHERE subject_type = 'complaint'",
    ),
    ("invariant_i4_complaints", "UPDATE complaints_complaint SET version = version + 1"),
    (
        "invariant_i3_service",
        "UPDATE core_logentry SET from_status = 'archived', to_status = 'done' WHERE subject_type = 'service'",
    ),
    ("invariant_i4_service", "UPDATE service_servicesheet SET version = version + 1"),
    ("invariant_service", "UPDATE service_servicesheet SET quoted_fen = 1"),
    ("invariant_complaints", "DELETE FROM complaints_complaintreply"),
    (
        "invariant_i3_feedback",
        "UPDATE core_logentry SET from_status = 'closed', to_status = 'open' WHERE subject_type = 'feedback'",
    ),
    ("invariant_i4_feedback", "UPDATE feedback_feedbackcase SET version = version + 1"),
    (
        "invariant_i3_surveys",
        "UPDATE core_logentry SET from_status = 'answered', to_status = 'calling' WHERE subject_type = 'survey'",
    ),
    ("invariant_i4_surveys", "UPDATE surveys_survey SET version = version + 1"),
    ("invariant_surveys", "DELETE FROM surveys_surveyanswer"),
    ("invariant_surveys", "UPDATE surveys_survey SET tries = tries + 1"),
    ("invariant_exchanges", "DELETE FROM refunds_replacementshipment"),
    ("invariant_exchanges", "UPDATE refunds_refund SET difference_fen = 1 WHERE id = {replaced}"),
    ("invariant_exchanges", "UPDATE refunds_refund SET turned_from_id = NULL"),
    ("invariant_exchanges", "UPDATE refunds_refund SET turned_from_id = {replaced} WHERE turned_from_id IS NOT NULL"),
    ("invariant_i8_missing", "DELETE FROM core_deadline WHERE subject_type = 'refund' AND subject_id = {replaced}"),
    (
        "invariant_i3_terminal",
        "UPDATE core_logentry SET from_status = 'EXCHANGE_SUCCESS' WHERE subject_id = {replaced}",
    ),
    (
        "invariant_void_lines",
        "WITH given AS (INSERT INTO logistics_voidlist (list_no, shop_id, day, supplement, created_at, created_by)"
        " SELECT 'VL1', shop_id, now(), 0, now(), 'x' FROM refunds_refund WHERE id = {paid} RETURNING id)"
        " INSERT INTO logistics_voidlistline (void_list_id, refund_id, answer, ended_as, answered_by, note,"
        " late_answer, late_by) SELECT id, {paid}, '', '', '', '', '', '' FROM given",
    ),
    ("invariant_i3_tickets", "UPDATE core_logentry SET from_status = 'closed' WHERE subject_type = 'ticket'"),
    ("invariant_i4_tickets", "UPDATE tickets_ticket SET version = version + 1"),
    ("invariant_i11_ticket_owners", "UPDATE tickets_ticket SET owner_id = (SELECT min(id) FROM core_user)"),
    ("invariant_tab_counts", "DELETE FROM refunds_tally WHERE id = (SELECT min(id) FROM refunds_tally)"),
    ("invariant_tab_counts", "DELETE FROM refunds_refund WHERE id = {asked}"),
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One request of every kind of standing."""
    with shared_world(django_db_blocker):
        yield build()


def build() -> dict[str, int]:
    """One request of every kind of standing."""
    shop = factories.make_shop()
    paid = factories.make_return(factories.make_order(shop, sign=True))
    services.refund_agree(refund=paid, actor=factories.staff())
    services.refund_return_shipment(refund=paid, actor=factories.buyer(shop), carrier="sf", tracking_no="SF1")
    services.refund_receive(refund=paid, actor=factories.staff(Role.WAREHOUSE), passed=True)
    factories.pay(paid)
    agreed = factories.make_refund(factories.make_order(shop))
    services.refund_void(refund=agreed, actor=factories.staff(Role.WAREHOUSE))
    services.refund_agree(refund=agreed, actor=factories.staff())
    asked = factories.make_refund(factories.make_order(shop, ship=True))
    disputed = factories.make_return(factories.make_order(shop, sign=True))
    with without_guards():
        sql("UPDATE refunds_refund SET created_at = created_at - interval '16 days' WHERE id = %s", disputed.pk)
    services.refund_intervene(refund=disputed, actor=factories.buyer(shop), text="Please help")
    ids = {"paid": paid.pk, "agreed": agreed.pk, "asked": asked.pk, "disputed": disputed.pk, "order": agreed.order_id}
    tickets.ticket_follow(refund_id=disputed.pk)
    ids |= {"payout": factories.approved(factories.make_payout(factories.make_order(shop, sign=True))).pk}
    claim = factories.submitted_claim(factories.make_claim(factories.make_order(shop, ship=True)))
    claim = claims.claim_accept(claim=claim, actor=factories.staff())
    claims.claim_record_payment(claim=claim, actor=factories.staff(Role.FINANCE), amount_fen=100, reference="B-1")
    ids |= {"claim": claim.pk}
    factories.make_invoice(claim.order)
    complaint = factories.make_complaint(claim.order)
    complaints.complaint_reply(complaint=complaint, actor=factories.staff(), text="We send another one")
    marks = dict.fromkeys(("goods", "attitude", "speed", "price"), 5)
    surveys.survey_answer(survey=factories.make_survey(claim.order), marks=marks)
    factories.make_sheet(claim.order)
    factories.make_feedback(claim.order)
    replaced = back(factories.make_exchange(factories.make_order(shop, sign=True)))
    services.exchange_ship(refund=replaced, actor=factories.staff(), carrier="sf", tracking_no="SF8")
    turned = back(factories.make_exchange(factories.make_order(shop, sign=True)))
    services.exchange_to_refund(refund=turned, actor=factories.staff())
    ids["replaced"] = replaced.pk
    services.proposal_make(refund=asked, actor=factories.staff(), kind="cancel", text="Withdraw it, please")
    all_is_well()
    return ids


def back(refund: Refund) -> Refund:
    """Agree to a return, and have the goods sent back."""
    services.refund_agree(refund=refund, actor=factories.staff())
    buyer = factories.buyer(refund.shop)
    return services.refund_return_shipment(refund=refund, actor=buyer, carrier="sf", tracking_no="SF1")


@pytest.mark.parametrize(("view", "break_it"), PLANTED)
def test_planted_break_is_caught(world, view, break_it):
    with without_guards():
        sql(break_it.format(**world))
    found = invariants.check()
    assert view in {one.view for one in found}, [str(one) for one in found]


def test_every_invariant_has_a_negative_control():
    assert {rule.view for rule in invariants.invariants()} == {view for view, _break in PLANTED}


def test_every_invariant_says_what_it_is_about():
    for rule in invariants.invariants():
        assert rule.says.endswith("."), rule.view
    assert {rule.code for rule in invariants.invariants()} >= {"I1", "I2", "I3", "I4", "I5", "I8", "I9"}


def test_deadline_may_be_as_late_as_the_goal_allows(world):
    """I8: young lateness is no violation, and the moment that is asked about counts, not the server's clock."""
    due = clock.now() + timedelta(hours=1)
    sql("UPDATE core_deadline SET due_at = %s WHERE subject_type = 'order' AND status = 'running'", due)
    assert invariants.check("I8") == []
    assert invariants.check("I8", at=due + timedelta(seconds=15)) == []
    assert {one.subject_type for one in invariants.check("I8", at=due + timedelta(seconds=15.001))} == {"order"}


def test_no_more_than_the_limit_is_read(world):
    with without_guards():
        sql("UPDATE orders_order SET promised_fen = promised_fen + 1")
    assert [one.code for one in invariants.check("I2", limit=2)] == ["I2", "I2"]


def test_command_says_what_holds_and_what_does_not(world):
    out = StringIO()
    call_command("invariants", stdout=out)
    assert out.getvalue().count("holds") >= 14
    with without_guards():
        sql("UPDATE orders_order SET promised_fen = promised_fen + 1 WHERE id = %s", world["order"])
    with pytest.raises(CommandError) as stop:
        call_command("invariants", "i2", stdout=out)
    assert stop.value.returncode == 1
    assert f"order {world['order']}: paid 21600, promised 10401 (requests: 10400)" in out.getvalue()
    call_command("invariants", "I3", stdout=out)
    with pytest.raises(CommandError):
        call_command("invariants", "I99")


def test_the_nightly_check_keeps_what_it_found(monkeypatch):
    broken = invariants.Violation("I2", "invariant_i2_orders", "order", 7, "given back more than paid")
    monkeypatch.setattr(invariants, "check", lambda: [broken])
    tasks.invariants_check()
    kept = ConsistencyCheck.objects.get()
    assert (kept.violations, kept.examples) == (1, ["I2 order 7: given back more than paid"])
