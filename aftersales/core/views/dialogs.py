"""`Dialog`, the base of every decision in place: shown, taken, refused in words, and never lost or done twice.

The same view is a dialog over the page (htmx) and, without script, a page of its own (components/_dialog.html).
Subclasses name a form and a template, say what it is about in `load`, and call one service in `act`.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from aftersales.core import errors, idempotency
from aftersales.core.api.authentication import actor_of
from aftersales.core.auth import Actor

from .access import require_role


class OnceForm(forms.Form):
    """A form whose sending counts once, however often it arrives: for decisions that no version protects."""

    form_token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: uuid.uuid4().hex)


class Dialog(View):
    """A decision. `roles` may take it; `template_name` extends components/_dialog.html and gets `form` and `context`.

    `act` runs in one transaction; what it raises is shown in the dialog, with everything that was typed. Success leads
    back to the page that it was opened from, where a message says what `act` returned.
    """

    roles: ClassVar[frozenset[str]] = frozenset()
    template_name: ClassVar[str] = ""
    form_class: ClassVar[type[forms.Form]] = forms.Form
    http_method_names: ClassVar[list[str]] = ["get", "post", "head"]  # type: ignore[misc]
    actor: Actor

    def load(self, **kwargs: Any) -> None:
        """Find what the decision is about. Raises: NotFound."""

    def context(self) -> dict[str, Any]:
        """Give the template what it shows."""
        return {}

    def initial(self) -> dict[str, Any]:
        """Give the form's first values."""
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form what else it needs."""
        return {}

    def act(self, data: dict[str, Any]) -> str:
        """Do it and return the words that say so."""
        raise errors.Conflict()

    def home(self) -> str:
        """Give the page that it belongs to, for those who came without script."""
        return "/"

    def draft_key(self) -> str:
        """Name the draft that keeps what is typed; empty where nothing is typed."""
        return f"dialog:{self.request.path}"

    # How it runs ------------------------------------------------------------------------------------------------------

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check who asks and find what it is about, then show or take the decision."""
        self.actor = actor_of(request)
        require_role(self.actor, self.roles)
        self.load(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.show(self.form_class(initial=self.initial(), **self.form_kwargs()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take it, or show what is wrong beside what was typed."""
        form = self.form_class(request.POST, request.FILES, initial=self.initial(), **self.form_kwargs())
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            words = self.taken(form.cleaned_data)
        except errors.Problem as problem:
            if problem.status in (401, 403):
                raise
            return self.refused(form, problem)
        messages.success(request, words)
        return self.done()

    def taken(self, data: dict[str, Any]) -> str:
        """Run `act` in one transaction; a form that carries a token runs it once and answers alike ever after."""
        token = data.pop("form_token", "")
        if not token:
            with transaction.atomic():
                return self.act(data)
        return once(self.actor, f"page:{token}", self.request.path, lambda: self.act(data))

    def show(self, form: forms.Form, *, status: int = 200, problem: dict[str, Any] | None = None) -> HttpResponse:
        """Render the dialog, or the page that stands for it."""
        context = {
            "form": form,
            "form_url": self.request.get_full_path(),
            "cancel_url": self.home(),
            "draft_key": self.draft_key(),
            "problem": problem,
        }
        return render(self.request, self.template_name, context | self.context(), status=status)

    def refused(self, form: forms.Form, problem: errors.Problem) -> HttpResponse:
        """Say what is wrong at its field, the rest above the form. What was stale is shown anew, to be judged again."""
        status, shown = put_errors(form, problem)
        if isinstance(problem, errors.StaleVersion) and "version" in form.fields:
            posted = form.data.copy()  # type: ignore[attr-defined]
            posted["version"] = str(problem.extra.get("version"))
            form.data = posted
        return self.show(form, status=status, problem=shown)

    def done(self) -> HttpResponse:
        """Lead back to where it was opened, and let the draft go."""
        htmx = getattr(self.request, "htmx", None)
        if not htmx:
            return redirect(self.home())
        response = HttpResponse(status=204)
        alone = stands_alone(self.request)
        response["HX-Redirect"] = self.home() if alone else htmx.current_url_abs_path or self.home()
        if key := self.draft_key():
            response["HX-Trigger"] = json.dumps({"draft:clear": key})
        return response


def stands_alone(request: HttpRequest) -> bool:
    """Tell whether a script sent the dialog from a page of its own: there is nothing below it to come back to."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and urlsplit(htmx.current_url_abs_path or "").path == request.path


def put_errors(form: forms.Form, problem: errors.Problem) -> tuple[int, dict[str, Any] | None]:
    """Put a problem's field errors on the form; return the status and what is left to be said above it."""
    others = []
    for fault in problem.errors:
        name, *place = fault.field.replace("[", ".").replace("]", "").split(".")
        if name not in form.fields and place and place[-1] in form.fields:  # a member of an object: "payee.account"
            name, place = place[-1], []
        if name in form.fields:
            counted = [str(int(part) + 1) if part.isdecimal() else part for part in place]  # people count from one
            form.add_error(name, ": ".join([*counted, str(fault.detail)]))
        else:
            others.append(str(fault.detail))
    status = problem.status if problem.status in (404, 409, 412) else 422
    if problem.errors and not others and not problem.extra.get("rule"):
        return status, None
    title, detail = str(problem.title), str(problem.detail)
    shown = {
        "title": title,
        "detail": " ".join(filter(None, ["" if detail == title else detail, *others])),
        "rule": problem.extra.get("rule", ""),
        "code": problem.code,
    }
    return status, shown


def once(actor: Actor, key: str, digest: str, act: Callable[[], str]) -> str:
    """Run `act` in one transaction, once for this key: a repetition gets the first answer. Raises what `act` raises."""

    def refusal(exc: Exception) -> str:
        raise exc

    outcome = idempotency.run_once(
        owner=actor.owner,
        key=key,
        digest=digest,
        work=act,
        answer_of=lambda words: idempotency.Answer(204, words, "text/plain"),
        refusal_of=refusal,
    )
    return outcome.fresh if outcome.stored is None else outcome.stored.body  # type: ignore[return-value]
