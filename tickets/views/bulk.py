"""The dialog that takes one step on everything that the queue's filters find."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core.auth import Actor
from aftersales.core.machine import SUPERVISOR
from aftersales.core.models import User
from aftersales.core.views.dialogs import OnceForm
from tickets import services
from tickets.forms.orders import FLAGS
from tickets.selectors import queue as queue_selectors
from tickets.selectors.request_page import colleagues
from tickets.services import bulk_steps

from .exporting import wanted_of
from .saved_views import OfList


class BulkForm(OnceForm):
    """Which step, and what it needs."""

    action = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    flag = forms.ChoiceField(label=gettext_lazy("Flag"), choices=FLAGS, required=False)
    owner = forms.ModelChoiceField(label=gettext_lazy("Hand over to"), queryset=User.objects.none(), required=False)
    upto = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boss = actor.role == SUPERVISOR
        actions = [(key, label) for key, label in bulk_steps.ACTIONS.items() if boss or key != bulk_steps.ASSIGN]
        self.fields["action"].choices = actions  # type: ignore[attr-defined]
        self.fields["owner"].queryset = colleagues(actor.shop_ids)  # type: ignore[attr-defined]
        if not boss:
            del self.fields["owner"]

    def clean(self) -> dict[str, Any]:
        """Require what the step needs."""
        data = super().clean() or {}
        if data.get("action") == bulk_steps.NOTE and not data.get("text", "").strip():
            self.add_error("text", _("Write the note."))
        if data.get("action") == bulk_steps.ASSIGN and not data.get("owner"):
            self.add_error("owner", _("Choose a colleague."))
        return data


class Bulk(OfList):
    """Take a step on all that match: what it would be first, then a job."""

    roles: ClassVar[frozenset[str]] = bulk_steps.DESK
    template_name = "tickets/bulk.html"
    form_class = BulkForm
    request: HttpRequest

    def load(self, **kwargs: Any) -> None:
        """Look at what the filters find."""
        self.looks, wanted = wanted_of(self.request, "queue")
        assert isinstance(wanted, queue_selectors.Wanted)
        self.wanted = wanted
        self.preview = bulk_steps.bulk_preview(self.looks, wanted)

    def context(self) -> dict[str, Any]:
        """Say what it would be taken on."""
        most = bulk_steps.most_rows()
        total = self.preview["total"]
        return self.preview | {"most": most, "confirm_disabled": not 0 < total <= most}

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the steps of this role."""
        return {"actor": self.looks}

    def initial(self) -> dict[str, Any]:
        """Nothing that comes in from now on is touched."""
        return {"upto": self.preview["last"]}

    def act(self, data: dict[str, Any]) -> str:
        """Queue it."""
        services.bulk_start(
            actor=self.looks,
            wanted=self.wanted,
            action=data["action"],
            upto=data["upto"],
            text=data["text"].strip(),
            flag=data["flag"],
            owner=data.get("owner"),
        )
        self.target = reverse("core:jobs")
        return _("It runs. What was skipped or refused is in the job's file, with its reason.")
