"""What is told of warranty: phones that have another serial number now than when they were sold (WAR-2)."""

from collections.abc import Iterator
from dataclasses import replace

from .goods import PHONES
from .story import Told

DAY = 24


def warranty() -> Iterator[Told]:
    """Phones that were exchanged at the counter, then got a new main board."""
    phone = Told(PHONES, 0, "ship 20, sign 60, serial:exchanged 400, serial:repaired 700")
    for number in range(4):
        yield replace(phone, ago=(60 - 8 * number) * DAY)
