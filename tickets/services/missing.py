"""Goods missing from a parcel and gifts: settled in one step, with a task for who has to act (MIS-2, MIS-3, TKT-4)."""

from datetime import timedelta

from django.db import transaction

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import selectors as logistics
from logistics import services as parcels
from logistics.models import MissingReport, Parcel, PromisedGift
from logistics.selectors.gifts import gifts_of, gifts_waiting
from logistics.selectors.missing import goods_words
from logistics.services import Found
from logistics.states.missing import MissingCause, Settlement
from orders import services as orders
from orders.models import Order
from orders.states import OrderStatus
from tickets.models import TaskKind

from .desk import order_tasks_settle, task_raise

A_DAY = timedelta(hours=24)
_PENDING = (TaskKind.MISSING_ANSWER,)


def goods_missing(
    *,
    order: Order,
    parcel: Parcel,
    actor: Actor,
    found: Found,
    settlement: str,
    answer: str,
    claim: bool = False,
) -> MissingReport:
    """Settle what is missing from a parcel and put the rest on the lists of those who have to act.

    The warehouse counts what it left out or what is not clear; theft is taken to the carrier, with photos first where
    there are none; what is only looked into is promised to the buyer within a day. Locks: the order.
    Emits and raises: as `logistics.services.missing_settle`.
    """
    with transaction.atomic(savepoint=False):
        orders.order_lock([order.pk], False)
        report = parcels.missing_settle(
            parcel=parcel, actor=actor, found=found, settlement=settlement, answer=answer, claim=claim
        )
        order_tasks_settle(order_id=order.pk, kinds=_PENDING, by=actor.name)
        lines = report.lines.select_related("order_line").order_by("id")
        goods = goods_words([(line.order_line, line.quantity) for line in lines])
        detail = f"{logistics.carrier_name(parcel.carrier)} {parcel.tracking_no} {goods}".strip()
        for kind, role in _tasks(report):
            _add(order, kind, role, detail)
        return report


def gift_promise(*, order: Order, actor: Actor, gift: str, answer: str = "") -> PromisedGift:
    """Promise a gift: note and warehouse's task in one step; one that comes too late for the parcel is owed (MIS-3).

    Locks: the order. Raises: as `logistics.services.gift_promise`.
    """
    with transaction.atomic(savepoint=False):
        promised = parcels.gift_promise(order=order, actor=actor, text=gift, answer=answer)
        if promised.owed_at is None:
            _add(order, TaskKind.PACK_GIFT, Role.WAREHOUSE, promised.text)
        return promised


def gifts_settle(*, order: Order) -> None:
    """End the task about an order's gifts once none waits any more; what left without them is owed (MIS-3, ORD-5).

    Locks: the order.
    """
    if not gifts_of(order):
        return
    by = Actor.system("gifts")
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([order.pk], False)
        if order.status != OrderStatus.TRADE_CLOSED:
            parcels.gifts_leave(order=order, actor=by, gifts_in=False)
            if gifts_waiting(order).exists():
                return
        order_tasks_settle(order_id=order.pk, kinds=(TaskKind.PACK_GIFT,), by=by.name)


def _tasks(report: MissingReport) -> list[tuple[str, str]]:
    tasks: list[tuple[str, str]] = []
    if report.cause == MissingCause.WAREHOUSE_MISSED or report.settlement == Settlement.LOOK_INTO:
        tasks.append((TaskKind.MISSING_COUNT, Role.WAREHOUSE))
    if report.cause == MissingCause.THEFT:
        tasks.append((TaskKind.MISSING_CARRIER if report.claim_id else TaskKind.MISSING_PHOTOS, Role.AGENT))
    if report.settlement == Settlement.LOOK_INTO:
        tasks.append((TaskKind.MISSING_ANSWER, Role.AGENT))
    return tasks


def _add(order: Order, kind: str, role: str, detail: str) -> None:
    """Raise the task; where one of the order is open already it says both things, so that neither is lost."""
    task = task_raise(order=order, kind=kind, role=role, within=A_DAY, detail=detail)
    if detail[:200] not in task.detail:
        task.detail = f"{task.detail}; {detail}"[:200]
        task.save(update_fields=["detail"])
