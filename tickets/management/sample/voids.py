"""Void lists in the sample data: one each morning, the last one half answered, and a supplementary one (VOI)."""

from datetime import datetime, timedelta

from django.db.models import Count, Q

from aftersales.core import clock
from logistics import services as logistics
from logistics.models import VoidList, VoidListLine
from logistics.selectors.voids import voids_unlisted
from logistics.services import Given

from . import text
from .cast import Cast
from .timeline import Story

MORNING = timedelta(hours=8)
MORNINGS = 14
PARCELS = (("yuantong", "YT8802114007315"), ("shunfeng", "SF1402210087731"))


def first_morning(end: datetime) -> datetime:
    """Give the moment of the first list."""
    return clock.day_began(end - timedelta(days=MORNINGS)) + MORNING


def mornings() -> Story:
    """Submit the lists each morning, as the beat does (VOI-1)."""
    while True:
        logistics.void_lists_make_due()
        yield timedelta(days=1)


def this_morning(cast: Cast) -> Story:
    """Submit what came since (VOI-3), and let half of the longest list be answered, one line too late (VOI-4)."""
    shop = cast.stages[0].shop
    if voids_unlisted(shop.pk).exists():
        logistics.void_list_make(shop=shop, actor=cast.warehouse)
    yield timedelta(0)
    waits = Count("lines", filter=Q(lines__answer="", lines__refund__in_dispute=False))
    longest = VoidList.objects.filter(shop=shop).annotate(waits=waits).filter(waits__gt=0).order_by("-waits", "-id")
    if (void_list := longest.first()) is not None:
        waiting = VoidListLine.objects.filter(void_list=void_list, answer="", refund__in_dispute=False).order_by("id")
        left, *others = waiting.values_list("refund__refund_no", flat=True)
        half = [Given(number, "voided", note=text.VOID_NOTES[0]) for number in others[: (len(others) + 1) // 2]]
        gone = Given(left, "already_shipped", text.SHIPPED_NOTES[0], *PARCELS[0])
        logistics.void_lines_answer(void_list=void_list, answers=[gone, *half], actor=cast.warehouse)
    late = VoidListLine.objects.filter(ended_as="agreed", late_answer="").exclude(void_list__shop=shop).first()
    if late is not None:
        given = Given(late.refund.refund_no, "already_shipped", text.SHIPPED_NOTES[0], *PARCELS[1])
        logistics.void_line_answer(void_list=late.void_list, given=given, actor=cast.warehouse)
