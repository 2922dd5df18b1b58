"""What pages of other areas show of the workbench: an agent's presence, the warehouse's urgent tasks."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from aftersales.core.models import Role, User
from aftersales.core.views.access import looking_actor
from tickets.models import Presence, TaskKind
from tickets.selectors import assigning
from tickets.selectors import tasks as selectors

register = template.Library()


@register.inclusion_tag("tickets/_urgent_voids.html", takes_context=True)
def urgent_voids(context: template.Context) -> dict[str, Any]:
    """Show what was refunded before the warehouse answered: these goods must not leave (VOI-4). Two statements."""
    actor = looking_actor(context["request"])
    rows = selectors.tasks_open(actor, role="warehouse", kind=TaskKind.CHASE_VOID)
    return {"tasks": selectors.with_goods(rows.order_by("due_at", "id")[: selectors.MOST_URGENT])}


@register.inclusion_tag("tickets/_presence.html", takes_context=True)
def desk_presence(context: template.Context) -> dict[str, Any]:
    """Show an agent whether he is given work, and let him change it; a statement only where it is not known yet."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User) or user.role != Role.AGENT:
        return {"presence": ""}
    presence = Presence(assigning.presence_of(user.pk))
    return {
        "presence": presence.value,
        "label": presence.label,
        "choices": Presence.choices,
        "back": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def author(name: str) -> str:
    """Name who wrote something; a part of the system is just the system."""
    return _("System") if name.startswith("system:") else name
