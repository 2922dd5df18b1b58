"""What a buyer's member level gives him: in words, and line by line (ORD-8)."""

from django.utils.translation import gettext as _

from aftersales.core import money, policies
from orders.models import Order


def member_words(order: Order) -> str:
    """Give the buyer's level and what it pays of the regular price; a level that the policy does not know as it is."""
    level: str = order.buyer.level
    percent = _percent(order)
    if percent is None:
        return level
    return _("%(level)s, pays %(percent)d%% of the regular price; special offers as they are") % {
        "level": level,
        "percent": percent,
    }


def member_line_words(
    order: Order, *, unit_price_fen: int, quantity: int, paid_fen: int, gift: bool, special_offer: bool
) -> str:
    """Say what a line costs at the buyer's level, and by how much he paid more; amounts in fen, for all its units.

    Nothing is said of a gift, of a special offer, or where the level takes nothing off (ORD-8).
    """
    percent = _percent(order)
    if percent is None or percent == 100 or gift or special_offer:
        return ""
    due, _off = money.split(unit_price_fen * quantity, [percent, 100 - percent])
    if paid_fen <= due:
        return _("member price ¥%(price)s") % {"price": money.yuan(due)}
    words = {"price": money.yuan(due), "over": money.yuan(paid_fen - due)}
    return _("member price ¥%(price)s, paid ¥%(over)s more") % words


def _percent(order: Order) -> int | None:
    rules = policies.get("member.levels", shop_id=order.shop_id)
    return next((rule["pays_percent"] for rule in rules if rule["level"] == order.buyer.level), None)
