"""Loading the sample data: the cast, then all stories in one transaction, so that nobody sees half a past."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from aftersales.core import clock, policies
from refunds import services as refunds
from tickets import services as tickets
from tickets.models import Notification

from . import feedback, voids
from .album import Album
from .bench import unclaimed
from .bills import reconciled
from .case import Case
from .cast import Cast, assemble
from .following import followed, scanned, watched
from .goods import TEA
from .people import SampleBuyer, buyers
from .programme import programme
from .ready_words import ready_words
from .story import Told, play
from .telling import told_elsewhere
from .timeline import Story, Timeline, warnings
from .warranty import points

SEED = 20260808
GATEWAYS = ("refund_gateway", "payout_gateway")
"""Every payment of the sample data is made by a person, so that finance has something to confirm."""
READ_AFTER = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made."""

    cast: Cast
    stories: int


def load(
    *,
    album: Album,
    orders: int = 400,
    end: datetime | None = None,
    only: Callable[[int, Told], bool] = lambda number, told: True,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Make shops, people and everything that happened until `end` (now); the same each time for the same end.

    `only` chooses stories by number, without moving the others' chance.
    """
    end = end or clock.now()
    told = [(n, one) for n, one in enumerate(programme(random.Random(SEED), orders)) if only(n, one)]  # noqa: S311
    usual = {name: settings.AFTERSALES[name] for name in GATEWAYS}
    settings.AFTERSALES.update(dict.fromkeys(GATEWAYS, "manual"))
    try:
        with transaction.atomic():
            cast = assemble()
            points()
            ready_words(cast)
            total = len(told)
            timeline = Timeline(end, (lambda over: progress(over, total)) if progress else None)
            timeline.begin(end - timedelta(days=70), _house_rules(cast))
            timeline.begin(end - timedelta(days=2), warnings(timedelta(hours=3)))
            crowd = buyers(random.Random(SEED))  # noqa: S311
            for number, one in told:
                timeline.begin(end - one.begins, play(_case(cast, album, crowd, number, one), one))
            timeline.begin(voids.first_morning(end), voids.mornings())
            timeline.begin(end - timedelta(seconds=1), voids.this_morning(cast))
            counting = feedback.first_day(end)
            timeline.begin(counting + feedback.NIGHT, feedback.nights())
            timeline.begin(counting + feedback.MORNING, feedback.goods_desk(cast, end))
            timeline.run()
            reconciled(cast, end)
            unclaimed(cast, end)
            scanned(end)
            followed(end)
            watched(end)
            _read_old_news(cast, end)
            told_elsewhere(cast, end)
    finally:
        settings.AFTERSALES.update(usual)
    refunds.tallies_sum_up()
    return Loaded(cast, len(told))


def _house_rules(cast: Cast) -> Story:
    """Let the tea shop settle its bundles by list prices (AMT-3), and small shops hear of goods early (SAT-2)."""
    shop = next(stage.shop for stage in cast.stages if stage.sells.code == TEA)
    note = "套餐部分退货按单价结算"
    policies.set(key="refund.bundle_kept_price", value="list", actor=cast.supervisor, note=note, shop=shop)
    note = "店铺单量不大，三件起即反馈商品部"
    policies.set(key="feedback.threshold", value=3, actor=cast.supervisor, note=note)
    policies.set(key="feedback.effect_days", value=14, actor=cast.supervisor, note="两周见效果")
    yield from ()


def _case(cast: Cast, album: Album, crowd: list[SampleBuyer], number: int, told: Told) -> Case:
    rng = random.Random(SEED * 1000 + number)  # noqa: S311
    stage = next(stage for stage in cast.stages if stage.sells.code == told.shop)
    # The first buyers are those who come again; the others take turns.
    buyer = crowd[told.buyer] if told.buyer >= 0 else crowd[8 + number * 7 % (len(crowd) - 8)]
    return Case(cast, stage, buyer, album, rng, rng.choice(cast.agents), number)


def _read_old_news(cast: Cast, end: datetime) -> None:
    """Let everybody have read what is older than a day."""
    with clock.at(end - READ_AFTER):
        for user in cast.users.values():
            old = Notification.objects.filter(user=user, created_at__lte=clock.now()).order_by("-pk").first()
            if old is not None:
                tickets.notifications_read(user_id=user.pk, up_to=old.pk)
