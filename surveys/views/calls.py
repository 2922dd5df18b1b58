"""The call list, one survey, and what came of a call: reached, no answer, refused, wrong number (SAT-1)."""

from typing import Any, ClassVar

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aftersales.core import keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR
from aftersales.core.transitions import why_not
from aftersales.core.views.access import looking_actor, open_to
from aftersales.core.views.buttons import step_buttons
from aftersales.core.views.dialogs import Dialog
from surveys import forms, services
from surveys.models import Survey
from surveys.selectors import pages, survey_get_for
from surveys.states import MARKS, SURVEY

LOOKERS = (AGENT, SUPERVISOR)
KEYS = {"reach": "a", "miss": "m", "refuse": "x", "wrong_number": "w"}


@require_safe
@open_to(*LOOKERS)
def calls(request: HttpRequest) -> HttpResponse:
    """Show who is to be called, the first due at the top."""
    actor, tab = looking_actor(request), request.GET.get("tab", "call")
    tab = tab if tab in pages.TABS else "call"
    page = keyset.page(pages.call_rows(actor, tab), request.GET, pages.ORDERING.get(tab, ("call_due_at", "id")))
    context = {
        "tab": tab,
        "tabs": keyset.tabs(reverse("surveys:calls"), pages.TABS, pages.call_counts(actor), tab),
        "page": page,
        "rows": page.rows,
    }
    return render(request, "surveys/calls.html", context)


@require_safe
@open_to(*LOOKERS)
def survey(request: HttpRequest, survey_no: str) -> HttpResponse:
    """Show one survey: what was asked about, what was said, the calls, and what can be done."""
    page = pages.survey_page(actor_of(request), survey_no)
    context = {
        "page": page,
        "survey": page.survey,
        "order": page.survey.order,
        "query": f"?shop={page.survey.shop.code}",
        "actions": step_buttons(
            page.actions,
            scope="survey",
            keys=KEYS,
            labels=SURVEY.actions,
            address=lambda action: reverse(f"surveys:{action}", args=[page.survey.survey_no]),
            first={"reach"},
        ),
    }
    return render(request, "surveys/survey.html", context)


class CallDialog(Dialog):
    """What came of a call, with the survey in short above the form."""

    action: ClassVar[str] = ""
    template_name = "surveys/step.html"
    form_class: ClassVar[type[Form]] = forms.CallForm
    survey: Survey

    def load(self, **kwargs: Any) -> None:
        """Find the survey. Raises: NotFound."""
        self.survey = survey_get_for(self.actor, kwargs["survey_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.survey.version}

    def context(self) -> dict[str, Any]:
        """Give the survey, and why the step is not possible where it is not."""
        stop = why_not(SURVEY, self.survey, self.actor, self.action)
        return {"survey": self.survey, "title": SURVEY.actions[self.action], "stop": stop.text if stop else ""}

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        step = getattr(services, f"survey_{self.action}")
        moved: Survey = step(survey=self.survey, actor=self.actor, **data)
        return f"{moved.survey_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the survey."""
        return reverse("surveys:survey", args=[self.survey.survey_no])


class Reach(CallDialog):
    """The buyer was reached."""

    action, form_class = "reach", forms.ReachForm
    roles = SURVEY.roles_of[action]

    def form_kwargs(self) -> dict[str, Any]:
        """Say whether he has given his marks before."""
        return {"answered": self.survey.answered_at is not None}

    def act(self, data: dict[str, Any]) -> str:
        """Give the marks together."""
        marks = {mark: data.pop(mark) for mark in MARKS if mark in data}
        return super().act(data | {"marks": marks})


class Miss(CallDialog):
    """Nobody answered."""

    action, form_class = "miss", forms.MissForm
    roles = SURVEY.roles_of[action]


class Refuse(CallDialog):
    """The buyer does not want to."""

    action = "refuse"
    roles = SURVEY.roles_of[action]


class WrongNumber(CallDialog):
    """The number is not his."""

    action = "wrong_number"
    roles = SURVEY.roles_of[action]
