"""What an agent looks at before deciding, filled from data where the data is there (DEC-1, DEC-2).

A look says in words what is known, and whether it speaks for the request ("yes"), asks for attention ("no"), or is not
known yet ("unknown"). The three looks stand on every request; the playbook's steps name further ones.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.core import clock, money
from aftersales.core.words import moment_words
from refunds.models import Refund
from refunds.selectors.insurance import insurance_words
from refunds.services.assessing import seven_day_until
from refunds.states import Flow, GoodsStatus, Phase, Reason, RefundStatus
from refunds.states.words import SELLER_FAULT

Row: TypeAlias = Mapping[str, Any]
Look: TypeAlias = dict[str, str]
Filled: TypeAlias = Callable[[Refund, Mapping[str, Any]], Look]

OWN = (RefundStatus.WAIT_SYSTEM_TRANSFER, RefundStatus.SUCCESS)
"""Where what the lines have promised or given back includes the request itself."""
THREE = ("goods", "return", "buyer")
"""What stands on every request (三看)."""


def look(name: str, refund: Refund, rows: Mapping[str, Any]) -> Look:
    """Give one look: `ok` and `text`, from what `request_rows` read; no query."""
    return LOOKS[name](refund, rows)


def looks(refund: Refund, rows: Mapping[str, Any]) -> list[Look]:
    """Give the three looks before money goes (DEC-1)."""
    return [look(name, refund, rows) for name in THREE]


def asked_lines(rows: Mapping[str, Any]) -> list[Row]:
    """Give the lines of the order that the request asks money for."""
    return [line for line in rows["lines"] if line["asked_quantity"]]


def share_fen(line: Row) -> int:
    """Give what was paid for the units of a line that are asked for, counting the smaller shares (AMT-1)."""
    shares = money.unit_shares(line["paid_share_fen"], line["quantity"])
    return sum(shares[-line["asked_quantity"] :])


def given_fen(refund: Refund, line: Row) -> int:
    """Say what was given back or promised for a line besides this request (APP-10)."""
    own = line["asked_fen"] if refund.status in OWN else 0
    given: int = line["promised_fen"] + line["refunded_fen"] - own
    return given


def _look(ok: str, *parts: str) -> Look:
    return {"ok": ok, "text": " · ".join(part for part in parts if part)}


# --- The three looks --------------------------------------------------------------------------------------------------


def _goods(refund: Refund, rows: Mapping[str, Any]) -> Look:
    order, asked = refund.order, asked_lines(rows)
    if order.signed_at:
        signed = _("signed for %(when)s") % {"when": moment_words(order.signed_at)}
    elif order.shipped_at:
        signed = _("shipped %(when)s, not signed for") % {"when": moment_words(order.shipped_at)}
    else:
        signed = _("not shipped")
    parts, ok = [signed], "yes"
    if refund.reason == Reason.SEVEN_DAY:
        until = seven_day_until(order)
        if until is not None:
            in_time = refund.created_at < until
            ok = "yes" if in_time else "no"
            parts.append(_("within the seven days") if in_time else _("after the seven days"))
    if any(line["hot_seller"] for line in asked):
        parts.append(_("hot seller"))
    scores = [line["item_score"] for line in asked if line["item_score"]]
    if scores:
        parts.append(_("score %(score)s") % {"score": min(scores)})
    if refund.reason in SELLER_FAULT:
        ok = "no"
        parts.append(_("counts against the shop"))
    return _look(ok, *parts)


def _return(refund: Refund, rows: Mapping[str, Any]) -> Look:
    if refund.flow == Flow.UNSHIPPED:
        if refund.void_result == "voided":
            return _look("yes", _("voided by the warehouse"))
        listed = [_("on void list %(number)s") % {"number": row["list_no"]} for row in rows.get("void_lists", ())]
        return _look("unknown", *listed, _("the warehouse has not answered yet"))
    if refund.flow not in (Flow.RETURN_REFUND, Flow.EXCHANGE):
        has = refund.goods_status == GoodsStatus.RECEIVED
        return _look("unknown", _("no return; the buyer has the goods") if has else _("no return; not received"))
    if rows["inspections"]:
        last = rows["inspections"][0]
        said = _("inspection passed") if last["passed"] else _("inspection failed")
        return _look("yes" if last["passed"] else "no", said, last["inspector_name"])
    if refund.goods_sent_back:
        return _look("unknown", _("sent back, not received by the warehouse yet"))
    return _look("unknown", _("nothing sent back yet"))


def _buyer(refund: Refund, rows: Mapping[str, Any]) -> Look:
    parts = []
    if refund.attempt > 1:
        parts.append(_("application no. %(n)s for these goods") % {"n": refund.attempt})
    if refund.refusals:
        parts.append(_("refused %(n)s×") % {"n": refund.refusals})
    if refund.order.aftersale_applied:
        parts.append(_("aftersale refund applied for"))
    return _look("no", *parts) if parts else _look("yes", _("first application for these goods"))


# --- What the playbook's steps look at --------------------------------------------------------------------------------


def _amount(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """AMT-1, AMT-4, APP-10."""
    paid = sum(share_fen(line) for line in asked_lines(rows))
    asked = _("¥%(asked)s of ¥%(paid)s paid for these goods") % {
        "asked": money.yuan(refund.amount_fen - refund.postage_fen),
        "paid": money.yuan(paid),
    }
    postage = _("postage ¥%(fen)s") % {"fen": money.yuan(refund.postage_fen)} if refund.postage_fen else ""
    given = sum(given_fen(refund, line) for line in asked_lines(rows))
    before = _("¥%(fen)s given back before") % {"fen": money.yuan(given)} if given > 0 else ""
    return _look("no" if before else "yes", asked, postage, before)


def _parcel(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """LOG-2, LOG-6: what is known of it; whether anybody asked the carrier stands nowhere."""
    if refund.flow == Flow.UNSHIPPED:
        return _look("unknown", _("not shipped"))
    parcel = next((row for row in rows["parcels"] if row["tracking_no"]), None)
    if parcel is None:
        return _look("no", _("no tracking number is known"))
    days = (clock.now() - parcel["shipped_at"]).days
    age = (
        ngettext("shipped %(n)d day ago", "shipped %(n)d days ago", days) % {"n": days} if days else _("shipped today")
    )
    signed = refund.order.signed_at
    state = _("signed for %(when)s") % {"when": moment_words(signed)} if signed else age
    carrier = f"{parcel['carrier_name'] or parcel['carrier']} {parcel['tracking_no']}"
    return _look("unknown", carrier, state, parcel["phone"] or "")


def _return_parcel(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """RFD-4."""
    parcel = next((row for row in rows["shipments"] if row["superseded_at"] is None), None)
    if parcel is None:
        return _look("unknown", _("no number yet"))
    return _look("yes", f"{parcel['carrier_name'] or parcel['carrier']} {parcel['tracking_no']}", parcel["phone"] or "")


def _seven_days(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """TMO-9, LAW-1."""
    if not all(line["seven_day_return"] for line in asked_lines(rows)):
        return _look("no", _("sold without the seven-day return"))
    until = seven_day_until(refund.order)
    if until is None:
        return _look("unknown", _("not signed for yet"))
    in_time = refund.created_at < until
    said = _("applied in time") if in_time else _("applied too late")
    return _look("yes" if in_time else "no", said, _("the seven days last until %(at)s") % {"at": moment_words(until)})


def _pictures(refund: Refund, rows: Mapping[str, Any]) -> Look:
    count = sum(row["side"] == "buyer" for row in rows["evidence"])
    if not count:
        return _look("unknown", _("the buyer has sent none"))
    return _look("yes", ngettext("%(n)d file of the buyer", "%(n)d files of the buyer", count) % {"n": count})


def _own_pictures(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """DIS-3: how many there are; whether they are enough is for a person to say."""
    count = sum(row["side"] in ("seller", "warehouse") for row in rows["evidence"])
    if not count:
        return _look("unknown", _("none of ours yet"))
    return _look("unknown", ngettext("%(n)d file of ours", "%(n)d files of ours", count) % {"n": count})


def _contact(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """DEC-2: messages are newest first."""
    last = {row["side"]: row["created_at"] for row in reversed(rows["messages"])}
    wrote = _("the buyer wrote %(at)s") % {"at": moment_words(last["buyer"])} if "buyer" in last else ""
    if "seller" not in last:
        return _look("unknown", _("nobody has written to the buyer yet"), wrote)
    ours = _("written to %(at)s") % {"at": moment_words(last["seller"])}
    waits = bool(wrote) and last["buyer"] > last["seller"]
    return _look("unknown" if waits else "yes", ours, wrote if waits else "")


def _phone(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """DEC-2: a call leaves no trace yet, so nothing is ticked for it."""
    return {**_contact(refund, rows), "ok": "unknown"}


def _weight(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """MIS-1."""
    lines = rows["lines"]
    if any(line["weight_g"] is None for line in lines):
        return _look("unknown", _("the weight of some goods is not known"))
    grams = sum(line["weight_g"] * line["quantity"] for line in lines)
    return _look("unknown", _("the goods of the order weigh %(g)d g") % {"g": grams})


def _insurance(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """FRI-3."""
    if not refund.order.freight_insurance:
        return _look("unknown", _("not insured"))
    return _look("unknown", insurance_words(refund, next(iter(rows["insurance"]), None)))


def _aftersale(refund: Refund, rows: Mapping[str, Any]) -> Look:
    """APP-10."""
    if refund.order.aftersale_applied or refund.phase == Phase.AFTERSALE:
        return _look("yes", _("the order is marked"))
    return _look("unknown", _("not after completion"))


LOOKS: dict[str, Filled] = {
    "goods": _goods,
    "return": _return,
    "buyer": _buyer,
    "amount": _amount,
    "parcel": _parcel,
    "return_parcel": _return_parcel,
    "seven_days": _seven_days,
    "pictures": _pictures,
    "own_pictures": _own_pictures,
    "contact": _contact,
    "phone": _phone,
    "weight": _weight,
    "insurance": _insurance,
    "aftersale": _aftersale,
}
"""By the key that the playbook's steps name them with."""
