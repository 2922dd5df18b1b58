"""Alipay: refunds on the original way and transfers to accounts, over its open gateway (field-facts §3)."""

from .client import AlipayGateway, Keys, Unverifiable, from_settings
from .signing import notification_is_genuine

__all__ = ["AlipayGateway", "Keys", "Unverifiable", "from_settings", "notification_is_genuine"]
