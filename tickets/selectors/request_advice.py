"""What the playbook recommends for a request, with why and the steps, each filled from data where it can be (DEC)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aftersales.core import clock
from aftersales.core.auth import Actor
from refunds.models import Refund
from refunds.services.assessing import seven_day_until
from refunds.states import Flow, Kind, ProposalKind, ProposalStatus

from . import playbook
from .playbook import BUTTONS, REPLIES, Action, Facts, Postage, Rule, Sign
from .request_actions import action_label
from .request_looks import THREE, Row, asked_lines, given_fen, look, share_fen
from .request_parts import way_back
from .request_rows import request_get_for, request_rows


def request_advice(refund: Refund, rows: Mapping[str, Any], at: datetime) -> dict[str, Any] | None:
    """Give what is recommended for an open request, None when it has ended; no query but for figures that are stale.

    Nothing is forced by it: every step stays as possible as the edge table says.
    """
    if not refund.is_open:
        return None
    found = playbook.recommend(playbook.in_force(), facts_of(refund, rows, at=at))
    rule = found.rule
    button = BUTTONS.get(rule.action, "")
    return {
        "rule": rule.id,
        "title": str(rule.title),
        "action": rule.action,
        "label": action_label(refund, button) if rule.action == Action.AGREE else Action(rule.action).label,
        "button": button,
        "why": rule.why(),
        "rests_on": rule.rests_on,
        "postage": Postage(rule.postage).label if rule.postage else "",
        "postage_key": rule.postage,
        "signs": [Sign(sign).label for sign in rule.signs],
        "sign_keys": rule.signs,
        "reply": _reply(rule, refund, rows),
        "steps": _steps(rule, refund, rows),
        "also": [{"title": str(other.title), "label": Action(other.action).label} for other in found.also],
        "version": found.version,
    }


def _reply(rule: Rule, refund: Refund, rows: Mapping[str, Any]) -> str:
    """Give the ready words, to a buyer who is to send goods back with the carriers that do (LOG-7)."""
    words = str(REPLIES[rule.reply]) if rule.reply else ""
    told = way_back(refund, rows) if rule.reply == "how_to_return" else None
    return f"{words}{told.text}" if told else words


def recommendation_document(actor: Actor, refund_no: str) -> dict[str, Any]:
    """Give what is recommended for a request as plain data for programs of the staff; two statements.

    Raises: Forbidden, NotFound.
    """
    refund = request_get_for(actor, refund_no)
    advice = request_advice(refund, request_rows(refund), clock.now())
    return {
        "refund_no": refund.refund_no,
        "version": refund.version,
        "recommendation": None if advice is None else _as_data(advice),
    }


def _as_data(advice: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("rule", "title", "action", "why", "rests_on", "reply")
    return {
        **{key: advice[key] for key in keys},
        "postage": advice["postage_key"] or None,
        "signs": advice["sign_keys"],
        "steps": [{"words": step["words"], "known": step["text"], "ok": step["ok"]} for step in advice["steps"]],
        "also": [other["title"] for other in advice["also"]],
        "playbook_version": advice["version"],
    }


def facts_of(refund: Refund, rows: Mapping[str, Any], *, at: datetime) -> Facts:
    """Give what is known of a request at a moment, from what `request_rows` read."""
    order, asked = refund.order, asked_lines(rows)
    unshipped = refund.flow == Flow.UNSHIPPED
    signed = None if unshipped else order.signed_at
    until = None if unshipped else seven_day_until(order)
    scores = [round(float(line["item_score"]) * 10) for line in asked if line["item_score"] is not None]
    categories = {line["category"] for line in asked}
    return Facts(
        status=refund.status,
        kind=refund.kind,
        goods_status=refund.goods_status,
        reason=refund.reason,
        phase=refund.phase,
        before_shipment=unshipped,
        in_dispute=refund.in_dispute,
        voided=unshipped and refund.void_result == "voided",
        parcel=_parcel(refund, rows["parcels"]),
        return_state=_return_state(refund, rows["inspections"]),
        replacement=refund.replacement_trouble or "as_sent",
        amount_fen=refund.amount_fen,
        full_amount=all(line["asked_fen"] >= _most_fen(refund, line) for line in asked),
        given_before=any(given_fen(refund, line) > 0 for line in asked),
        seven_day_goods=all(line["seven_day_return"] for line in asked),
        hot_seller=any(line["hot_seller"] for line in asked),
        insured=order.freight_insurance,
        pictures=sum(row["side"] == "buyer" for row in rows["evidence"]),
        attempt=refund.attempt,
        refusals=refund.refusals,
        guided_in_vain=_guided_in_vain(rows["proposals"]),
        buyer_requests=rows["counts"]["requests"],
        buyer_refusals=rows["counts"]["refusals"],
        shipped_days=None if unshipped else days_between(order.shipped_at, at),
        signed_days=days_between(signed, refund.created_at),
        in_time=None if until is None else refund.created_at < until,
        item_score=min(scores, default=None),
        category=categories.pop() or None if len(categories) == 1 else None,
        shop=refund.shop.code,
    )


def _steps(rule: Rule, refund: Refund, rows: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the rule's steps, then what the three looks know besides (DEC-1); each look is written out once."""
    steps, written = [], set()
    for step in rule.steps:
        filled = look(step.look, refund, rows) if step.look else {"ok": "todo", "text": ""}
        text = "" if step.look in written else filled["text"]
        written.add(step.look)
        steps.append({"words": str(step.words), "ok": filled["ok"], "text": text})
    besides = [{"words": "", **look(name, refund, rows)} for name in THREE if name not in written]
    return steps + [one for one in besides if one["ok"] != "unknown"]


def _guided_in_vain(proposals: Sequence[Row]) -> bool:
    """Say whether the last that was proposed was to correct the request, and nothing came of it in time (DEC-3).

    An exchange that was offered to keep the sale corrects nothing (DEC-5).
    """
    last = next((row for row in proposals if not row["keeps_sale"]), None)
    return last is not None and (last["kind"], last["status"]) == (ProposalKind.CORRECT, ProposalStatus.LAPSED)


def _parcel(refund: Refund, parcels: Sequence[Row]) -> str:
    if refund.flow == Flow.UNSHIPPED:
        return "not_shipped"
    if refund.order.signed_at is not None:
        return "signed"
    return "under_way" if any(row["tracking_no"] for row in parcels) else "no_number"


def _return_state(refund: Refund, inspections: Sequence[Row]) -> str:
    if refund.kind not in (Kind.RETURN_REFUND, Kind.EXCHANGE):
        return "none"
    if inspections:
        return "passed" if inspections[0]["passed"] else "failed"
    return "sent" if refund.goods_sent_back else "none"


def _most_fen(refund: Refund, line: Row) -> int:
    most: int = min(share_fen(line), line["paid_share_fen"] - given_fen(refund, line))
    return most - max(line.get("asked_held_fen") or 0, 0)  # what is held back was not for the buyer to ask (AMT-3)


def days_between(since: datetime | None, until: datetime) -> int | None:
    """Give whole days from one moment to another, none where the first is not known; never less than nothing."""
    return None if since is None else max((until - since).days, 0)
