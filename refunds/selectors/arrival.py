"""Where is my money: where a refund lands, by which channel, and when it should be there (ARR-1, ARR-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import calendar, clock, errors, policies
from aftersales.core.auth import Actor
from orders.models.orders import PaymentChannel
from orders.selectors import moment
from refunds.models import Refund, RefundPayment
from refunds.states import PaymentStatus, RefundStatus

from .insurance import covers, expected_by, last_answer
from .refunds import refund_get_for


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a buyer who asks is told. Without `succeeded_at` the money has not left, and nothing else is dated."""

    channel: str
    to: str
    when: str
    at_once: bool
    frozen_meanwhile: bool
    hotline: str
    amount_fen: int
    reference: str
    succeeded_at: datetime | None
    expected_from: datetime | None
    expected_until: datetime | None

    @property
    def channel_label(self) -> str:
        """How the buyer had paid."""
        return str(dict(PaymentChannel.choices)[self.channel])

    @property
    def is_overdue(self) -> bool:
        """Whether the channel's time is over; what arrives at once is never overdue by a look of the clock."""
        return self.expected_until is not None and not self.at_once and clock.now() > self.expected_until


def arrival_of(refund: Refund, *, reference: str = "") -> Arrival:
    """Say where the money of a request goes and when it is there; no statement, the order must be at hand."""
    channel = refund.order.payment_channel
    rule = policies.get("arrival.channels", shop_id=refund.shop_id)[channel]
    done = refund.finished_at if refund.status == RefundStatus.SUCCESS else None
    return Arrival(
        channel=channel,
        to=_to_words(rule["to"]),
        when=_when_words(rule),
        at_once=not rule["most"],
        frozen_meanwhile=rule["frozen_meanwhile"],
        hotline=policies.get("arrival.hotline", shop_id=refund.shop_id),
        amount_fen=refund.refunded_fen or refund.amount_fen,
        reference=reference,
        succeeded_at=done,
        expected_from=_after(done, rule["least"], rule["unit"]),
        expected_until=_after(done, rule["most"], rule["unit"]),
    )


def arrival_for(actor: Actor, refund_no: str) -> tuple[Refund, Arrival]:
    """Give a request with its order, and where its money is, in three statements. Raises: Forbidden, NotFound."""
    found = refund_get_for(actor, refund_no)
    refund = Refund.objects.select_related("order__buyer", "shop").get(pk=found.pk)
    payments = RefundPayment.objects.filter(refund=refund, status=PaymentStatus.DONE)
    reference = payments.values_list("reference", flat=True).first()
    return refund, arrival_of(refund, reference=reference or "")


def arrival_document(actor: Actor, refund_no: str) -> dict[str, Any]:
    """Return what `GET /refunds/…/arrival` answers. Raises: Forbidden, NotFound."""
    refund, arrival = arrival_for(actor, refund_no)
    return {
        "refund_no": refund.refund_no,
        "status": refund.status,
        "amount_fen": arrival.amount_fen,
        "channel": arrival.channel,
        "channel_label": arrival.channel_label,
        "to": arrival.to,
        "when": arrival.when,
        "at_once": arrival.at_once,
        "frozen_meanwhile": arrival.frozen_meanwhile,
        "reference": arrival.reference or None,
        "succeeded_at": moment(arrival.succeeded_at),
        "expected_from": moment(arrival.expected_from),
        "expected_until": moment(arrival.expected_until),
        "is_overdue": arrival.is_overdue,
        "hotline": arrival.hotline,
        "insurance": _insurance(refund),
    }


def _insurance(refund: Refund) -> dict[str, Any] | None:
    if not covers(refund):
        return None
    answer = last_answer(refund)
    return {
        "expected_by": moment(expected_by(refund)),
        "paid": answer.paid if answer else None,
        "amount_fen": answer.amount_fen if answer else None,
        "arrived_at": moment(answer.arrived_at) if answer else None,
    }


def require_arrived(arrival: Arrival) -> None:
    """Raise Conflict `not_refunded` while the money has not left."""
    if arrival.succeeded_at is None:
        raise errors.Conflict(_("The money has not left yet, so there is nothing to prove."), code="not_refunded")


def _to_words(to: str) -> str:
    return {
        "balance": _("Alipay balance"),
        "card": _("back to the card"),
        "origin": _("back the way it was paid"),
    }[to]


def _when_words(rule: Mapping[str, Any]) -> str:
    least, most = rule["least"], rule["most"]
    if not most:
        return _("at once")
    span = f"{least}–{most}" if least and least != most else str(most)
    if rule["unit"] == "workday":
        return _("within %(days)s working days") % {"days": span}
    return _("within %(days)s days") % {"days": span}


def _after(start: datetime | None, count: int, unit: str) -> datetime | None:
    """Add days to a moment; none where the calendar does not know the year."""
    if start is None or unit == "day":
        return start + timedelta(days=count) if start is not None else None
    try:
        return calendar.add_workdays(start, count)
    except calendar.CalendarYearMissing:
        return None
