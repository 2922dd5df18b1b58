"""Two at one service sheet at the same moment (SVC-2)."""

from functools import partial

import pytest

from aftersales.core.models import LogEntry, Role
from service import services
from service.models import ServiceSheet
from service.services.moving import QuoteLine
from tests import factories
from tests.checks import all_is_well
from tests.refunds.racing import ROUNDS, race, winners
from tests.service.test_service import out_of_warranty, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_two_who_say_what_the_buyer_answers_to_a_quotation_one_is_heard():
    """SVC-2: and of two payments one is recorded."""
    agent, boss = factories.staff(), factories.staff(Role.SUPERVISOR)
    for _round in range(ROUNDS):
        sheet = sent(services.sheet_bill(sheet=out_of_warranty(), actor=boss), agent)
        lines = [QuoteLine("labour", "Work", 1, 5000)]
        sheet = services.sheet_quote(sheet=sheet, actor=agent, diagnosis="Screen", lines=lines)
        came = race(
            accept=partial(services.sheet_accept, sheet=sheet, actor=agent, by="Li", how="phone"),
            decline=partial(services.sheet_decline, sheet=sheet, actor=boss, reason="Too dear"),
        )
        [winner] = winners(came)
        last = LogEntry.objects.filter(subject_type="service", subject_id=sheet.pk).order_by("version").last()
        assert last is not None
        assert last.action == winner
        sheet = ServiceSheet.objects.get(pk=sheet.pk)
        assert sheet.status == {"accept": "accepted", "decline": "done"}[winner]
        if winner == "accept":
            sheet = services.sheet_repair(sheet=sheet, actor=agent, diagnosis="Screen", work="New")
            pay = partial(services.sheet_pay, sheet=sheet, paid_fen=5000, paid_by="cash")
            assert len(winners(race(one=partial(pay, actor=agent), two=partial(pay, actor=boss)))) == 1
    all_is_well()
