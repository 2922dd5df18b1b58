"""What is told of invoices: wanted by people and companies, sent back, issued, reversed (INV-1)."""

from collections.abc import Iterator
from dataclasses import replace

from refunds.states import Reason

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def invoices() -> Iterator[Told]:
    """Invoices in every state, some of them red, one whose goods came back (INV-1)."""
    plain = Told(TEA, 0, "ship 20, sign 60")
    yield replace(plain, ago=5 * DAY, steps="ship 20, sign 60, invoice 110")
    yield replace(plain, ago=4 * DAY, shop=SHOES, steps="ship 20, sign 60, invoice:company 90")
    yield replace(plain, ago=9 * DAY, shop=PHONES, steps="ship 20, sign 60, invoice:company 100")  # red by now
    yield replace(plain, ago=5 * DAY, shop=PHONES, steps="ship 20, sign 60, invoice:company 90, ask_invoice 112")
    yield replace(plain, ago=4 * DAY, steps="ship 20, sign 60, invoice:company 70, issue_invoice 90")
    yield replace(
        plain, ago=12 * DAY, shop=SHOES, steps="ship 20, sign 60, invoice 80, issue_invoice 100, tell_invoice 102"
    )
    yield replace(
        plain,
        ago=20 * DAY,
        steps="ship 20, sign 60, invoice:company 80, ask_invoice 90, mend_invoice 94, "
        "issue_invoice 110, tell_invoice 112",
    )
    yield replace(plain, ago=6 * DAY, shop=PHONES, steps="ship 20, sign 60, invoice 70, drop_invoice 74")
    back = Told(TEA, 0, lead=5 * DAY, reason=Reason.QUALITY, part=0.5)
    invoiced = "invoice 0.2, issue_invoice 2, tell_invoice 3"
    yield replace(back, ago=30, steps=f"{invoiced}, take 4, agree 6, pay 9")
    yield replace(back, ago=8 * DAY, shop=SHOES, steps=f"{invoiced}, take 4, agree 6, pay 9, red_invoice 40")
