"""Macros on a request and on a ticket: chosen, shown with what will happen, run (TKT-3)."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core.views.dialogs import Dialog, OnceForm
from tickets.models import CannedReply, Ticket
from tickets.selectors import macros
from tickets.selectors.replies import Case
from tickets.selectors.request_rows import request_get_for
from tickets.selectors.tickets import ticket_get_for
from tickets.services.macros import macro_run
from tickets.states import WORKERS

from .replies import readable


class MacroForm(OnceForm):
    """Which macro, on which version of the case."""

    macro = forms.TypedChoiceField(widget=forms.HiddenInput, coerce=int)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[CannedReply], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["macro"].choices = [(one.pk, one.title) for one in choices]  # type: ignore[attr-defined]


class RunMacro(Dialog):
    """A macro is chosen (without `?macro=`), or shown with its steps and run."""

    roles = WORKERS
    template_name = "tickets/macro.html"
    form_class = MacroForm
    case: Case
    looked_at: int

    def load(self, **kwargs: Any) -> None:
        """Find the case and the macros that there are for it. Raises: NotFound, Forbidden."""
        self.find(**kwargs)
        self.choices = macros.macros_for(self.actor, shop_id=self.case.shop_id)
        asked = self.request.POST.get("macro", "") or self.request.GET.get("macro", "")
        self.macro = next((one for one in self.choices if str(one.pk) == asked), None)

    def find(self, **kwargs: Any) -> None:
        """Find the case."""

    def form_kwargs(self) -> dict[str, Any]:
        """Take those macros alone."""
        return {"choices": self.choices}

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"macro": self.macro.pk if self.macro is not None else "", "version": self.looked_at}

    def context(self) -> dict[str, Any]:
        """Show what will happen, and what cannot."""
        steps = macros.macro_steps(self.macro, self.case, self.actor) if self.macro is not None else []
        return {
            "macro": self.macro,
            "choices": self.choices,
            "macro_url": self.request.path,
            "steps": steps,
            "confirm_disabled": self.macro is None or any(step.stop for step in steps),
            "title": self.macro.title if self.macro is not None else _("Run a macro"),
        }

    def act(self, data: dict[str, Any]) -> str:
        """Run it."""
        macro = next(one for one in self.choices if one.pk == data["macro"])
        macro_run(macro=macro, case=self.case, actor=self.actor, version=data["version"])
        return _("Done: %(name)s") % {"name": macro.title}

    def draft_key(self) -> str:
        """Nothing is typed."""
        return ""


class OnRequest(RunMacro):
    """On a request."""

    def find(self, **kwargs: Any) -> None:
        """Find it and its ticket. Raises: NotFound."""
        self.refund = request_get_for(self.actor, readable(kwargs["refund_no"]))
        self.looked_at = self.refund.version
        ticket = Ticket.objects.filter(refund=self.refund).first()
        self.case = Case(self.refund.order, refund=self.refund, ticket=ticket)

    def home(self) -> str:
        """Lead back to it."""
        return reverse("tickets:request_detail", args=[self.refund.refund_no])


class OnTicket(RunMacro):
    """On a ticket."""

    def find(self, **kwargs: Any) -> None:
        """Find it. Raises: NotFound."""
        self.ticket = ticket_get_for(self.actor, readable(kwargs["ticket_no"]))
        self.looked_at = self.ticket.version
        self.case = Case(self.ticket.order, refund=self.ticket.refund, ticket=self.ticket, on_ticket=True)

    def home(self) -> str:
        """Lead back to it."""
        return reverse("tickets:ticket", args=[self.ticket.ticket_no])
