"""What is told of service: visits in and out of warranty, an emergency, phones that were sent in (SVC, WAR-2)."""

from collections.abc import Iterator
from dataclasses import replace

from .goods import PHONES
from .story import Told

DAY = 24


def service() -> Iterator[Told]:
    """Sheets in every state, one red, one whose charge is to be decided, one that is incomplete (SVC-2…4)."""
    phone = Told(PHONES, 0, "ship 20, sign 60")
    come = "ship 20, sign 60, fault"
    yield replace(phone, ago=90, steps=f"{come} 88")
    yield replace(phone, ago=14 * DAY, steps=f"{come} 90")  # red by now
    yield replace(phone, ago=93, steps=f"{come} 84, sv_send 86")
    yield replace(phone, ago=92, steps=f"{come} 84, sv_send:agent 85, sv_go 87")
    yield replace(phone, ago=9 * DAY, steps=f"{come} 84, sv_phone 86")
    yield replace(phone, ago=8 * DAY, steps=f"{come} 84, sv_cancel 85")
    yield replace(phone, ago=10 * DAY, steps=f"{come} 84, sv_send 85, sv_go 87, sv_repair 89")
    yield replace(phone, ago=16 * DAY, steps=f"{come} 84, sv_send 85, sv_go 87, sv_repair 89, sv_archive 110")
    out, bare = phone, "sample_sold 10, ship 20, sign 60, fault"
    yield replace(out, ago=95, steps=f"{bare} 90")
    yield replace(out, ago=96, steps=f"{bare} 84, sv_ask_free 86")
    freed = f"{bare} 84, sv_ask_free 85, sv_free 86"
    yield replace(out, ago=11 * DAY, steps=f"{freed}, sv_send 87, sv_go 88, sv_repair 90")
    billed = f"{bare} 84, sv_bill 85, sv_send 86, sv_go 87, sv_quote 88"
    yield replace(out, ago=94, steps=billed)
    yield replace(out, ago=7 * DAY, steps=f"{billed}, sv_accept 89")
    yield replace(out, ago=7.5 * DAY, steps=f"{billed}, sv_accept 89, sv_repair 91")
    paid = f"{billed}, sv_accept 89, sv_repair 91, sv_pay:invoice 92"
    yield replace(out, ago=12 * DAY, steps=f"{paid}, sv_archive 120")
    yield replace(phone, ago=6 * DAY, steps="ship 20, sign 60, fault_now 84, sv_send 84.5, sv_go 85, sv_repair 87")
    sent = "ship 20, sign 60, fault:sent_in 80"
    yield replace(phone, ago=91, steps=sent)
    yield replace(phone, ago=6 * DAY, steps=f"{sent}, sv_terms 82, sv_expect 83")
    yield replace(phone, ago=8 * DAY, steps=f"{sent}, sv_terms 82, sv_expect 83, sv_receive 130")
    tested = f"{sent}, sv_terms 82, sv_expect 83, sv_receive 130, sv_find"
    yield replace(phone, ago=9 * DAY, steps=f"{tested}:no_fault 150")
    yield replace(phone, ago=13 * DAY, steps=f"{tested}:confirmed 150, sv_back 170, sv_archive 200")
