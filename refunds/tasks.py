"""What the worker does for requests and their money."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from celery import shared_task

from aftersales.core.errors import Problem

from . import services
from .selectors import payments, payouts

log = logging.getLogger(__name__)
M = TypeVar("M")


def _each(rows: Iterable[M], work: Callable[[M], object]) -> None:
    """Do the work for each row; one that another worker took, or whose gateway is not set up, stops nobody else."""
    for row in rows:
        try:
            work(row)
        except Problem:
            log.info("another worker moved it", extra={"row": str(row)})
        except LookupError:
            log.exception("its gateway is not set up", extra={"row": str(row)})


@shared_task
def payments_send() -> None:
    """Send promised payments that no event sent, oldest first (RFD-3)."""
    _each(payments.payments_to_send(), lambda payment: services.payment_send(payment=payment))


@shared_task
def payments_follow() -> None:
    """Ask what came of payments that are on their way (PAY-9)."""
    _each(services.payments_to_follow(), lambda payment: services.payment_follow(payment=payment))


@shared_task
def payouts_send() -> None:
    """Send approved payouts that no event sent, oldest first (PAY-6)."""
    _each(payouts.payouts_to_send(), lambda payout: services.payout_send(payout=payout))


@shared_task
def payouts_follow() -> None:
    """Ask what came of payouts that are on their way (PAY-9)."""
    _each(services.payouts_to_follow(), lambda payout: services.payout_follow(payout=payout))


@shared_task
def payees_erase() -> None:
    """Erase accounts and names that are needed no longer (LAW-7)."""
    while services.payees_erase():
        continue


@shared_task
def tallies_sum_up() -> None:
    """Fold the small changes of the queue's counts into one row each."""
    services.tallies_sum_up()


@shared_task
def evidence_expire() -> None:
    """Throw away files that no request ever named."""
    services.evidence_expire()


@shared_task
def bills_fetch() -> None:
    """Fetch the bills of the last days that were not fetched yet; one that is not there yet comes an hour later."""
    for day in services.days_to_fetch():
        try:
            services.bill_fetch(day=day)
        except (OSError, LookupError):
            log.warning("the bill of %s is not there", day, exc_info=True)


@shared_task
def bills_compare() -> None:
    """Hold bills that were fetched or uploaded against the books (PAY-9)."""
    services.bills_compare()
