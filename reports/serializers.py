"""Answers of the figures' routes (RPT-1, RPT-2)."""

from typing import Any

from rest_framework import serializers

from reports.selectors.figures import DIMENSIONS
from reports.states import CAMPAIGN, FIGURES, Level, Unit


class FigureValueOutput(serializers.Serializer[Any]):
    """One figure: a share (1 is everything), hours, a number, or money in `value_fen`."""

    figure = serializers.ChoiceField(choices=list(FIGURES))
    unit = serializers.ChoiceField(choices=Unit.choices)
    value = serializers.FloatField(allow_null=True, help_text="Null where there is nothing to divide by, or for money.")
    value_fen = serializers.IntegerField(allow_null=True, help_text="Of figures in money.")
    counted = serializers.IntegerField(help_text="Cases that count.")
    of = serializers.IntegerField(allow_null=True, help_text="Cases that they are a share of; null for no share.")
    definition = serializers.CharField(help_text="What counts and what does not.")


class FiguresRowOutput(serializers.Serializer[Any]):
    """The figures of one day, shop, item, colleague, carrier, reason or kind."""

    by = serializers.ChoiceField(choices=list(DIMENSIONS))
    key = serializers.CharField(allow_blank=True, help_text="Empty for cases that have none.")
    label = serializers.CharField()  # type: ignore[assignment]
    figures = FigureValueOutput(many=True)


class ThresholdOutput(serializers.Serializer[Any]):
    """A figure of a shop against the most that it may be, and what the open cases would do to it."""

    shop = serializers.CharField()
    figure = serializers.ChoiceField(choices=sorted({each.figure for each in CAMPAIGN.values()}))
    limit = serializers.FloatField(help_text="The most that it may be; what equals it breaks nothing.")
    now = serializers.FloatField(allow_null=True)
    level = serializers.ChoiceField(choices=Level.choices)
    more_until_broken = serializers.IntegerField(help_text="So many more cases break it today; 0: it is broken.")
    days = serializers.IntegerField(help_text="Days that are counted, today the last.")
    forecast_on = serializers.DateField()
    best = serializers.FloatField(allow_null=True, help_text="When none of the open cases counts.")
    expected = serializers.FloatField(allow_null=True, help_text="When they end as others did.")
    worst = serializers.FloatField(allow_null=True, help_text="When all of them count.")
    open_cases = serializers.IntegerField()
    tipping = serializers.IntegerField(
        allow_null=True, help_text="So many of the open cases break it by then; null: not even all of them."
    )


class ThresholdsOutput(serializers.Serializer[Any]):
    """Every threshold, the worst first."""

    results = ThresholdOutput(many=True)
