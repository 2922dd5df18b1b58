"""What a buyer of a faulty article may have on a day, counted day by day as the law counts (WAR-1, LAW-6).

Nothing here reads a clock or a row: `entitlements` is given the dates, and answers the same for ever.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

DAY = timedelta(days=1)


class What(models.TextChoices):
    """What the buyer may choose of."""

    RETURN = "return", pgettext_lazy("warranty", "Return and money back")
    EXCHANGE = "exchange", pgettext_lazy("warranty", "Exchange")
    EXCHANGE_MAIN_UNIT = "exchange_main_unit", pgettext_lazy("warranty", "Exchange of the main unit only")
    REPAIR = "repair", pgettext_lazy("warranty", "Free repair")
    NONE = "none", pgettext_lazy("warranty", "Nothing free of charge")


class Condition(models.TextChoices):
    """What the manufacturer's service centre confirms before the buyer gets it."""

    FAULT = "fault", gettext_lazy("it does not do what it should, and the user did not cause it")
    CONFIRMED = "confirmed", gettext_lazy("the manufacturer's service centre confirms the fault in writing")
    UNMARKED = "unmarked", gettext_lazy("it looks unmarked")
    COMPLETE = "complete", gettext_lazy("accessories and packing are complete")


class SerialKind(models.TextChoices):
    """Which kind a serial number is of."""

    IMEI = "imei", "IMEI"
    MEID = "meid", "MEID"
    OTHER = "other", pgettext_lazy("warranty", "Serial number")


class Why(models.TextChoices):
    """Why an article has this serial number now."""

    SOLD = "sold", pgettext_lazy("warranty", "Sold")
    EXCHANGED = "exchanged", pgettext_lazy("warranty", "Exchanged")
    REPAIRED = "repaired", pgettext_lazy("warranty", "Repaired")


_ALWAYS = (Condition.FAULT, Condition.CONFIRMED)
CONDITIONS: dict[What, tuple[Condition, ...]] = {
    What.RETURN: (*_ALWAYS, Condition.UNMARKED, Condition.COMPLETE),
    What.EXCHANGE: (*_ALWAYS, Condition.UNMARKED, Condition.COMPLETE),
    What.EXCHANGE_MAIN_UNIT: (*_ALWAYS, Condition.UNMARKED),
    What.REPAIR: _ALWAYS,
    What.NONE: (),
}


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """What a category of goods has: a row of the setting `warranty.rules`."""

    category: str
    return_days: int
    exchange_days: int
    main_unit_only: bool
    repair_months: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "CategoryRules":
        """Read a row of the setting."""
        return cls(
            category=row["category"],
            return_days=row["return_days"],
            exchange_days=row["exchange_days"],
            main_unit_only=row["main_unit_only"],
            repair_months=row["repair_months"],
        )


@dataclass(frozen=True, slots=True)
class RepairPeriod:
    """From the day on which it was handed in to the day on which it came back, both counted; not back yet: no end."""

    begun: date
    ended: date | None = None

    def __post_init__(self) -> None:
        if self.ended is not None and self.ended < self.begun:
            raise ValueError(f"a repair ended on {self.ended}, before it began on {self.begun}")


@dataclass(frozen=True, slots=True)
class Span:
    """How long one thing can be had: its last day, and by how many days in repair that has moved."""

    what: What
    length: str
    until: date
    moved: int


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What the buyer may have, until when, by which rules and why, and what is still to be confirmed."""

    what: What
    until: date | None
    rules: tuple[str, ...]
    why: str
    conditions: tuple[Condition, ...] = ()


def add_months(day: date, months: int) -> date:
    """Give the same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def spans(
    *,
    category_rules: CategoryRules,
    delivered_on: date,
    exchanged_on: date | None = None,
    repair_periods: Iterable[RepairPeriod] = (),
    today: date,
) -> list[Span]:
    """Say until when each thing can be had, whether or not that is over.

    The day of delivery is not counted. An exchange starts everything anew, and what was repaired before it does not
    matter then. Days in repair are not counted, a day of two repairs once; a repair that goes on counts up to today.
    Raises: ValueError for an exchange before the delivery, or a day after today.
    """
    if exchanged_on is not None and exchanged_on < delivered_on:
        raise ValueError(f"exchanged on {exchanged_on}, before it was delivered on {delivered_on}")
    start = delivered_on if exchanged_on is None else exchanged_on
    if start > today:
        raise ValueError(f"it starts on {start}, after today, {today}")
    away = _away(repair_periods, start, today)
    rules = category_rules
    everything = rules.return_days if rules.main_unit_only else max(rules.return_days, rules.exchange_days)
    lengths = [(What.RETURN, rules.return_days), (What.EXCHANGE, everything)]
    if rules.main_unit_only and rules.exchange_days > rules.return_days:
        lengths.append((What.EXCHANGE_MAIN_UNIT, rules.exchange_days))
    found = [
        _span(what, ngettext("%(n)d day", "%(n)d days", days) % {"n": days}, start + days * DAY, away)
        for what, days in lengths
        if days
    ]
    if months := rules.repair_months:
        words = ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
        found.append(_span(What.REPAIR, words, add_months(start, months), away))
    return found


def entitlements(
    *,
    category_rules: CategoryRules | None,
    delivered_on: date,
    exchanged_on: date | None = None,
    repair_periods: Sequence[RepairPeriod] = (),
    today: date,
) -> list[Entitlement]:
    """Say what the buyer may have today; where that is nothing, one entry says so, and why.

    While everything can be exchanged, the exchange of the main unit alone is left out. Without rules there is nothing.
    Raises: ValueError as `spans` does.
    """
    if category_rules is None:
        why = _("No warranty rule is set for this category of goods.")
        return [Entitlement(What.NONE, None, ("WAR-1",), why)]
    known = spans(
        category_rules=category_rules,
        delivered_on=delivered_on,
        exchanged_on=exchanged_on,
        repair_periods=repair_periods,
        today=today,
    )
    if not known:
        return [Entitlement(What.NONE, None, ("WAR-1",), _("These goods have no warranty, as gifts have none."))]
    there = {span.what for span in known if today <= span.until}
    if What.EXCHANGE in there:
        there.discard(What.EXCHANGE_MAIN_UNIT)
    if there:
        return [
            Entitlement(
                span.what,
                span.until,
                _rules(span, exchanged_on),
                why_of(span, delivered_on, exchanged_on),
                CONDITIONS[span.what],
            )
            for span in known
            if span.what in there
        ]
    last = max(known, key=lambda span: span.until)
    why = _("The warranty is over: %(why)s.") % {"why": why_of(last, delivered_on, exchanged_on)}
    return [Entitlement(What.NONE, last.until, _rules(last, exchanged_on), why)]


def why_of(span: Span, delivered_on: date, exchanged_on: date | None) -> str:
    """Say from which day a span is counted, and what is not."""
    day = delivered_on if exchanged_on is None else exchanged_on
    said = {"length": span.length, "day": day.isoformat()}
    if exchanged_on is None:
        words = _("%(length)s from the delivery on %(day)s") % said
    else:
        words = _("%(length)s, anew from the exchange on %(day)s") % said
    if not span.moved:
        return words
    moved = ngettext("%(n)d day in repair not counted", "%(n)d days in repair not counted", span.moved)
    return _("%(words)s, %(moved)s") % {"words": words, "moved": moved % {"n": span.moved}}


def _rules(span: Span, exchanged_on: date | None) -> tuple[str, ...]:
    return ("WAR-1", "LAW-6") if span.moved or exchanged_on is not None else ("WAR-1",)


def _span(what: What, length: str, plain: date, away: Sequence[tuple[date, date]]) -> Span:
    """Move a last day by the days away: those of each repair that began while it still ran."""
    until = plain
    for begun, ended in away:
        if begun > until:
            break
        until += ended - begun + DAY
    return Span(what, length, until, (until - plain).days)


def _away(periods: Iterable[RepairPeriod], start: date, today: date) -> list[tuple[date, date]]:
    """Give the counted days that were in repair: from the first after the start, in order, overlaps joined."""
    known = sorted((max(each.begun, start + DAY), each.ended or today) for each in periods)
    joined: list[tuple[date, date]] = []
    for begun, ended in known:
        if ended < begun:
            continue
        if joined and begun <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(ended, joined[-1][1]))
        else:
            joined.append((begun, ended))
    return joined
