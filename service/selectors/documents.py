"""Sheets as plain data, for REST and for webhooks (SVC)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from aftersales.core.auth import Actor
from aftersales.core.machine import BUYER
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from orders.selectors import moment
from service.models import ServiceQuote, ServiceSheet
from service.selectors.rows import require_reader, sheet_get_for
from service.selectors.warranty import freight_of
from service.states import SERVICE, Charge, Finding, Result, Way

_PLAIN = "sheet_no version status way text charge is_late quoted_fen paid_fen invoice_wanted".split()
_EMPTY = ("result", "diagnosis", "work", "finding", "terms_version")
_INSIDE = ("engineer",)
_MOMENTS = "respond_due_at visit_at accepted_at paid_at created_at updated_at done_at closed_at".split()
_NAMED = {
    "order_no": F("order__order_no"),
    "shop_code": F("shop__code"),
    "file_no": F("file__file_no"),
    "line_no": F("file__order_line__line_no"),
    "unit": F("file__unit"),
    "engineer_name": F("engineer__username"),
}
_OUTSIDE_STEPS = frozenset(
    {"file", "assign", "set_out", "quote", "accept", "decline", "repair", "pay", "finish", "accept_terms", "expect"}
    | {"receive", "send_back", "solve", "cancel", "archive"}
)
"""What the buyer's side is told of the history."""
_WORDS: dict[str, Any] = {"way": Way, "charge": Charge}


def sheet_list_for(
    actor: Actor,
    *,
    status: Sequence[str] = (),
    way: Sequence[str] = (),
    shop: str = "",
    order_no: str = "",
    file_no: str = "",
    engineer: str = "",
    late: bool | None = None,
    incomplete: bool | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[ServiceSheet, dict[str, Any]]:
    """Return rows for `sheets_as_json`, unordered. Raises: Forbidden."""
    require_reader(actor)
    wanted = {
        "status__in": list(status),
        "way__in": list(way),
        "shop__code": shop,
        "order__order_no": order_no,
        "file__file_no": file_no,
        "engineer__username": engineer,
        "updated_at__gte": updated_since,
    }
    rows = actor.visible(ServiceSheet.objects.all()).filter(**{name: value for name, value in wanted.items() if value})
    if late is not None:
        rows = rows.filter(is_late=late)
    if incomplete is not None:
        rows = rows.filter(is_incomplete=incomplete)
    return rows.values("id", "is_emergency", "is_incomplete", *_PLAIN, *_EMPTY, *_MOMENTS, **_NAMED)


def sheets_as_json(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn rows of `sheet_list_for` into plain data, as this caller may see it; whom to see is never told (LAW-7)."""
    if actor.role != BUYER:
        return [_as_json(row) for row in rows]
    undecided = {"charge": Charge.OPEN.value}
    told = [row | undecided if row["charge"] == Charge.ASKED else row for row in map(dict, rows)]
    return [_as_json(row) | dict.fromkeys(_INSIDE) for row in told]


def sheet_document(actor: Actor, sheet_no: str) -> dict[str, Any]:
    """Return the document of one sheet with quotations, freight, history and what may be done.

    Raises: Forbidden, NotFound.
    """
    sheet = sheet_get_for(actor, sheet_no)
    [row] = sheet_list_for(actor).filter(pk=sheet.pk)
    [body] = sheets_as_json(actor, [row])
    log = LogEntry.objects.filter(subject_type="service", subject_id=sheet.pk).order_by("version")
    return body | {
        "quotes": _quotes(sheet.pk),
        "freight": _freight(sheet),
        "history": [
            {
                "at": moment(entry.at),
                "actor": entry.actor_name,
                "actor_kind": entry.actor_kind,
                "action": entry.action,
                "from": entry.from_status or None,
                "to": entry.to_status,
                "note": entry.note,
                "version": entry.version,
            }
            for entry in log
            if actor.role != BUYER or entry.action in _OUTSIDE_STEPS
        ],
        "allowed_actions": allowed_actions(SERVICE, sheet, actor),
    }


def sheet_told(sheet_id: int) -> dict[str, Any]:
    """Return a sheet as the shop's front-end is told of it; three queries."""
    shop_id = ServiceSheet.objects.values_list("shop_id", flat=True).get(pk=sheet_id)
    front_end = Actor.front_end(shop_id)
    [row] = sheet_list_for(front_end).filter(pk=sheet_id)
    [body] = sheets_as_json(front_end, [row])
    return body | {"quotes": _quotes(sheet_id)}


def _quotes(sheet_id: int) -> list[dict[str, Any]]:
    rows = ServiceQuote.objects.filter(sheet=sheet_id).order_by("id")
    return [{"at": moment(row.quoted_at), "total_fen": row.total_fen, "lines": row.lines} for row in rows]


def _freight(sheet: ServiceSheet) -> dict[str, int] | None:
    said = freight_of(sheet)
    if said is None:
        return None
    return {
        "buyer_fen": said.buyer_fen,
        "shop_fen": said.shop_fen,
        "payout_fen": said.payout_fen,
        "owed_fen": said.owed_fen,
    }


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {name: values[name] for name in (*_PLAIN, "is_emergency", "is_incomplete")}
    body |= {name: values[name] or None for name in _EMPTY}
    body |= {"status_label": str(SERVICE.labels[values["status"]])}
    body |= {f"{name}_label": str(words(values[name]).label) for name, words in _WORDS.items()}
    body |= {
        "result_label": str(Result(values["result"]).label) if values["result"] else None,
        "finding_label": str(Finding(values["finding"]).label) if values["finding"] else None,
        "order_no": values["order_no"],
        "shop": values["shop_code"],
        "file_no": values["file_no"],
        "line_no": values["line_no"],
        "unit": values["unit"],
        "engineer": values["engineer_name"],
    }
    return body | {name: moment(values[name]) for name in _MOMENTS}
