"""What is told of pages that say other than what came (SAT-2)."""

from collections.abc import Iterator
from dataclasses import replace

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def feedback() -> Iterator[Told]:
    """Reports of the desk: new, late, answered, with its effect measured, closed."""
    bought = Told(TEA, 0, "ship 20, sign 60")
    yield replace(bought, ago=4 * DAY, steps="ship 20, sign 60, mismatch:0 84")
    yield replace(bought, ago=17 * DAY, steps="ship 20, sign 60, mismatch:0 84")
    yield replace(bought, shop=SHOES, ago=14 * DAY, steps="ship 20, sign 60, mismatch:1 90")
    yield replace(bought, shop=SHOES, ago=23.5 * DAY, steps="ship 20, sign 60, mismatch:1 90")
    yield replace(bought, shop=PHONES, ago=40 * DAY, steps="ship 20, sign 60, mismatch:2 84")
