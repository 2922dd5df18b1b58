"""What raw SQL by the application's own role cannot do to payouts (PAY-2, PAY-5, PAY-7, I7)."""

import pytest

from aftersales.core import invariants
from aftersales.core.models import Role
from refunds import services
from refunds.models import PayeeDisclosure, Payout
from tests import factories
from tests.checks import all_is_well, sql, without_guards
from tests.core.test_guards import forbidden

pytestmark = pytest.mark.django_db


def pending():
    return services.payout_submit(payout=factories.make_payout(), actor=factories.staff())


APPROVE = (
    "UPDATE refunds_payout SET status = 'approved', approved_by_id = %s, approved_at = now(),"
    " approved_fen = amount_fen, approved_payee_id = payee_id, version = version + 1 WHERE id = %s"
)


def test_nobody_approves_for_himself_by_sql():
    """PAY-5: not even a superuser with a prompt."""
    payout = pending()
    forbidden(APPROVE, payout.opened_by_id, payout.pk, says="may not approve|payout_four_eyes")
    opener = factories.make_user(Role.FINANCE, is_superuser=True)
    own = services.payout_submit(
        payout=factories.make_payout(opened_by=factories.Actor.for_user(opener)), actor=factories.staff()
    )
    forbidden(APPROVE, opener.pk, own.pk, says="payout_four_eyes")


def test_an_approval_without_a_row_in_the_log_is_refused():
    payout, finance = pending(), factories.make_user(Role.FINANCE)
    forbidden(APPROVE, finance.pk, payout.pk, says="status without a log row|approved without a row")


@pytest.mark.parametrize("role", [Role.AGENT, Role.WAREHOUSE, Role.ADMIN])
def test_only_finance_and_supervisors_can_be_written_down_as_approvers(role):
    payout = pending()
    forbidden(APPROVE, factories.make_user(role).pk, payout.pk, says="may not approve")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("amount_fen = amount_fen + 1", "what was sent stays"),
        ("approved_by_id = NULL", "payout_is_what_was_approved"),
        ("opened_by_id = approved_by_id", "who opened it stays"),
        ("attempt = 0", "its number stays"),
        ("amount_fen = 1, approved_fen = 1", "what was sent stays"),
        ("status = 'draft', version = version + 1", "status without a log row|paid or has failed"),
    ],
)
def test_what_was_sent_is_what_was_approved(change, says):
    payout = services.payout_send(payout=factories.approved(pending()))
    forbidden(f"UPDATE refunds_payout SET {change} WHERE id = %s", payout.pk, says=says)


def test_what_is_approved_is_what_is_sent():
    payout = factories.approved(pending())
    forbidden(
        "UPDATE refunds_payout SET amount_fen = amount_fen + 1 WHERE id = %s",
        payout.pk,
        says="payout_is_what_was_approved",
    )


def test_what_is_paid_stays_paid():
    payout = services.payout_send(payout=factories.approved(pending()))
    services.payout_confirm(payout=payout, actor=factories.staff(Role.FINANCE), reference="R")
    forbidden("UPDATE refunds_payout SET status = 'approved' WHERE id = %s", payout.pk, says="is final")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE refunds_payee SET masked_account = 'x'",
        "UPDATE refunds_payee SET fingerprint = ''",
        "DELETE FROM refunds_payee",
        "UPDATE refunds_payeedisclosure SET reason = 'other'",
        "DELETE FROM refunds_payeedisclosure",
    ],
)
def test_payees_and_looks_at_them_are_never_rewritten(statement):
    """PAY-2."""
    services.payee_disclose(payout=pending(), actor=factories.staff(Role.FINANCE), reason="核对")
    forbidden(statement, says="never rewritten|append-only|violates foreign key")
    assert PayeeDisclosure.objects.count() == 1


def test_a_purpose_is_paid_once_for_a_line_by_the_database_too():
    """PAY-7."""
    first = factories.make_payout()
    second = factories.make_payout(order=first.order, purpose="overpaid_postage", amount_fen=100)
    forbidden(
        "UPDATE refunds_payoutline SET purpose = 'goodwill' WHERE payout_id = %s",
        second.pk,
        says="payout_purpose_once_a_line",
    )


def test_the_checks_find_what_the_guards_would_have_refused():
    """I1, I4, I6, I7: the views are seen to fail."""
    payout = services.payout_send(payout=factories.approved(pending()))
    all_is_well()
    with without_guards():
        sql("ALTER TABLE refunds_payout DROP CONSTRAINT payout_four_eyes")
        sql("ALTER TABLE refunds_payout DROP CONSTRAINT payout_paid_has_reference")
        sql("UPDATE refunds_payout SET approved_by_id = opened_by_id, status = 'paid' WHERE id = %s", payout.pk)
    found = {one.view for one in invariants.check()}
    assert found == {f"invariant_{name}" for name in ("i1_payouts", "i4_payouts", "i6_books", "i7_four_eyes")}
    assert Payout.objects.get(pk=payout.pk).status == "paid"
