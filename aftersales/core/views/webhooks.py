"""Webhooks in the console: how each address does, what is on its way there, and sending something again.

Addresses are named, and secrets exchanged, over REST by whoever runs the front-end: no secret passes a screen here.
"""

import json
from typing import Any

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.authentication import actor_of
from aftersales.core.models import Role, WebhookDelivery
from aftersales.core.webhooks import endpoints, reading

from .access import looking_actor, open_to

KEEPERS = (Role.SUPERVISOR.value, Role.ADMIN.value)
TABS = {
    "pending": pgettext_lazy("webhook", "On its way"),
    "parked": gettext_lazy("Parked"),
    "delivered": gettext_lazy("Delivered"),
    "all": pgettext_lazy("webhook", "All"),
}
COUNTED = ("pending", "parked")


@require_safe
@open_to(*KEEPERS)
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the addresses, those in trouble first."""
    rows = reading.endpoints_for(looking_actor(request)).order_by("-failing_since", "-id")
    found = sorted(rows[:200], key=lambda row: (row.is_active and not row.failing_since, -row.pk))
    return render(request, "core/webhooks.html", {"rows": found})


@require_safe
@open_to(*KEEPERS)
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show an address with its messages by where they are."""
    endpoint = reading.endpoint_get_for(actor_of(request), webhook_id)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "pending"
    rows = reading.deliveries_of(endpoint, status="" if tab == "all" else tab).defer("body")
    page = keyset.page(rows, request.GET, ("id",) if tab == "pending" else ("-id",))
    counts = {key: keyset.counted(reading.deliveries_of(endpoint, status=key)) for key in COUNTED}
    address = reverse("core:webhook", args=[endpoint.pk])
    context = {
        "endpoint": endpoint,
        "tabs": keyset.tabs(address, TABS, counts, tab),
        "tab": tab,
        "page": page,
        "rows": page.rows,
    }
    return render(request, "core/webhook.html", context)


@require_safe
@open_to(*KEEPERS)
def message(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Show one message: what it says, and what was answered."""
    delivery = reading.delivery_get_for(actor_of(request), delivery_id, endpoint_id=webhook_id)
    body = json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
    context = {"delivery": delivery, "endpoint": delivery.endpoint, "body": body, "may_send": _may_send(delivery)}
    return render(request, "core/webhook_message.html", context)


@require_POST
@open_to(*KEEPERS)
def redeliver(request: HttpRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """Send a message again."""
    actor = actor_of(request)
    delivery = reading.delivery_get_for(actor, delivery_id, endpoint_id=webhook_id)
    return _done(request, delivery.endpoint_id, lambda: endpoints.delivery_redeliver(delivery=delivery, actor=actor))


@require_POST
@open_to(*KEEPERS)
def ping(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Try an address."""
    actor = actor_of(request)
    endpoint = reading.endpoint_get_for(actor, webhook_id)
    return _done(request, endpoint.pk, lambda: endpoints.endpoint_ping(endpoint=endpoint, actor=actor))


@require_POST
@open_to(*KEEPERS)
def switch(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Switch an address off, or on again."""
    actor = actor_of(request)
    endpoint = reading.endpoint_get_for(actor, webhook_id)
    wanted = request.POST.get("active") == "1"
    endpoints.endpoint_change(endpoint=endpoint, actor=actor, is_active=wanted)
    said = _("Switched on; what waits is sent now.") if wanted else _("Switched off; nothing is sent there any more.")
    notices.success(request, said)
    return redirect("core:webhook", endpoint.pk)


def _may_send(delivery: WebhookDelivery) -> bool:
    return delivery.status != WebhookDelivery.Status.PENDING


def _done(request: HttpRequest, webhook_id: int, act: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
    except errors.Conflict as problem:
        notices.error(request, str(problem.detail))
    else:
        notices.success(request, _("On its way; the answer appears here in a moment."))
    return redirect("core:webhook", webhook_id)
