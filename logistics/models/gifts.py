"""Gifts that were promised to a buyer beside what he bought: each in a note and on the warehouse's list (MIS-3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from orders.models import Order, OrderNote


class PromisedGift(models.Model):
    """A gift that waits to be put into the order's parcel, is in it, or is owed since the parcel had left (ORD-5).

    `note` says the promise on the order. Only one of `packed_at` and `owed_at` ever comes; until then it waits.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="promised_gifts")
    text = models.CharField(_("gift"), max_length=120)
    note = models.OneToOneField(OrderNote, on_delete=models.PROTECT, related_name="+")
    promised_by = models.CharField(max_length=60)
    created_at = models.DateTimeField(_("promised"))
    packed_at = models.DateTimeField(_("packed"), null=True)
    packed_by = models.CharField(max_length=60, blank=True)
    owed_at = models.DateTimeField(_("owed since"), null=True)

    class Meta:
        verbose_name = _("promised gift")
        verbose_name_plural = _("promised gifts")
        constraints = [
            models.UniqueConstraint(fields=["order", "text"], name="gift_promised_once"),
            models.CheckConstraint(condition=~Q(text=""), name="gift_is_named"),
            models.CheckConstraint(
                condition=Q(packed_at=None, packed_by="")
                | (Q(packed_at__isnull=False, owed_at=None) & ~Q(packed_by="")),
                name="gift_is_packed_or_owed",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "id"], condition=Q(packed_at=None, owed_at=None), name="gift_waiting"),
        ]

    def __str__(self) -> str:
        return self.text
