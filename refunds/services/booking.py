"""Writing the books: in the transaction of the step that learned that money had moved, and nowhere else (I6)."""

from datetime import datetime
from typing import Any

from aftersales.core.steps import Step
from refunds.models import LedgerEntry, Payout, RefundPayment


def payments_book(steps: list[Step]) -> None:
    """Book the refunds that are done: what the buyers got, and where it was taken from; one statement."""
    entries = []
    for step in steps:
        payment: RefundPayment = step.subject
        of = {
            "movement": f"payment:{payment.pk}",
            "shop_id": payment.shop_id,
            "order_id": payment.refund.order_id,
            "payment": payment,
            "number": payment.payment_no,
            "reference": payment.reference,
            "booked_at": step.at,
        }
        entries += _pair("given:refund", payment.gateway, payment.amount_fen, of)
    LedgerEntry.objects.bulk_create(entries)


def payouts_book(steps: list[Step]) -> None:
    """Book the payouts that are paid, by their purposes; one statement."""
    entries = []
    for step in steps:
        payout: Payout = step.subject
        of = {
            "movement": f"payout:{payout.pk}",
            "shop_id": payout.shop_id,
            "order_id": payout.order_id,
            "payout": payout,
            "number": payout.transfer_no,
            "reference": payout.reference,
            "booked_at": step.at,
        }
        entries += _pair(f"given:{payout.purpose}", payout.gateway, payout.amount_fen, of)
    LedgerEntry.objects.bulk_create(entries)


def recovery_book(
    *,
    movement: str,
    carrier: str,
    amount_fen: int,
    shop_id: int,
    order_id: int,
    number: str,
    reference: str,
    at: datetime,
) -> None:
    """Book what a carrier paid for goods that it lost or damaged; one statement (CLM-4).

    To be called in the transaction of the step that learned of it. Raises: IntegrityError if it is booked.
    """
    of: dict[str, Any] = {
        "movement": movement,
        "shop_id": shop_id,
        "order_id": order_id,
        "number": number,
        "reference": reference,
        "booked_at": at,
    }
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(account="bank:recovered", amount_fen=amount_fen, **of),
            LedgerEntry(account=f"carrier:{carrier}", amount_fen=-amount_fen, **of),
        ]
    )


def _pair(given: str, gateway: str, amount_fen: int, of: dict[str, object]) -> list[LedgerEntry]:
    return [
        LedgerEntry(account=given, amount_fen=amount_fen, **of),
        LedgerEntry(account=f"provider:{gateway}", amount_fen=-amount_fen, **of),
    ]
