"""What is told of complaints: at the platform, an authority, by the hotline; ordinary, malicious, settled (CMP-1)."""

from collections.abc import Iterator
from dataclasses import replace

from refunds.states import Reason

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def complaints() -> Iterator[Told]:
    """Complaints in every state and with every result, one red, one that a supervisor has to judge (CMP-1)."""
    plain = Told(TEA, 0, "ship 20, sign 60")
    back = Told(SHOES, 0, lead=5 * DAY, reason=Reason.QUALITY, part=0.5)
    yield replace(plain, ago=90, steps="ship 20, sign 60, complain:platform 86")
    yield replace(plain, ago=95, shop=PHONES, steps="ship 20, sign 60, complain:authority 80")
    yield replace(back, ago=30, steps="take 1, answer 2, complain:hotline 20")
    yield replace(plain, ago=14 * DAY, shop=PHONES, steps="ship 20, sign 60, complain:other 90")  # red by now
    yield replace(plain, ago=100, steps="ship 20, sign 60, complain:platform 80, complaint_up 84")
    yield replace(plain, ago=98, shop=SHOES, steps="ship 20, sign 60, complain:platform 80, call_malicious 86")
    yield replace(back, ago=50, shop=TEA, steps="take 1, complain:platform 20, reply_complaint 26")
    told = "ship 20, sign 60, complain"
    yield replace(plain, ago=12 * DAY, steps=f"{told}:platform 80, reply_complaint 90, end_complaint:rejected 160")
    yield replace(
        plain, ago=15 * DAY, shop=SHOES, steps=f"{told}:authority 80, reply_complaint 100, end_complaint:upheld 220"
    )
    yield replace(
        plain,
        ago=16 * DAY,
        shop=PHONES,
        steps=f"{told}:platform 80, call_malicious 82, judge_malicious:yes 86, reply_complaint 90, "
        "end_complaint:rejected 170",
    )
    yield replace(
        plain,
        ago=13 * DAY,
        steps=f"{told}:platform 80, call_malicious 82, judge_malicious:no 86, reply_complaint 88, drop_complaint 120",
    )
    yield replace(plain, ago=11 * DAY, shop=PHONES, steps=f"{told}:hotline 80, complaint_up 82, settle_complaint 88")
