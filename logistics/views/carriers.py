"""Carriers in the console: the list, one with its history, whose format a number has, and the editor (LOG-1)."""

from typing import Any, ClassVar

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aftersales.core import errors, keyset
from aftersales.core.api.base import actor_of
from aftersales.core.machine import AGENT, SUPERVISOR, WAREHOUSE
from aftersales.core.models import Role
from aftersales.core.views.access import open_to, require_role
from aftersales.core.views.dialogs import Dialog
from logistics.forms.carriers import CarrierForm, typed
from logistics.models import Carrier
from logistics.selectors import carriers as selectors
from logistics.selectors.formats import format_fault, has_format
from logistics.services import carriers as services

LOOKERS = frozenset({AGENT, WAREHOUSE, SUPERVISOR, Role.ADMIN.value})
LONGEST = 64


@require_safe
@open_to(*LOOKERS)
def carriers(request: HttpRequest) -> HttpResponse:
    """List carriers by name, those that were looked for, or those one of whose formats a number has."""
    asked, number = (request.GET.get(name, "").strip()[:LONGEST] for name in ("q", "number"))
    context = {
        "page": keyset.page(selectors.carrier_rows(asked, number), request.GET, ("name", "id")),
        "asked": asked,
        "number": number,
        "may_edit": services.may_edit(actor_of(request)),
    }
    return render(request, "logistics/carriers.html", context)


@require_safe
@open_to(*LOOKERS)
def trial(request: HttpRequest) -> HttpResponse:
    """Say whose formats a number has, and whether it has the formats that are just being typed."""
    number = request.GET.get("trial", "").strip().upper()[:LONGEST]
    formats = request.GET.get("formats", "")[:4000]
    faulty = [pattern for pattern in formats.split() if format_fault(pattern)]
    sound = " ".join(pattern for pattern in formats.split() if pattern not in faulty)
    context = {
        "number": number,
        "fitting": selectors.carriers_fitting(number),
        "typed": bool(formats.split()),
        "fits": has_format(sound, number),
        "faulty": faulty,
    }
    return render(request, "logistics/_carrier_trial.html", context)


class CarrierEdit(Dialog):
    """What is known of one carrier; read by whoever sends or asks, changed by supervisors of all shops."""

    roles: ClassVar[frozenset[str]] = LOOKERS
    template_name = "logistics/carrier.html"
    form_class = CarrierForm
    carrier: Carrier | None = None

    def load(self, **kwargs: Any) -> None:
        """Find the carrier. Raises: NotFound."""
        if self.request.method == "POST":
            require_role(self.actor, frozenset({SUPERVISOR}))
        self.carrier = selectors.carrier_get(kwargs["code"])

    def initial(self) -> dict[str, Any]:
        """Show what is known."""
        if self.carrier is None:
            return {"version": 0, "is_active": True}
        return {**typed(selectors.state_of(self.carrier)), "version": self.carrier.version}

    def context(self) -> dict[str, Any]:
        """Give the facts for those who only read, and the history."""
        may_edit = services.may_edit(self.actor)
        known = self.carrier
        return {
            "carrier": known,
            "title": known.name if known else _("New carrier"),
            "state": selectors.state_of(known) if known else None,
            "history": selectors.history(known) if known else [],
            "may_edit": may_edit,
            "confirm_disabled": not may_edit,
        }

    def home(self) -> str:
        """Lead back to the list."""
        return reverse("logistics:carriers")

    def act(self, data: dict[str, Any]) -> str:
        """Write it down."""
        version = data["version"] if self.carrier else None
        saved = services.carrier_save(actor=self.actor, facts=data["facts"], carrier=self.carrier, version=version)
        return _("“%(name)s” is saved.") % {"name": saved.name}

    def done(self) -> HttpResponse:
        """Lead to the carrier's page, whose address is another one after another code."""
        response = super().done()
        for header in ("HX-Redirect", "Location"):
            if header in response:
                response[header] = self.home()
        return response

    def refused(self, form: django_forms.Form, problem: errors.Problem) -> HttpResponse:
        """Bring together what a colleague changed meanwhile and what was typed; mark where both changed the same."""
        if isinstance(problem, errors.StaleVersion) and self.carrier is not None:
            seen = selectors.state_at(self.carrier, form.cleaned_data["version"])
            if seen is not None:
                self.carrier.refresh_from_db()
                _bring_together(form, typed(seen), typed(selectors.state_of(self.carrier)))
        return super().refused(form, problem)


def _bring_together(form: django_forms.Form, seen: dict[str, str], now: dict[str, str]) -> None:
    """Take over what the colleague changed in fields that were left as they were seen."""
    posted = form.data.copy()  # type: ignore[attr-defined]
    for name, current in now.items():
        mine = "\n".join(posted.get(name, "").split()) if name == "formats" else posted.get(name, "").strip()
        if current in (seen[name], mine):
            continue
        if mine == seen[name]:
            posted[name] = current
        else:
            form.add_error(name, _("Meanwhile this became: %(value)s") % {"value": current or "—"})
    form.data = posted


class CarrierNew(CarrierEdit):
    """A carrier that was not known."""

    roles: ClassVar[frozenset[str]] = frozenset({SUPERVISOR})

    def load(self, **kwargs: Any) -> None:
        """Nothing is there yet."""
