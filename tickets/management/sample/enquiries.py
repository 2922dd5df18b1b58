"""Parcels that buyers ask for or that need someone in the sample data: the words in which they are told (LOG)."""

from collections.abc import Callable
from typing import Any

from aftersales.core import clock
from logistics import services as logistics
from logistics.models import Parcel
from logistics.selectors.enquiries import Cause, WayOut
from orders.models import Order
from tickets import services as tickets

from .case import Case
from .following import TOLD_BY, scan


def _parcel(case: Case) -> Parcel:
    parcel: Parcel = Parcel.objects.filter(order=case.order).exclude(direction="return").latest("id")
    return parcel


def _order(case: Case) -> Order:
    order: Order = Order.objects.get(pk=case.order.pk)
    return order


def _untracked(case: Case, more: str) -> None:
    answers = {
        Cause.NOT_HANDED_OVER: "包裹已打包,正在交给快递,高峰期揽收会慢一些,我们帮您盯着。",
        Cause.CARRIER_SILENT: "已联系快递核实包裹位置,一天内给您答复。",
    }
    cause = Cause(more)
    tickets.untracked_answer(
        order=_order(case), parcel=_parcel(case), actor=case.agent, cause=cause, answer=answers[cause]
    )


def _undeliverable(case: Case, more: str) -> None:
    whom: dict[str, Any] = {"order": _order(case), "parcel": _parcel(case), "actor": case.agent}
    if more == "ask":
        answer = "快递说您的地址暂时送不到,我们正在确认怎样最快送到,收货时间会为您延长。"
        tickets.undeliverable_ask(**whom, answer=answer)
        return
    answer = "已安排改走邮政,大约还要十天左右,收货时间已为您延长。"
    way = WayOut(more)
    tickets.undeliverable_settle(**whom, way=way, days=6 if way == WayOut.TRANSFER else 12, cost_fen=900, answer=answer)


def _faster(case: Case, more: str) -> None:
    tickets.faster_ship(
        order=_order(case),
        actor=case.agent,
        carrier="顺丰速运",
        surcharge_fen=1000,
        paid_by="差价链接",
        answer="好的,差价已收到,今天用顺丰发出。",
    )


def _recall(case: Case, more: str) -> None:
    tickets.parcel_recall(
        order=_order(case),
        parcel=_parcel(case),
        actor=case.agent,
        reason="买家不想要了",
        answer="已联系快递追回,如果仍派送请直接拒收。",
    )


def _denied(case: Case, more: str) -> None:
    tickets.receipt_denied(
        order=_order(case),
        parcel=_parcel(case),
        actor=case.agent,
        said="没收到,也没有人联系我",
        answer="已让快递核实签收人,一天内给您答复;确认丢件我们先补发或退款。",
    )


def _lost(case: Case, more: str) -> None:
    """The carrier gives up the parcel that went last."""
    tickets.parcel_lost(
        order=_order(case),
        parcel=_parcel(case),
        actor=case.agent,
        said="网点确认丢失,同意理赔",
        answer="非常抱歉,快递把包裹弄丢了。不用等快递处理,我们马上给您重发。",
    )


def _scan(case: Case, more: str) -> None:
    """The latest parcel of the order, whichever way it goes, is scanned now."""
    parcel = Parcel.objects.filter(order=case.order).latest("id")
    logistics.scans_record(parcel=parcel, scans=[scan(more, clock.now())], source=TOLD_BY)


WORDS: dict[str, Callable[[Case, str], object]] = {
    "untracked": _untracked,
    "undeliverable": _undeliverable,
    "faster": _faster,
    "recall": _recall,
    "denied": _denied,
    "lost": _lost,
    "scan": _scan,
}
