"""Carriers and what is known about them (LOG-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.Model):
    """A carrier with its number formats (LOG-1). The formats change, so they warn and never block."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=40)
    formats = models.TextField(_("number formats"), blank=True, help_text=_("regular expressions, one a line"))
    surface = models.BooleanField(_("surface mail"), default=False)
    phone = models.CharField(_("hotline"), max_length=40, blank=True)
    tracked_on_own_site = models.BooleanField(_("tracked on its own site only"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
