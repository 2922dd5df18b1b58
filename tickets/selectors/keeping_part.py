"""The card "keep the sale" of the request page: what to offer instead, and what came of earlier offers (DEC-5)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.selectors import keeping
from refunds.states.guards import DESK
from refunds.states.keeping import may_keep_sale


def keeping_part(refund: Refund, rows: Mapping[str, Any], actor: Actor) -> dict[str, Any] | None:
    """Give other goods to offer, each with the way to its dialog, and the attempts; None where there is neither.

    One statement where an exchange may be offered, else none.
    """
    offered = [_attempt(row) for row in keeping.attempts(refund, rows["proposals"])]
    if not may_keep_sale(refund):
        return {"offers": [], "attempts": offered, "url": "", "days": 0} if offered else None
    may_offer = actor.role in DESK
    several = sum(bool(line["asked_quantity"]) for line in rows["lines"]) > 1
    return {
        "offers": [] if several else [_offer(refund, row, may_offer) for row in keeping.alternatives(refund)],
        "attempts": offered,
        "several": several,
        "url": _dialog(refund, "") if may_offer else "",
        "days": keeping.sold_within(refund),
    }


def _offer(refund: Refund, row: Mapping[str, Any], may_offer: bool) -> dict[str, Any]:
    return {**row, "url": _dialog(refund, row["sku"]) if may_offer else ""}


def _dialog(refund: Refund, sku: str) -> str:
    """Give the way to the dialog of proposals, filled in as an exchange for these goods."""
    return f"{reverse('tickets:request_action', args=[refund.refund_no, 'propose'])}?{urlencode({'exchange': sku})}"


def _attempt(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "label": row["outcome"].label, "result": _result(row)}


def _result(row: Mapping[str, Any]) -> str:
    """Say what the accepted one came to; nothing of the others."""
    if row["outcome"] != "accepted" or row["saved"] is None:
        return ""
    return _("sale saved") if row["saved"] else _("sale not saved")
