"""How the sum of a request came about: for reading only, the rules themselves stand in refunds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aftersales.core import money
from refunds.models import Refund
from refunds.states import Flow, RefundStatus
from refunds.states.words import SELLER_FAULT

Row = Mapping[str, Any]


def breakdown(refund: Refund, lines: Sequence[Row]) -> dict[str, Any]:
    """Show how the amount follows from what was paid: shares, postage, what was given before (AMT-1, AMT-2, AMT-4)."""
    order = refund.order
    rows = [row for line in lines if line["asked_quantity"] for row in _line_rows(refund, line)]
    rows += [row for line in lines if line["asked_quantity"] == 0 for row in _rest_rows(line)]
    rows.append(
        {"label": _("Postage"), "why": _postage_words(refund), "fen": refund.postage_fen if order.postage_fen else 0}
    )
    given = _own(refund)
    return {
        "rows": rows,
        "total_fen": refund.amount_fen,
        "settlements": [_settlement(told) for told in refund.settlement],
        "order": {
            "paid_fen": order.paid_fen,
            "given_fen": order.promised_fen + order.refunded_fen - given,
            "this_fen": refund.amount_fen,
            # Not below nothing: a request that is closed holds nothing any more.
            "left_fen": max(order.left_fen - (refund.amount_fen - given), 0) if refund.is_open else order.left_fen,
        },
    }


def line_figures(line: Row) -> dict[str, int]:
    """Say of a line what was given back or promised, by this request and others, and what is left (AMT-1)."""
    given = line["promised_fen"] + line["refunded_fen"]
    return {"given_fen": given, "left_fen": line["paid_share_fen"] - given - line["held_fen"]}


def _own(refund: Refund) -> int:
    """What of the order's promised and given sums is this request's own."""
    return refund.amount_fen if refund.status in (RefundStatus.WAIT_SYSTEM_TRANSFER, RefundStatus.SUCCESS) else 0


def _line_rows(refund: Refund, line: Row) -> list[dict[str, Any]]:
    """Give the shares of the units concerned, then what takes away from them until the asked amount is left."""
    shares = money.unit_shares(line["paid_share_fen"], line["quantity"])
    taken = line["returned_quantity"]
    if _own(refund) and line["takes_units"]:
        taken -= line["asked_quantity"]
    units = shares[taken : taken + line["asked_quantity"]] or shares[: line["asked_quantity"]]
    why = ""
    if line["quantity"] > 1:
        why = _("%(share)s paid for %(quantity)s, of which %(asked)s") % {
            "share": f"¥{money.yuan(line['paid_share_fen'])}",
            "quantity": line["quantity"],
            "asked": line["asked_quantity"],
        }
    name = f"{line['title']} ×{line['asked_quantity']}"
    rows = [{"label": name, "why": why or _("share paid"), "fen": sum(units)}]
    held = line["asked_held_fen"]
    own = line["asked_fen"] + held if _own(refund) else 0
    most = min(sum(units), line_figures(line)["left_fen"] + own)
    if most < sum(units):
        rows.append(_less(_("given back or promised before"), sum(units) - most))
    if held > 0:
        rows.append(_less(_("held back for what is kept"), held))
    elif held < 0:
        rows.append({"label": "", "why": _("held back before, given back now"), "fen": -held})
    most -= held
    if line["asked_fen"] < most:
        rows.append(_less(_("less than possible, as asked or agreed"), most - line["asked_fen"]))
    return rows


def _rest_rows(line: Row) -> list[dict[str, Any]]:
    """Give what is let go of a line that came back before (AMT-3)."""
    most = -line["asked_held_fen"]
    rows = [{"label": line["title"], "why": _("held back before, given back now"), "fen": most}]
    if line["asked_fen"] < most:
        rows.append(_less(_("less than possible, as asked or agreed"), most - line["asked_fen"]))
    return rows


def _settlement(told: Row) -> dict[str, Any]:
    """Show how a bundle or a gift was settled when it was asked: paid, less what is kept, less what was settled."""
    kept = told["kept"]
    rows = [{"label": pgettext("amount", "Paid"), "why": "", "fen": told["paid_fen"]}]
    for one in kept:
        name = f"{one['title']} {one['sku']}".strip() + f" ×{one['quantity']}"
        rows.append(_less(_kept_words(one, told["why"]), one["counts_fen"]) | {"label": name})
    if told["before_fen"]:
        rows.append(_less(_("settled by earlier returns"), told["before_fen"]))
    rest = told["paid_fen"] - told["before_fen"] - sum(one["counts_fen"] for one in kept)
    if told["why"] == "fault":
        label = _("The seller is at fault: nothing is taken off")
    else:
        label = _("For what comes back, never less than nothing") if rest < 0 else _("For what comes back")
    name = told["bundle"] or (kept[0]["title"] if kept and kept[0]["gift"] else _("Gifts"))
    return {"name": name, "rows": rows, "label": label, "total_fen": told["goes_fen"]}


def _kept_words(one: Row, why: str) -> str:
    if one["gift"]:
        return _("kept, its marked price")
    return _("kept, share paid: the threshold is still reached") if why == "threshold" else _("kept, list price")


def _less(why: str, fen: int) -> dict[str, Any]:
    return {"label": "", "why": why, "fen": -fen, "less_fen": fen}


def _postage_words(refund: Refund) -> str:
    """Say why the postage is in the sum or is not (AMT-4)."""
    order = refund.order
    if not order.postage_fen:
        return _("none was paid")
    paid = f"¥{money.yuan(order.postage_fen)}"
    if refund.postage_fen:
        if refund.flow == Flow.UNSHIPPED:
            return _("goes back with the last goods before shipment")
        return _("the seller is at fault")
    if refund.flow == Flow.UNSHIPPED:
        return _("%(paid)s goes back with the last goods") % {"paid": paid}
    if refund.reason in SELLER_FAULT:
        return _("%(paid)s stays: goods are kept, or it was given back") % {"paid": paid}
    return _("%(paid)s stays: shipped, and the seller is not at fault") % {"paid": paid}
