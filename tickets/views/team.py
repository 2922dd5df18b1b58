"""The team board of supervisors, the wall that shows it to a room, and giving a colleague's cases to another."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role, User
from aftersales.core.views.access import looking_actor, open_to
from refunds.models import Refund
from tickets import services
from tickets.models import Ticket
from tickets.selectors import deadlines as deadline_selectors
from tickets.selectors import team as selectors
from tickets.selectors import ticket_rows
from tickets.selectors.thresholds import limits_pressing
from tickets.selectors.tickets import ORDER_OF_ACTIVE, with_case

SUPERVISORS = (SUPERVISOR, Role.ADMIN.value)
MOST_PICKED = 200
REQUEST, TICKET = "request", "ticket"


@require_safe
@open_to(*SUPERVISORS)
def board(request: HttpRequest) -> HttpResponse:
    """Show each colleague's load, what acts by itself soon against the shop, and limits in danger (TMO-17, RPT-2)."""
    actor = looking_actor(request)
    shown = selectors.board(actor)
    rows = deadline_selectors.deadlines_soon(actor, "shop")
    page = keyset.page(rows, request.GET, deadline_selectors.ordering("shop"))
    context = shown | {
        "page": page,
        "acts": deadline_selectors.deadline_rows(page.rows),
        "limits": limits_pressing(actor),
    }
    return render(request, "tickets/team.html", context)


@require_safe
@open_to(*SUPERVISORS)
def wall(request: HttpRequest) -> HttpResponse:
    """Show the board to a room: big figures, no buyer's data; it asks for itself again every half minute."""
    template = "tickets/_wall.html" if getattr(request, "htmx", False) else "tickets/wall.html"
    return render(request, template, selectors.wall(looking_actor(request)))


@require_safe
@open_to(*SUPERVISORS)
def colleague(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show what one colleague has in hand, to be given to others."""
    actor = looking_actor(request)
    person = selectors.colleague_get(actor, user_id)
    acting = selectors.acting_by_owner(actor)
    labels = {
        "requests": _("Refunds"),
        "tickets": _("Tickets"),
        "acting": _("Acts by itself within 24 hours"),
    }
    tab = request.GET.get("tab", "")
    tab = tab if tab in labels else "requests"
    requests, tickets = selectors.requests_of(actor, person.pk), selectors.tickets_of(actor, person.pk)
    counts = {
        "requests": keyset.counted(requests),
        "tickets": keyset.counted(tickets),
        "acting": acting.get(person.pk, selectors.Acting()).count,
    }
    context = {
        "person": person,
        "tab": tab,
        "tabs": keyset.tabs(reverse("tickets:team_colleague", args=[person.pk]), labels, counts, tab),
        "takers": _takers(actor, person) if actor.role == SUPERVISOR and tab != "acting" else None,
    }
    if tab == "tickets":
        page = keyset.page(with_case(tickets), request.GET, ORDER_OF_ACTIVE)
        rows: list[dict[str, Any]] = [
            {**row, "pick": f"{TICKET}:{row['ticket'].ticket_no}"} for row in ticket_rows.tickets_shown(page.rows)
        ]
    elif tab == "acting":
        deadlines = selectors.acting_of(actor, acting, person.pk)
        page = keyset.page(deadlines, request.GET, deadline_selectors.ordering("shop"))
        rows = deadline_selectors.deadline_rows(page.rows)
    else:
        page = keyset.page(requests.select_related("order__buyer"), request.GET, ("urgent_at", "id"))
        rows = [{"refund": refund, "pick": f"{REQUEST}:{refund.refund_no}"} for refund in page.rows]
    return render(request, "tickets/team_colleague.html", context | {"page": page, "rows": rows})


def _takers(actor: Actor, person: User) -> list[User]:
    return [one for one in selectors.team(actor)[: selectors.MOST_PEOPLE] if one.pk != person.pk]


@require_POST
@open_to(SUPERVISOR)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give the picked requests and tickets to one colleague; why one of them stayed is said (TKT-1, TKT-2)."""
    actor = actor_of(request)
    chosen = request.POST.get("owner", "")
    number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else 0
    owner = selectors.team(actor).filter(pk=number).first()
    if owner is None:
        messages.warning(request, _("Choose a colleague who works here; nothing was handed over."))
        return _back(request)
    given, why = 0, []
    for case in _picked(request, actor):
        try:
            _give(case, actor, owner, request.POST.get("note", "")[:200])
            given += 1
        except errors.Problem as problem:
            why.append(f"{case}: {' '.join(str(fault.detail) for fault in problem.errors) or problem.detail}")
    said = ngettext("%(n)s case handed to %(who)s.", "%(n)s cases handed to %(who)s.", given)
    messages.success(request, said % {"n": given, "who": owner})
    if why:
        messages.warning(request, pgettext("hand-over", "Stayed: %(why)s") % {"why": "; ".join(why[:5])})
    return _back(request)


def _picked(request: HttpRequest, actor: Actor) -> list[Refund | Ticket]:
    picks = [pick.partition(":")[::2] for pick in request.POST.getlist("pick")[:MOST_PICKED]]
    requests = [number for kind, number in picks if kind == REQUEST]
    tickets = [number for kind, number in picks if kind == TICKET]
    found: list[Refund | Ticket] = list(actor.visible(Refund.objects.filter(refund_no__in=requests)).order_by("pk"))
    found += with_case(actor.visible(Ticket.objects.filter(ticket_no__in=tickets))).order_by("pk")
    return found


def _give(case: Refund | Ticket, actor: Actor, owner: User, note: str) -> None:
    """Give one case. Raises: Problem where it cannot be his."""
    if isinstance(case, Ticket):
        services.ticket_assign(ticket=case, actor=actor, owner=owner, note=note)
    else:
        services.refund_assign(refund=case, actor=actor, assignee=owner)


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "tickets:team")
