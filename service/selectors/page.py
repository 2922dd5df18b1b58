"""The page of one sheet: its file, what was quoted and accepted, who was sent, what happened (SVC)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from aftersales.core import masking
from aftersales.core.auth import Actor
from aftersales.core.models import LogEntry
from aftersales.core.transitions import allowed_actions
from service.models import ServiceDispatch, ServiceQuote, ServiceSheet, TermsAcceptance
from service.selectors.rows import file_rows, sheet_get_for
from service.selectors.warranty import Freight, freight_of
from service.states import SERVICE, WAITING, QuoteKind, SheetStatus, Way

S = SheetStatus
_SAID = {
    "file": gettext_lazy("recorded the fault"),
    "ask_free": pgettext_lazy("service", "asked to do it free of charge"),
    "approve_free": pgettext_lazy("service", "approved that it is free of charge"),
    "bill": pgettext_lazy("service", "decided that the buyer pays"),
    "call": gettext_lazy("called the buyer beforehand"),
    "assign": gettext_lazy("sent an engineer"),
    "solve": gettext_lazy("solved it by phone"),
    "cancel": gettext_lazy("cancelled it"),
    "set_out": gettext_lazy("set out"),
    "repair": gettext_lazy("repaired it"),
    "quote": gettext_lazy("quoted"),
    "accept": gettext_lazy("noted that the buyer accepts"),
    "decline": gettext_lazy("noted that the buyer declines"),
    "pay": gettext_lazy("recorded the payment"),
    "finish": pgettext_lazy("service", "finished the work"),
    "accept_terms": gettext_lazy("recorded that the terms of testing are accepted"),
    "expect": gettext_lazy("asked for the goods"),
    "receive": pgettext_lazy("service", "took the goods in"),
    "find": gettext_lazy("recorded the finding"),
    "send_back": gettext_lazy("sent the goods back"),
    "make_up": gettext_lazy("made up the sheet"),
    "archive": gettext_lazy("archived the sheet"),
    "mark_late": gettext_lazy("found it late"),
}


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A sheet with everything about it, ready to be shown."""

    sheet: ServiceSheet
    serial: str
    until: date | None
    quotes: list[ServiceQuote]
    terms: list[TermsAcceptance]
    dispatches: list[ServiceDispatch]
    contact: dict[str, str]
    freight: Freight | None
    timeline: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    actions: list[dict[str, Any]]

    @property
    def waits(self) -> bool:
        """Whether the buyer waits for somebody."""
        return self.sheet.status in WAITING

    @property
    def deadline(self) -> dict[str, Any]:
        """When somebody is due at the buyer's, for the component that counts down."""
        then = "" if self.sheet.is_late else _("then it turns red")
        return {"due_at": self.sheet.respond_due_at, "then": then, "against_shop": True}


def sheet_page(actor: Actor, sheet_no: str) -> SheetPage:
    """Collect the page of a sheet, in seven statements. Raises: Forbidden, NotFound."""
    sheet = sheet_get_for(actor, sheet_no)
    [row] = file_rows([sheet.file])
    log = LogEntry.objects.filter(subject_type="service", subject_id=sheet.pk).order_by("-version")
    return SheetPage(
        sheet=sheet,
        serial=row.serial,
        until=row.until,
        quotes=list(sheet.quotes.all()),
        terms=list(sheet.terms.all()),
        dispatches=list(sheet.dispatches.select_related("engineer")),
        contact=contact_of(sheet, actor),
        freight=freight_of(sheet),
        timeline=[
            {
                "at": entry.at,
                "who": _("The clock") if entry.actor_name == "system: timeout" else entry.actor_name,
                "text": str(_SAID.get(entry.action, entry.action)),
                "note": entry.note,
                "kind": "person" if entry.actor_kind == "staff" else "system",
            }
            for entry in log
        ],
        steps=_steps(sheet),
        actions=allowed_actions(SERVICE, sheet, actor),
    )


def is_his(sheet: ServiceSheet, actor: Actor) -> bool:
    """Say whether the actor goes to the buyer of this sheet, and so must know where (LAW-7)."""
    return sheet.closed_at is None and actor.user_id is not None and sheet.engineer_id == actor.user_id


def contact_of(sheet: ServiceSheet, actor: Actor) -> dict[str, str]:
    """Give whom to see and where: in full for the engineer while the sheet stands, masked for everybody else."""
    if is_his(sheet, actor):
        return {"name": sheet.contact_name, "phone": sheet.contact_phone, "address": sheet.address}
    return {
        "name": masking.mask_name(sheet.contact_name),
        "phone": masking.mask_phone(sheet.contact_phone),
        "address": masking.mask_address(sheet.address),
    }


def quote_lines(quote: ServiceQuote) -> list[dict[str, Any]]:
    """Give the lines of a quotation with their kinds in words."""
    return [line | {"label": QuoteKind(line["kind"]).label} for line in quote.lines]


def _steps(sheet: ServiceSheet) -> list[dict[str, Any]]:
    """Say how far it has come."""
    if sheet.way == Way.SENT_IN:
        terms = sheet.terms_version != ""
        middle: list[tuple[str, datetime | None, bool]] = [
            (_("Terms accepted"), None, terms),
            (_("Goods came"), sheet.received_at, sheet.received_at is not None),
        ]
    else:
        middle = [
            (str(S.ASSIGNED.label), None, sheet.engineer_id is not None),
            (str(S.ON_THE_WAY.label), sheet.responded_at, sheet.responded_at is not None),
        ]
    ends = sheet.closed_at is not None
    ways = [
        (str(S.REPORTED.label), sheet.created_at, True),
        *middle,
        (pgettext("service", "Done"), sheet.done_at, sheet.done_at is not None),
        (str(S.ARCHIVED.label), sheet.closed_at, ends),
    ]
    if ends:
        ways = [*(way for way in ways[:-1] if way[2]), (str(sheet.get_status_display()), sheet.closed_at, True)]
    first = next((index for index, way in enumerate(ways) if not way[2]), len(ways))
    return [
        {"label": label, "at": at, "state": "done" if index < first else "now" if index == first else "todo"}
        for index, (label, at, _done) in enumerate(ways)
    ]
