"""How money leaves: the protocols that every provider's client keeps, and which client a name stands for."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings

from . import alipay
from .offline import OfflineGateway
from .protocol import Fault, Notice, Outcome, RefundGateway, RefundRequest, TransferGateway, TransferRequest

__all__ = [
    "Fault",
    "Notice",
    "OfflineGateway",
    "Outcome",
    "RefundGateway",
    "RefundRequest",
    "TransferGateway",
    "TransferRequest",
    "alipay_bill",
    "alipay_notice",
    "gateway_for",
    "transfer_gateway_for",
]


def gateway_for(name: str) -> RefundGateway:
    """Give the client of a gateway by the name that payments carry. Raises: LookupError for one that is not there.

    `manual` is always a person; `offline` counts as paid after a time where the installation says so; `alipay` is the
    provider, set up by the environment.
    """
    if name == "manual":
        return OfflineGateway()
    if name == "offline":
        return _offline()
    if name == "alipay":
        return _alipay()
    raise LookupError(f"no refund gateway is called {name!r}")


def transfer_gateway_for(name: str) -> TransferGateway:
    """Give the client that pays out, by the name that payouts carry. Raises: LookupError for one that is not there."""
    if name == "manual":
        return OfflineGateway()
    if name == "offline":
        return _offline()
    if name == "alipay":
        return _alipay()
    raise LookupError(f"no payout gateway is called {name!r}")


def alipay_notice(form: Mapping[str, str]) -> Notice:
    """Read a notification of Alipay's. Raises: OSError for one that is not; LookupError where Alipay is not set up."""
    return _alipay().notice(form)


def alipay_bill(day: date) -> bytes:
    """Fetch Alipay's bill of a day. Raises: OSError where there is none yet; LookupError where it is not set up."""
    return _alipay().bill(day)


@lru_cache(maxsize=1)
def _alipay() -> alipay.AlipayGateway:
    return alipay.from_settings()


def _offline() -> OfflineGateway:
    seconds = settings.AFTERSALES["offline_auto_confirm_seconds"]
    return OfflineGateway(timedelta(seconds=seconds) if seconds is not None else None)
