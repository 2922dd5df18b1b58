"""Query parameters of the figures' routes (RPT-1)."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.core import clock
from reports.selectors.figures import DIMENSIONS, FIRST_YEAR, LAST_YEAR, MOST_DAYS


class FiguresQuery(serializers.Serializer[Any]):
    """Which days the figures are of, by what they are broken down, and of which shop."""

    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
    by = serializers.ChoiceField(
        choices=list(DIMENSIONS), required=False, default="day", help_text="What a row stands for."
    )
    to = serializers.DateField(required=False, help_text="The last day, in Beijing; today where it is left out.")

    def get_fields(self) -> dict[str, Any]:
        """Add `from`, which is no name in Python."""
        first = "The first day; the thirtieth with the last where it is left out. 400 days at most."
        return super().get_fields() | {"from": serializers.DateField(required=False, help_text=first)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill up what is missing; refuse days in the wrong order or too many of them."""
        until: date = attrs.get("to") or clock.shanghai_day(clock.now())
        since: date = attrs.get("from") or max(date.min + timedelta(days=29), until) - timedelta(days=29)
        for name, day in (("from", since), ("to", until)):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise serializers.ValidationError({name: _("That is no day on which anything was sold.")})
        if since > until:
            raise serializers.ValidationError({"to": _("The last day is before the first.")})
        if (until - since).days >= MOST_DAYS:
            raise serializers.ValidationError({"from": _("At most %(days)d days at once.") % {"days": MOST_DAYS}})
        return {"shop": attrs.get("shop", ""), "by": attrs["by"], "since": since, "until": until}


class ThresholdsQuery(serializers.Serializer[Any]):
    """Whose thresholds."""

    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop.")
