"""What a buyer says was not in the parcel, what the weights say to it, and how it was settled (MIS)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from logistics.states.missing import REQUESTED, Intact, MissingCause, Settlement
from orders.models import Order, OrderLine, OrderNote
from refunds.models import Evidence, Refund

from .claims import Claim
from .parcels import Parcel


class MissingReport(models.Model):
    """Goods of one parcel, or a promised gift, that the buyer did not find.

    The weights are those of that moment: `carrier_weight_g` stands on the waybill, `packed_weight_g` was on our scale,
    `expected_weight_g` is what the goods weigh. `refund` is the request by which it is made good.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="missing_reports")
    parcel = models.ForeignKey(Parcel, null=True, on_delete=models.PROTECT, related_name="missing_reports")
    gift = models.CharField(_("gift"), max_length=120, blank=True)
    intact = models.CharField(_("parcel"), max_length=8, choices=Intact.choices, default=Intact.UNKNOWN)
    photos = models.ManyToManyField(Evidence, related_name="+")
    carrier_weight_g = models.PositiveIntegerField(_("carrier's weight, g"), null=True)
    packed_weight_g = models.PositiveIntegerField(_("weight packed, g"), null=True)
    expected_weight_g = models.PositiveIntegerField(_("weight of the goods, g"), null=True)
    cause = models.CharField(_("likely cause"), max_length=20, choices=MissingCause.choices)
    settlement = models.CharField(_("settled by"), max_length=12, choices=Settlement.choices)
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey(OrderNote, on_delete=models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("missing goods")
        verbose_name_plural = _("missing goods")
        constraints = [
            models.CheckConstraint(
                condition=Q(gift="", parcel__isnull=False)
                | Q(~Q(gift=""), parcel=None, claim=None, settlement=Settlement.NEXT_TIME),
                name="missing_goods_or_gift",
            ),
            models.CheckConstraint(
                condition=~Q(cause=MissingCause.NEVER_NOTED) | ~Q(gift=""), name="missing_gift_was_never_noted"
            ),
            models.CheckConstraint(
                condition=Q(settlement__in=REQUESTED, refund__isnull=False)
                | Q(~Q(settlement__in=REQUESTED), refund=None),
                name="missing_is_settled_by_request",
            ),
            models.CheckConstraint(
                condition=(Q(carrier_weight_g=None) | Q(carrier_weight_g__gt=0))
                & (Q(packed_weight_g=None) | Q(packed_weight_g__gt=0)),
                name="missing_weighs_something",
            ),
            models.UniqueConstraint(fields=["order", "gift"], condition=~Q(gift=""), name="gift_missing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.cause}"


class MissingLine(models.Model):
    """So many of a line that were not in the parcel; settled once, and open again only after looking into it."""

    report = models.ForeignKey(MissingReport, on_delete=models.CASCADE, related_name="lines")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("missing line")
        verbose_name_plural = _("missing lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="missing_line_has_quantity"),
            models.UniqueConstraint(
                fields=["parcel", "order_line"], condition=Q(superseded_at=None), name="missing_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.order_line_id}"
