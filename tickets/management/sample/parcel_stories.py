"""What is told of parcels that need someone: one for each reason, in several shops (LOG-6, RFD-6, TMO-14)."""

from collections.abc import Iterator
from dataclasses import replace

from refunds.states import Kind, Reason

from .following import UNSEEN
from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def parcels() -> Iterator[Told]:
    """Stalled, denied, going back, undeliverable; returns that nobody scanned or paid for; replacements gone astray."""
    yield Told(TEA, 7 * DAY, "ship 20, scan:103 26, scan:1002 50")
    yield Told(SHOES, 6 * DAY, "ship 20, scan:103 30")
    yield Told(PHONES, 5 * DAY, "ship 20, scan:103 28, scan:301 70, denied 90")
    yield Told(TEA, 3 * DAY, "ship 8, scan:103 12, scan:301 46, denied 70")
    yield Told(SHOES, 5 * DAY, "ship 20, scan:103 28, scan:14 80, scan:6 96")
    yield Told(PHONES, 4 * DAY, "ship 20, scan:1002 40, scan:13 90")
    back = Told(TEA, 0, kind=Kind.RETURN_REFUND, lead=5 * DAY, reason=Reason.SEVEN_DAY)
    yield replace(back, ago=4 * DAY, steps=f"take 1, agree 4, send_back:yuantong/{UNSEEN} 20")
    yield replace(back, ago=6 * DAY, shop=SHOES, steps="take 1, agree 4, send_back 20, scan:103 30, scan:301 76")
    swap = Told(SHOES, 0, kind=Kind.EXCHANGE, lead=4 * DAY, reason=Reason.QUALITY)
    gone = "take 1, agree 4, send_back 28, receive 90, replace 100, scan:103 104"
    yield replace(swap, ago=9 * DAY, steps=f"{gone}, lost 200")
    yield replace(swap, ago=8 * DAY, steps=f"{gone}, scan:301 140, denied 170", shop=PHONES)
