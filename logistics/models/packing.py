"""What parcels weighed when they were packed (MIS-1)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .parcels import Parcel


class Packing(models.Model):
    """A parcel on the scale before it left; weighed again, the new weight stands beside the old one."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="packings")
    packed_weight_g = models.PositiveIntegerField(_("weight packed, g"))
    expected_weight_g = models.PositiveIntegerField(_("weight of the goods, g"), null=True)
    weighed_by = models.CharField(max_length=60)
    weighed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("packing")
        verbose_name_plural = _("packings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel"], condition=Q(superseded_at=None), name="one_current_packing"),
            models.CheckConstraint(condition=Q(packed_weight_g__gt=0), name="packing_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.packed_weight_g} g"

    @property
    def difference_g(self) -> int | None:
        """What it weighs more (or less) than its goods should; None where their weights are not known."""
        return None if self.expected_weight_g is None else self.packed_weight_g - self.expected_weight_g
