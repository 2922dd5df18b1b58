"""What is asked of the list of tickets. What is typed in the dialogs stands in `ticket_steps`."""

from typing import Any

from django import forms
from django.http import QueryDict

from aftersales.core.auth import Actor
from tickets.selectors.ticket_rows import Wanted, first_tab, tabs_for
from tickets.states import Priority, TicketKind, WaitingFor

MOST_NAMES = 20


class TicketsForm(forms.Form):
    """What an address asks of the list. A value that makes no sense counts as not given."""

    kind = forms.MultipleChoiceField(choices=TicketKind.choices, required=False)
    priority = forms.MultipleChoiceField(choices=Priority.choices, required=False)
    waiting_for = forms.MultipleChoiceField(choices=WaitingFor.choices, required=False)


def wanted_from(params: QueryDict, actor: Actor) -> Wanted:
    """Read what is wanted from an address; a tab that the role does not have is its first."""
    form = TicketsForm(params)
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data
    tab = params.get("tab", "")
    return Wanted(
        tab=tab if tab in tabs_for(actor) else first_tab(actor),
        kind=given.get("kind") or (),
        priority=given.get("priority") or (),
        waiting_for=given.get("waiting_for") or (),
        owner=_names(params, "owner"),
        shop=_names(params, "shop"),
    )


def _names(params: QueryDict, name: str) -> list[str]:
    """Give names that somebody chose; the database cannot look for a null byte."""
    return [one for one in params.getlist(name) if one and "\x00" not in one][:MOST_NAMES]
