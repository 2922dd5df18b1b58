"""The provider's bill of a day, and where it and our books do not say the same (PAY-9)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from orders.models import Order

from .payouts import Payout
from .refunds import RefundPayment


class Bill(models.Model):
    """What a provider says moved on a day. The file is kept until it is read; its digest tells it from others."""

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting to be read")
        COMPARED = "compared", _("Compared")
        REFUSED = "refused", _("Cannot be read")

    provider = models.CharField(max_length=16)
    day = models.DateField(_("day"))
    source = models.CharField(max_length=10, choices=[("download", _("fetched")), ("upload", _("uploaded"))])
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    error = models.CharField(max_length=200, blank=True)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)
    compared_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [models.UniqueConstraint(fields=["provider", "day", "sha256"], name="bill_once")]
        indexes = [models.Index(fields=["id"], condition=Q(status="waiting"), name="bill_waiting")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class Difference(models.Model):
    """One thing that bill and books do not say alike. Found again it stays one row; gone, it settled by itself."""

    class Kind(models.TextChoices):
        """What does not fit."""

        MISSING_HERE = "missing_here", _("In the bill, unknown here")
        MISSING_THERE = "missing_there", _("Booked here, not in the bill")
        AMOUNT = "amount", _("Another amount")
        DOUBLE = "double", _("Twice in the bill")
        STATUS = "status", _("In the bill, not settled here")
        FOREIGN_REFUND = "foreign_refund", _("A refund that nobody asked for here")
        OTHER_TRADE = "other_trade", _("A refund of another trade")
        WRONG_WAY = "wrong_way", _("Money came in where it should go out")
        FEE = "fee", _("A fee")
        DAY_EDGE = "day_edge", _("On the other side of midnight")
        UNKNOWN_KIND = "unknown_kind", _("A kind of entry that is not known")
        GARBLED = "garbled", _("A line that cannot be read")

    provider = models.CharField(max_length=16)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=64)
    detail = models.CharField(_("detail"), max_length=300)
    here_fen = models.BigIntegerField(_("here"), null=True)
    there_fen = models.BigIntegerField(_("in the bill"), null=True)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(RefundPayment, null=True, on_delete=models.PROTECT, related_name="+")
    payout = models.ForeignKey(Payout, null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text=_("when it was not found any more"))
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=60, blank=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.UniqueConstraint(fields=["provider", "day", "kind", "number"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolution="") | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                name="difference_resolved_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(resolved_at=None, gone_at=None), name="difference_open"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.number}"


QUIET = (Difference.Kind.FEE, Difference.Kind.DAY_EDGE)
"""Kinds that are written down and bother nobody."""
