"""Which goods and gifts are missing in the sample data: each cause and each way of settling it (MIS)."""

from collections.abc import Iterator

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def missing() -> Iterator[Told]:
    """Give orders that were packed by weight, some too light, and promised gifts."""
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
