"""The figures that campaigns ask for, against their limits, with what the open cases would do to them (RPT-2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from refunds.models import Dispute, Refund
from refunds.states import GOODS_KINDS
from refunds.states.refund import MONEY_STATES, RefundStatus
from reports.models import Sum as KeptSum
from reports.states import CAMPAIGN, FIGURES, QUALITY_REASONS, Figure, Level, Outlook, Threshold

LEARNT_DAYS = 90
"""From so many days it is learnt how such cases end."""
LEAST_ENDED = 5
"""With fewer ended cases in a shop nothing is learnt: every open one is expected to count."""
MOST_SHOPS = 50
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """One threshold of a shop: how it stands, and the last day of the forecast."""

    shop: Shop
    key: str
    outlook: Outlook
    days: int
    ends: date

    @property
    def threshold(self) -> Threshold:
        """Give what is limited."""
        return CAMPAIGN[self.key]

    @property
    def figure(self) -> Figure:
        """Give the definition of the figure."""
        return FIGURES[self.threshold.figure]

    @property
    def rank(self) -> tuple[int, float, int]:
        """Sort by it: what is worst first, then what is nearest to its limit."""
        levels = list(Level)
        near = (self.outlook.worst or 0) / self.outlook.limit if self.outlook.limit else 0
        return levels.index(self.outlook.level), -near, self.shop.pk


def standings(actor: Actor) -> list[Standing]:
    """Give every threshold of the shops that the actor sees, the worst first.

    Four statements, and one for each further pair of days that shops have set. Fifty shops at most, by their name.
    """
    shops: list[Shop] = list(actor.visible(Shop.objects.order_by("name"), "pk")[:MOST_SHOPS])
    found = list(_of_shops(shops))
    return sorted(found, key=lambda standing: standing.rank)


def standings_of_shop(shop_id: int) -> dict[str, Standing]:
    """Give the thresholds of one shop by the figure that each limits; four statements."""
    return {found.threshold.figure: found for found in _of_shops([Shop.objects.get(pk=shop_id)])}


def _of_shops(shops: list[Shop]) -> Iterable[Standing]:
    ids = [shop.pk for shop in shops]
    today = clock.shanghai_day(clock.now())
    waiting, learnt = _open_of(ids), _learnt(ids, today)
    spans: dict[tuple[int, int], list[int]] = {}
    for shop in shops:
        spans.setdefault(_span(shop.pk), []).append(shop.pk)
    counted: dict[int, dict[str, tuple[int, int]]] = {}
    for span, members in spans.items():
        counted |= _counted(members, today, span)
    for shop in shops:
        days, ahead = _span(shop.pk)
        for row in policies.get("report.campaign_thresholds", shop_id=shop.pk):
            key, threshold = row["figure"], CAMPAIGN[row["figure"]]
            figure, totals = FIGURES[threshold.figure], counted.get(shop.pk, {})
            facts, kept = totals.get(figure.above, (0, 0))
            below, below_kept = totals.get(str(figure.below), (0, 0))
            waits = waiting.get(key, {}).get(shop.pk, 0)
            outlook = Outlook(
                limit=row["most_per_10000"],
                facts=facts,
                below=below,
                kept=kept,
                below_ahead=below_kept + round(below * ahead / days),
                open=waits,
                share=_share(learnt[key][shop.pk], waits),
            )
            yield Standing(shop, key, outlook, days, today + timedelta(days=ahead))


def _span(shop_id: int) -> tuple[int, int]:
    return (
        policies.number("report.campaign_window_days", shop_id=shop_id),
        policies.number("report.campaign_ahead_days", shop_id=shop_id),
    )


def _counted(shop_ids: list[int], today: date, span: tuple[int, int]) -> dict[int, dict[str, tuple[int, int]]]:
    """Count facts by shop and measure: in the days up to today, and those of them that still count at the end."""
    days, ahead = span
    since = today - timedelta(days=days - 1)
    sums: Any = KeptSum.objects.filter(shop__in=shop_ids, day__gte=since, day__lte=today).values("shop_id", "measure")
    stays = Q(day__gte=since + timedelta(days=ahead))
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for row in sums.annotate(now=Sum("facts"), kept=Sum("facts", filter=stays, default=0)):
        found.setdefault(row["shop_id"], {})[row["measure"]] = (row["now"], row["kept"])
    return found


def _learnt(shop_ids: list[int], today: date) -> dict[str, dict[int, tuple[int, int]]]:
    """Count by threshold and shop how many cases began lately, and how many came to count; one statement."""
    lately = KeptSum.objects.filter(shop__in=shop_ids, day__gt=today - timedelta(days=LEARNT_DAYS), day__lte=today)
    money, quality = ~Q(kind__in=sorted(GOODS_KINDS)), Q(reason__in=QUALITY_REASONS)
    rows: Any = lately.values("shop_id", "measure").annotate(
        everything=Sum("facts"),
        money=Sum("facts", filter=money, default=0),
        quality=Sum("facts", filter=money & quality, default=0),
    )
    totals = {(row["shop_id"], row["measure"]): row for row in rows}
    counted = {"refund_rate": "money", "quality_refund_rate": "quality"}
    nothing = {"everything": 0, "money": 0, "quality": 0}
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for key, threshold in CAMPAIGN.items():
        what, above = counted.get(key, "everything"), FIGURES[threshold.figure].above
        for shop_id in shop_ids:
            began = totals.get((shop_id, threshold.began), nothing)[what]
            came = totals.get((shop_id, above), nothing)[what]
            found.setdefault(key, {})[shop_id] = (began, came)
    return found


def _share(learnt: tuple[int, int], waiting: int) -> float:
    """Say which part of such cases came to count, of those that have ended."""
    began, came = learnt
    ended = max(came, began - waiting)
    return came / ended if ended >= LEAST_ENDED else 1.0


# --- The open cases ---------------------------------------------------------------------------------------------------

_NEVER_BROUGHT = ~Q(pk__in=Dispute.objects.values("refund"))
_OPEN: dict[str, Q] = {
    "refund_rate": Q(status__in=MONEY_STATES),
    "quality_refund_rate": Q(status__in=MONEY_STATES, reason__in=QUALITY_REASONS),
    "dispute_rate": Q(in_dispute=True),
    "intervention_rate": Q(status=RefundStatus.SELLER_REFUSE_BUYER) & _NEVER_BROUGHT,
}
"""Which requests may come to count."""


def _open_of(shop_ids: list[int]) -> dict[str, dict[int, int]]:
    """Count by threshold and shop the cases that may come to count; one statement over what is open."""
    live = Q(status__in=MONEY_STATES) | Q(in_dispute=True)
    rows: Any = Refund.objects.filter(live, shop__in=shop_ids).values("shop_id")
    counts = rows.annotate(**{key: Count("pk", filter=where) for key, where in _OPEN.items()})
    found: dict[str, dict[int, int]] = {key: {} for key in CAMPAIGN}
    for row in counts:
        for key in CAMPAIGN:
            found[key][row["shop_id"]] = row[key]
    return found


def open_cases(actor: Actor, key: str, shop: Shop) -> QuerySet[Refund]:
    """Give the requests of a shop that may come to count, unordered. Raises: NotFound."""
    if key not in _OPEN or not actor.sees(shop.pk):
        raise errors.NotFound()
    rows: QuerySet[Refund] = Refund.objects.filter(_OPEN[key], shop=shop).select_related("order")
    return rows


def standing_get(actor: Actor, key: str, shop_code: str) -> Standing:
    """Return one threshold of a shop. Raises: NotFound."""
    shop = actor.visible(Shop.objects.filter(code=shop_code), "pk").first()
    if shop is not None:
        for standing in _of_shops([shop]):
            if standing.key == key:
                return standing
    raise errors.NotFound()
