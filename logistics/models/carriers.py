"""Carriers and what is known about them: formats, provinces that they do not serve, what they cost more (LOG-1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from aftersales.core.regions import PROVINCES


class Carrier(models.Model):
    """A carrier with its number formats (LOG-1). The formats change, so they warn and never block."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=40)
    formats = models.TextField(_("number formats"), blank=True, help_text=_("regular expressions, one a line"))
    surface = models.BooleanField(_("surface mail"), default=False)
    phone = models.CharField(_("hotline"), max_length=40, blank=True)
    tracked_on_own_site = models.BooleanField(_("tracked on its own site only"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Upper("code"), name="carrier_code_in_any_case")]

    def __str__(self) -> str:
        return self.name


class UnservedRegion(models.Model):
    """A province where a carrier does not deliver (LOG-1)."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="unserved")
    province = models.CharField(_("province"), max_length=8)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("region not served")
        verbose_name_plural = _("regions not served")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "province"], name="unserved_once"),
            models.CheckConstraint(condition=Q(province__in=PROVINCES), name="unserved_province"),
        ]

    def __str__(self) -> str:
        return self.province


class CarrierSurcharge(models.Model):
    """What sending with a carrier to a province adds to the usual postage (LOG-4). Amounts in fen."""

    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="surcharges")
    province = models.CharField(_("province"), max_length=8)
    fen = models.PositiveIntegerField(_("surcharge"))

    class Meta:
        verbose_name = _("surcharge")
        verbose_name_plural = _("surcharges")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "province"], name="surcharge_once"),
            models.CheckConstraint(condition=Q(province__in=PROVINCES), name="surcharge_province"),
        ]

    def __str__(self) -> str:
        return f"{self.province} {self.fen}"


class CarrierChange(models.Model):
    """Who changed what of a carrier, and when. Append-only: `before` and `after` are all that was known of it."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField(help_text=_("of the carrier, after the change"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("who"), max_length=60)
    before = models.JSONField(default=dict, help_text=_("empty for a new carrier"))
    after = models.JSONField()

    class Meta:
        verbose_name = _("change of a carrier")
        verbose_name_plural = _("changes of carriers")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["carrier", "version"], name="carrier_change_a_version")]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.version}"
