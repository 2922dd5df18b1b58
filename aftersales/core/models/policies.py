"""The versions of every policy setting. Read and written through `core.policies` only; what they mean stands there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """One figure from one moment on, for one shop or for all. Append-only: what was in force stays readable."""

    key = models.CharField(_("setting"), max_length=60)
    shop = models.ForeignKey(
        "core.Shop",
        verbose_name=_("shop"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="policy_versions",
        help_text=_("empty: all shops"),
    )
    value = models.JSONField(
        _("value"), null=True, blank=True, help_text=_("empty: from here on the general value, or the default")
    )
    effective_at = models.DateTimeField(_("in force from"))
    note = models.CharField(_("why"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["key", "effective_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "shop", "effective_at"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="policy_one_version_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__lt=models.F("effective_at")),
                name="policy_withdrawn_before_in_force",
            ),
            models.CheckConstraint(
                condition=Q(effective_at__gte=models.F("created_at")), name="policy_never_in_the_past"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.effective_at:%Y-%m-%d %H:%M}"
