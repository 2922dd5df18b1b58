"""What return postage should cost and who owes it: what the payout dialog proposes, and why (PAY-3, domain.md §9)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.core import policies
from orders.models import Order, OrderLine
from refunds.models import Refund
from refunds.states import Kind, Reason
from refunds.states.words import SELLER_FAULT

ANYWHERE = "*"
UNKNOWN_WEIGHT_G = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who owes the postage of a return, how much it should be, and the sentence that says why."""

    owes: str
    amount_fen: int
    why: str | Promise


def table_fen(order: Order, weight_g: int) -> int:
    """Give what the table says for the buyer's region and a weight in grams (PAY-3, LOG-7)."""
    region = order.receiver_region.removeprefix("中国").strip()
    for row in policies.get("payout.postage", shop_id=order.shop_id):
        if any(name == ANYWHERE or region.startswith(name) for name in row["regions"]):
            steps = max(math.ceil((weight_g - row["first_g"]) / row["step_g"]), 0)
            fen: int = row["first_fen"] + steps * row["step_fen"]
            return fen
    return 0


def weight_g(lines: Sequence[OrderLine], quantities: dict[int, int] | None = None) -> int:
    """Add up what the units weigh, in grams; goods of unknown weight count as the first step of the table."""
    of_line = quantities or {line.pk: line.quantity for line in lines}
    return sum((line.weight_g or UNKNOWN_WEIGHT_G) * of_line.get(line.pk, 0) for line in lines)


def postage_expected(refund: Refund) -> int:
    """Give what sending the goods of a return back should cost, whoever owes it (LOG-7); one statement."""
    lines = list(refund.lines.filter(quantity__gt=0).select_related("order_line"))
    units = {line.order_line_id: line.quantity for line in lines}
    return table_fen(refund.order, weight_g([line.order_line for line in lines], units))


def postage_owed(refund: Refund) -> Proposal:
    """Say who owes the postage of this return, and how much it should be by the table; two statements.

    The reason that the buyer gave decides, unless the goods were agreed to come back without a word about postage.
    """
    fen = postage_expected(refund)
    if refund.kind == Kind.EXCHANGE and refund.reason == Reason.SEVEN_DAY:
        return Proposal("buyer", 0, _("A seven-day exchange: the buyer pays all of the postage."))
    if refund.reason == Reason.SEVEN_DAY:
        return Proposal("buyer", 0, _("A seven-day return: the way back is the buyer's."))
    if refund.reason in (Reason.NO_LONGER_WANTED, Reason.ORDERED_BY_MISTAKE):
        return Proposal("buyer", 0, _("The buyer changed his mind: the way back is the buyer's."))
    if refund.reason in SELLER_FAULT:
        return Proposal("seller", fen, _("The seller's fault or the goods': the seller pays the way back."))
    return Proposal("seller", fen, _("Agreed without a word about postage: the seller pays the way back."))
