"""Days: their bills fetched or uploaded, compared with the books, and what was found written down (PAY-9)."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from aftersales.core.machine import FINANCE
from orders.models import Order
from refunds.gateways import alipay_bill
from refunds.models import Bill, Difference, LedgerEntry, Payout, RefundPayment

from .comparing import Found, Ours, compare
from .reading import Line, bill_lines

ALIPAY = "alipay"
READY_AT = time(9, 30)
"""From when on, Shanghai time, yesterday's bill is there."""
CATCH_UP = 7
"""Days back that the job still fetches."""
MOST_BYTES = 16 * 1024 * 1024


def bill_keep(*, day: date, content: bytes, source: str, actor: Actor, provider: str = ALIPAY) -> Bill:
    """Keep a bill, to be compared by the job; the same file again is compared again.

    Raises: Forbidden for all but finance and the system, Invalid for a day to come or a file that is too large.
    """
    if actor.role != FINANCE and actor.kind != "system":
        raise errors.Forbidden()
    if day > clock.shanghai_day(clock.now()):
        raise errors.Invalid(errors=[errors.FieldError("day", "in_future", _("This day is not over yet."))])
    if not content or len(content) > MOST_BYTES:
        text = _("A bill is a file of at most 16 MB.")
        raise errors.Invalid(errors=[errors.FieldError("file", "bill_unreadable", text)])
    bill, _new = Bill.objects.update_or_create(
        provider=provider,
        day=day,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={"status": Bill.Status.WAITING, "error": ""},
        create_defaults={
            "content": content,
            "source": source,
            "created_at": clock.now(),
            "created_by": actor.name,
        },
    )
    return bill


def days_to_fetch() -> list[date]:
    """Give the days whose bill should be there and was not fetched yet, the oldest first; none without the provider."""
    if ALIPAY not in (settings.AFTERSALES["refund_gateway"], settings.AFTERSALES["payout_gateway"]):
        return []
    now = clock.now().astimezone(clock.SHANGHAI)
    last = now.date() - timedelta(days=1 if now.time() >= READY_AT else 2)
    days = [last - timedelta(days=back) for back in range(CATCH_UP)]
    known = set(Bill.objects.filter(provider=ALIPAY, day__in=days).values_list("day", flat=True))
    return sorted(day for day in days if day not in known)


def bill_fetch(*, day: date) -> Bill:
    """Fetch a day's bill from the provider and keep it. Never in a transaction. Raises: OSError, LookupError."""
    return bill_keep(day=day, content=alipay_bill(day), source="download", actor=Actor.system("reconciliation"))


def bills_compare() -> int:
    """Compare what waits, the oldest first; give how many bills. One that cannot be read says why, and stops nobody."""
    done = 0
    for key in list(Bill.objects.filter(status=Bill.Status.WAITING).order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            bill = Bill.objects.select_for_update(skip_locked=True).filter(pk=key, status="waiting").first()
            if bill is not None:
                bill_compare(bill)
                done += 1
    return done


def bill_compare(bill: Bill) -> None:
    """Hold one bill against the books, in the caller's transaction, and write down what does not fit."""
    try:
        lines = bill_lines(bytes(bill.content))
    except errors.Invalid as problem:
        bill.status, bill.error = Bill.Status.REFUSED, str(problem.errors[0].detail)[:200]
        bill.save(update_fields=["status", "error"])
        return
    numbers = {line.number for line in lines if line.number}
    ours = _ours(bill, numbers)
    orders = _orders({line.trade for line in lines if line.trade} | {one.trade for one in ours.values()})
    found = compare(bill.day, lines, ours, orders, _numbers_beside(bill))
    _write_down(bill, found, orders)
    bill.status, bill.lines, bill.compared_at = Bill.Status.COMPARED, len(lines), clock.now()
    bill.save(update_fields=["status", "lines", "compared_at"])


def difference_resolve(*, difference: Difference, actor: Actor, reason: str) -> Difference:
    """Write down what finance found. Locks: the difference.

    Raises: NotFound, Forbidden, Invalid without a reason, Conflict `resolved_already`.
    """
    if difference.shop_id is not None and not actor.sees(difference.shop_id):
        raise errors.NotFound()
    if actor.role != FINANCE:
        raise errors.Forbidden()
    if not reason.strip():
        raise errors.Invalid(errors=[errors.FieldError("reason", "required", _("Say what it was."))])
    with transaction.atomic(savepoint=False):
        row = Difference.objects.select_for_update().get(pk=difference.pk)
        if row.resolved_at is not None:
            raise errors.Conflict(_("Somebody has looked into it already."), code="resolved_already")
        row.resolved_at, row.resolved_by, row.resolution = clock.now(), actor.name, reason.strip()[:200]
        row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
        return row


def _ours(bill: Bill, numbers: Iterable[str]) -> dict[str, Ours]:
    """Give what is booked around the day, and what else the bill names, by number; three statements."""
    began = datetime.combine(bill.day, time(0), clock.SHANGHAI)
    entries = LedgerEntry.objects.filter(account=f"provider:{bill.provider}")
    around = entries.filter(booked_at__gte=began - timedelta(days=1), booked_at__lt=began + timedelta(days=2))
    named = entries.filter(number__in=list(numbers))
    columns = ("number", "order__order_no", "amount_fen", "booked_at")
    booked = {row[0]: row for row in around.values_list(*columns)} | {
        row[0]: row for row in named.values_list(*columns)
    }
    found = {number: Ours(number, trade, -fen, at, "booked") for number, trade, fen, at in booked.values()}
    rest = [number for number in numbers if number not in found]
    payments = RefundPayment.objects.filter(payment_no__in=rest)
    for number, trade, fen, status in payments.values_list(
        "payment_no", "refund__order__order_no", "amount_fen", "status"
    ):
        found[number] = Ours(number, trade, fen, None, status)
    payouts = Payout.objects.filter(payout_no__in={number.partition("A")[0] for number in rest})
    for payout in payouts.select_related("order"):
        found[payout.transfer_no] = Ours(
            payout.transfer_no, payout.order.order_no, payout.amount_fen, None, payout.status
        )
    return found


def _orders(numbers: Iterable[str]) -> dict[str, Order]:
    """Give the orders of trades, where a number leads to one only."""
    found: dict[str, Order] = {}
    twice = set()
    for order in Order.objects.filter(order_no__in=list(numbers)).only("id", "order_no", "shop_id"):
        twice |= {order.order_no} & found.keys()
        found[order.order_no] = order
    return {number: order for number, order in found.items() if number not in twice}


def _numbers_beside(bill: Bill) -> set[str]:
    """Give the numbers that stand in the bills of the days beside this one."""
    days = [bill.day - timedelta(days=1), bill.day + timedelta(days=1)]
    others = Bill.objects.filter(provider=bill.provider, day__in=days, status=Bill.Status.COMPARED)
    lines: list[Line] = [line for other in others for line in bill_lines(bytes(other.content))]
    return {line.number for line in lines if line.number}


def _write_down(bill: Bill, found: list[Found], orders: dict[str, Order]) -> None:
    """Keep every finding once: what was found before stays as it was resolved, what is gone settled by itself."""
    now = clock.now()
    rows: dict[tuple[str, str], Any] = {
        (row.kind, row.number): row for row in Difference.objects.filter(provider=bill.provider, day=bill.day)
    }
    payments = dict(
        RefundPayment.objects.filter(payment_no__in=[one.number for one in found]).values_list("payment_no", "pk")
    )
    payouts = dict(
        Payout.objects.filter(payout_no__in=[one.number.partition("A")[0] for one in found]).values_list(
            "payout_no", "pk"
        )
    )
    new = []
    for one in found:
        known = rows.pop((one.kind, one.number[:64]), None)
        if known is not None:
            if known.gone_at is not None:
                Difference.objects.filter(pk=known.pk).update(gone_at=None)
            continue
        order = orders.get(one.trade)
        new.append(
            Difference(
                provider=bill.provider,
                day=bill.day,
                kind=one.kind,
                number=one.number[:64],
                detail=one.detail[:300],
                here_fen=one.here_fen,
                there_fen=one.there_fen,
                shop_id=order.shop_id if order else None,
                order=order,
                payment_id=payments.get(one.number),
                payout_id=payouts.get(one.number.partition("A")[0]),
                found_at=now,
            )
        )
    Difference.objects.bulk_create(new, batch_size=1000)
    gone = [row.pk for row in rows.values() if row.gone_at is None and row.resolved_at is None]
    Difference.objects.filter(pk__in=gone).update(gone_at=now)
