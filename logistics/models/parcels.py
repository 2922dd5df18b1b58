"""Parcels on their way."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.core.models import Shop
from orders.models import Order


class Parcel(models.Model):
    """A parcel of an order on its way to the buyer."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parcels")
    carrier = models.CharField(_("carrier"), max_length=24, blank=True)
    tracking_no = models.CharField(_("tracking number"), max_length=40, blank=True)
    line_nos = models.JSONField(default=list)
    shipped_at = models.DateTimeField()
    created_by = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["id"]
        indexes = [models.Index(fields=["tracking_no"], condition=~Q(tracking_no=""), name="parcel_tracking_no")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"
