"""The lists themselves: the morning's by the clock, a supplementary one by hand (VOI-1, VOI-3)."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors, policies
from aftersales.core.auth import Actor, grant
from aftersales.core.bulk import allocate_numbered
from aftersales.core.models import Role, Shop
from logistics.models import VoidList, VoidListLine
from logistics.selectors.voids import voids_unlisted
from orders import services as orders
from refunds import services as refunds

from .settling import waiting

log = logging.getLogger(__name__)

MAKE = "logistics.make_voidlist"
grant(MAKE, [Role.WAREHOUSE, Role.SUPERVISOR, "system"])
MOST_LINES = 500
"""Lines of one list; what is more goes on the next."""


def void_lists_make_due() -> list[VoidList]:
    """Submit the morning's list of every shop whose time has come and that has none today; give what was made.

    May run twice, and by two workers at once: a shop has one list a morning. A morning without any request has an
    empty one, so that the warehouse knows that nothing is to be kept back and what comes later is a supplement.
    Lists are made every day: the buyer's deadline counts days, not working days (TMO-1).
    """
    now, made = clock.now(), []
    today = VoidList.objects.filter(day=clock.shanghai_day(now), supplement=0).values("shop")
    for shop in Shop.objects.exclude(pk__in=today):
        if not morning_has_come(shop, now):
            continue
        try:
            void_list = void_list_make(shop=shop, actor=Actor.system("void list"), only_morning=True)
            made.append(void_list)
            while void_list.lines.count() >= MOST_LINES and voids_unlisted(shop.pk).exists():
                void_list = void_list_make(shop=shop, actor=Actor.system("void list"))
                made.append(void_list)
        except errors.Conflict:
            log.info("another worker made the list", extra={"shop": shop.code})
    return made


def morning_has_come(shop: Shop, now: datetime) -> bool:
    """Whether the shop's time of day for the list is over, in Beijing; never where it makes its lists by hand alone."""
    time: str = policies.get("refund.void_list_time", shop_id=shop.pk)
    return time != "off" and time <= f"{now.astimezone(clock.SHANGHAI):%H:%M}"


def void_list_make(*, shop: Shop, actor: Actor, only_morning: bool = False) -> VoidList:
    """Put the requests that wait and are on no open line on a new list, and note it on each order (VOI-1).

    It is the morning's list from the morning's time on while there is none today, else a supplementary one (VOI-3);
    where the shop has no time set, the day's first. Before that time a list by hand does not take the morning's place.
    Locks: the shop, then the orders and requests, which may be on their way elsewhere. Raises: NotFound, Forbidden,
    Conflict when nothing waits, or with `only_morning` when the morning's list is there.
    """
    if not actor.sees(shop.pk):
        raise errors.NotFound()
    actor.require(MAKE)
    with transaction.atomic(savepoint=False):
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        now = clock.now()
        day = clock.shanghai_day(now)
        supplement = _place(shop, day, now)
        if only_morning and supplement:
            raise errors.Conflict(gettext_lazy("This morning's list is submitted already."))
        ids = list(voids_unlisted(shop.pk).order_by("urgent_at", "pk").values_list("pk", flat=True)[:MOST_LINES])
        # Another step may have ended the wait of one before its lock was ours.
        held = {refund.pk: refund for refund in refunds.REFUND.lock(ids, False) if waiting(refund)} if ids else {}
        if not held and not only_morning:
            raise errors.Conflict(gettext_lazy("Every request that waits for the warehouse is on a list already."))
        [(key, number)] = allocate_numbered(VoidList, 1, sequence="logistics_void_list_no")
        void_list = VoidList.objects.create(
            pk=key,
            list_no=f"VL{day:%Y%m%d}{number:06d}",
            shop=shop,
            day=day,
            supplement=supplement,
            created_at=now,
            created_by=actor.name,
        )
        VoidListLine.objects.bulk_create(VoidListLine(void_list=void_list, refund_id=pk) for pk in ids if pk in held)
        order_ids = list(dict.fromkeys(refund.order_id for refund in held.values()))
        if order_ids:
            text = _("Void submitted (%(number)s)") % {"number": void_list.list_no}
            orders.notes_add(order_ids=order_ids, actor=actor, text=text)
        return void_list


def _place(shop: Shop, day: date, now: datetime) -> int:
    """Give the next list's number of the day: 0 is the morning's."""
    taken = set(VoidList.objects.filter(shop=shop, day=day).values_list("supplement", flat=True))
    by_hand = policies.get("refund.void_list_time", shop_id=shop.pk) == "off"
    if 0 not in taken and (by_hand or morning_has_come(shop, now)):
        return 0
    return max(taken | {0}) + 1
