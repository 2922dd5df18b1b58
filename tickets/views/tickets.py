"""Tickets in the console: the list with its tabs and filters, and the page of one ticket (TKT)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from complaints.states import COMPLAINT
from tickets.forms.tickets import wanted_from
from tickets.models import Ticket
from tickets.selectors import saved_views as views
from tickets.selectors import ticket_page as page_selectors
from tickets.selectors import ticket_rows as selectors
from tickets.selectors.tickets import with_case
from tickets.states import DESK, TICKET, WORKERS, Priority, TicketKind, WaitingFor

from .saved_views import Labels, view_context, view_tab

KEYS = {
    "take_up": "t",
    "plan": "p",
    "wait": "w",
    "assign": "o",
    "resolve": "s",
    "reopen": "r",
    "merge": "d",
    "close": "x",
}
"""The steps that the page of a ticket offers, in this order, with their letters."""
SAYS = {
    "note": ("n", gettext_lazy("Add note")),
    "contact": ("c", gettext_lazy("Record a contact")),
    "reply": ("m", gettext_lazy("Reply to the buyer")),
    "promise": ("v", gettext_lazy("Promise to the buyer")),
    "link": ("l", pgettext_lazy("ticket", "Link")),
    "macro": (",", gettext_lazy("Run a macro")),
}
"""What is said, promised or linked, which moves nothing."""
FIRST = ("take_up", "resolve")
"""What the page proposes, where it is possible."""


@require_safe
@open_to(*WORKERS)
def tickets(request: HttpRequest) -> HttpResponse:
    """Show tickets by whose turn it is, the next due first."""
    actor = looking_actor(request)
    choices = _choices(actor_of(request))
    allowed = {name: values for name, (_word, values) in choices.items()} | {"tab": selectors.tabs_for(actor)}
    shown = views.list_shown(actor_of(request), "tickets", request.GET, allowed)
    params = shown.params
    wanted = wanted_from(params, actor)
    asked = request.GET.get("q", "").strip()[:64]
    rows = selectors.tickets_with_number(actor, asked) if asked else selectors.ticket_rows(actor, wanted)
    ordering = ("-id",) if asked else selectors.TABS[wanted.tab].ordering
    page = keyset.page(with_case(rows), params, ordering)
    labels = {key: selectors.TABS[key].label for key in selectors.tabs_for(actor)}
    active = "" if asked else wanted.tab
    tabs = keyset.tabs(
        reverse("tickets:tickets"), labels, selectors.ticket_counts(actor), "" if shown.view is not None else active
    )
    context = {
        "tab": active,
        "asked": asked,
        "tabs": [*tabs, view_tab("tickets", shown.view)] if shown.view is not None else tabs,
        "filters": [] if asked else _filters(params, wanted, choices),
        "chips": [] if asked else _chips(params, wanted, choices),
        "clear_url": f"?tab={wanted.tab}",
        "filtered": wanted.filtered,
        "page": page,
        "rows": selectors.tickets_shown(page.rows),
        **view_context(actor_of(request), "tickets", shown, choices),
    }
    return render(request, "tickets/tickets.html", context)


@require_safe
@open_to(*WORKERS)
def ticket(request: HttpRequest, ticket_no: str) -> HttpResponse:
    """Show one ticket: what comes next, all that was said and done, and what can be done."""
    actor = actor_of(request)
    page = page_selectors.ticket_page(actor, ticket_no)
    context = {
        "page": page,
        "ticket": page.ticket,
        "order": page.ticket.order,
        "query": f"?shop={page.ticket.shop.code}",
        "actions": _actions(page),
        "says": _says(page.ticket),
        "of_desk": actor.role in DESK,
        "may_complain": actor.role in COMPLAINT.roles_of["file"],
        "may_tick": WORKERS if actor.role == SUPERVISOR else {actor.role},
    }
    return render(request, "tickets/ticket.html", context)


def _actions(page: page_selectors.TicketPage) -> list[dict[str, Any]]:
    """Give the buttons of the steps."""
    entries = {entry["action"]: entry for entry in page.actions}
    return [
        {
            "name": f"ticket-{action}",
            "label": TICKET.actions[action],
            "url": reverse(f"tickets:ticket_{action}", args=[page.ticket.ticket_no]),
            "enabled": entries[action]["allowed"],
            "reason": entries[action].get("why_not", ""),
            "primary": action in FIRST and entries[action]["allowed"],
            "key": key,
        }
        for action, key in KEYS.items()
        if action in entries
    ]


def _says(ticket: Ticket) -> list[dict[str, Any]]:
    """Give the buttons of what moves nothing; nothing is promised on what is over."""
    return [
        {
            "name": f"ticket-{name}",
            "label": label,
            "url": reverse(f"tickets:ticket_{name}", args=[ticket.ticket_no]),
            "enabled": True,
            "primary": False,
            "key": key,
        }
        for name, (key, label) in SAYS.items()
        if name != "promise" or ticket.is_active
    ]


def _without(params: QueryDict, *names: str) -> QueryDict:
    kept = params.copy()
    for name in ("after", "before", *names):
        kept.pop(name, None)
    return kept


def _choices(actor: Actor) -> Labels:
    """Give for each filter its word and its values with their words; two statements."""
    owners = {"none": _("Nobody")} | {user.username: str(user) for user in selectors.workers(actor)}
    return {
        "kind": (pgettext("ticket", "Kind"), dict(TicketKind.choices)),
        "priority": (_("Priority"), dict(Priority.choices)),
        "waiting_for": (_("Waiting for"), dict(WaitingFor.choices)),
        "owner": (_("Owner"), owners),
        "shop": (_("Shop"), {shop.code: shop.name for shop in selectors.shops_of(actor)}),
    }


def _filters(params: QueryDict, wanted: selectors.Wanted, choices: Labels) -> list[dict[str, Any]]:
    def many(name: str, chosen: Any) -> dict[str, Any]:
        label, values = choices[name]
        options = [{"value": value, "label": text, "chosen": value in chosen} for value, text in values.items()]
        kept = _without(params, name)
        keep = [(one, value) for one in kept for value in kept.getlist(one)]
        return {"name": name, "label": label, "kind": "many", "on": bool(chosen), "options": options, "keep": keep}

    names = ["kind", "priority", "waiting_for"]
    if wanted.tab != selectors.MINE:
        names.append("owner")
    if len(choices["shop"][1]) > 1:
        names.append("shop")
    return [many(name, getattr(wanted, name)) for name in names]


def _chips(params: QueryDict, wanted: selectors.Wanted, choices: Labels) -> list[dict[str, str]]:
    """Give each filter that is on, with the address without it."""
    chips = []
    for name, (_word, words) in choices.items():
        values = getattr(wanted, name)
        for value in values:
            left = _without(params, name)
            left.setlist(name, [other for other in values if other != value])
            chips.append({"label": str(words.get(value, value)), "remove_url": f"?{left.urlencode()}"})
    return chips
