"""What the workbench does about claims that lie or were rejected (CLM-2, CLM-4)."""

from datetime import timedelta

import pytest

from aftersales.core import clock, events, sweeps
from aftersales.core.models import Deadline, Role
from logistics.services import claims
from tests import factories
from tickets.models import Task
from tickets.selectors import deadlines

pytestmark = pytest.mark.django_db


def deliver() -> None:
    """Tell all news; of one claim a later piece waits for the earlier ones."""
    while events.deliver():
        continue


def overdue(claim) -> None:
    Deadline.objects.filter(subject_type="claim", subject_id=claim.pk, status="running").update(
        due_at=clock.now() - timedelta(seconds=1)
    )
    sweeps.sweep()
    deliver()


def open_tasks() -> list[tuple[str, str]]:
    return list(Task.objects.filter(done_at=None).values_list("kind", "role"))


def test_a_late_claim_chases_whoever_has_to_take_it_on_until_it_goes_on():
    claim = factories.make_claim()
    overdue(claim)
    assert open_tasks() == [("claim_late", Role.FINANCE)]
    claim = claims.claim_stamp(claim=claim, actor=factories.staff(Role.FINANCE))
    deliver()
    assert open_tasks() == []
    overdue(claim)
    assert open_tasks() == [("claim_late", Role.WAREHOUSE)]


def test_another_late_claim_of_the_order_is_chased_on():
    order = factories.make_order(None, factories.line(), factories.line(line_no="2"), ship=True)
    first = factories.make_claim(order)
    second = factories.make_claim(order, lines=[claims.LineClaim("2", 1)])
    overdue(first)
    overdue(second)
    claims.claim_withdraw(claim=first, actor=factories.staff(), reason="found")
    deliver()
    assert open_tasks() == [("claim_late", Role.FINANCE)]
    claims.claim_withdraw(claim=second, actor=factories.staff(), reason="found")
    deliver()
    assert open_tasks() == []


def test_a_rejected_claim_is_on_the_desk_s_list_until_it_is_submitted_again():
    claim = factories.submitted_claim(factories.make_claim())
    claim = claims.claim_reject(claim=claim, actor=factories.staff(Role.WAREHOUSE), reason="签收完好")
    deliver()
    assert open_tasks() == [("claim_rejected", Role.AGENT)]
    assert Task.objects.get().detail == f"{claim.claim_no} 签收完好"
    claims.claim_appeal(claim=claim, actor=factories.staff(), reason="监控")
    deliver()
    assert open_tasks() == []


def test_a_claim_s_deadline_is_told_like_any_other():
    claim = factories.make_claim()
    rows = list(Deadline.objects.filter(subject_type="claim"))
    [row] = deadlines.deadline_rows(rows)
    assert (row["no"], row["rule"], row["amount_fen"]) == (claim.claim_no, "CLM-4", 10400)
