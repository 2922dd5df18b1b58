"""What is told: the requests of two months, chosen so that every state, reason and way is there, and the plain trade.

Hours everywhere. A request that waits for the shop acts by itself 48 hours after the application before shipment, after
72 where seven days hold, after 120 otherwise (TMO-1…4): `ago` counts back from there where the time left matters.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from refunds.states import Kind, Reason

from .claim_stories import claims
from .complaint_stories import complaints
from .enquiry_stories import enquiries
from .feedback_stories import feedback
from .goods import PHONES, SHOES, SHOPS, TEA
from .invoice_stories import invoices
from .missing_stories import missing
from .parcel_stories import parcels
from .service_stories import service
from .story import Told
from .ticket_stories import tickets
from .warranty_stories import warranty

R = Reason
RETURN = Kind.RETURN_REFUND
DAY = 24
ROUND = 20
"""So many plain orders show every way of the trade once."""


def programme(rng: random.Random, orders: int) -> list[Told]:
    """Give all stories for so many orders: the requests, and plain orders to fill up."""
    told = [*unshipped(rng), *not_received(rng), *received(rng), *returns(rng), *repeats(rng), *disputes(rng), *debts()]
    told += [*payouts(), *asking(), *exchanges(), *proposals(), *enquiries(), *claims(), *invoices(), *tickets()]
    told += [*missing(), *parcels(), *complaints(), *warranty(), *service(), *feedback()]
    return [*told, *plain(rng, max(orders - len(told), ROUND))]


def _shops(rng: random.Random, count: int) -> list[str]:
    """Share cases out to the shops, as large as they are."""
    return rng.choices([shop.code for shop in SHOPS], [shop.share for shop in SHOPS], k=count)


def _past(rng: random.Random) -> float:
    """Choose how long ago something was that is over by now."""
    return rng.uniform(16, 54) * DAY


def unshipped(rng: random.Random) -> Iterator[Told]:
    """Requests before shipment (RFD-1, VOI, TMO-1)."""
    reasons = [R.NO_LONGER_WANTED, R.ORDERED_BY_MISTAKE, R.NOT_SHIPPED_IN_TIME, R.OUT_OF_STOCK]
    reasons += [R.PRICE_DIFFERENCE, R.INVOICE, R.OTHER]
    case = Told(TEA, 0, received=False, shopped="paid", lead=9, count=0)
    waiting = (47.87, 47.35, 46.1, 44.4, 40, 31, 22, 13, 8, 4, 1.5, 0.3)
    for number, (ago, shop) in enumerate(zip(waiting, _shops(rng, len(waiting)), strict=True)):
        steps = ("take 0.1, talk 0.2", "", "talk 0.1")[number % 3]
        yield replace(case, shop=shop, ago=ago, reason=reasons[number % 7], steps=steps)
    for number, ago in enumerate((33, 21, 6, 3)):
        steps = f"take 0.2, talk 0.3, void {min(ago / 2, 7)}, say {ago * 0.7}"
        yield replace(case, shop=(TEA, SHOES, PHONES, TEA)[number], ago=ago, reason=reasons[number], steps=steps)
    for number, shop in enumerate(_shops(rng, 8)):
        steps = "take 0.5, talk 0.6, void 7, agree 8, pay 11"
        yield replace(case, shop=shop, ago=_past(rng), reason=reasons[number % 7], steps=steps, lead=6 + number)
    # Nobody answered: the clock agreed, and the warehouse is chased (VOI-4).
    yield replace(case, ago=11 * DAY, reason=R.NO_LONGER_WANTED, steps="say 20, done 50, pay 53")
    yield replace(case, shop=SHOES, ago=49.2, reason=R.ORDERED_BY_MISTAKE, steps="say 30")
    yield replace(case, ago=50.5, reason=R.OUT_OF_STOCK, steps="take 1")
    # The goods were gone, or went all the same (RFD-2).
    yield replace(
        case, ago=6 * DAY, reason=R.ORDERED_BY_MISTAKE, steps="take 1, talk 1.1, void:already_shipped 9, sign 80"
    )
    yield replace(case, shop=PHONES, ago=30, reason=R.NO_LONGER_WANTED, steps="void:already_shipped 12")
    yield replace(case, shop=SHOES, ago=5 * DAY, reason=R.NOT_SHIPPED_IN_TIME, steps="talk 1, ship_over 10, sign 70")
    yield replace(case, ago=9 * DAY, reason=R.NO_LONGER_WANTED, steps="take 1, cancel 5, ship 20, sign 90")
    yield replace(case, shop=PHONES, ago=2 * DAY, reason=R.ORDERED_BY_MISTAKE, steps="cancel 2, ship 12")
    # Part of the order is under way.
    half = replace(case, shopped="part", cart=3, lead=30)
    yield replace(half, ago=18, reason=R.NOT_SHIPPED_IN_TIME, steps="take 1, talk 1.1")
    yield replace(half, shop=SHOES, ago=9, reason=R.OUT_OF_STOCK, steps="")
    yield replace(half, ago=2, reason=R.ORDERED_BY_MISTAKE, steps="")
    yield replace(half, ago=20 * DAY, reason=R.OUT_OF_STOCK, steps="take 1, void 3, agree 5, pay 8")


def not_received(rng: random.Random) -> Iterator[Told]:
    """The goods are under way and the buyer wants his money (TMO-2)."""
    case = Told(TEA, 0, received=False, shopped="shipped", lead=5 * DAY, reason=R.NOT_RECEIVED, count=0)
    for number, ago in enumerate((119.6, 101, 61, 26, 5)):
        steps = ("take 1, talk 1.1, say 20", "talk 0.3")[number % 2]
        yield replace(case, shop=(TEA, PHONES, SHOES, TEA, TEA)[number], ago=ago, steps=steps)
    for number, reason in enumerate((R.NOT_RECEIVED, R.LOST_OR_EMPTY, R.NO_LONGER_WANTED, R.OTHER, R.NOT_RECEIVED)):
        steps = "take 2, talk 2.1, answer 20, agree 26, pay 33"
        yield replace(case, shop=(TEA, SHOES, PHONES)[number % 3], ago=_past(rng), reason=reason, steps=steps)
    yield replace(case, ago=14, reason=R.LOST_OR_EMPTY, steps="take 1, talk 1.1")
    yield replace(case, shop=SHOES, ago=35, reason=R.NOT_SHIPPED_IN_TIME, steps="talk 1")
    # Refused since it is under way: the buyer let it be, or has not answered yet (TMO-7).
    yield replace(case, ago=13 * DAY, steps="take 1, talk 1.1, refuse:under_way 22, sign 40")
    yield replace(case, ago=40, steps="take 1, refuse:under_way 10, protest 12", shop=SHOES)
    # Nobody answered for five days.
    yield replace(case, ago=12 * DAY, steps="say 30, say 70, pay 126")
    yield replace(case, ago=8 * DAY, shop=PHONES, steps="talk 3, cancel 50, sign 60")


def received(rng: random.Random) -> Iterator[Told]:
    """The buyer keeps the goods and wants some money back (TMO-2, TMO-3, APP-5, APP-6)."""
    case = Told(TEA, 0, lead=5 * DAY, part=0.4)
    small = replace(case, part=0.08)
    reasons = [R.DAMAGED, R.WRONG_OR_MISSING, R.QUALITY, R.NOT_AS_DESCRIBED, R.POSTAGE, R.INVOICE]
    reasons += [R.PRICE_DIFFERENCE, R.COUNTERFEIT, R.LOST_OR_EMPTY, R.OTHER]
    cheap = {R.POSTAGE, R.INVOICE, R.PRICE_DIFFERENCE}
    waiting = (71.75, 71.1, 69.4, 68.3, 60, 51, 43, 27, 15, 7, 2, 0.6)
    for number, (ago, shop) in enumerate(zip(waiting, _shops(rng, len(waiting)), strict=True)):
        reason = reasons[number % 10]
        steps = ("take 0.3, talk 0.4", "", "take 0.4", "talk 0.2")[number % 4]
        yield replace(small if reason in cheap else case, shop=shop, ago=ago, reason=reason, steps=steps)
    for number, shop in enumerate(_shops(rng, 10)):
        reason = reasons[number]
        steps = "take 1, talk 1.1, agree:0.7 9, pay 15" if number % 3 else "take 2, talk 2.2, agree 6, pay 30"
        finished = "finished" if number % 2 == 0 else "signed"
        told = replace(small if reason in cheap else case, shop=shop, ago=_past(rng), reason=reason, steps=steps)
        yield replace(told, shopped=finished, lead=(8 if finished == "finished" else 5) * DAY)
    # Refused, and what the buyer made of it (APP-8).
    refused = replace(case, part=1)
    yield replace(refused, ago=30, reason=R.QUALITY, steps="take 1, talk 1.1, refuse:wrong_kind 8", shop=SHOES)
    yield replace(refused, ago=52, reason=R.DAMAGED, steps="take 1, refuse:insufficient_evidence 6, protest 9")
    yield replace(
        refused, ago=34, reason=R.QUALITY, shop=PHONES, steps="take 1, refuse:damaged_by_buyer 20, protest 21"
    )
    yield replace(refused, ago=60, reason=R.DAMAGED, steps="take 1, refuse:insufficient_evidence 9, modify 26")
    yield replace(
        refused, ago=50, reason=R.QUALITY, shop=SHOES, steps=f"take 1, refuse:wrong_kind 5, modify:{RETURN} 20"
    )
    steps = f"take 1, talk 1.1, refuse:wrong_kind 9, modify:{RETURN} 20, agree 26, send_back 50, receive 120, pay 126"
    yield replace(refused, ago=21 * DAY, reason=R.QUALITY, steps=steps, shop=SHOES)
    yield replace(refused, ago=15 * DAY, reason=R.OTHER, steps="refuse:agreed_otherwise 9", shop=PHONES)
    yield replace(refused, ago=26, reason=R.POSTAGE, part=0.08, steps=f"talk 1, modify:/{R.PRICE_DIFFERENCE} 5")
    yield replace(case, ago=9 * DAY, reason=R.INVOICE, steps="say 12, say 50, pay 80", part=0.1)
    yield replace(case, ago=7 * DAY, reason=R.PRICE_DIFFERENCE, steps="take 1, talk 1.1, cancel 20", part=0.1)


def returns(rng: random.Random) -> Iterator[Told]:
    """Return and refund (RFD-4, TMO-3…6, RET)."""
    reasons = [R.SEVEN_DAY, R.QUALITY, R.SEVEN_DAY, R.NOT_AS_DESCRIBED, R.SEVEN_DAY, R.DAMAGED, R.WRONG_OR_MISSING]
    reasons += [R.SEVEN_DAY, R.NO_LONGER_WANTED, R.ORDERED_BY_MISTAKE, R.COUNTERFEIT, R.OTHER]
    case = Told(TEA, 0, kind=RETURN, lead=5 * DAY)
    waiting = (71.9, 71.55, 70.6, 69.2, 66, 58, 49.5, 44, 36, 24, 17, 11, 5, 2.5, 0.9, 0.2)
    for number, (ago, shop) in enumerate(zip(waiting, _shops(rng, len(waiting)), strict=True)):
        steps = ("take 0.2, talk 0.3", "", "talk 0.1", "hand_over 0.2")[number % 4]
        yield replace(case, shop=shop, ago=ago, reason=reasons[number % 12], steps=steps)
    # Not everything comes back within seven days: five days to answer (TMO-4).
    yield replace(
        case, ago=118, reason=R.QUALITY, seven_day=False, shop=PHONES, cart=3, count=0, steps="take 2, talk 2.1"
    )
    yield replace(case, ago=70, reason=R.NOT_AS_DESCRIBED, seven_day=False, cart=3, count=0, steps="talk 2")
    agreed = (172, 165, 150, 120, 96, 72, 48, 36, 24, 12, 6)
    for number, (ago, shop) in enumerate(zip(agreed, _shops(rng, len(agreed)), strict=True)):
        answered = min(ago / 2, 5.5)
        steps = f"take {answered / 2}, talk {answered / 2}, agree {answered}" + (", say 4" if number % 4 == 0 else "")
        yield replace(case, shop=shop, ago=ago, reason=reasons[number], steps=steps)
    coming = (277, 262, 240, 190, 150, 120, 100, 80, 60, 44, 30)
    for number, (ago, shop) in enumerate(zip(coming, _shops(rng, len(coming)), strict=True)):
        steps = f"take 1, talk 1.1, agree 4, send_back {28 if ago > 40 else 20}" + (", say 100" if ago > 140 else "")
        yield replace(case, shop=shop, ago=ago, reason=reasons[number], steps=steps)
    back = "take 1, agree 4, send_back"
    yield replace(case, ago=40, reason=R.SEVEN_DAY, steps=f"{back}:yuantong/YT12345 20")  # no such number (RFD-6)
    yield replace(
        case, ago=90, reason=R.QUALITY, shop=SHOES, steps=f"{back}:shunfeng/88661 22, answer 25, send_back 30, done 31"
    )
    yield replace(
        case, ago=75, reason=R.DAMAGED, steps=f"{back}:zhongtong/7512345 25, send_back:zhongtong/75331200458817 27"
    )
    yield replace(
        case, ago=160, reason=R.SEVEN_DAY, surface=True, steps=f"{back}:youzhengguonei/9884100237715 40, say 130"
    )
    # Received: the money is on its way, lost, or came back (RFD-3, RET-4).
    paid = "take 1, talk 1.1, agree 4, send_back 27"
    for number, ago in enumerate((101, 110, 96, 130)):
        yield replace(
            case,
            shop=(TEA, SHOES, TEA, PHONES)[number],
            ago=ago,
            reason=reasons[number],
            steps=f"{paid}, receive {ago - 3 - number}",
        )
    yield replace(case, ago=128, reason=R.SEVEN_DAY, steps=f"{paid}, receive 100, lose 100.2", shop=SHOES)
    yield replace(case, ago=140, reason=R.QUALITY, steps=f"{paid}, receive 100, fail 110")
    yield replace(case, ago=170, reason=R.DAMAGED, steps=f"{paid}, receive 95, fail 101, say 130", shop=PHONES)
    yield replace(
        case, ago=290, reason=R.SEVEN_DAY, steps=f"{paid}, receive 100, fail 104, say 200", shop=SHOES
    )  # TMO-14
    yield replace(case, ago=25 * DAY, reason=R.QUALITY, steps=f"{paid}, receive 90, fail 100, done 130, pay 131")
    for number, shop in enumerate(_shops(rng, 14)):
        finished = "finished" if number % 2 == 0 else "signed"
        sent, came = rng.uniform(20, 70), rng.uniform(90, 150)
        steps = f"take 1, talk 1.1, agree 7, send_back {sent}, say {sent + 1}, receive {came}, pay {came + 6}"
        told = replace(case, shop=shop, ago=_past(rng), reason=reasons[number % 12], steps=steps, shopped=finished)
        yield replace(told, lead=(8 if finished == "finished" else 5) * DAY, cart="bundle" if number == 4 else 1)
    # A bundle that is parted: the first piece by the list price of the other, which then asks for the rest (AMT-3).
    parted = f"{paid}, receive 52, pay 58, again 92, say 93"
    yield replace(case, ago=108, reason=R.SEVEN_DAY, steps=parted, cart="bundle")
    # What the goods looked like when they came back (RET-2).
    yield replace(case, ago=120, reason=R.SEVEN_DAY, steps=f"{paid}, receive:fail 100, protest 104", shop=SHOES)
    yield replace(case, ago=150, reason=R.QUALITY, steps=f"{paid}, receive:fail 99", shop=PHONES)
    yield replace(
        case, ago=20 * DAY, reason=R.SEVEN_DAY, steps=f"{paid}, receive:fail 90, modify 100, agree:0.5 110, pay 115"
    )
    # What the clock did: agreed, closed, refunded.
    yield replace(case, ago=9 * DAY, reason=R.SEVEN_DAY, steps="say 20, send_back 100, receive 190, pay 196")
    yield replace(case, ago=6 * DAY, reason=R.QUALITY, steps="say 30, say 60", shop=SHOES)
    yield replace(case, ago=77, reason=R.SEVEN_DAY, steps="")
    yield replace(case, ago=14 * DAY, reason=R.NO_LONGER_WANTED, steps="take 1, talk 1.1, agree 6")
    yield replace(case, ago=32 * DAY, reason=R.SEVEN_DAY, steps="agree 6", shop=SHOES)
    yield replace(case, ago=18 * DAY, reason=R.SEVEN_DAY, steps="agree 6, send_back 40, say 200, pay 290", shop=PHONES)
    yield replace(case, ago=12.1 * DAY, reason=R.ORDERED_BY_MISTAKE, steps="take 1, agree 6, send_back 40")
    yield replace(case, ago=8 * DAY, reason=R.SEVEN_DAY, steps="take 1, talk 1.1, cancel 30", shop=SHOES)
    yield replace(case, ago=30 * DAY, reason=R.SEVEN_DAY, steps="agree 3, cancel 60")


def repeats(rng: random.Random) -> Iterator[Told]:
    """Buyers who apply again, and sellers who refuse again (APP-9, RFD-7)."""
    case = Told(TEA, 0, kind=RETURN, lead=3 * DAY, reason=R.SEVEN_DAY)
    yield replace(case, ago=60, steps=f"cancel 5, again:{R.QUALITY} 20, take 21, talk 21.1", shop=SHOES)
    yield replace(
        case,
        ago=80,
        steps=f"take 1, agree 4, cancel 20, again:{R.NOT_AS_DESCRIBED} 30, cancel 40, again:{R.QUALITY} 50",
    )
    yield replace(
        case, ago=12 * DAY, steps=f"cancel 8, again:{R.QUALITY} 30, agree 40, send_back 60, receive 130, pay 140"
    )
    twice = "take 1, refuse:wrong_reason 9, modify 20, refuse:damaged_by_buyer 30"
    yield replace(case, ago=70, reason=R.QUALITY, steps=f"{twice}, protest 31, modify 40", shop=SHOES)
    yield replace(case, ago=66, reason=R.NOT_AS_DESCRIBED, steps=f"{twice}, protest 33", shop=TEA)
    yield replace(case, ago=100, reason=R.QUALITY, steps=f"{twice}, modify 50, refuse:abuse 60, protest 61", shop=SHOES)
    yield replace(case, ago=19 * DAY, reason=R.QUALITY, steps=twice, shop=PHONES)


def disputes(rng: random.Random) -> Iterator[Told]:
    """The platform is asked to step in: open, decided, settled (DIS)."""
    case = Told(TEA, 0, kind=RETURN, lead=5 * DAY, reason=R.QUALITY)
    only = replace(case, kind=Kind.REFUND_ONLY)
    argued = "take 1, talk 1.1, refuse:insufficient_evidence 8, protest 10, intervene 20"
    returned = "take 1, agree 4, send_back 27, receive:fail 90, protest 92, intervene 95"
    # Counterfeit: the seller shows where the goods came from (LAW-4).
    shown = argued.replace("insufficient_evidence", "wrong_reason")
    yield replace(only, ago=70, reason=R.COUNTERFEIT, steps=f"{shown}, defend 40", shop=PHONES)
    yield replace(only, ago=30, reason=R.NOT_AS_DESCRIBED, steps=argued)
    yield replace(only, ago=26 * DAY, reason=R.NOT_AS_DESCRIBED, steps=f"{argued}, defend 40")  # TMO-12
    yield replace(case, ago=44, reason=R.QUALITY, steps=f"{argued}, defend 30", shop=SHOES)
    yield replace(case, ago=140, reason=R.SEVEN_DAY, steps=f"{returned}, defend 100", shop=SHOES)
    yield replace(case, ago=8 * DAY, reason=R.DAMAGED, steps=f"{returned}, defend 110, say 120", shop=PHONES)
    yield replace(case, ago=110, reason=R.QUALITY, steps=returned)
    yield replace(only, ago=22 * DAY, reason=R.DAMAGED, steps=f"{argued}, defend 40, decide:buyer 140, pay 146")
    yield replace(only, ago=30 * DAY, reason=R.QUALITY, steps=f"{argued}, defend 40, decide:seller 150", shop=PHONES)
    yield replace(case, ago=26 * DAY, steps=f"{returned}, defend 120, decide:partial/0.5 200, pay 210", shop=SHOES)
    yield replace(case, ago=40 * DAY, steps=f"{returned}, defend 120, decide:seller 210", shop=SHOES)
    yield replace(case, ago=45 * DAY, reason=R.COUNTERFEIT, steps=f"{shown}, decide:buyer 130, pay 140", shop=PHONES)
    yield replace(only, ago=16 * DAY, reason=R.QUALITY, steps=f"{argued}, defend 30, settle:0.5 44, pay 50")
    yield replace(
        case,
        ago=24 * DAY,
        reason=R.NOT_AS_DESCRIBED,
        steps=f"{argued}, settle 40, modify 60, agree 66, send_back 90, receive 160, pay 166",
    )
    yield replace(case, ago=50, reason=R.DAMAGED, steps=f"{argued}, settle 34", shop=SHOES)


def debts() -> Iterator[Told]:
    """Yellow flags, and the same buyers' next orders (ORD-5)."""
    for number, (shop, again) in enumerate(((TEA, 12), (TEA, 30), (SHOES, 20), (PHONES, 6))):
        yield Told(shop, (20 + number) * DAY, "ship 20, sign 70, owe 90, confirm 100", buyer=number)
        yield Told(shop, again, "note:red 1" if number == 1 else "", buyer=number)
    yield Told(TEA, 30 * DAY, "ship 20, sign 70, owe 80, confirm 100, make_good 300", buyer=5)
    yield Told(TEA, 18 * DAY, "ship 20, sign 60, confirm 90, note:green 91", buyer=5)


def payouts() -> Iterator[Told]:
    """Money that leaves beside the refund of goods: each state, most of them waiting to be approved (PAY)."""
    back = Told(TEA, 0, kind=RETURN, lead=5 * DAY, reason=R.QUALITY)
    sent = "take 1, talk 1.1, agree 4, send_back 27"
    postage = "open_out:return_postage"
    for number, ago in enumerate((52, 47, 41, 36)):
        steps = f"{sent}, {postage} {ago - 2 - number * 3}"
        yield replace(back, shop=(TEA, SHOES, TEA, PHONES)[number], ago=ago, steps=steps)
    kept = Told(TEA, 0, lead=5 * DAY, part=0.4, reason=R.DAMAGED)
    yield replace(kept, ago=30, steps="take 1, talk 1.1, agree:0.7 5, pay 9, open_out:goodwill 20")
    yield replace(kept, ago=26, shop=SHOES, part=0.1, reason=R.PRICE_DIFFERENCE, steps="take 1, open_out:goodwill 22")
    yield replace(kept, ago=20, shop=PHONES, steps="take 1, draft_out:goodwill 12")
    done = "receive 100, pay 106"
    yield replace(back, ago=20 * DAY, steps=f"{sent}, {postage} 29, approve_out 46, paid_out 50, {done}")
    yield replace(back, ago=9 * DAY, shop=SHOES, steps=f"{sent}, {postage} 30, approve_out 44, paid_out 49, {done}")
    yield replace(kept, ago=12 * DAY, steps="take 1, agree:0.7 5, pay 9, open_out:goodwill 20, reject_out 30")
    yield replace(back, ago=60, shop=PHONES, steps=f"{sent}, {postage} 30, approve_out 55")
    yield replace(back, ago=70, steps=f"{sent}, {postage} 30, approve_out 50, lose_out 50.2")
    yield replace(back, ago=75, shop=SHOES, steps=f"{sent}, {postage} 30, approve_out 46, fail_out 60")
    yield replace(back, ago=12 * DAY, steps=f"{sent}, {postage} 30, approve_out 46, {done}")  # red by now (PAY-6)


def exchanges() -> Iterator[Told]:
    """Goods for goods: in every state, some of them urgent, some with a price difference (EXC)."""
    case = Told(SHOES, 0, kind=Kind.EXCHANGE, lead=4 * DAY)
    reasons = (R.ORDERED_BY_MISTAKE, R.SEVEN_DAY, R.QUALITY, R.WRONG_OR_MISSING, R.NOT_AS_DESCRIBED, R.OTHER)
    for number, ago in enumerate((117, 70, 26, 9, 2)):
        steps = ("take 0.4, talk 0.5", "")[number % 2]
        yield replace(
            case, shop=(SHOES, SHOES, TEA, PHONES, SHOES)[number], ago=ago, reason=reasons[number], steps=steps
        )
    agreed = "take 1, agree 4"
    yield replace(case, ago=30, reason=R.SEVEN_DAY, steps=agreed)
    yield replace(case, ago=100, reason=R.QUALITY, steps="take 1, swap:1500 4", shop=PHONES)
    yield replace(case, ago=60, reason=R.ORDERED_BY_MISTAKE, steps="take 1, swap:-800 4, send_back 30", shop=TEA)
    yield replace(case, ago=80, reason=R.QUALITY, steps=f"{agreed}, send_back 28")
    yield replace(case, ago=120, reason=R.DAMAGED, steps=f"{agreed}, send_back 28, receive 100", shop=TEA)
    yield replace(
        case, ago=110, reason=R.QUALITY, steps=f"{agreed}, send_back 28, receive 90, replace 100", shop=PHONES
    )
    yield replace(case, ago=64, reason=R.WRONG_OR_MISSING, steps=f"{agreed}, first 5, send_back 26, replace 30")
    yield replace(case, ago=11 * DAY, reason=R.QUALITY, steps=f"{agreed}, first 5, send_back 26, replace 30", shop=TEA)
    unfit = f"{agreed}, first 5, send_back 26, replace 30, receive:fail 90"
    yield replace(case, ago=140, reason=R.SEVEN_DAY, steps=unfit)
    yield replace(case, ago=50, reason=R.SEVEN_DAY, steps="take 1, refuse:not_fit_for_resale 8, protest 10")
    yield replace(case, ago=130, reason=R.QUALITY, steps=f"{agreed}, send_back 28, receive:fail 100, protest 104")
    yield replace(
        case, ago=40, reason=R.QUALITY, steps="refuse:damaged_by_buyer 6, intervene 20, defend 26", shop=PHONES
    )
    yield replace(case, ago=9 * DAY, reason=R.SEVEN_DAY, steps=f"{agreed}, cancel 20")
    yield replace(
        case, ago=8 * DAY, reason=R.QUALITY, steps=f"{agreed}, send_back 28, receive 90, refund_it 96, pay 110"
    )
    yield replace(case, ago=95, reason=R.ORDERED_BY_MISTAKE, steps=f"{agreed}, send_back 30, refund_it 60", shop=TEA)
    for number, reason in enumerate(reasons):
        back = "take 1, swap:2000 4, send_back 30, settle_swap 32" if number == 1 else f"{agreed}, send_back 30"
        steps = f"{back}, receive 96, replace 104, got 170"
        yield replace(
            case, shop=(SHOES, SHOES, TEA)[number % 3], ago=(16 + number * 5) * DAY, reason=reason, steps=steps
        )
    again = replace(case, kind=Kind.RESHIP, reason=R.WRONG_OR_MISSING, shop=TEA)
    yield replace(again, ago=20, steps="take 0.5, talk 0.6")
    yield replace(again, ago=50, steps="take 1, agree 3", shop=SHOES)
    yield replace(again, ago=70, steps="take 1, agree 3, replace 20")
    yield replace(again, ago=15 * DAY, steps="take 1, agree 3, replace 20, got 90", reason=R.LOST_OR_EMPTY)


def proposals() -> Iterator[Told]:
    """What one side put to the other: corrected, settled for a sum, countered, left unanswered (DEC-3, DIS-5)."""
    case = Told(TEA, 0, lead=4 * DAY, reason=R.QUALITY)
    taken = "take 0.5, talk 0.6"
    yield replace(case, ago=70, kind=RETURN, steps=f"{taken}, guide:{R.SEVEN_DAY} 2", shop=SHOES)
    yield replace(case, ago=20, steps=f"{taken}, guide:{R.DAMAGED} 2")
    yield replace(case, ago=15 * DAY, steps=f"{taken}, guide:{R.DAMAGED} 2, yes 9, agree 12, pay 20", shop=PHONES)
    yield replace(case, ago=26, steps=f"{taken}, offer:0.3 3", shop=PHONES)
    yield replace(case, ago=30, steps=f"{taken}, offer:0.2 3, counter:0.6 9", shop=SHOES)
    yield replace(case, ago=9 * DAY, steps=f"{taken}, offer:0.2 3, counter:0.5 9, yes 12, pay 20")
    unsure = replace(case, kind=RETURN, lead=5 * DAY, reason=R.SEVEN_DAY, shop=SHOES)
    yield replace(unsure, ago=10, steps=f"{taken}, instead 2")
    yield replace(unsure, ago=30, steps=f"{taken}, instead 2, no 5", shop=TEA)
    swapped = "instead 2, yes 6, agree 9, send_back 30, receive 90, replace 98, got 150"
    yield replace(unsure, ago=12 * DAY, steps=f"{taken}, {swapped}")
    argued = f"{taken}, refuse:insufficient_evidence 8, intervene 20, offer:0.4 30"
    yield replace(case, ago=18 * DAY, steps=f"{argued}, yes 36, pay 44", shop=SHOES)


def asking() -> Iterator[Told]:
    """Buyers whose refund should be there and is not (ARR-3)."""
    case = Told(SHOES, 0, kind=RETURN, lead=5 * DAY, reason=R.SEVEN_DAY)
    back = "take 1, agree 4, send_back 27, receive 70, pay 76"
    yield replace(case, ago=30 * DAY, steps=f"{back}, not_there 700")


def plain(rng: random.Random, count: int) -> Iterator[Told]:
    """Orders of which nobody asks anything back."""
    for number, shop in enumerate(_shops(rng, count)):
        part, notes = number % 20, ", note 0.5" if number % 9 == 0 else ""
        if part == 0:
            yield Told(shop, rng.uniform(0.1, 20), "unpaid 0")
        elif part == 1:
            yield Told(shop, rng.uniform(3, 50) * DAY, "unpaid 0, close 24")
        elif part in (2, 3, 4):
            yield Told(shop, rng.uniform(0.2, 40), f"{notes}")
        elif part == 5:
            yield Told(shop, rng.uniform(50, 75), "note:purple 49" if number % 2 else "")
        elif part in (6, 7, 8):
            yield Told(shop, rng.uniform(1.5, 4) * DAY, f"ship {rng.uniform(6, 34):.1f}{notes}")
        elif part in (9, 10, 11):
            yield Told(shop, rng.uniform(4, 9) * DAY, f"ship {rng.uniform(6, 40):.1f}, sign 90{notes}")
        elif part == 12:
            yield Told(shop, rng.uniform(6, 9) * DAY, "ship 20, sign 100, extend 130")
        elif part in (13, 14):
            yield Told(shop, rng.uniform(13, 40) * DAY, f"ship {rng.uniform(6, 40):.1f}, sign 80")
        elif part == 15:
            yield Told(shop, rng.uniform(10, 30) * DAY, "unpaid 0, pay_late 3, ship 20, sign 70, confirm 110")
        else:
            confirmed = rng.uniform(90, 200)
            yield Told(
                shop, rng.uniform(9, 58) * DAY, f"ship {rng.uniform(6, 40):.1f}, sign 75, confirm {confirmed:.1f}"
            )
