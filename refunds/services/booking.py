"""Writing the books: in the transaction of the step that learned that money had moved, and nowhere else (I6)."""

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


def _pair(given: str, gateway: str, amount_fen: int, of: dict[str, object]) -> list[LedgerEntry]:
    return [
        LedgerEntry(account=given, amount_fen=amount_fen, **of),
        LedgerEntry(account=f"provider:{gateway}", amount_fen=-amount_fen, **of),
    ]
