"""Figures by increments: marks of what changed, the facts of each case, and their sums (RPT-1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import Shop

EMPTY = models.Q(facts=0, amount=0)
"""A sum that the fold takes away: without an index of them it would read every sum to find none."""


class Mark(models.Model):
    """A case whose facts are to be worked out again. Only the database's triggers write it; the fold deletes it."""

    subject_kind = models.CharField(max_length=8)
    subject_id = models.BigIntegerField()

    class Meta:
        verbose_name = pgettext_lazy("figures", "mark")
        verbose_name_plural = pgettext_lazy("figures", "marks")

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class Counted(models.Model):
    """What a fact and a sum are told apart by. What a case does not have is empty, or 0 for the agent."""

    day = models.DateField(_("day"), help_text=_("in Shanghai"))
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=24)
    item_id = models.CharField(_("item"), max_length=64)
    agent_id = models.BigIntegerField(_("agent"))
    carrier = models.CharField(_("carrier"), max_length=24)
    reason = models.CharField(_("reason"), max_length=24)
    kind = models.CharField(_("kind"), max_length=16)
    amount = models.BigIntegerField(help_text=_("fen or seconds, as the measure says"))

    class Meta:
        abstract = True


class Fact(Counted):
    """One thing that is counted of one case. Facts are worked out, never edited."""

    subject_kind = models.CharField(max_length=8)
    subject_id = models.BigIntegerField()
    detail = models.CharField(max_length=84, default="", help_text=_("as the measure says: hour, state, step, stage"))

    class Meta:
        verbose_name = pgettext_lazy("figures", "fact")
        verbose_name_plural = pgettext_lazy("figures", "facts")
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "measure", "detail"], name="fact_once")
        ]
        indexes = [
            models.Index(fields=["measure", "day", "id"], name="fact_behind_figure"),
            models.Index(
                fields=["measure", "detail", "day", "id"], name="fact_behind_chart", condition=~models.Q(detail="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.subject_kind} {self.subject_id}"


class Sum(Counted):
    """How many facts there are of a day, shop, measure and the rest, and what they amount to."""

    facts = models.BigIntegerField()

    class Meta:
        verbose_name = pgettext_lazy("figures", "sum")
        verbose_name_plural = pgettext_lazy("figures", "sums")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "shop", "measure", "item_id", "agent_id", "carrier", "reason", "kind"], name="sum_once"
            )
        ]
        indexes = [models.Index(fields=["id"], name="sum_of_nothing", condition=EMPTY)]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.facts}"


class DaySum(models.Model):
    """The facts of a day, shop and measure along one axis at a time: few rows, for charts over many days.

    The axis is empty for all facts, or `reason`, `carrier` or `detail` with the facts' value as the key.
    """

    day = models.DateField(_("day"), help_text=_("in Shanghai"))
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=24)
    axis = models.CharField(max_length=8)
    key = models.CharField(max_length=84)
    amount = models.BigIntegerField(help_text=_("fen or seconds, as the measure says"))
    facts = models.BigIntegerField()

    class Meta:
        verbose_name = pgettext_lazy("figures", "sum of a day")
        verbose_name_plural = pgettext_lazy("figures", "sums of days")
        constraints = [models.UniqueConstraint(fields=["measure", "axis", "day", "shop", "key"], name="day_sum_once")]
        indexes = [models.Index(fields=["id"], name="day_sum_of_nothing", condition=EMPTY)]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.key} {self.facts}"
