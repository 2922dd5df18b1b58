"""What is told of parcels that were lost or came damaged, and of what the carriers paid for them (CLM)."""

from collections.abc import Iterator
from dataclasses import replace

from refunds.states import Kind, Reason

from .goods import PHONES, SHOES, TEA
from .story import Told

R = Reason
DAY = 24


def claims() -> Iterator[Told]:
    """What carriers lost or damaged: each state, by several carriers, most buyers served before (CLM)."""
    lost = Told(TEA, 0, kind=Kind.RESHIP, lead=6 * DAY, reason=R.LOST_OR_EMPTY, received=False, shopped="shipped")
    torn = Told(SHOES, 0, lead=4 * DAY, reason=R.DAMAGED, part=0.5)
    served, paid = "take 1, agree 3, replace 20", "take 1, agree 5, pay 9"
    yield replace(lost, ago=9, steps="take 1, claim:lost 4")
    yield replace(torn, ago=28, steps=f"{paid}, claim:damaged 10")
    yield replace(lost, ago=5 * DAY, shop=PHONES, steps=f"{served}, claim:lost 24")  # red by now (CLM-4)
    yield replace(torn, ago=40, steps=f"{paid}, claim:stolen_from 10, stamp 20")
    yield replace(lost, ago=60, steps=f"{served}, claim:lost 22, stamp 30, hand_in 32")
    for number, ago in enumerate((6, 12, 24)):  # the last one is red by now
        steps = f"{served}, claim:{('lost', 'late', 'lost')[number]} 24, stamp 40, submit 50"
        yield replace(lost, ago=ago * DAY, shop=(TEA, PHONES, SHOES)[number], steps=steps)
    sent = "claim:damaged 12, stamp 30, submit 40"
    yield replace(torn, ago=11 * DAY, steps=f"{paid}, {sent}, rejected 200")
    yield replace(torn, ago=20 * DAY, shop=TEA, steps=f"{paid}, {sent}, rejected 120, appeal 150")
    yield replace(torn, ago=14 * DAY, shop=PHONES, steps=f"{paid}, {sent}, accepted 220")
    yield replace(torn, ago=30 * DAY, steps=f"{paid}, {sent}, accepted 200, recover 320")
    yield replace(torn, ago=34 * DAY, shop=TEA, steps=f"{paid}, {sent}, accepted 220, recover:0.6 400")
    ends = f"{served}, claim:lost 30, stamp 50, submit 60, accepted 240, recover 420"
    yield replace(lost, ago=26 * DAY, steps=ends)
    yield replace(torn, ago=44 * DAY, steps=f"{paid}, {sent}, rejected 150, appeal 180, rejected 400, give_up 500")
    yield replace(lost, ago=8 * DAY, steps="take 1, claim:lost 20, take_back 60")
