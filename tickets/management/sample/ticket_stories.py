"""What is told of tickets that were opened by hand: what buyers bring beside requests (TKT)."""

from collections.abc import Iterator

from .goods import PHONES, SHOES, TEA
from .story import Told

DAY = 24


def tickets() -> Iterator[Told]:
    """Every kind; due soon and late, waiting for each, handed over, solved, reopened, closed, merged."""
    sent = "ship 8"
    yield Told(TEA, 30, f"{sent}, tk:logistics 22, tk_call 22.3, tk_reply 22.5, tk_plan 23")
    yield Told(SHOES, 5 * DAY, f"{sent}, tk:logistics/high 40, tk_chat 41")  # red by now (TKT-2)
    yield Told(TEA, 40, f"{sent}, tk:logistics 25, tk_call 25.5, tk_wait:carrier 26, tk_note 30")
    yield Told(PHONES, 6 * DAY, f"{sent}, tk:logistics 60, tk_wait:carrier 61")  # in vain: it came back, and is late
    yield Told(SHOES, 4 * DAY, f"{sent}, tk:logistics 70, tk_double 74, tk_merge 75, tk_call 76")
    yield Told(TEA, 34, f"{sent}, sign 22, tk:missing/high 26, tk_wait:warehouse 29, tk_promise 29.2")
    yield Told(PHONES, 6 * DAY, f"{sent}, sign 50, tk:not_arrived 130, tk_wait:finance 139")
    yield Told(SHOES, 44, f"{sent}, sign 30, tk:overpaid_postage/low 40, tk_chat 40.5")
    yield Told(TEA, 3 * DAY, f"{sent}, sign 40, tk:complaint/urgent 70.2, tk_wait:supervisor 70.5")
    yield Told(PHONES, 4 * DAY, f"{sent}, sign 40, tk:complaint/high 60, tk_wait:platform 66, tk_reply 66.2")
    yield Told(TEA, 50, f"{sent}, sign 40, confirm 44, tk:invoice/low 46, tk_wait:buyer 47")
    yield Told(PHONES, 9 * DAY, f"{sent}, sign 60, confirm 90, tk:warranty 205, tk_wait:buyer 206, tk_call 207")
    yield Told(SHOES, 20, "tk:other/low 6, tk_note 7")
    yield Told(SHOES, 60, f"{sent}, tk:exchange 52, tk_call 52.2, tk_promise 52.5")
    yield Told(TEA, 70, f"{sent}, sign 40, tk:refund/high 66, tk_reply 66.2")
    # Handed over at the end of a shift, once with an answer from the next one.
    yield Told(TEA, 32, f"{sent}, tk:logistics 20, tk_call 20.5, tk_over 27")
    yield Told(PHONES, 3 * DAY, f"{sent}, sign 40, tk:missing 60, tk_over 63, tk_wait:warehouse 68, tk_back 70")
    # Solved, solved in vain, over.
    yield Told(SHOES, 4 * DAY, f"{sent}, tk:logistics 50, tk_call 52, tk_solve 70")
    yield Told(TEA, 5 * DAY, f"{sent}, sign 40, tk:missing 60, tk_promise 61, tk_kept 70, tk_solve 71, tk_reopen 110")
    yield Told(TEA, 20 * DAY, f"{sent}, sign 60, tk:invoice 80, tk_wait:finance 81, tk_back 90, tk_solve 91")
    yield Told(PHONES, 26 * DAY, f"{sent}, sign 60, tk:complaint/urgent 70, tk_call 70.5, tk_solve 71, tk_close 90")
