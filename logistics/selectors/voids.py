"""Reading void lists: which there are, what is on one, which requests are on none (VOI)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Shop
from logistics.models import Counts, VoidAnswer, VoidEnd, VoidList, VoidListLine
from orders.models import OrderNote
from refunds.models import Refund, RefundLine
from refunds.states import Flow, RefundStatus

READERS = frozenset({WAREHOUSE, SUPERVISOR, AGENT})
ORDERING = ("-id",)
COUNTED = ("total", "waiting", "voided", "shipped", "overtaken", "urgent")
TO_ANSWER = Q(answer="") | Q(ended_as=VoidEnd.AGREED, late_answer="")
"""Lines to which the warehouse has something to say, in time or late (VOI-4)."""


def require_reader(actor: Actor) -> None:
    """Raise Forbidden for roles that have nothing to do with void lists."""
    if actor.role not in READERS:
        raise errors.Forbidden()


def voids_unlisted(shop_id: int | None = None) -> QuerySet[Refund]:
    """Give the requests that wait for the warehouse and are on no open line."""
    rows: QuerySet[Refund] = Refund.objects.filter(
        status=RefundStatus.WAIT_SELLER_AGREE, flow=Flow.UNSHIPPED, void_result=""
    )
    if shop_id is not None:
        rows = rows.filter(shop=shop_id)
    return rows.exclude(Exists(VoidListLine.objects.filter(refund=OuterRef("pk"), answer="")))


def void_lists(actor: Actor, *, only_open: bool = False, shop: str = "", day: date | None = None) -> QuerySet[VoidList]:
    """Give the lists that somebody sees; `shop` is a code. Raises: Forbidden."""
    require_reader(actor)
    rows = actor.visible(VoidList.objects.select_related("shop"))
    if only_open:
        rows = rows.filter(Exists(VoidListLine.objects.filter(TO_ANSWER, void_list=OuterRef("pk"))))
    if shop:
        rows = rows.filter(shop__code=shop)
    return rows.filter(day=day) if day else rows


def counted(found: Sequence[VoidList]) -> Sequence[VoidList]:
    """Tell each list how many lines it has and what came of them: one statement for all.

    Not by joining them to the lists themselves: that would count every list of the shop before the page is cut.
    """
    late = Q(ended_as=VoidEnd.AGREED, late_answer="")
    sums: Any = (
        VoidListLine.objects.filter(void_list__in=found)
        .order_by()
        .values("void_list")
        .annotate(
            total=Count("pk"),
            waiting=Count("pk", filter=Q(answer="")),
            voided=Count("pk", filter=Q(answer=VoidAnswer.VOIDED)),
            shipped=Count("pk", filter=Q(answer=VoidAnswer.ALREADY_SHIPPED)),
            overtaken=Count("pk", filter=Q(answer=VoidAnswer.OVERTAKEN)),
            urgent=Count("pk", filter=late),
        )
    )
    by_list = {row["void_list"]: Counts(*(row[name] for name in COUNTED)) for row in sums}
    for each in found:
        each.counts = by_list.get(each.pk, Counts())
    return found


def void_list_get_for(actor: Actor, list_no: str) -> VoidList:
    """Find one list, with its counts: two statements. Raises: Forbidden, NotFound."""
    found = void_lists(actor).filter(list_no=list_no).first()
    if found is None:
        raise errors.NotFound()
    return counted([found])[0]


def void_list_lines(void_list: VoidList, *refund_nos: str) -> QuerySet[VoidListLine]:
    """Give a list's lines as they were submitted, with order, buyer, goods and notes: three statements for any number.

    With `refund_nos`, those lines alone.
    """
    goods = Prefetch(
        "refund__lines", RefundLine.objects.filter(quantity__gt=0).select_related("order_line").order_by("id")
    )
    told = OrderNote.objects.exclude(author_kind="system").order_by("id")
    notes = Prefetch("refund__order__notes", told, to_attr="told")
    rows = void_list.lines.select_related("refund__order__buyer", "refund__shop")
    if refund_nos:
        rows = rows.filter(refund__refund_no__in=refund_nos)
    return rows.prefetch_related(goods, notes).order_by("id")


def shops_to_supplement(actor: Actor) -> list[Shop]:
    """Give the shops with requests that wait and are on no list, each with how many (`unlisted`)."""
    amounts = dict(
        actor.visible(voids_unlisted()).order_by().values_list("shop").annotate(n=Count("pk")).values_list("shop", "n")
    )
    shops = list(Shop.objects.filter(pk__in=amounts)) if amounts else []
    for shop in shops:
        shop.unlisted = amounts[shop.pk]  # type: ignore[attr-defined]
    return shops
