"""The working days of mainland China, one row a day. Read and written through `core.calendar` only."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """A day and whether people work on it; `source` says how sure that is."""

    class Source(models.TextChoices):
        """Where the day comes from. Only `manual` survives the next filling."""

        CHINESECALENDAR = "chinesecalendar", _("announced (chinesecalendar)")
        HOLIDAYS = "holidays", _("announced (holidays)")
        STATUTORY = "statutory", _("provisional: public holidays only, make-up workdays not announced yet")
        MANUAL = "manual", _("entered by hand")

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True, help_text=_("the holiday it belongs to"))
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'+' if self.is_workday else '-'} {self.name}".rstrip()
