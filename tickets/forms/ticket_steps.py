"""What is typed in the dialogs of tickets: what comes next and by when, what was said, how it was solved (TKT)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.core.models import User
from aftersales.core.views.dialogs import OnceForm
from refunds.forms import VersionForm
from tickets.models import Ticket, TicketNote
from tickets.models.tickets import STEP_LENGTH
from tickets.states import Priority, TicketKind, WaitingFor

from .orders import moment_input

NEXT_STEP = _("Next step")
NOBODY = ""
SHORT, LONG = 500, 2000


def words(label: Any, *, most: int = LONG, first: bool = False, needed: bool = True, **more: Any) -> forms.CharField:
    """Give a field for some sentences."""
    attrs: dict[str, Any] = {"rows": 3} | ({"data-first": ""} if first else {})
    widget = forms.Textarea(attrs=attrs)
    return forms.CharField(label=label, max_length=most, required=needed, widget=widget, **more)


def step_field(label: Any = NEXT_STEP, *, first: bool = False) -> forms.CharField:
    """Give a field for what comes next, with the usual steps to choose from."""
    attrs = {"list": "usual-steps", "autocomplete": "off"} | ({"data-first": ""} if first else {})
    return forms.CharField(label=label, max_length=STEP_LENGTH, widget=forms.TextInput(attrs=attrs))


def due_field(*, needed: bool = True) -> forms.DateTimeField:
    """Give a field for the moment by which the step is due."""
    text = "" if needed else _("Left empty, the priority says by when.")
    return forms.DateTimeField(label=_("By when"), required=needed, widget=moment_input(), help_text=text)


class TicketForm(OnceForm):
    """A new ticket, by hand, in seconds (TKT-1)."""

    order_no = forms.CharField(
        label=_("Order number"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-first": ""}),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("ticket", "Kind"), choices=TicketKind.choices)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    title = forms.CharField(
        label=_("What the buyer brings"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    next_step = step_field()
    due_at = due_field(needed=False)

    def __init__(self, *args: Any, order_no: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if order_no:
            del self.fields["order_no"]
            self.fields["title"].widget.attrs["data-first"] = ""


class PlanForm(VersionForm):
    """What comes next, perhaps with another priority or kind."""

    next_step = step_field(first=True)
    due_at = due_field()
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)
    kind = forms.ChoiceField(label=pgettext_lazy("ticket", "Kind"), choices=TicketKind.choices)
    note = words(_("Note"), most=SHORT, needed=False)


class WaitForm(VersionForm):
    """Who acts next, what he shall do, and by when."""

    waiting_for = forms.ChoiceField(label=_("Waiting for"), choices=WaitingFor.choices, widget=forms.RadioSelect)
    next_step = step_field(_("What is waited for"), first=True)
    due_at = due_field()
    note = words(_("Note"), most=SHORT, needed=False)


class TakeUpForm(VersionForm):
    """The answer is there; what is to be done now."""

    next_step = step_field(first=True)
    due_at = due_field(needed=False)
    note = words(_("Note"), most=SHORT, needed=False)


class ReopenForm(TakeUpForm):
    """Solved, and yet not."""


class OwnerForm(VersionForm):
    """Who owns it from now on, and what he has to know (TKT-2)."""

    owner = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    note = words(
        _("What the next one has to know"),
        most=SHORT,
        needed=False,
        first=True,
        help_text=_("What was done, what was promised, what is missing. Whoever gives his own ticket away writes it."),
    )

    def __init__(
        self, *args: Any, choices: Sequence[User], nobody: bool, giver: int | None, ticket: Ticket, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owned, self.giver = ticket.owner_id, giver
        offered = [(one.pk, f"{one} · {one.get_role_display()}") for one in choices]
        first = [(NOBODY, _("Nobody"))] if nobody else [(NOBODY, "—")]
        self.fields["owner"].choices = [*first, *offered]  # type: ignore[attr-defined]
        self.fields["owner"].required = not nobody

    def clean(self) -> dict[str, Any]:
        """Let nobody give his own ticket to a colleague without a word."""
        data: dict[str, Any] = super().clean() or {}
        owner = data.get("owner")
        gives_away = self.owned == self.giver and owner not in (None, self.giver)
        if gives_away and not data.get("note", "").strip() and "note" not in self.errors:
            self.add_error("note", _("Say what the next one has to know."))
        return data


class ResolveForm(VersionForm):
    """How it was solved."""

    resolution = words(_("How it was solved"), most=SHORT, first=True)


class CloseForm(VersionForm):
    """Over for good."""

    note = words(_("Note"), most=SHORT, needed=False, first=True)


class MergeForm(VersionForm):
    """Which ticket goes on instead."""

    into = forms.ChoiceField(label=_("Goes on as"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, others: Sequence[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (one.ticket_no, f"{one.ticket_no} · {one.get_kind_display()} · {one.title}") for one in others
        ]


class SaidForm(OnceForm):
    """A note."""

    text = words(_("Note"), first=True)


class ContactForm(OnceForm):
    """The buyer was called or chatted with."""

    form = forms.ChoiceField(
        label=_("How"),
        choices=[(TicketNote.Form.PHONE, _("Phone call")), (TicketNote.Form.CHAT, _("Chat"))],
        widget=forms.RadioSelect,
    )
    reached = forms.TypedChoiceField(
        label=_("The buyer"),
        choices=[("yes", _("was reached")), ("no", _("was not reached"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    text = words(_("What was said"), first=True)


class ReplyForm(OnceForm):
    """Words for the buyer."""

    text = words(_("Reply"), first=True)
    used = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput(attrs={"data-used": ""}))


class PromiseForm(OnceForm):
    """What was promised, by when (TKT-4)."""

    what = forms.CharField(
        label=_("What was promised"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-first": "", "autocomplete": "off"}),
    )
    due_at = due_field()


class LinkForm(OnceForm):
    """What else of the order the ticket is about."""

    things = forms.MultipleChoiceField(
        label=_("Requests, parcels, payouts, claims, invoices, complaints"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["things"].choices = choices  # type: ignore[attr-defined]
