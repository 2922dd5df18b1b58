"""Kinds, reasons and the like, as the platform names them (api.md), and where each makes sense (APP-1…4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What is asked for (APP-1)."""

    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN_REFUND = "return_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")
    RESHIP = "reship", _("Reship")
    REPAIR = "repair", _("Repair")


class GoodsStatus(models.TextChoices):
    """What the buyer says of the goods (APP-2)."""

    NOT_RECEIVED = "not_received", _("Not received")
    RECEIVED = "received", _("Received")


class Phase(models.TextChoices):
    """Before or after the trade was finished (APP-4)."""

    ONSALE = "onsale", _("Before completion")
    AFTERSALE = "aftersale", _("After completion")


class Flow(models.TextChoices):
    """The way that a request takes, from which deadlines and possible steps follow (field-facts §1.2)."""

    UNSHIPPED = "unshipped", _("Before shipment")
    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN_REFUND = "return_refund", _("Return and refund")
    EXCHANGE = "exchange", _("Exchange")
    RESHIP = "reship", _("Reship")


class Reason(models.TextChoices):
    """The buyer's reason (APP-3)."""

    SEVEN_DAY = "seven_day", _("Seven-day return without reason")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    QUALITY = "quality", _("Quality fault")
    DAMAGED = "damaged", _("Damaged on arrival")
    WRONG_OR_MISSING = "wrong_or_missing", _("Wrong or missing items")
    POSTAGE = "postage", _("Refund of postage")
    NOT_RECEIVED = "not_received", _("Not received")
    INVOICE = "invoice", _("Invoice")
    NO_LONGER_WANTED = "no_longer_wanted", _("No longer wanted")
    ORDERED_BY_MISTAKE = "ordered_by_mistake", _("Ordered by mistake")
    NOT_SHIPPED_IN_TIME = "not_shipped_in_time", _("Not shipped in time")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    COUNTERFEIT = "counterfeit", _("Counterfeit")
    LOST_OR_EMPTY = "lost_or_empty", _("Empty or lost parcel")
    PRICE_DIFFERENCE = "price_difference", _("Price difference")
    OTHER = "other", _("Other")


class RefusalReason(models.TextChoices):
    """The seller's reason for a refusal (RFD-5)."""

    WRONG_KIND = "wrong_kind", _("Wrong kind of request")
    WRONG_REASON = "wrong_reason", _("Wrong reason")
    NOT_FIT_FOR_RESALE = "not_fit_for_resale", _("Not fit for resale")
    DAMAGED_BY_BUYER = "damaged_by_buyer", _("Damaged by the buyer")
    PAST_PERIOD = "past_period", _("Past the period")
    EXCLUDED_GOODS = "excluded_goods", _("Goods excluded from return")
    INSUFFICIENT_EVIDENCE = "insufficient_evidence", _("Evidence is not sufficient")
    GOODS_NOT_RETURNED = "goods_not_returned", _("Goods did not come back")
    INSPECTION_FAILED = "inspection_failed", _("Inspection failed")
    UNDER_WAY = "under_way", _("The parcel is under way")
    AGREED_OTHERWISE = "agreed_otherwise", _("Agreed otherwise")
    ABUSE = "abuse", _("Abuse")
    OTHER = "other", _("Other")


_R = Reason
_UNSHIPPED = (
    _R.NO_LONGER_WANTED,
    _R.ORDERED_BY_MISTAKE,
    _R.NOT_SHIPPED_IN_TIME,
    _R.OUT_OF_STOCK,
    _R.PRICE_DIFFERENCE,
    _R.INVOICE,
    _R.OTHER,
)
_NOT_RECEIVED = (_R.NOT_RECEIVED, _R.LOST_OR_EMPTY, _R.NOT_SHIPPED_IN_TIME, _R.NO_LONGER_WANTED, _R.OTHER)
_RECEIVED_REFUND = (
    _R.NOT_AS_DESCRIBED,
    _R.QUALITY,
    _R.DAMAGED,
    _R.WRONG_OR_MISSING,
    _R.POSTAGE,
    _R.INVOICE,
    _R.COUNTERFEIT,
    _R.LOST_OR_EMPTY,
    _R.PRICE_DIFFERENCE,
    _R.OTHER,
)
_RETURN = (
    _R.SEVEN_DAY,
    _R.NOT_AS_DESCRIBED,
    _R.QUALITY,
    _R.DAMAGED,
    _R.WRONG_OR_MISSING,
    _R.NO_LONGER_WANTED,
    _R.ORDERED_BY_MISTAKE,
    _R.COUNTERFEIT,
    _R.OTHER,
)
_EXCHANGE = (
    _R.SEVEN_DAY,
    _R.NOT_AS_DESCRIBED,
    _R.QUALITY,
    _R.DAMAGED,
    _R.WRONG_OR_MISSING,
    _R.ORDERED_BY_MISTAKE,
    _R.OTHER,
)
_RESHIP_NOT_RECEIVED = (_R.NOT_RECEIVED, _R.LOST_OR_EMPTY, _R.OTHER)
_RESHIP_RECEIVED = (_R.WRONG_OR_MISSING, _R.LOST_OR_EMPTY, _R.DAMAGED, _R.QUALITY, _R.OTHER)

REASONS: dict[tuple[str, str], tuple[Reason, ...]] = {
    (Flow.UNSHIPPED, GoodsStatus.NOT_RECEIVED): _UNSHIPPED,
    (Flow.REFUND_ONLY, GoodsStatus.NOT_RECEIVED): _NOT_RECEIVED,
    (Flow.REFUND_ONLY, GoodsStatus.RECEIVED): _RECEIVED_REFUND,
    (Flow.RETURN_REFUND, GoodsStatus.RECEIVED): _RETURN,
    (Flow.EXCHANGE, GoodsStatus.RECEIVED): _EXCHANGE,
    (Flow.RESHIP, GoodsStatus.NOT_RECEIVED): _RESHIP_NOT_RECEIVED,
    (Flow.RESHIP, GoodsStatus.RECEIVED): _RESHIP_RECEIVED,
}
"""The reasons that make sense for a flow and a goods status (APP-2, APP-3); a pair that is missing is impossible."""

SELLER_FAULT = frozenset(
    {
        _R.NOT_AS_DESCRIBED,
        _R.QUALITY,
        _R.DAMAGED,
        _R.WRONG_OR_MISSING,
        _R.NOT_RECEIVED,
        _R.NOT_SHIPPED_IN_TIME,
        _R.OUT_OF_STOCK,
        _R.COUNTERFEIT,
        _R.LOST_OR_EMPTY,
        _R.POSTAGE,
    }
)
"""Reasons that put the fault with the seller, so that the postage may be asked back after shipment (AMT-4)."""

GOODS_KINDS = frozenset({Kind.EXCHANGE, Kind.RESHIP})
"""Kinds that are answered with goods, not with money (EXC-1)."""

LATER_KINDS = frozenset({Kind.REPAIR})
"""Kinds that this shop system does not process yet; they are refused with a clear error."""
