"""What the worker does for requests and their money."""

import logging

from celery import shared_task

from aftersales.core.errors import Conflict, Problem

from . import services
from .selectors import payments as selectors
from .selectors import payouts

log = logging.getLogger(__name__)


@shared_task
def payments_send() -> None:
    """Send promised payments that no event sent, oldest first."""
    for payment in selectors.payments_to_send():
        try:
            services.payment_send(payment=payment)
        except Conflict:
            log.info("another worker sent the payment", extra={"payment_no": payment.payment_no})
        except LookupError:
            log.exception("the payment's gateway is not set up", extra={"payment_no": payment.payment_no})


@shared_task
def payments_follow() -> None:
    """Ask what came of payments that were sent and have no answer."""
    for payment in selectors.payments_to_follow():
        try:
            services.payment_follow(payment=payment)
        except Conflict:
            log.info("the payment was settled meanwhile", extra={"payment_no": payment.payment_no})


@shared_task
def payouts_send() -> None:
    """Send approved payouts that no event sent, oldest first (PAY-6)."""
    for payout in payouts.payouts_to_send():
        try:
            services.payout_send(payout=payout)
        except Problem:
            log.info("another worker moved the payout", extra={"payout_no": payout.payout_no})
        except LookupError:
            log.exception("the payout's gateway is not set up", extra={"payout_no": payout.payout_no})


@shared_task
def payouts_follow() -> None:
    """Ask what came of payouts that are on their way (PAY-9)."""
    for payout in services.payouts_to_follow():
        try:
            services.payout_follow(payout=payout)
        except Problem:
            log.info("the payout moved meanwhile", extra={"payout_no": payout.payout_no})


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
