"""The state machine of an invoice: asked for, issued by finance, its number told to the buyer (INV-1)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.machine import AGENT, BUYER, FINANCE, SUPERVISOR, SYSTEM, Condition, DeadlineRule, Edge, Machine


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands."""

    REQUESTED = "requested", pgettext_lazy("invoice", "To issue")
    RETURNED = "returned", pgettext_lazy("invoice", "To correct")
    ISSUED = "issued", pgettext_lazy("invoice", "To tell the buyer")
    TOLD = "told", pgettext_lazy("invoice", "Buyer told")
    REVERSED = "reversed", pgettext_lazy("invoice", "Reversed")
    WITHDRAWN = "withdrawn", pgettext_lazy("invoice", "Withdrawn")


class TitleKind(models.TextChoices):
    """Whom an invoice names."""

    PERSONAL = "personal", pgettext_lazy("invoice", "Personal")
    COMPANY = "company", pgettext_lazy("invoice", "Company")


S = InvoiceStatus
DESK = frozenset({AGENT, SUPERVISOR})
ISSUERS = frozenset({FINANCE})
ASKERS = DESK | ISSUERS | {BUYER}
"""Who may ask for one: the desk for a buyer who says so, finance, and the buyer at the shop's front-end."""
CORRECTORS = DESK | {BUYER}
READERS = ASKERS
CLOCK = frozenset({SYSTEM})
WAITING = (S.REQUESTED, S.RETURNED, S.ISSUED)
"""Where somebody has to do something."""
STANDING = (S.ISSUED, S.TOLD)
"""Where an invoice stands: goods that come back make it wrong, and finance reverses it."""
NUMBERED = (*STANDING, S.REVERSED)
LIVE = (S.REQUESTED, S.RETURNED, S.ISSUED, S.TOLD)
"""What counts towards the sum of an order that is invoiced."""
PATIENCE = {
    S.REQUESTED: "invoice.issued_within",
    S.RETURNED: "invoice.corrected_within",
    S.ISSUED: "invoice.told_within",
}
"""After how long, by state, an invoice that has not gone on turns red."""

not_marked = Condition("not marked late yet", lambda invoice: not invoice.is_late)


def _from(states: tuple[S, ...], action: str, target: S, who: frozenset[str], event: str) -> list[Edge]:
    return [Edge(action, state, target, who, event) for state in states]


INVOICE = Machine(
    name="invoice",
    labels={state.value: state.label for state in S},
    edges=(
        Edge("request", "", S.REQUESTED, ASKERS, "invoice.requested"),
        *_from((S.REQUESTED, S.RETURNED), "correct", S.REQUESTED, CORRECTORS, "invoice.corrected"),
        Edge("send_back", S.REQUESTED, S.RETURNED, ISSUERS | {SUPERVISOR}, "invoice.returned"),
        Edge("issue", S.REQUESTED, S.ISSUED, ISSUERS, "invoice.issued"),
        Edge("tell", S.ISSUED, S.TOLD, DESK | ISSUERS, "invoice.told"),
        *_from((S.REQUESTED, S.RETURNED), "withdraw", S.WITHDRAWN, CORRECTORS, "invoice.withdrawn"),
        *_from(STANDING, "reverse", S.REVERSED, ISSUERS, "invoice.reversed"),
        *(Edge("mark_late", state, state, CLOCK, "invoice.late") for state in WAITING),
    ),
    terminal=frozenset({S.REVERSED, S.WITHDRAWN}),
    tracked=(
        "status",
        "title_kind",
        "title",
        "tax_no",
        "amount_fen",
        "question",
        "code",
        "number",
        "issued_by_id",
        "issued_at",
        "told_at",
        "red_number",
        "is_late",
    ),
    title=pgettext_lazy("invoice", "Invoice"),
    internal=frozenset({"mark_late"}),
    actions={
        "request": pgettext_lazy("invoice", "Ask for an invoice"),
        "correct": pgettext_lazy("invoice", "Correct"),
        "send_back": pgettext_lazy("invoice", "Send back"),
        "issue": pgettext_lazy("invoice", "Issue"),
        "tell": pgettext_lazy("invoice", "Tell the buyer"),
        "withdraw": pgettext_lazy("invoice", "Withdraw"),
        "reverse": pgettext_lazy("invoice", "Reverse"),
        "mark_late": _("Turns red"),
    },
    deadlines=tuple(DeadlineRule("INV-1", state, "mark_late", key, not_marked) for state, key in PATIENCE.items()),
)


def needs_tax_number(title_kind: Any) -> bool:
    """Say whether an invoice to this kind of title carries a tax number."""
    return bool(title_kind == TitleKind.COMPANY)
