"""What was found in a parcel that came back, line by line."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models import OrderLine
from refunds.states.inspection import Damage, Disposition

from .parcels import Inspection


class InspectionLine(models.Model):
    """Expected against found for one line, its state, and where the goods go (RET-2). Written with its inspection.

    It names the order's line: what was found stays when the buyer asks for something else (APP-8).
    """

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField(_("expected"))
    found = models.PositiveIntegerField(_("found"))
    wrong_goods = models.BooleanField(_("other goods"), default=False)
    checks = models.JSONField(default=dict, help_text=_("what was looked at, and whether it was in order"))
    findings = models.JSONField(default=list, help_text=_("what makes it not intact, by name (LAW-1)"))
    damage = models.CharField(_("damage"), max_length=10, choices=Damage.choices, blank=True)
    disposition = models.CharField(_("where they go"), max_length=10, choices=Disposition.choices)
    location = models.CharField(_("shelf"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("inspected line")
        verbose_name_plural = _("inspected lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "order_line"], name="inspection_line_once"),
            models.CheckConstraint(condition=Q(damage__in=Damage.values), name="inspection_damage_known"),
            models.CheckConstraint(condition=Q(disposition__in=Disposition.values), name="inspection_goes_somewhere"),
            models.CheckConstraint(
                condition=Q(found__gt=0) | Q(location="", wrong_goods=False), name="inspection_nothing_lies_nowhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.found}/{self.expected} {self.disposition}"
