"""What travels for a request and what was found in it: parcels back, replacements out, inspections."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .refunds import Refund


class ReturnShipment(models.Model):
    """How the buyer sent the goods back; a corrected number stands beside the old one (RFD-6)."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="return_shipments")
    carrier = models.CharField(_("carrier"), max_length=24)
    tracking_no = models.CharField(_("tracking number"), max_length=40)
    created_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("return shipment")
        verbose_name_plural = _("return shipments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund"], condition=Q(superseded_at=None), name="one_current_return_shipment"
            )
        ]
        indexes = [models.Index(fields=["tracking_no"], name="return_tracking_no")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"


class ReplacementShipment(models.Model):
    """How the shop sent what was asked for; a corrected number stands beside the old one (EXC-1, EXC-4)."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="replacements")
    carrier = models.CharField(_("carrier"), max_length=24)
    tracking_no = models.CharField(_("tracking number"), max_length=40)
    sent_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("replacement shipment")
        verbose_name_plural = _("replacement shipments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["refund"], condition=Q(superseded_at=None), name="one_current_replacement_shipment"
            )
        ]
        indexes = [models.Index(fields=["tracking_no"], name="replacement_tracking_no")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"


class Inspection(models.Model):
    """What the warehouse found when it opened the parcel (RET-2)."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="inspections")
    passed = models.BooleanField(_("passed"))
    findings = models.TextField(_("findings"), blank=True)
    inspector_name = models.CharField(max_length=60)
    inspector_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.refund_id} {'pass' if self.passed else 'fail'}"
