"""What the buyer of a line may have today: the rules of its category, and the dates that are known of it (WAR-1)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from orders.models import Order, OrderLine
from orders.selectors import moment, order_get_for
from refunds.models import RefundLine
from refunds.states.exchange import ExchangeStatus
from refunds.states.words import Kind
from warranty.models import SerialNumber
from warranty.states import (
    CategoryRules,
    Entitlement,
    RepairPeriod,
    Span,
    What,
    Why,
    entitlements,
    spans,
)

GIFT = "gift"
_CATEGORIES = {
    "phone": pgettext_lazy("goods", "Phone"),
    "battery": pgettext_lazy("goods", "Battery"),
    "wired_earphone": pgettext_lazy("goods", "Wired earphones"),
    "memory_card": pgettext_lazy("goods", "Memory card"),
    "charger": pgettext_lazy("goods", "Charger"),
    "bluetooth_headset": pgettext_lazy("goods", "Bluetooth headset"),
    "phone_case": pgettext_lazy("goods", "Phone case or film"),
    "gift": pgettext_lazy("goods", "Gift"),
    "electronics": pgettext_lazy("goods", "Other electronics"),
}
"""How the categories of the default rules are called; those that a shop adds are called as it calls them."""
ANY = "*"
RepairsKnown = Callable[[Sequence[int]], Mapping[int, tuple[RepairPeriod, ...]]]
_knowing: list[RepairsKnown] = []


def repairs_are_known_by(known: RepairsKnown) -> None:
    """Let an app above tell which days units of lines spent in repair, by the line's key. Called from the wiring."""
    if known not in _knowing:
        _knowing.append(known)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is counted from: of the data, or as somebody typed it."""

    category: str = ""
    delivered_on: date | None = None
    exchanged_on: date | None = None
    repairs: tuple[RepairPeriod, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a line has today, and until when each thing is or was to be had."""

    facts: Facts
    rules: CategoryRules | None
    given: list[Entitlement]
    spans: list[Span]


def rules_by_category(shop_id: int) -> dict[str, CategoryRules]:
    """Give the rules in force for a shop, by category, in the setting's order."""
    rows: list[dict[str, Any]] = policies.get("warranty.rules", shop_id=shop_id)
    return {row["category"]: CategoryRules.of(row) for row in rows}


def category_choices(shop_id: int) -> list[tuple[str, str]]:
    """Give the categories that have rules, each with its name."""
    return [(name, str(_CATEGORIES.get(name, name))) for name in rules_by_category(shop_id)]


def category_of(line: OrderLine, shop_id: int) -> str:
    """Give the category whose longest word the line's own category begins with; a gift is a gift. Empty: none."""
    rows: list[dict[str, Any]] = policies.get("warranty.rules", shop_id=shop_id)
    if line.gift and any(row["category"] == GIFT for row in rows):
        return GIFT
    own = line.category.strip().casefold()
    known = [(len(word), row["category"]) for row in rows for word in row["known_by"] if _begins(own, word)]
    if known:
        return str(max(known, key=lambda one: one[0])[1])
    return next((str(row["category"]) for row in rows if ANY in row["known_by"]), "")


def line_get_for(actor: Actor, order_no: str, line_no: str, shop: str = "") -> OrderLine:
    """Return a line with its order and shop; two queries. Raises: as `order_get_for`, NotFound for the line."""
    order = order_get_for(actor, order_no, shop)
    line: OrderLine | None = order.lines.filter(line_no=line_no).first()
    if line is None:
        raise errors.NotFound()
    line.order = order
    return line


def facts_of(order: Order, lines: Sequence[OrderLine]) -> dict[int, Facts]:
    """Give what is known of lines, by key: when delivered, exchanged last, in repair; two statements, one of service's.

    An exchange is dated by the request that it went through, or by the day on which its new serial number was recorded.
    """
    today = clock.shanghai_day(clock.now())
    delivered = min(clock.shanghai_day(order.signed_at), today) if order.signed_at else None
    keys = [line.pk for line in lines]
    done = RefundLine.objects.filter(
        order_line__in=keys, quantity__gt=0, refund__kind=Kind.EXCHANGE, refund__status=ExchangeStatus.SUCCESS
    ).values_list("order_line_id", "refund__finished_at")
    noted = SerialNumber.objects.filter(order_line__in=keys, why=Why.EXCHANGED).values_list(
        "order_line_id", "recorded_at"
    )
    through_requests = _latest(done)
    exchanged = _latest(noted) | through_requests
    # What was exchanged before it was signed for is what was delivered: it starts nothing anew.
    exchanged = {key: day for key, day in exchanged.items() if delivered is not None and day >= delivered}
    repairs = {key: days for known in _knowing for key, days in known(keys).items()}
    return {
        line.pk: Facts(
            category=category_of(line, order.shop_id),
            delivered_on=delivered,
            exchanged_on=exchanged.get(line.pk),
            repairs=repairs.get(line.pk, ()),
        )
        for line in lines
    }


def answer_for(facts: Facts, shop_id: int) -> Answer:
    """Say what there is today by these facts; nothing where the goods were not delivered."""
    rules = rules_by_category(shop_id).get(facts.category)
    if facts.delivered_on is None:
        waits = Entitlement(
            What.NONE, None, ("WAR-1",), _("The goods are not signed for yet; warranty counts from then.")
        )
        return Answer(facts, rules, [waits], [])
    dates: dict[str, Any] = {
        "delivered_on": facts.delivered_on,
        "exchanged_on": facts.exchanged_on,
        "repair_periods": facts.repairs,
        "today": clock.shanghai_day(clock.now()),
    }
    return Answer(
        facts,
        rules,
        entitlements(category_rules=rules, **dates),
        [] if rules is None else spans(category_rules=rules, **dates),
    )


def serials_of(lines: Sequence[OrderLine]) -> dict[int, list[SerialNumber]]:
    """Give the serial numbers of lines, by key, the oldest first; one statement."""
    found: dict[int, list[SerialNumber]] = {line.pk: [] for line in lines}
    for row in SerialNumber.objects.filter(order_line__in=list(found)).order_by("id"):
        found[row.order_line_id].append(row)
    return found


def warranty_document(actor: Actor, order_no: str, shop: str = "") -> dict[str, Any]:
    """Return what each line of an order has today; five statements. Raises: as `order_get_for`."""
    order = order_get_for(actor, order_no, shop)
    lines = list(order.lines.all())
    facts, serials = facts_of(order, lines), serials_of(lines)
    return {
        "order_no": order.order_no,
        "shop": order.shop.code,
        "today": clock.shanghai_day(clock.now()).isoformat(),
        "lines": [_line_json(line, answer_for(facts[line.pk], order.shop_id), serials[line.pk]) for line in lines],
    }


def reply_for(line: OrderLine, answer: Answer) -> str:
    """Write to the buyer what he may have of a faulty article, in the language of the page."""
    if answer.given[0].what == What.NONE:
        words = _("Hello! About “%(goods)s”: %(why)s We are glad to look for another way with you.")
        return words % {"goods": line.title, "why": answer.given[0].why}
    offers = _("; ").join(
        _("%(what)s until %(day)s") % {"what": one.what.label, "day": one.until} for one in answer.given
    )
    conditions = dict.fromkeys(condition for one in answer.given for condition in one.conditions)
    words = _(
        "Hello! About “%(goods)s”: for a fault that the service centre confirms you may have today: %(offers)s. "
        "It is needed that %(conditions)s. Sent in for a test, the postage both ways is shared half and half if the "
        "fault is confirmed; otherwise the goods come back to you whole and the postage is yours."
    )
    said = _("; ").join(str(condition.label) for condition in conditions)
    return words % {"goods": line.title, "offers": offers, "conditions": said}


def _begins(own: str, word: str) -> bool:
    return bool(own) and word != ANY and own.startswith(word.casefold())


def _latest(rows: Any) -> dict[int, date]:
    found: dict[int, date] = {}
    for key, at in rows:
        if at is not None:
            day = clock.shanghai_day(at)
            found[key] = max(day, found.get(key, day))
    return found


def _line_json(line: OrderLine, answer: Answer, serials: Sequence[SerialNumber]) -> dict[str, Any]:
    facts = answer.facts
    return {
        "line_no": line.line_no,
        "title": line.title,
        "category": facts.category or None,
        "delivered_on": facts.delivered_on and facts.delivered_on.isoformat(),
        "exchanged_on": facts.exchanged_on and facts.exchanged_on.isoformat(),
        "entitlements": [
            {
                "what": one.what.value,
                "what_label": str(one.what.label),
                "until": one.until and one.until.isoformat(),
                "rules": list(one.rules),
                "why": one.why,
                "conditions": [condition.value for condition in one.conditions],
            }
            for one in answer.given
        ],
        "serial_numbers": [
            {
                "unit": row.unit,
                "kind": row.kind,
                "serial": row.serial,
                "why": row.why,
                "recorded_at": moment(row.recorded_at),
                "superseded_at": moment(row.superseded_at),
            }
            for row in serials
        ],
    }
