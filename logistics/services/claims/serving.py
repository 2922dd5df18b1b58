"""The buyer first: a request in his name for exactly the goods that are claimed (CLM-3)."""

from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.auth import Actor
from logistics.models import Claim
from logistics.states.claim import CLAIM as MACHINE
from logistics.states.claim import ClaimCause
from refunds import services as refunds
from refunds.models import Refund
from refunds.services import Ask, LineAsk
from refunds.states import GoodsStatus, Reason

WHY = {
    ClaimCause.LOST: (GoodsStatus.NOT_RECEIVED, Reason.LOST_OR_EMPTY),
    ClaimCause.LATE: (GoodsStatus.NOT_RECEIVED, Reason.NOT_RECEIVED),
    ClaimCause.DAMAGED: (GoodsStatus.RECEIVED, Reason.DAMAGED),
    ClaimCause.STOLEN_FROM: (GoodsStatus.RECEIVED, Reason.WRONG_OR_MISSING),
    ClaimCause.SHORT: (GoodsStatus.RECEIVED, Reason.WRONG_OR_MISSING),
    ClaimCause.OTHER: (GoodsStatus.RECEIVED, Reason.OTHER),
}
"""What a cause is in a buyer's words: whether the goods came, and the reason."""


def claim_serve_buyer(*, claim: Claim, actor: Actor, kind: str) -> Refund:
    """Open the request by which the buyer gets goods or money for what is claimed; it is agreed like any other.

    Locks: the order. Emits: refund.created. Raises: NotFound, Forbidden, and what `refund_apply` raises.
    """
    if not actor.sees(claim.shop_id):
        raise errors.NotFound()
    if actor.role not in MACHINE.roles_of["draft"]:
        raise errors.Forbidden()
    goods_status, reason = WHY[ClaimCause(claim.cause)]
    lines = claim.lines.select_related("order_line").order_by("order_line_id")
    ask = Ask(
        kind=kind,
        goods_status=goods_status,
        reason=reason,
        lines=tuple(LineAsk(line.order_line.line_no, line.quantity) for line in lines),
        description=_("Opened with courier claim %(number)s.") % {"number": claim.claim_no},
    )
    return refunds.refund_apply(order=claim.order, ask=ask, actor=actor)
