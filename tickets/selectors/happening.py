"""What happens by itself when a deadline passes, in words for a row and a page."""

from django.utils.translation import gettext as _

from refunds.states import ExchangeStatus, Flow, RefundStatus


def then_words(*, status: str, flow: str, action: str) -> str:
    """Say what the clock does to a request: short, to stand behind the time left (domain.md §17)."""
    if action == "expire":
        return _("then closes by itself")
    if action == "mark_overdue" and status == ExchangeStatus.WAIT_BUYER_CONFIRM_GOODS:
        return _("then to the supervisor")
    if action == "mark_overdue":
        return _("then is overdue")
    if action == "to_refund":
        return _("then becomes a refund")
    if action == "confirm_received":
        return _("then is done by itself")
    if action == "replacement_lost":
        return _("then counts as lost")
    if action != "agree":
        return ""
    if status == ExchangeStatus.WAIT_SELLER_CONFIRM_GOODS:
        return _("then counts as received")
    if status == ExchangeStatus.WAIT_SELLER_AGREE:
        return _("then the exchange is agreed by itself") if flow == Flow.EXCHANGE else _("then sent again by itself")
    if status == RefundStatus.WAIT_SELLER_AGREE and flow == Flow.RETURN_REFUND:
        return _("then agreed by itself")
    return _("then refunded by itself")
