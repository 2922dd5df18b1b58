"""A worker that only moves money, started and killed by test_money_kill.

`failpoint` is where it ends itself, the first time for `certain` or else at random; `broken` names a way not to do it.
"""

import os
import random
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections, transaction  # noqa: E402

from aftersales.core import events, transitions  # noqa: E402
from aftersales.core.auth import Actor  # noqa: E402
from refunds import gateways, services, tasks  # noqa: E402
from refunds.models import Payout, RefundPayment  # noqa: E402
from refunds.services import asking, payments  # noqa: E402
from refunds.services.payouts import sending  # noqa: E402

PAUSES = tuple(timedelta(milliseconds=length) for length in (50, 100, 200))
ON_THE_WAY = {"promised", "approved", "sending", "sent", "unknown"}


def run(
    database: dict[str, Any], *, alipay: dict[str, str], broken: str = "", failpoint: str = "", certain: bool = False
) -> None:
    """Do what the workers do, news and jobs, until no money is on its way any more."""
    connections.databases["default"].update(database)
    settings.AFTERSALES |= {"refund_gateway": "alipay", "payout_gateway": "alipay"}
    settings.ALIPAY |= alipay
    gateways._alipay.cache_clear()
    asking.PAUSES = PAUSES
    if broken:
        BROKEN[broken]()
    if failpoint:
        places, first, how_likely = FAILPOINTS[failpoint]
        _die_at(places, first, 1.0 if certain else how_likely)
    while left():
        events.deliver()
        for job in (tasks.payments_send, tasks.payouts_send, tasks.payments_follow, tasks.payouts_follow):
            job()
        time.sleep(0.01)


def left() -> bool:
    """Whether there is anything to do."""
    return any(model.objects.filter(status__in=ON_THE_WAY).exists() for model in (RefundPayment, Payout))


def _new_number_for_each_try() -> None:
    refund, transfer = payments.RefundRequest, sending.TransferRequest
    payments.RefundRequest = lambda number, *rest: refund(f"{number}-{uuid.uuid4().hex[:6]}", *rest)
    sending.TransferRequest = lambda **given: transfer(
        **given | {"transfer_no": f"{given['transfer_no']}-{uuid.uuid4().hex[:6]}"}
    )


def _done_before_it_is_sent() -> None:
    def payment_send(*, payment: RefundPayment) -> None:
        with transaction.atomic():
            sent = transitions.apply(services.PAYMENT, payment.pk, "send", actor=Actor.system("payments"), asks=True)
        services.payment_confirm(payment=sent, actor=Actor.system("payments"), reference="early")
        payments._call(sent, "refund")

    def payout_send(*, payout: Payout) -> None:
        with transaction.atomic():
            actor = Actor.system("payouts")
            sent = transitions.apply(services.payouts.PAYOUT, payout.pk, "send", actor=actor, asks=True)
        services.payout_confirm(payout=sent, actor=Actor.system("payouts"), reference="early")
        sending._call(sent, "transfer")

    services.payment_send, services.payout_send = payment_send, payout_send


def _sent_again_without_asking() -> None:
    payment_call, payout_call = payments._call, sending._call
    payments._call = lambda payment, verb: payment_call(payment, "refund")
    sending._call = lambda payout, verb: payout_call(payout, "transfer")


def _die_at(places: list[tuple[Any, str]], first: bool, how_likely: float) -> None:
    """End the process without a word, before or after one of these functions."""
    chance = random.Random(os.getpid())

    def dies(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if first and chance.random() < how_likely:
                os._exit(77)
            result = real(*args, **kwargs)
            if not first and chance.random() < how_likely:
                os._exit(77)
            return result

        return call

    for module, name in places:
        setattr(module, name, dies(getattr(module, name)))


_CALLS = [(payments, "_call"), (sending, "_call")]
_NOTES = [(payments, "_take_note"), (sending, "_take_note")]
FAILPOINTS: dict[str, tuple[list[tuple[Any, str]], bool, float]] = {
    "marked as sent, not sent": (_CALLS, True, 0.2),
    "answered, not written down": (_NOTES, True, 0.2),
    "written down, news not marked as told": (_NOTES, False, 0.2),
    "news told, not marked": ([(events, "_note")], True, 0.6),
    "news marked": ([(events, "_note")], False, 0.6),
    "claimed, not asked": ([(asking, "claim")], False, 0.6),
    "inside the step, before the commit": ([(transitions, "_follow")], True, 0.1),
    "booked, before the commit": ([(transitions, "_follow")], False, 0.1),
}
"""Where a worker ends itself: functions, whether before or after them, and how likely."""

BROKEN = {
    "a new number for each try": _new_number_for_each_try,
    "done before it is sent": _done_before_it_is_sent,
    "sent again without asking": _sent_again_without_asking,
}
