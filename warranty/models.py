"""Serial numbers of what was sold and what stands for it now, and manufacturers' service points (WAR-2, WAR-3)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import OrderLine
from warranty.states import SerialKind, Why


class SerialNumber(models.Model):
    """A serial number that a unit of a line has or had. A new one stands beside the old, which is closed (WAR-2)."""

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="serial_numbers")
    unit = models.PositiveSmallIntegerField(_("unit"), default=1, help_text=_("which of the line's units, from 1"))
    kind = models.CharField(pgettext_lazy("warranty", "kind"), max_length=8, choices=SerialKind.choices)
    serial = models.CharField(_("serial number"), max_length=40)
    why = models.CharField(pgettext_lazy("warranty", "why"), max_length=12, choices=Why.choices)
    recorded_by = models.CharField(_("recorded by"), max_length=60)
    recorded_at = models.DateTimeField(_("recorded"))
    superseded_at = models.DateTimeField(_("replaced"), null=True)

    class Meta:
        verbose_name = _("serial number")
        verbose_name_plural = _("serial numbers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order_line", "unit"], condition=Q(superseded_at=None), name="one_serial_of_a_unit"
            ),
            models.CheckConstraint(condition=~Q(serial="") & Q(unit__gt=0), name="serial_is_said"),
            models.CheckConstraint(
                condition=~Q(kind=SerialKind.IMEI) | Q(serial__regex=r"^\d{15}$"), name="serial_imei_has_its_form"
            ),
            models.CheckConstraint(
                condition=~Q(kind=SerialKind.MEID) | Q(serial__regex=r"^[0-9A-F]{14,15}$"),
                name="serial_meid_has_its_form",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=models.F("recorded_at")),
                name="serial_replaced_after_recorded",
            ),
        ]
        indexes = [models.Index(fields=["serial"], name="serial_number")]

    def __str__(self) -> str:
        return self.serial


class ServicePoint(models.Model):
    """Where a manufacturer looks at its goods; told to the buyer before anything is sent (WAR-3). Of no shop."""

    province = models.CharField(_("province"), max_length=20)
    city = models.CharField(_("city"), max_length=20)
    name = models.CharField(pgettext_lazy("service point", "name"), max_length=80)
    address = models.CharField(_("address"), max_length=200)
    phone = models.CharField(_("phone"), max_length=40)
    hours = models.CharField(_("hours"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("service point")
        verbose_name_plural = _("service points")
        ordering = ["province", "city", "name"]
        constraints = [
            models.UniqueConstraint(fields=["province", "city", "name"], name="service_point_once"),
            models.CheckConstraint(
                condition=~Q(province="") & ~Q(city="") & ~Q(name="") & ~Q(address="") & ~Q(phone=""),
                name="service_point_can_be_found",
            ),
        ]

    def __str__(self) -> str:
        return self.name
