"""The parts of the request page: where it stands, what was said and shown, what was asked when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import clock, masking, money, uploads
from aftersales.core.words import duration_words
from logistics.models import AttentionReason
from logistics.selectors.returning import ReturnAdvice, advice_of
from logistics.states import Direction, ParcelStatus
from refunds.models import Refund
from refunds.models.evidence import Purpose
from refunds.selectors.postage import UNKNOWN_WEIGHT_G, table_fen
from refunds.states import ExchangeStatus, Flow, GoodsStatus, Kind, Reason, RefundStatus
from refunds.states.guards import REFUSED

from . import exchange_parts
from .happening import then_words

Row = Mapping[str, Any]
S = RefundStatus
ENDED_OTHERWISE: dict[str, Any] = {
    S.CLOSED: gettext_lazy("Closed"),
    ExchangeStatus.CLOSED: gettext_lazy("Closed"),
    ExchangeStatus.TO_REFUND: gettext_lazy("Became a refund"),
}
TOGETHER = timedelta(seconds=5)  # a message and the files sent with it


# --- Where it stands --------------------------------------------------------------------------------------------------


def steps(refund: Refund, log: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the steps of the request's way with what is done, what is now, and when each was entered."""
    entered: dict[str, datetime] = {}
    for row in log:  # newest first: the last time wins
        if row["subject_type"] == "refund" and row["from_status"] != row["to_status"]:
            entered.setdefault(row["to_status"], row["at"])
    way = exchange_parts.way(refund) if refund.wants_goods else _way(refund)
    states = ExchangeStatus if refund.wants_goods else S
    if refund.status in REFUSED:
        stands = states.WAIT_SELLER_CONFIRM_GOODS if refund.goods_sent_back else states.WAIT_SELLER_AGREE
        at = [status for status, _label in way].index(stands)
        way[at] = (refund.status, _("Refused"))
    if refund.status in ENDED_OTHERWISE:
        way = [step for step in way[:-1] if step[0] in entered or not step[0]]
        way.append((refund.status, ENDED_OTHERWISE[refund.status]))
    now = [status for status, _label in way].index(refund.status)
    ended = not refund.is_open
    return [
        {
            "label": label,
            "state": "done" if place < now or ended else "now" if place == now else "todo",
            "at": refund.created_at if not status else entered.get(status) if place <= now else None,
        }
        for place, (status, label) in enumerate(way)
    ]


def _way(refund: Refund) -> list[tuple[str, str]]:
    way: list[tuple[str, str]] = [("", _("Applied")), (S.WAIT_SELLER_AGREE, _("Seller decides"))]
    if refund.flow == Flow.RETURN_REFUND:
        way += [
            (S.WAIT_BUYER_RETURN_GOODS, _("Buyer returns")),
            (S.WAIT_SELLER_CONFIRM_GOODS, _("Seller receives")),
        ]
    return [*way, (S.WAIT_SYSTEM_TRANSFER, _("Payment")), (S.SUCCESS, _("Refunded"))]


def deadline(refund: Refund, deadlines: Sequence[Row]) -> dict[str, Any] | None:
    """Say what happens by itself and when, or how much is left while the clock stands still (RFD-8, TMO-16)."""
    if not refund.due_at:
        return None
    then = then_words(status=refund.status, flow=refund.flow, action=refund.due_action)
    row = next(iter(deadlines), None)
    left = row["remaining_s"] if row and refund.due_paused else None
    return {
        "due_at": refund.due_at,
        "then": then,
        "against_shop": refund.due_against_shop,
        "paused": refund.due_paused,
        "remaining_text": _("%(time)s left") % {"time": duration_words(timedelta(seconds=left))} if left else "",
        "rule": row["rule"] if row else "",
    }


# --- What was said and shown ------------------------------------------------------------------------------------------


def gallery(refund: Refund, evidence: Sequence[Row]) -> list[dict[str, Any]]:
    """Give every file with who sent it and when, in order of time."""
    return [_shot(refund, row) for row in evidence]


def _shot(refund: Refund, row: Row) -> dict[str, Any]:
    kind = row["content_type"]
    form = "picture" if kind in uploads.IMAGES else "video" if kind == uploads.MP4 else "paper"
    sender = masking.mask_name(refund.order.buyer.nick) if row["side"] == "buyer" else row["actor_name"]
    side = {
        "buyer": _("Buyer"),
        "seller": _("Seller"),
        "warehouse": _("Warehouse"),
        "platform": _("Platform"),
    }[row["side"]]
    return {
        "id": row["id"],
        "form": form,
        "side": row["side"],
        "from": f"{side} {sender}",
        "at": row["attached_at"] or row["created_at"],
        "name": row["original_name"] or row["id"],
        "purpose": dict(Purpose.choices).get(row["purpose"], ""),
        "url": reverse("evidence-file", args=[row["id"]]),
        "small_url": reverse("evidence-thumbnail", args=[row["id"]]) if form == "picture" else "",
    }


def conversation(refund: Refund, messages: Sequence[Row], shots: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what both sides wrote and sent, oldest first; files stand with the message that they came with.

    What came with the application itself stands above, beside what is asked.
    """
    nick = masking.mask_name(refund.order.buyer.nick)
    said: list[dict[str, Any]] = []
    for row in reversed(messages):
        shop = row["side"] == "seller"
        who = {"buyer": nick, "seller": row["author_name"], "platform": _("Platform")}.get(row["side"], _("System"))
        side = "shop" if shop else row["side"] if row["side"] == "buyer" else "system"
        said.append({"side": side, "who": who, "at": row["created_at"], "text": row["text"], "shots": []})
    for shot in shots:
        if shot["side"] == "buyer" and abs(shot["at"] - refund.created_at) <= TOGETHER:
            continue
        side = "buyer" if shot["side"] == "buyer" else "system" if shot["side"] == "platform" else "shop"
        host = next((one for one in said if one["side"] == side and abs(one["at"] - shot["at"]) <= TOGETHER), None)
        if host is None:
            host = {"side": side, "who": shot["from"], "at": shot["at"], "text": "", "shots": []}
            said.append(host)
        host["shots"].append(shot)
    return sorted(said, key=lambda one: one["at"])


# --- What was asked, each time (APP-8) --------------------------------------------------------------------------------


def versions(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Give the versions of what the buyer asked, newest first, each with what differs from the one before."""
    shown = []
    for place, row in enumerate(rows):
        now = _asked(row["asked"])
        before = _asked(rows[place + 1]["asked"]) if place + 1 < len(rows) else {}
        changes = [
            {"label": label, "before": before.get(label, ""), "after": value}
            for label, value in now.items()
            if before.get(label, "") != value
        ]
        shown.append({"number": row["number"], "at": row["created_at"], "changes": changes, "first": not before})
    return shown


def _asked(asked: Mapping[str, Any]) -> dict[str, str]:
    lines = _(", ").join(f"{line['line_no']} ×{line['quantity']}" for line in asked.get("lines", []))
    wanted = [line for line in asked.get("lines", []) if line.get("exchange_sku")]
    return {
        _("Kind"): str(dict(Kind.choices).get(asked.get("kind", ""), "")),
        _("Goods status"): str(dict(GoodsStatus.choices).get(asked.get("goods_status", ""), "")),
        _("Reason"): str(dict(Reason.choices).get(asked.get("reason", ""), "")),
        _("Amount"): f"¥{money.yuan(asked.get('amount_fen', 0))}",
        _("Lines"): lines,
        _("Wanted instead"): _(", ").join(line["exchange_sku"] for line in wanted),
        _("Description"): asked.get("description", ""),
    }


# --- Parcels ----------------------------------------------------------------------------------------------------------


def parcels(rows: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Give what went out and what came back, with carriers' names; earlier numbers stay beside the last (RFD-6)."""
    out = [{**row, "carrier": row["carrier_name"] or row["carrier"]} for row in rows["parcels"]]
    back = [{**row, "carrier": row["carrier_name"] or row["carrier"]} for row in rows["shipments"]]
    return {"out": out, "back": back}


def way_back(refund: Refund, rows: Mapping[str, Any]) -> ReturnAdvice | None:
    """Give what the buyer is told who is to send the goods back (LOG-7); None before and after."""
    if refund.status not in (S.WAIT_BUYER_RETURN_GOODS, ExchangeStatus.WAIT_BUYER_RETURN_GOODS):
        return None
    grams = sum((line["weight_g"] or UNKNOWN_WEIGHT_G) * (line["asked_quantity"] or 0) for line in rows["lines"])
    return advice_of(refund, rows["carriers_back"], table_fen(refund.order, grams))


def movement(rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give all parcels of the order, out, back and instead, what was heard of last on top, in words (LOG-6)."""
    return [
        row
        | {
            "carrier": row["carrier_name"] or row["carrier"],
            "way": Direction(row["direction"]).label,
            "state": ParcelStatus(row["status"]).label,
            "at": row["last_scan_at"] or row["shipped_at"],
            "needs": [AttentionReason(reason).label for reason in row["reasons"]],
        }
        for row in rows["movement"]
    ]


def is_late(task: Row) -> bool:
    """Say whether a task was not done in time (TKT-4)."""
    due: datetime = task["due_at"]
    return task["done_at"] is None and due < clock.now()
