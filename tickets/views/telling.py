"""How news reaches people: what each wants where, and the robots of group chats with what could not be sent."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.context_processors import forget_counts
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.models import User
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.dialogs import Dialog
from tickets import services
from tickets.forms.telling import PreferenceForm, RobotForm
from tickets.models import NewsKind, NewsPreference
from tickets.selectors import telling as selectors


@require_http_methods(["GET", "HEAD", "POST"])
@open_to(AGENT, SUPERVISOR)
def news_settings(request: HttpRequest) -> HttpResponse:
    """Show or keep what one wants to be told where (TMO-17)."""
    user = request.user
    assert isinstance(user, User), "only members of staff have a session"
    faults: list[str] = []
    if request.method == "POST":
        form = PreferenceForm(request.POST)
        if form.is_valid():
            try:
                _keep(user, form.cleaned_data)
            except errors.Invalid as wrong:
                faults = [str(fault.detail) for fault in wrong.errors]
            else:
                messages.success(request, _("Kept."))
                return redirect("tickets:news_settings")
        else:
            faults = [str(text) for texts in form.errors.values() for text in texts]
    preference = selectors.preference_of(user)
    context = {
        "preference": preference,
        "rows": selectors.preference_rows(preference, services.ALWAYS),
        "digests": NewsPreference.Digest.choices,
        "mails": selectors.mails_of(user),
        "faults": faults,
    }
    return render(request, "tickets/news_settings.html", context, status=422 if faults else 200)


def _keep(user: User, data: dict[str, Any]) -> None:
    silent = [kind for kind in NewsKind.values if kind not in data["in_page"]]
    services.news_preference_set(user=user, silent=silent, by_mail=data["by_mail"], digest=data["digest"])
    forget_counts(user.pk)


@require_safe
@open_to(SUPERVISOR)
def robots(request: HttpRequest) -> HttpResponse:
    """List the robots and what was for them, the latest first."""
    actor = looking_actor(request)
    found = selectors.robots_for(actor)
    page = keyset.page(selectors.dispatches(actor), request.GET, selectors.ORDERING)
    rows = [{"robot": robot, "kinds": selectors.kind_words(robot.kinds)} for robot in found]
    return render(request, "tickets/robots.html", {"rows": rows, "page": page})


class RobotNew(Dialog):
    """Name a robot."""

    roles: ClassVar[frozenset[str]] = frozenset({SUPERVISOR})
    template_name = "tickets/robot_new.html"
    form_class = RobotForm

    def form_kwargs(self) -> dict[str, Any]:
        """Give the shops to choose from."""
        return {"shops": selectors.shops_for(self.actor)}

    def draft_key(self) -> str:
        """Keep no draft: what is typed here is secret."""
        return ""

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("tickets:robots")

    def act(self, data: dict[str, Any]) -> str:
        """Keep it."""
        fields = {name: data[name] for name in ("shop", "name", "provider", "url", "secret", "kinds")}
        robot = services.robot_create(actor=self.actor, **fields)
        return _("%(name)s is told from now on.") % {"name": robot.name}


@require_POST
@open_to(SUPERVISOR)
def robot_switch(request: HttpRequest, robot_id: int) -> HttpResponse:
    """Switch a robot on or off."""
    actor = actor_of(request)
    robot = selectors.robot_get_for(actor, robot_id)
    services.robot_switch(robot=robot, actor=actor, active=request.POST.get("active") == "1")
    return redirect("tickets:robots")


@require_POST
@open_to(SUPERVISOR)
def robot_test(request: HttpRequest, robot_id: int) -> HttpResponse:
    """Send a test message."""
    actor = actor_of(request)
    robot = selectors.robot_get_for(actor, robot_id)
    text = _("Test: %(who)s tries whether this group is told.") % {"who": actor.name}
    services.robot_test(robot=robot, actor=actor, text=text)
    messages.success(request, _("A test message is on its way."))
    return redirect("tickets:robots")


@require_POST
@open_to(SUPERVISOR)
def robot_delete(request: HttpRequest, robot_id: int) -> HttpResponse:
    """Forget a robot that is switched off."""
    actor = actor_of(request)
    robot = selectors.robot_get_for(actor, robot_id)
    if robot.is_active:
        raise errors.Conflict(_("Switch it off first."))
    services.robot_delete(robot=robot, actor=actor)
    messages.success(request, _("%(name)s is deleted.") % {"name": robot.name})
    return redirect("tickets:robots")


@require_POST
@open_to(SUPERVISOR)
def dispatch_again(request: HttpRequest, dispatch_id: int) -> HttpResponse:
    """Send a parked message again."""
    actor = actor_of(request)
    services.dispatch_again(dispatch=selectors.dispatch_get_for(actor, dispatch_id), actor=actor)
    return redirect("tickets:robots")
