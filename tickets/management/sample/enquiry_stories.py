"""What is told of parcels that buyers ask for, goods that were not in them, and gifts (LOG-2 to LOG-5, MIS)."""

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
    # Goods that were not in the parcel (MIS-2).
    yield Told(TEA, 4 * DAY, "pack:0.5 20, sign 70, missing 90")
    yield Told(SHOES, 5 * DAY, "pack 20, sign 80, missing:theft 110")
    yield Told(PHONES, 4 * DAY, "pack 20, sign 60, missing:opened 80")
    yield Told(TEA, 3 * DAY, "pack 10, sign 50, missing:look_into 60")
    yield Told(SHOES, 9 * DAY, "pack:0.6 20, sign 80, missing:next_time 90")
    # Gifts: on the warehouse's list, promised too late, promised and never noted (MIS-3).
    yield Told(TEA, 6, "gift:乌龙茶小样×2 2")
    yield Told(SHOES, 3 * DAY, "ship 20, gift:鞋垫一双 30")
    yield Told(TEA, 7 * DAY, "ship 20, sign 80, no_gift:茉莉花茶小样 100")
