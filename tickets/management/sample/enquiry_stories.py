"""What is told of parcels that buyers ask for (LOG-2 to LOG-5)."""

from collections.abc import Iterator

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def enquiries() -> Iterator[Told]:
    """Parcels that buyers ask for (LOG-2 to LOG-5)."""
    yield Told(TEA, 30, "ship 8, untracked:not_handed_over 26")
    yield Told(SHOES, 5 * DAY, "ship 20, untracked:carrier_silent 110")
    yield Told(TEA, 6 * DAY, "ship 20, scan:13 129, undeliverable:ask 130")
    yield Told(PHONES, 7 * DAY, "ship 20, scan:13 89, undeliverable:ask 90, undeliverable:transfer 100")
    yield Told(TEA, 8 * DAY, "ship 20, undeliverable:ask 90, undeliverable:reship 110")
    yield Told(SHOES, 9, "faster 6")
    yield Told(SHOES, 4 * DAY, "ship 20, recall 70, scan:6 90")
