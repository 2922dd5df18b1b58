"""What a buyer's member level gives him, in words (ORD-8)."""

from django.utils.translation import gettext as _

from aftersales.core import policies
from orders.models import Order


def member_words(order: Order) -> str:
    """Give the buyer's level and what it pays of the regular price; a level that the policy does not know as it is."""
    level: str = order.buyer.level
    rules = policies.get("member.levels", shop_id=order.shop_id)
    percent = next((rule["pays_percent"] for rule in rules if rule["level"] == level), None)
    if percent is None:
        return level
    return _("%(level)s, pays %(percent)d%% of the regular price; special offers as they are") % {
        "level": level,
        "percent": percent,
    }
