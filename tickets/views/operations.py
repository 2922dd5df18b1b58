"""How the system itself is doing, for those who run it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import Role
from aftersales.core.views.access import looking_actor, open_to
from tickets.selectors import operations as selectors


@require_safe
@open_to(SUPERVISOR, Role.ADMIN.value)
def operations(request: HttpRequest) -> HttpResponse:
    """Show what should be empty, and on request check what must always hold."""
    actor = looking_actor(request)
    context = {
        "outbox_waiting": selectors.outbox_waiting(actor),
        "outbox_failing": selectors.outbox_failing(actor),
        "deadlines_late": selectors.deadlines_late(actor),
        "deadlines_failed": selectors.deadlines_failed(actor),
        "payments_unknown": selectors.payments_unknown(actor),
        "payments_failed": selectors.payments_failed(actor),
        "calendar": selectors.calendar_state(),
        "last_check": selectors.last_check(),
        "last_erasure": selectors.last_erasure(actor),
        "checked": selectors.invariants_checked() if request.GET.get("check") else None,
    }
    return render(request, "tickets/operations.html", context)
