"""Two people who record the serial number of one article at the same moment (WAR-2)."""

from functools import partial

import pytest

from tests import factories
from tests.refunds.racing import ROUNDS, race, winners
from warranty import services
from warranty.models import SerialNumber

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

OLD, NEW, THIRD = "490154203237518", "352099001761481", "353879234252633"


def test_one_old_number_is_replaced_once():
    """WAR-2: whoever is second is told which number stands there now, at the field, and nothing is recorded twice."""
    actors = [factories.staff(), factories.staff()]
    for _round in range(ROUNDS):
        order = factories.make_order(None, factories.line(serial_no=OLD), sign=True)
        line = order.lines.select_related("order").get()
        record = partial(services.serial_record, line=line, kind="imei", why="exchanged", old=OLD)
        came = race(
            first=partial(record, serial=NEW, actor=actors[0]),
            second=partial(record, serial=THIRD, actor=actors[1]),
        )
        assert len(winners(came)) == 1
        rows = SerialNumber.objects.filter(order_line=line)
        assert [(row.why, row.superseded_at is None) for row in rows] == [("sold", False), ("exchanged", True)]
