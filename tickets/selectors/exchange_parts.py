"""The parts of the request page that exchanges and reships have of their own: their way, what goes for what."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import money
from refunds.models import Refund
from refunds.states import ExchangeStatus, Flow, ReplacementTrouble

Row = Mapping[str, Any]
X = ExchangeStatus


def way(refund: Refund) -> list[tuple[str, str]]:
    """Give the statuses that a request for goods passes, each with its short name (EXC-1)."""
    steps: list[tuple[str, str]] = [("", _("Applied")), (X.WAIT_SELLER_AGREE, _("Seller decides"))]
    if refund.flow == Flow.EXCHANGE:
        steps += [
            (X.WAIT_BUYER_RETURN_GOODS, _("Buyer returns")),
            (X.WAIT_SELLER_CONFIRM_GOODS, _("Seller receives")),
        ]
    return [
        *steps,
        (X.WAIT_SELLER_SEND_GOODS, _("Seller sends")),
        (X.WAIT_BUYER_CONFIRM_GOODS, _("Buyer receives")),
        (X.SUCCESS, _("Done")),
    ]


def exchange(refund: Refund, rows: Mapping[str, Any]) -> dict[str, Any] | None:
    """Say what goes for what, and how the price difference came about (AMT-5); None where money is asked for."""
    if not refund.wants_goods:
        return None
    difference = refund.difference_fen
    return {
        "lines": [_line(line) for line in rows["lines"] if line["asked_quantity"]],
        "agreed": refund.status not in (X.WAIT_SELLER_AGREE, X.CLOSED) or bool(difference),
        "difference_fen": abs(difference),
        "who": "buyer" if difference > 0 else "shop" if difference < 0 else "",
        "settled": refund.difference_settled,
        "first": refund.ships_first,
        "return_missing": refund.ships_first
        and refund.received_at is None
        and refund.status == X.WAIT_BUYER_CONFIRM_GOODS,
        "trouble": ReplacementTrouble(refund.replacement_trouble) if refund.replacement_trouble else None,
        "parcels": [{**row, "carrier": row["carrier_name"] or row["carrier"]} for row in rows["replacements"]],
    }


def _line(line: Row) -> dict[str, Any]:
    paid = money.unit_shares(line["paid_share_fen"], line["quantity"])
    taken, count = line["returned_quantity"], line["asked_quantity"]
    old = sum(paid[taken : taken + count])
    price = line["exchange_price_fen"]
    return {
        "title": line["title"],
        "sku": line["sku"],
        "wanted": line["exchange_sku"] or line["sku"],
        "same": not line["exchange_sku"] or line["exchange_sku"] == line["sku"],
        "quantity": count,
        "old_fen": old,
        "new_fen": old if price is None else price * count,
    }
