"""The approvals inbox: everything that waits for one person's yes, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.core.machine import FINANCE, SUPERVISOR
from aftersales.core.views.access import looking_actor, open_to
from tickets.selectors import approvals as selectors


@require_safe
@open_to(FINANCE, SUPERVISOR)
def approvals(request: HttpRequest) -> HttpResponse:
    """Show what this person has to decide, by kind, the oldest first."""
    return render(request, "tickets/approvals.html", {"groups": selectors.inbox(looking_actor(request))})
