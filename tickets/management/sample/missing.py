"""Goods and gifts that buyers do not find in their parcels, in the sample data (MIS)."""

from collections.abc import Callable

from logistics import services as logistics
from logistics.models import Packing, Parcel
from logistics.selectors import missing as selectors
from logistics.services import Found
from logistics.services.claims import LineClaim
from logistics.states.missing import Intact
from orders.models import Order
from tickets import services as tickets

from .case import Case


def _order(case: Case) -> Order:
    order: Order = Order.objects.get(pk=case.order.pk)
    return order


def _pack(case: Case, more: str) -> None:
    """Let the warehouse weigh the parcel: so many times of what its goods weigh."""
    order = _order(case)
    carrier, number = case.parcel()
    goods = sum((line.weight_g or 1) * line.quantity for line in order.lines.all())
    logistics.parcel_pack(
        order=order,
        actor=case.cast.warehouse,
        carrier=carrier,
        tracking_no=number,
        packed_weight_g=max(round(goods * float(more or 1.08)), 1),
    )


def _missing(case: Case, more: str) -> None:
    """Settle one piece of the first goods, as recommended or as said; "opened" is theft that nobody photographed."""
    parcel = Parcel.objects.filter(order=case.order, direction="out").latest("id")
    line = selectors.lines_in(parcel)[0]
    packed = Packing.objects.filter(parcel=parcel, superseded_at=None).values_list("packed_weight_g", flat=True).first()
    stolen = more == "theft"
    found = Found(
        lines=[LineClaim(line.line_no, 1)],
        intact=Intact.NO if stolen or more == "opened" else Intact.YES,
        carrier_weight_g=round(packed * 0.7) if stolen and packed else packed,
        evidence_ids=case.album.send(
            ("torn_box", "courier_label"), actor=case.agent, shop=case.stage.shop, purpose="claim"
        )
        if stolen
        else (),
    )
    compared = selectors.compare(parcel, [(line, 1)], intact=found.intact, carrier_weight_g=found.carrier_weight_g)
    settlement = more if more in ("look_into", "next_time") else compared.recommended
    tickets.goods_missing(
        order=_order(case),
        parcel=parcel,
        actor=case.agent,
        found=found,
        settlement=settlement,
        answer=compared.answer(settlement),
        claim=stolen,
    )


def _gift(case: Case, more: str) -> None:
    """Promise a gift in chat: it goes along, or is owed where everything has left."""
    tickets.gift_promise(
        order=_order(case), actor=case.agent, gift=more, answer="好的，已为您备注，仓库会一起放进包裹。"
    )


def _no_gift(case: Case, more: str) -> None:
    """Settle a gift that was promised in chat alone."""
    answer = "非常抱歉，答应您的赠品漏了备注，已为您登记，下次下单一起补上。"
    logistics.gift_missing(order=_order(case), actor=case.agent, gift=more, noted=False, answer=answer)


WORDS: dict[str, Callable[[Case, str], object]] = {
    "pack": _pack,
    "missing": _missing,
    "gift": _gift,
    "no_gift": _no_gift,
}
