"""The playbook in the console: read by the desk, drafted and published by supervisors."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersales.core import errors
from aftersales.core.api.base import actor_of
from aftersales.core.machine import SUPERVISOR
from aftersales.core.views.access import open_to
from aftersales.core.views.dialogs import Dialog
from tickets import services
from tickets.forms.playbook import PROGRAM, DraftForm, PublishForm, RuleForm, TrialForm
from tickets.models import PlaybookVersion
from tickets.selectors import playbook_page as selectors
from tickets.selectors.playbook.shape import readable
from tickets.selectors.request_page import READERS

EDITORS = frozenset({SUPERVISOR})


@require_safe
@open_to(*READERS)
def playbook(request: HttpRequest) -> HttpResponse:
    """List drafts and versions, and say which holds."""
    context = {"versions": selectors.versions_shown(), "may_edit": _may_edit(request)}
    return render(request, "tickets/playbook.html", context)


@require_safe
@open_to(*READERS)
def program(request: HttpRequest) -> HttpResponse:
    """Show the playbook that comes with the program."""
    return render(request, "tickets/playbook_version.html", {"page": selectors.version_page(None), "version": None})


@require_safe
@open_to(*READERS)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a draft or a version: its rules in words, what is wrong, what differs."""
    found = selectors.version_get(version_id)
    context = {
        "page": selectors.version_page(found),
        "version": found,
        "may_edit": _may_edit(request),
        "tried": selectors.trial_page(actor_of(request), found),
    }
    return render(request, "tickets/playbook_version.html", context)


@require_safe
@open_to(*EDITORS)
def trial(request: HttpRequest, version_id: int) -> HttpResponse:
    """Give the latest trial of a draft anew, while it runs."""
    found = selectors.version_get(version_id)
    context = {"version": found, "tried": selectors.trial_page(actor_of(request), found)}
    return render(request, "tickets/_playbook_trial.html", context)


@require_POST
@open_to(*EDITORS)
def move(request: HttpRequest, version_id: int, place: int) -> HttpResponse:
    """Move a rule of a draft up or down, or take it out."""
    draft, actor = selectors.version_get(version_id), actor_of(request)
    rules = list(draft.rules)
    if not 1 <= place <= len(rules):
        raise errors.NotFound()
    rule = rules.pop(place - 1)
    by = request.POST.get("by", "")
    if by in ("up", "down"):
        rules.insert(max(place - 2 if by == "up" else place, 0), rule)
    try:
        known = int(request.POST.get("version", ""))
        with transaction.atomic():
            services.draft_save(draft=draft, actor=actor, rules=rules, version=known)
    except ValueError:
        raise errors.NotFound() from None
    except (errors.Conflict, errors.StaleVersion, errors.Invalid) as problem:
        messages.error(request, str(problem.detail))
    return redirect(reverse("tickets:playbook_version", args=[draft.pk]) + f"#rule-{place}")


def _may_edit(request: HttpRequest) -> bool:
    """Say whether somebody may change what holds for all shops, as the service judges it."""
    actor = actor_of(request)
    return actor.may(services.EDIT_PLAYBOOK) and actor.shop_ids is None


class VersionDialog(Dialog):
    """What the dialogs about a draft or a version share."""

    roles: ClassVar[frozenset[str]] = EDITORS
    found: PlaybookVersion

    def load(self, **kwargs: Any) -> None:
        """Find the version. Raises: NotFound."""
        self.found = selectors.version_get(kwargs["version_id"])

    def initial(self) -> dict[str, Any]:
        """Remember which state of the draft is looked at."""
        return {"version": self.found.version, "note": self.found.note}

    def context(self) -> dict[str, Any]:
        """Say which it is."""
        return {"version": self.found}

    def home(self) -> str:
        """Lead back to its page."""
        return reverse("tickets:playbook_version", args=[self.found.pk])


class DraftStart(Dialog):
    """A new draft."""

    roles: ClassVar[frozenset[str]] = EDITORS
    template_name = "tickets/playbook_draft.html"
    form_class = DraftForm

    def load(self, **kwargs: Any) -> None:
        """Find what it may begin with."""
        self.sources = selectors.published_sources()

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the versions."""
        return {"sources": self.sources}

    def home(self) -> str:
        """Lead to the list."""
        return reverse("tickets:playbook")

    def act(self, data: dict[str, Any]) -> str:
        """Begin it."""
        source = None if data["source"] == PROGRAM else selectors.version_get(int(data["source"]))
        services.draft_start(actor=self.actor, source=source, note=data["note"])
        return _("The draft is there; nothing changes until it is published.")


class RuleEdit(VersionDialog):
    """A rule of a draft; place 0 is a new one, put in front of the last."""

    template_name = "tickets/playbook_rule.html"
    form_class = RuleForm

    def load(self, **kwargs: Any) -> None:
        """Find the rule. Raises: NotFound."""
        super().load(**kwargs)
        self.place: int = kwargs["place"]
        if self.place > len(self.found.rules):
            raise errors.NotFound()
        if not readable(self.found.rules):
            raise errors.Conflict(_("This draft cannot be read any more: begin a new one."))
        self.rule = self.found.rules[self.place - 1] if self.place else None

    def form_kwargs(self) -> dict[str, Any]:
        """Show what stands there."""
        return {"rule": self.rule}

    def context(self) -> dict[str, Any]:
        """Say which rule it is."""
        return super().context() | {"place": self.place}

    def act(self, data: dict[str, Any]) -> str:
        """Write the draft with the rule in it."""
        rules = list(self.found.rules)
        if self.place:
            rules[self.place - 1] = data["rule"]
        else:
            rules.insert(len(rules) - 1, data["rule"])
        services.draft_save(draft=self.found, actor=self.actor, rules=rules, version=data["version"])
        return _("The draft is changed; what is wrong with it stands beside its rules.")


class TrialStart(VersionDialog):
    """A draft is held against what was done."""

    template_name = "tickets/playbook_trial.html"
    form_class = TrialForm

    def initial(self) -> dict[str, Any]:
        """The form knows how many months are usual."""
        return {}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        services.trial_start(draft=self.found, actor=self.actor, months=data["months"])
        return _("The trial is queued; you can leave the page.")


class Publish(VersionDialog):
    """A draft comes into force."""

    template_name = "tickets/playbook_publish.html"
    form_class = PublishForm

    def context(self) -> dict[str, Any]:
        """Show what would change, and what is wrong."""
        page = selectors.version_page(self.found)
        tried = selectors.trial_page(self.actor, self.found)
        return super().context() | {"page": page, "tried": tried, "confirm_disabled": bool(page["faults"])}

    def act(self, data: dict[str, Any]) -> str:
        """Publish it."""
        done = services.draft_publish(
            draft=self.found,
            actor=self.actor,
            version=data["version"],
            effective_at=data["effective_at"],
            note=data["note"],
        )
        return _("Version %(n)s is published.") % {"n": done.number}


class Withdraw(VersionDialog):
    """A draft is thrown away, or a planned version withdrawn."""

    template_name = "tickets/playbook_withdraw.html"
    form_class = forms.Form

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""

    def home(self) -> str:
        """Lead to the list: a draft has no page any more."""
        return reverse("tickets:playbook")

    def done(self) -> HttpResponse:
        """Lead to the list, wherever it was opened."""
        response = HttpResponse(status=204) if getattr(self.request, "htmx", None) else redirect(self.home())
        response["HX-Redirect"] = self.home()
        return response

    def act(self, data: dict[str, Any]) -> str:
        """Do it."""
        if self.found.is_draft:
            services.draft_discard(draft=self.found, actor=self.actor)
            return _("The draft is thrown away.")
        services.version_withdraw(playbook_version=self.found, actor=self.actor)
        return _("The planned version is withdrawn.")
