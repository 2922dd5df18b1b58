"""Figures of the apps for Prometheus, beside those of the core. Called from the wiring, once."""

from aftersales.core.api.metrics import CAP, Gauge, capped, gauge_add
from refunds.states import OPEN_PAYOUTS

_OPEN = ", ".join(f"'{status.value}'" for status in OPEN_PAYOUTS)
GAUGES = {
    "aftersales_payments_unknown": (
        "Refund payments without an answer",
        "refunds_refundpayment",
        "status = 'unknown'",
    ),
    "aftersales_payouts_unknown": ("Payouts without an answer", "refunds_payout", "status = 'unknown'"),
    "aftersales_payouts_late": (
        "Payouts that were promised by now",
        "refunds_payout",
        f"is_late AND status IN ({_OPEN})",
    ),
    "aftersales_differences_open": (
        "What bill and books do not say alike and nobody has looked into",
        "refunds_difference",
        "resolved_at IS NULL AND gone_at IS NULL AND kind NOT IN ('fee', 'day_edge')",
    ),
    "aftersales_tracking_pushes_waiting": (
        "Pushes of the tracking service that were kept and not read yet",
        "logistics_trackingpush",
        "due_at IS NOT NULL",
    ),
    "aftersales_tracking_pushes_failed": (
        "Pushes of the tracking service that could not be read so far",
        "logistics_trackingpush",
        "due_at IS NOT NULL AND tries > 0",
    ),
    "aftersales_tracking_refused": (
        "Tracking numbers that the service does not follow",
        "logistics_trackingsubscription",
        "state = 'refused'",
    ),
}
"""What needs somebody: a sentence, a table, and which rows; each reads a partial or a status index."""


def register() -> None:
    """Add them."""
    for name, (says, table, where) in GAUGES.items():
        gauge_add(Gauge(name, f"{says}, at most {CAP}.", capped(table, where)))
