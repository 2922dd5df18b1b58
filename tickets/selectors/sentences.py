"""Rows of the log as sentences, in the page's language: who did what, why, and what the clock did by itself (RFD-8)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import masking, money
from aftersales.core.models import Role
from aftersales.core.words import duration_words
from refunds.states import GOODS_KINDS, ExchangeStatus, Flow, Kind, Reason, RefundStatus
from refunds.states.grounds import INTERNAL, PHONED

Row = Mapping[str, Any]
Text = str | Promise

TIMEOUT = "system: timeout"
BY_ITSELF = frozenset({"agree", "expire", "mark_overdue", "to_refund", "confirm_received", "replacement_lost"})
X = ExchangeStatus

SIMPLE: dict[tuple[str, str], Text] = {
    ("refund", "cancel"): gettext_lazy("withdrew the request"),
    ("refund", "void_result_voided"): gettext_lazy("voided the order: the goods do not leave"),
    ("refund", "void_result_already_shipped"): gettext_lazy("answered that the goods have left; the request is closed"),
    ("refund", "receive_pass"): gettext_lazy("received the goods: the inspection passed"),
    ("refund", "intervention"): gettext_lazy("asked the platform to step in; the deadlines stand still"),
    ("refund", "decision_buyer"): gettext_lazy("recorded the decision: for the buyer"),
    ("refund", "decision_seller"): gettext_lazy("recorded the decision: for the seller, the request is closed"),
    ("refund", "settle_withdrawn"): gettext_lazy("settled: the platform need not decide, the deadlines run on"),
    ("refund", "overtaken_by_shipment"): gettext_lazy("shipped the goods; the request is closed"),
    ("refund", "overtaken_by_receipt"): gettext_lazy("confirmed receipt; the request is closed"),
    ("refund", "promise_first"): gettext_lazy("promised that the replacement goes before the return is here"),
    ("refund", "settle_difference"): gettext_lazy("recorded the price difference as settled"),
    ("refund", "confirm_received"): gettext_lazy("recorded that the buyer has the replacement: done"),
    ("refund", "replacement_denied"): gettext_lazy("noted that the buyer denies having the replacement"),
    ("refund", "delivery_proved"): gettext_lazy("recorded that the delivery of the replacement is proved"),
    ("refund", "replacement_lost"): gettext_lazy("noted that the replacement did not reach the buyer"),
    ("refund", "replacement_found"): gettext_lazy("noted that the replacement turned up"),
    ("refund", "to_refund"): gettext_lazy("turned it into a refund"),
    ("refund", "succeed"): gettext_lazy("The money has moved: refunded"),
    ("refund", "undo_return"): gettext_lazy("took the return parcel back: it belongs to somebody else"),
    ("proposal", "propose"): gettext_lazy("proposed something to the other side"),
    ("proposal", "accept"): gettext_lazy("accepted the proposal"),
    ("proposal", "decline"): gettext_lazy("declined the proposal"),
    ("proposal", "withdraw"): gettext_lazy("took the proposal back"),
    ("proposal", "fulfil"): gettext_lazy("did as proposed"),
    ("proposal", "lapse"): gettext_lazy("The proposal was not answered in time"),
    ("payment", "send"): gettext_lazy("sent the refund payment"),
    ("payment", "confirm"): gettext_lazy("confirmed the refund payment"),
    ("payment", "send_again"): gettext_lazy("had the refund payment sent again"),
    ("payment", "fail"): gettext_lazy("The refund payment failed"),
    ("payment", "report_unmoved"): gettext_lazy("reported that the refund payment has not moved"),
    ("payment", "accept_unmoved"): gettext_lazy("agreed that the refund payment has not moved"),
    ("payment", "lose_track"): gettext_lazy("No answer about the refund payment; the provider is asked"),
    ("order", "ship_all"): gettext_lazy("shipped the goods"),
    ("order", "ship_part"): gettext_lazy("shipped a part of the goods"),
    ("order", "sign"): gettext_lazy("recorded that the parcel was signed for"),
    ("order", "confirm_receipt"): gettext_lazy("confirmed receipt: the trade is finished"),
    ("order", "mark_late"): gettext_lazy("The order was not shipped in time"),
    ("order", "close"): gettext_lazy("The trade is closed"),
}
NOTE_IN_TEXT = frozenset(
    {
        "return_shipment",
        "ship_replacement",
        "turn",
        "overtaken_by_shipment",
        "overtaken_by_receipt",
        "extend_receipt",
        "close",
    }
)


def timeline(log: Sequence[Row], *, refund: Any, nick: str, carriers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Turn log rows, newest first, into entries of `components/_timeline.html`, without those that say nothing.

    `carriers` names the carriers of the notes by their codes.
    """
    entries = []
    for row in log:
        if row["action"] in ("return_shipment", "ship_replacement"):
            code, _space, number = row["note"].partition(" ")
            row = {**row, "note": f"{carriers.get(code, code)} {number}"}
        text = sentence(row, log, refund=refund)
        if not text:
            continue
        note = "" if row["action"] in NOTE_IN_TEXT else _outer(row)
        entries.append(
            {"at": row["at"], "who": who(row, nick), "text": text, "note": note, "kind": _side(row["actor_kind"])}
        )
    return entries


def sentence(row: Row, log: Sequence[Row], *, refund: Any) -> str:
    """Say one step in words, without its actor; empty for steps that tell the reader nothing."""
    waited = _waited(row, log)
    if waited is not None:
        return _by_itself(row, waited, refund)
    maker = _MAKERS.get((row["subject_type"], row["action"]))
    if maker is not None:
        return maker(row, refund)
    return str(SIMPLE.get((row["subject_type"], row["action"]), ""))


def who(row: Row, nick: str) -> str:
    """Name the actor of a log row: the role with the name, the masked buyer, or the part of the system."""
    kind = row["actor_kind"]
    if kind == "buyer" and row["subject_type"] == "order" and row["action"] != "confirm_receipt":
        return _("Shop system")
    if kind == "buyer":
        return _("Buyer %(name)s") % {"name": masking.mask_name(nick)}
    if kind == "platform":
        return _("Platform")
    if kind == "system":
        return _("System timeout") if row["actor_name"] == TIMEOUT else _("System")
    role = dict(Role.choices).get(row.get("role") or "", "")
    return f"{role} {row['actor_name']}".strip()


def last_change(row: Row | None, *, refund: Any, nick: str) -> str:
    """Say who did the last step and what it was, for a notice that something has changed meanwhile."""
    if row is None:
        return ""
    return f"{who(row, nick)} {sentence(row, [], refund=refund)}".strip()


def _side(actor_kind: str) -> str:
    return {"staff": "person"}.get(actor_kind, actor_kind)


def _waited(row: Row, log: Sequence[Row]) -> timedelta | None:
    """Say how long nobody did anything before the clock took this step; None for other steps.

    From the log itself: the state was entered, or its clock restarted, by the last step before.
    """
    if row["subject_type"] != "refund" or row["action"] not in BY_ITSELF or row["actor_name"] != TIMEOUT:
        return None
    entered = (
        one["at"]
        for one in log
        if one["subject_type"] == "refund"
        and one["version"] < row["version"]
        and one["to_status"] == row["from_status"]
        and (one["from_status"] != one["to_status"] or one["action"] == "modify")
    )
    began: datetime | None = max(entered, default=None)
    waited: timedelta | None = row["at"] - began if began else None
    return waited


def _by_itself(row: Row, waited: timedelta, refund: Any) -> str:
    time = {"time": duration_words(waited)}
    told = _GOODS_BY_ITSELF.get((row["action"], row["from_status"]))
    if told is not None:
        return str(told) % time
    if row["action"] == "mark_overdue":
        return _("%(time)s since the goods came back and not refunded yet: overdue") % time
    if row["action"] == "expire":
        return _("the buyer did nothing for %(time)s: closed by itself") % time
    if row["from_status"] == RefundStatus.WAIT_SELLER_AGREE and refund.flow == Flow.RETURN_REFUND:
        return _("the seller did nothing for %(time)s: agreed to the return by itself") % time
    if row["from_status"] == RefundStatus.WAIT_SELLER_CONFIRM_GOODS:
        return _("the seller did not confirm the returned goods for %(time)s: agreed to the refund by itself") % time
    return _("the seller did nothing for %(time)s: agreed to the refund by itself") % time


_GOODS_BY_ITSELF: dict[tuple[str, str], Text] = {
    ("agree", X.WAIT_SELLER_AGREE): gettext_lazy("the seller did nothing for %(time)s: agreed to it by itself"),
    ("agree", X.WAIT_SELLER_CONFIRM_GOODS): gettext_lazy(
        "the seller did not confirm the returned goods for %(time)s: they count as received"
    ),
    ("to_refund", X.WAIT_SELLER_SEND_GOODS): gettext_lazy("not sent for %(time)s: turned into a refund by itself"),
    ("confirm_received", X.WAIT_BUYER_CONFIRM_GOODS): gettext_lazy(
        "the buyer said nothing for %(time)s after the replacement was sent: done by itself"
    ),
    ("replacement_lost", X.WAIT_BUYER_CONFIRM_GOODS): gettext_lazy(
        "delivery of the replacement not proved for %(time)s: it counts as lost"
    ),
    ("mark_overdue", X.WAIT_BUYER_CONFIRM_GOODS): gettext_lazy(
        "%(time)s since the replacement went first and the return is not here: to the supervisor"
    ),
}


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"¥{money.yuan(fen)}"


def _apply(row: Row, refund: Any) -> str:
    now = row["changes"]
    if now.get("kind", refund.kind) in GOODS_KINDS:
        return _("applied: %(kind)s, %(reason)s") % {
            "kind": dict(Kind.choices).get(now.get("kind", refund.kind), ""),
            "reason": dict(Reason.choices).get(now.get("reason", refund.reason), ""),
        }
    return _("applied: %(kind)s, %(reason)s, %(amount)s") % {
        "kind": dict(Kind.choices).get(now.get("kind", refund.kind), ""),
        "reason": dict(Reason.choices).get(now.get("reason", refund.reason), ""),
        "amount": _yuan(now.get("amount_fen", refund.amount_fen)),
    }


def _modify(row: Row, refund: Any) -> str:
    now = row["changes"]
    parts = [
        str(dict(Kind.choices).get(now.get("kind", ""), "")),
        str(dict(Reason.choices).get(now.get("reason", ""), "")),
        _yuan(now.get("amount_fen")),
    ]
    changed = _(", ").join(part for part in parts if part)
    return _("changed the request: %(changed)s") % {"changed": changed} if changed else _("changed the request")


def _agree(row: Row, refund: Any) -> str:
    if row["to_status"] == X.WAIT_BUYER_RETURN_GOODS:
        return _("agreed to the exchange; the buyer was told the address")
    if row["to_status"] == X.WAIT_SELLER_SEND_GOODS:
        received = row["from_status"] == X.WAIT_SELLER_CONFIRM_GOODS
        return _("confirmed the returned goods") if received else _("agreed to send it again")
    if row["to_status"] == RefundStatus.WAIT_BUYER_RETURN_GOODS:
        return _("agreed to the return; the buyer was told the address")
    if "amount_fen" in row["changes"]:
        return _("agreed to a refund of %(amount)s") % {"amount": _yuan(row["changes"]["amount_fen"])}
    return _("agreed to the refund")


def _refuse(row: Row, refund: Any) -> str:
    """DEC-2, DEC-4: whether the buyer was phoned and which rule it breaks stands behind the note."""
    said = _("refused")
    for inner in row["note"].split(INTERNAL)[1:]:
        rule = inner.partition(" ")[0]
        said += _("; the buyer was phoned") if rule == PHONED else _("; despite %(rule)s") % {"rule": rule}
    return said


def _outer(row: Row) -> str:
    """Give the note, and why it was done despite a rule, without the signs of the log."""
    outer, *inner = row["note"].split(INTERNAL)
    return "\n".join([outer, *(why for one in inner if (why := one.partition(" ")[2]))])


def _return_shipment(row: Row, refund: Any) -> str:
    number = {"number": row["note"]}
    if row["from_status"] in (RefundStatus.WAIT_BUYER_RETURN_GOODS, X.WAIT_BUYER_RETURN_GOODS):
        return _("gave the return parcel: %(number)s") % number
    return _("corrected the return parcel: %(number)s") % number


def _ship_replacement(row: Row, refund: Any) -> str:
    number = {"number": row["note"]}
    if row["from_status"] == X.WAIT_BUYER_CONFIRM_GOODS:
        return _("corrected the replacement's parcel: %(number)s") % number
    return _("sent the replacement: %(number)s") % number


def _receive_fail(row: Row, refund: Any) -> str:
    if row["from_status"] == X.WAIT_BUYER_CONFIRM_GOODS:
        return _("received the goods after the replacement went: the inspection failed")
    return _("received the goods: the inspection failed, refused")


def _turn(row: Row, refund: Any) -> str:
    return _("opened from %(number)s, which became a refund") % {"number": row["note"]}


def _decision_partial(row: Row, refund: Any) -> str:
    amount = row["changes"].get("amount_fen", refund.amount_fen)
    return _("recorded the decision: the buyer gets %(amount)s") % {"amount": _yuan(amount)}


def _settle_refund(row: Row, refund: Any) -> str:
    amount = row["changes"].get("amount_fen", refund.amount_fen)
    return _("settled with the buyer for %(amount)s") % {"amount": _yuan(amount)}


def _promise(row: Row, refund: Any) -> str:
    return _("promised the refund payment of %(amount)s") % {"amount": _yuan(row["changes"].get("amount_fen"))}


def _extend(row: Row, refund: Any) -> str:
    return _("extended receipt by %(days)s days") % {"days": row["note"]}


_MAKERS: dict[tuple[str, str], Callable[[Row, Any], str]] = {
    ("refund", "apply"): _apply,
    ("refund", "modify"): _modify,
    ("refund", "modify_kind"): _modify,
    ("refund", "ship_replacement"): _ship_replacement,
    ("refund", "receive_fail"): _receive_fail,
    ("refund", "turn"): _turn,
    ("refund", "agree"): _agree,
    ("refund", "refuse"): _refuse,
    ("refund", "return_shipment"): _return_shipment,
    ("refund", "decision_partial"): _decision_partial,
    ("refund", "settle_refund"): _settle_refund,
    ("payment", "promise"): _promise,
    ("order", "extend_receipt"): _extend,
}
