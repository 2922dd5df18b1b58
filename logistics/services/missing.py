"""Goods that were not in the parcel: found, settled and claimed in one step, and only once (MIS-1, MIS-2, CLM-3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, errors
from aftersales.core.auth import Actor
from logistics.models import Claim, MissingLine, MissingReport, Parcel
from logistics.selectors import carrier_name
from logistics.selectors import missing as selectors
from logistics.selectors.missing import Comparison
from logistics.states.claim import ClaimCause
from logistics.states.missing import REQUESTED, Settlement
from orders import services as orders
from orders.models import Order, OrderLine
from orders.models.orders import Flag
from orders.states import DESK
from refunds import services as refunds
from refunds.models import Refund
from refunds.services import Ask, LineAsk
from refunds.services.evidence import evidence_attach_to_order
from refunds.states import GoodsStatus, Kind, Reason

from .claims import LineClaim, claim_draft

_KINDS = {Settlement.RESHIP: Kind.RESHIP, Settlement.REFUND: Kind.REFUND_ONLY}


@dataclass(frozen=True, slots=True)
class Found:
    """What the buyer answered: which goods are missing, how the parcel looked, its weight on the waybill, photos."""

    lines: Sequence[LineClaim]
    intact: str
    carrier_weight_g: int | None = None
    evidence_ids: Sequence[str] = ()


def missing_settle(
    *, parcel: Parcel, actor: Actor, found: Found, settlement: str, answer: str, claim: bool = False
) -> MissingReport:
    """Settle what is missing from a parcel: the buyer first, then the claim, and a note that says both (CLM-3).

    Goods that are sent again or refunded are asked for by a request in the buyer's name, which is agreed like any
    other; what goes with the next order is a yellow note (ORD-5). What was only looked into before may be settled now.
    Locks: the order. Emits: refund.created, claim.drafted. Raises: NotFound, Forbidden, Invalid (goods, photos),
    Conflict MIS-1 (`reported_already`), and what `refund_apply` and `claim_draft` raise.
    """
    if not actor.sees(parcel.shop_id):
        raise errors.NotFound()
    if actor.role not in DESK:
        raise errors.Forbidden()
    with transaction.atomic(savepoint=False):
        [order] = orders.order_lock([parcel.order_id], False)
        goods = _goods(parcel, found.lines)
        _make_way(parcel, [line for line, _quantity in goods])
        compared = selectors.compare(parcel, goods, intact=found.intact, carrier_weight_g=found.carrier_weight_g)
        photos = evidence_attach_to_order(order=order, evidence_ids=found.evidence_ids, actor=actor, purpose="claim")
        refund = _request(order, actor, found.lines, settlement) if settlement in REQUESTED else None
        claimed = _claim(parcel, actor, found, compared) if claim else None
        note = orders.note_add(
            order=order,
            actor=actor,
            text=_words(parcel, compared, settlement, refund, answer),
            flag=Flag.YELLOW if settlement == Settlement.NEXT_TIME else "",
        )
        report = MissingReport.objects.create(
            shop_id=parcel.shop_id,
            order=order,
            parcel=parcel,
            intact=found.intact,
            carrier_weight_g=found.carrier_weight_g,
            packed_weight_g=compared.weights.packed_g,
            expected_weight_g=compared.weights.expected_g,
            cause=compared.cause,
            settlement=settlement,
            refund=refund,
            claim=claimed,
            note=note,
            created_by=actor.name,
            created_at=clock.now(),
        )
        report.photos.set(photos)
        MissingLine.objects.bulk_create(
            MissingLine(report=report, parcel=parcel, order_line=line, quantity=quantity) for line, quantity in goods
        )
        return report


def _goods(parcel: Parcel, lines: Sequence[LineClaim]) -> list[tuple[OrderLine, int]]:
    """Find the lines in the parcel. Raises: Invalid."""
    if not parcel.may_be_short:
        raise errors.Conflict(_("This parcel did not reach the buyer: claim it, or ask the carrier."), rule="MIS-1")
    known = {line.line_no: line for line in selectors.lines_in(parcel)}
    if not lines:
        text = gettext_lazy("Say which goods are missing, and how many of them.")
        raise errors.Invalid(errors=[errors.FieldError("lines", "required", text)])
    wrong, goods = [], {}
    for index, one in enumerate(lines):
        line = known.get(one.line_no)
        if line is None or line in goods:
            text = gettext_lazy("These goods were not in this parcel.")
            wrong.append(errors.FieldError(f"lines[{index}].line_no", "unknown_line", text))
        elif not 0 < one.quantity <= line.quantity:
            words = _("At most %(most)s of it were in the order.") % {"most": line.quantity}
            wrong.append(errors.FieldError(f"lines[{index}].quantity", "quantity", words))
        else:
            goods[line] = one.quantity
    if wrong:
        raise errors.Invalid(errors=wrong)
    return list(goods.items())


def _make_way(parcel: Parcel, lines: Sequence[OrderLine]) -> None:
    """Refuse goods that are settled already; the database would, without words. What was looked into gives way."""
    standing = selectors.reported(parcel, lines)
    settled = next((one for one in standing if one.report.settlement != Settlement.LOOK_INTO), None)
    if settled is not None:
        words = _("“%(goods)s” is settled already: %(how)s.")
        said = words % {"goods": settled.order_line.title, "how": selectors.settled_words(settled.report)}
        raise errors.Conflict(said, code="reported_already", rule="MIS-1")
    MissingLine.objects.filter(pk__in=[one.pk for one in standing]).update(superseded_at=clock.now())


def _request(order: Order, actor: Actor, lines: Sequence[LineClaim], settlement: str) -> Refund:
    ask = Ask(
        kind=_KINDS[Settlement(settlement)],
        goods_status=GoodsStatus.RECEIVED,
        reason=Reason.WRONG_OR_MISSING,
        lines=tuple(LineAsk(one.line_no, one.quantity) for one in lines),
        description=_("Goods were missing from the parcel."),
    )
    return refunds.refund_apply(order=order, ask=ask, actor=actor)


def _claim(parcel: Parcel, actor: Actor, found: Found, compared: Comparison) -> Claim:
    return claim_draft(
        parcel=parcel,
        actor=actor,
        cause=ClaimCause.STOLEN_FROM,
        lines=found.lines,
        note=f"{compared.why} {_weights_words(compared)}".strip(),
        evidence_ids=found.evidence_ids,
    )


def _words(parcel: Parcel, compared: Comparison, settlement: str, refund: Refund | None, answer: str) -> str:
    """Say on the order what is missing, why, and what the buyer was told."""
    parts = [
        _("Missing: %(goods)s") % {"goods": compared.goods},
        f"{carrier_name(parcel.carrier)} {parcel.tracking_no}".strip(),
        f"{compared.cause.label} ({_weights_words(compared)})" if _weights_words(compared) else compared.cause.label,
        f"{Settlement(settlement).label} {refund.refund_no if refund else ''}".strip(),
        _("Told the buyer: %(answer)s") % {"answer": answer.strip()} if answer.strip() else "",
    ]
    return " · ".join(str(part) for part in parts if part)


def _weights_words(compared: Comparison) -> str:
    known = [(row["title"], row["g"]) for row in compared.rows if row["g"] is not None]
    return _(", ").join(f"{title} {grams} g" for title, grams in known)
