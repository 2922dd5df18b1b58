"""Two supervisors at one complaint at the same moment (CMP-1)."""

from functools import partial

import pytest

from aftersales.core.models import LogEntry, Role
from complaints import services
from complaints.models import Complaint
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_two_who_judge_whether_it_is_malicious_one_is_heard():
    """CMP-1: the second is told that nobody asks any more."""
    supervisors = [factories.staff(Role.SUPERVISOR), factories.staff(Role.SUPERVISOR)]
    for _round in range(ROUNDS):
        complaint = factories.make_complaint(factories.make_order(sign=True))
        complaint = services.complaint_accuse(complaint=complaint, actor=factories.staff(), reasons="Threats")
        came = race(
            confirm=partial(services.complaint_confirm, complaint=complaint, actor=supervisors[0]),
            refuse=partial(services.complaint_refuse, complaint=complaint, actor=supervisors[1], reason="No"),
        )
        [winner] = winners(came)
        taken = LogEntry.objects.filter(subject_type="complaint", subject_id=complaint.pk, version=3).get()
        assert taken.action == winner
        said = {"confirm": "confirmed", "refuse": "refused"}
        assert Complaint.objects.get(pk=complaint.pk).malice == said[winner]
    all_is_well()
