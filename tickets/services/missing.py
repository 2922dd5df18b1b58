"""Goods missing from a parcel: settled in one step, with a task for everybody who has to act (MIS-2, TKT-4)."""

from datetime import timedelta

from django.db import transaction

from aftersales.core.auth import Actor
from aftersales.core.models import Role
from logistics import selectors as logistics
from logistics import services as parcels
from logistics.models import MissingReport, Parcel
from logistics.selectors.missing import goods_words
from logistics.services import Found
from logistics.states.missing import MissingCause, Settlement
from orders import services as orders
from orders.models import Order
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
