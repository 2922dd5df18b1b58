"""The state machines as help: what can become of a case, in pictures and tables, from the tables that run."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from aftersales.core import drawing, policies, transitions
from aftersales.core.drawing import Diagram
from aftersales.core.machine import BUYER, PLATFORM, SYSTEM, Machine
from aftersales.core.models import Role

from .access import open_to

WHO = {
    **dict(Role.choices),
    BUYER: gettext_lazy("Buyer"),
    PLATFORM: pgettext_lazy("who", "Platform"),
    SYSTEM: pgettext_lazy("who", "by itself"),
}
ORDER_OF_ROLES = (BUYER, *Role.values, PLATFORM, SYSTEM)
FIRST = ("refund", "order", "parcel", "dispute", "payment", "payout")
"""The machines in the order in which a case meets them."""


@require_safe
@open_to(*Role.values)
def states(request: HttpRequest) -> HttpResponse:
    """Show every machine: its picture, what happens by itself, and every step in a table. No query but for figures."""
    found = [_shown(machine, diagram) for machine in _machines() for diagram in drawing.diagrams(machine, _figure)]
    return render(request, "core/states.html", {"machines": found})


@require_safe
@open_to(*Role.values)
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Show one picture with the state `here` marked; for a script the picture alone."""
    for machine in _machines():
        for diagram in drawing.diagrams(machine, _figure):
            if diagram.name == name:
                shown = _shown(machine, diagram, request.GET.get("here", ""))
                return render(request, "core/state_picture.html", {"machine": shown})
    raise Http404


def _machines() -> list[Machine]:
    known = {name: binding.machine for name, binding in transitions.bindings.items()}
    names = sorted(known, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return [known[name] for name in names]


def _figure(key: str) -> str:
    """Give a setting's figure as it holds now, for all shops."""
    return policies.definition(key).words(policies.explain(key).stored)


def _shown(machine: Machine, diagram: Diagram, here: str = "") -> dict[str, Any]:
    cards = [card for card in diagram.cards if not card.elsewhere]
    inside = {card.state for card in cards}
    return {
        "name": diagram.name,
        "title": diagram.title,
        "svg": drawing.svg(diagram, here),
        "here": next((card.label for card in cards if card.state == here), ""),
        "cards": cards,
        "steps": [
            {
                "source": machine.labels[edge.source] if edge.source else "",
                "label": drawing.step_label(machine, edge),
                "target": machine.labels[edge.target],
                "stays": edge.source == edge.target,
                "who": _(", ").join(str(WHO[role]) for role in ORDER_OF_ROLES if role in edge.who),
            }
            for edge in machine.edges
            if (edge.source or edge.target) in inside
        ],
    }
