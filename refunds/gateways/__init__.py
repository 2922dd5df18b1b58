"""How money leaves: the protocols that every provider's client keeps, and which client a name stands for."""

from datetime import timedelta

from django.conf import settings

from .offline import OfflineGateway
from .protocol import Fault, Outcome, RefundGateway, RefundRequest, TransferGateway, TransferRequest

__all__ = [
    "Fault",
    "OfflineGateway",
    "Outcome",
    "RefundGateway",
    "RefundRequest",
    "TransferGateway",
    "TransferRequest",
    "gateway_for",
    "transfer_gateway_for",
]


def gateway_for(name: str) -> RefundGateway:
    """Give the client of a gateway by the name that payments carry. Raises: LookupError for one that is not there.

    `manual` is always a person; `offline` counts as paid after a time where the installation says so.
    """
    if name == "manual":
        return OfflineGateway()
    if name == "offline":
        return _offline()
    raise LookupError(f"no refund gateway is called {name!r}")


def transfer_gateway_for(name: str) -> TransferGateway:
    """Give the client that pays out, by the name that payouts carry. Raises: LookupError for one that is not there."""
    if name == "manual":
        return OfflineGateway()
    if name == "offline":
        return _offline()
    raise LookupError(f"no payout gateway is called {name!r}")


def _offline() -> OfflineGateway:
    seconds = settings.AFTERSALES["offline_auto_confirm_seconds"]
    return OfflineGateway(timedelta(seconds=seconds) if seconds is not None else None)
