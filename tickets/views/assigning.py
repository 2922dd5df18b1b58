"""Who is at the desk: said by the agent himself, and for supervisors with skills, limits and what nobody was given."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.models import Role
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from tickets import services
from tickets.forms.assigning import SkillsForm
from tickets.models import DeskAgent, Presence
from tickets.selectors import assigning as selectors
from tickets.selectors import looking
from tickets.selectors.ticket_rows import shops_of, tickets_in_hand

SUPERVISORS = (SUPERVISOR, Role.ADMIN.value)


@require_POST
@open_to(AGENT)
def presence(request: HttpRequest) -> HttpResponse:
    """Say whether one is present; who goes is offered to hand over what he has (TKT-2)."""
    actor = actor_of(request)
    agent = services.presence_set(actor=actor, presence=request.POST.get("presence", ""))
    back = request.POST.get("next", "")
    back = back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else reverse("tickets:home")
    if agent.presence == Presence.PRESENT:
        messages.success(request, _("You are present: tickets come to you by themselves where your shop has it so."))
        return redirect(back)
    left = len(tickets_in_hand(actor))
    if not left:
        messages.success(request, _("Nothing is given to you any more, and you leave nothing behind."))
        return redirect(back)
    said = ngettext(
        "Nothing is given to you any more. %(n)s ticket is still yours: hand over what cannot wait.",
        "Nothing is given to you any more. %(n)s tickets are still yours: hand over what cannot wait.",
        left,
    )
    messages.warning(request, said % {"n": left})
    return redirect("tickets:tickets_hand_over")


@require_POST
@login_required
def here(request: HttpRequest) -> HttpResponse:
    """Take a page's word that somebody is here, and tell it who else has which case before him (TKT-1)."""
    actor = actor_of(request)
    if request.POST.get("alive") and actor.role == AGENT:
        services.presence_renew(actor=actor)
    if number := request.POST.get("about", "")[:32].replace("\x00", ""):
        services.looking_note(actor=actor, number=number, typing=bool(request.POST.get("typing")))
    state = Presence(selectors.presence_of(actor.user_id)) if actor.role == AGENT and actor.user_id else None
    return JsonResponse(
        {
            "presence": {"value": state.value, "words": str(state.label)} if state is not None else None,
            "others": looking.others_looking(actor),
        }
    )


@require_safe
@open_to(*SUPERVISORS)
def assignment(request: HttpRequest) -> HttpResponse:
    """Show who is there, what each can do and has, and what nobody was given, with the reason (TKT-1)."""
    actor = looking_actor(request)
    shops = {shop.pk: shop.name for shop in shops_of(actor)}
    context = {
        "rows": selectors.agent_rows(actor, shops),
        "groups": selectors.unowned_groups(actor, shops),
        "may_set": actor.role == SUPERVISOR,
    }
    return render(request, "tickets/assignment.html", context)


class Skills(Dialog):
    """What an agent can do and how much he takes."""

    roles: ClassVar[frozenset[str]] = frozenset({SUPERVISOR})
    template_name = "tickets/assignment_skills.html"
    form_class: ClassVar[type[forms.Form]] = SkillsForm

    def load(self, **kwargs: Any) -> None:
        """Find the agent."""
        found = selectors.agents_of(self.actor).filter(pk=kwargs["user_id"]).first()
        if found is None:
            raise errors.NotFound()
        self.person = found
        self.agent: DeskAgent | None = getattr(found, "desk_agent", None)
        self.shops = shops_of(self.actor)

    def context(self) -> dict[str, Any]:
        """Say whose they are."""
        return {"person": self.person}

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the shops."""
        return {"shops": self.shops}

    def initial(self) -> dict[str, Any]:
        """Begin with what holds."""
        if self.agent is None:
            return {}
        return {"kinds": self.agent.kinds, "shops": self.agent.shops, "most_open": self.agent.most_open}

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        services.skills_set(user=self.person, actor=self.actor, **data)
        return _("Kept for %(who)s.") % {"who": self.person}

    def home(self) -> str:
        """Lead back to the page."""
        return reverse("tickets:assignment")
