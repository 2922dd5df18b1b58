"""The forms of the dialogs on the request page: what people type, and how a rule's objection finds its field.

Whether something is allowed is the services' business; here only what is missing or unreadable is said.
"""

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.core import errors, money, policies
from aftersales.core.auth import Actor
from aftersales.core.forms import AmountField
from aftersales.core.models import User
from logistics import selectors as logistics
from logistics.selectors.regions import reach
from orders.models.orders import Flag
from refunds.forms import EvidenceField
from refunds.models import Refund
from refunds.states import GoodsStatus, Kind, Reason
from refunds.states.words import LATER_KINDS
from tickets.models import Disclosure

FIRST = {"data-first": True}
USED_LENGTH = 1000
"""How much may be said about the ready words in a reply: their keys."""


def text_area(rows: int = 3, **attrs: Any) -> forms.Textarea:
    """Make a text of several lines."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


class ActionForm(forms.Form):
    """Base: knows the request and the actor, the version that was looked at, and a key against double sending."""

    title: ClassVar[str | Promise] = ""
    fields_of: ClassVar[dict[str, str]] = {}
    """Where a service's wrong field, or a broken rule, belongs: {"message": "text", "AMT-2": "amount"}."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, refund: Refund, actor: Actor) -> None:
        self.refund, self.actor = refund, actor
        super().__init__(data, auto_id="d-%s", label_suffix="")
        self.initial = {"version": refund.version, "key": secrets.token_urlsafe(16), **self.initial}

    def prefill(self, asked: QueryDict) -> None:
        """Take what the link to the dialog brings along; nothing, but for forms that say otherwise."""

    @property
    def about(self) -> str:
        """What this dialog was opened for, where a request has several of its kind: each has a draft of its own."""
        return ""

    @property
    def sent(self) -> QueryDict:
        """What was sent, to be added to before it is looked at."""
        assert isinstance(self.data, QueryDict), "bound to a copy of request.POST"
        return self.data

    @property
    def evidence_ids(self) -> list[str]:
        """Numbers of files that were uploaded for this form already."""
        return self.sent.getlist("evidence") if self.is_bound and "evidence" in self.fields else []

    def object_to(self, problem: errors.Problem) -> bool:
        """Put what a service objects to at its fields; say whether every objection found one."""
        placed = 0
        for wrong in problem.errors:
            name = self.fields_of.get(wrong.field.partition("[")[0], wrong.field.partition("[")[0])
            self.add_error(name if name in self.fields else None, str(wrong.detail))
            placed += name in self.fields
        if not problem.errors and self.fields_of.get(str(problem.extra.get("rule", ""))) in self.fields:
            self.add_error(self.fields_of[str(problem.extra["rule"])], str(problem.detail))
            return True
        return bool(problem.errors) and placed == len(problem.errors)

    def renewed(self, refund: Refund) -> None:
        """Go on with the present version and a new key, keeping everything that was typed."""
        self.refund = refund
        self.sent["version"], self.sent["key"] = str(refund.version), secrets.token_urlsafe(16)


class AgreeForm(ActionForm):
    """Agree to the refund, or to the return with the address that the buyer is told (RFD-3, RFD-4)."""

    fields_of = {"AMT-1": "amount", "AMT-2": "amount", "RFD-4": "address"}

    name = forms.CharField(label=gettext_lazy("Receiver of the return"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=24)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=120)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300)
    amount = AmountField(
        label=gettext_lazy("Sum"), required=False, help_text=gettext_lazy("Less only where the buyer agreed to it.")
    )
    note = forms.CharField(label=gettext_lazy("Internal note"), required=False, max_length=500)

    ADDRESS = ("name", "phone", "region", "address")

    def __init__(self, data: QueryDict | None = None, *, returns: bool, **known: Any) -> None:
        super().__init__(data, **known)
        self.returns = returns
        self.initial["amount"] = money.yuan(self.refund.amount_fen)
        for name in self.ADDRESS:
            if returns:
                self.initial[name] = self.refund.shop.return_address.get(name, "")
            else:
                del self.fields[name]

    @property
    def address_missing(self) -> bool:
        """Whether the shop has no default address, so that one must be typed."""
        return self.returns and not all(self.initial.get(name) for name in self.ADDRESS)

    def return_address(self) -> dict[str, str] | None:
        """Give the address as it is kept; None where nothing comes back."""
        return {name: self.cleaned_data[name] for name in self.ADDRESS} if self.returns else None

    def amount_fen(self) -> int | None:
        """Give the sum where it differs from what was asked."""
        fen: int | None = self.cleaned_data["amount"]
        return None if fen == self.refund.amount_fen else fen


class CancelForm(ActionForm):
    """Withdraw the request for the buyer (APP-9)."""

    note = forms.CharField(
        label=gettext_lazy("How the buyer said so"), max_length=200, widget=forms.TextInput(attrs=FIRST)
    )


class VoidForm(ActionForm):
    """Take the warehouse's answer about an unshipped order (VOI-2)."""

    result = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[
            ("voided", gettext_lazy("Voided: the goods do not leave")),
            ("already_shipped", gettext_lazy("Already shipped: this request is closed, the order marked as shipped")),
        ],
        initial="voided",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)


class ReturnShipmentForm(ActionForm):
    """Write down how the buyer sent the goods back; given again it corrects (RFD-4, RFD-6)."""

    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), widget=forms.Select(attrs=FIRST))
    tracking_no = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        carriers = reach(self.refund.order.receiver_region).choices(logistics.carriers_active())
        self.fields["carrier"].choices = [("", _("Choose a carrier")), *carriers]  # type: ignore[attr-defined]


class InterventionForm(ActionForm):
    """Ask the platform to step in (RFD-7)."""

    text = forms.CharField(label=gettext_lazy("What happened"), max_length=500, widget=text_area(5, **FIRST))
    evidence = EvidenceField(label=gettext_lazy("Evidence"), required=False)


class DecisionForm(ActionForm):
    """Record the platform's decision (DIS-4)."""

    fields_of = {"amount_fen": "amount", "AMT-1": "amount", "AMT-2": "amount"}

    outcome = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    amount = AmountField(label=gettext_lazy("The buyer gets"), required=False)
    text = forms.CharField(label=gettext_lazy("Text of the decision"), max_length=1000, widget=text_area(4, **FIRST))

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        whole = {"amount": f"¥{money.yuan(self.refund.amount_fen)}"}
        choices = [
            ("buyer", _("For the buyer: %(amount)s is refunded") % whole),
            ("partial", _("In part: the sum below is refunded")),
            ("seller", _("For the seller: the request is closed")),
        ]
        if self.refund.wants_goods:
            choices = [("buyer", _("For the buyer")), ("seller", _("For the seller"))]
            self.fields["amount"].widget = forms.HiddenInput()
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A decision in part needs its sum."""
        values = super().clean() or self.cleaned_data
        if values.get("outcome") == "partial" and values.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Say how much the buyer gets."))
        return values


class SettleForm(ActionForm):
    """End the intervention in agreement with the buyer (DIS-5)."""

    fields_of = DecisionForm.fields_of

    way = forms.ChoiceField(label=gettext_lazy("What was agreed"), widget=forms.RadioSelect, initial="pay")
    amount = AmountField(label=gettext_lazy("The buyer gets"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What was agreed, in words"), max_length=500, widget=text_area(3, **FIRST)
    )

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        self.initial["amount"] = money.yuan(self.refund.amount_fen)
        choices = [
            ("pay", _("The buyer gets the sum below, and the case ends")),
            ("withdraw", _("The platform need not decide; the request goes on as before")),
        ]
        if self.refund.wants_goods:
            choices = choices[1:]
            self.initial["way"] = "withdraw"
            self.fields["amount"].widget = forms.HiddenInput()
        self.fields["way"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Paying needs a sum."""
        values = super().clean() or self.cleaned_data
        if values.get("way") == "pay" and values.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Say how much the buyer gets."))
        return values


class ExtendForm(ActionForm):
    """Give the buyer more time to confirm receipt (ORD-6)."""

    fields_of = {"ORD-6": "days"}

    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        shop_id = self.refund.shop_id
        self.initial["days"] = policies.number("order.extension_days", shop_id=shop_id)
        most = policies.number("order.extension_days_max", shop_id=shop_id)
        self.fields["days"].help_text = _("1 to %(most)s days; it is noted on the order.") % {"most": most}


class NoteForm(ActionForm):
    """A note on the order, with a flag where one is wanted (ORD-5)."""

    text = forms.CharField(label=gettext_lazy("Note"), max_length=500, widget=text_area(4, **FIRST))
    flag = forms.ChoiceField(label=gettext_lazy("Flag"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        self.fields["flag"].choices = [("", _("Leave the flag")), *Flag.choices]  # type: ignore[attr-defined]


class AssignForm(ActionForm):
    """Hand a request to a colleague."""

    assignee = forms.ChoiceField(
        label=gettext_lazy("Who takes it on"), required=False, widget=forms.Select(attrs=FIRST)
    )

    def __init__(self, data: QueryDict | None = None, *, staff: Iterable[User], **known: Any) -> None:
        super().__init__(data, **known)
        self.staff = {str(user.pk): user for user in staff}
        named = [(key, f"{user} · {user.get_role_display()}") for key, user in self.staff.items()]
        self.fields["assignee"].choices = [("", _("Nobody")), *named]  # type: ignore[attr-defined]
        self.initial["assignee"] = str(self.refund.assignee_id or "")

    def user(self) -> User | None:
        """Give the colleague that was chosen."""
        return self.staff.get(self.cleaned_data["assignee"])


class ReplyForm(ActionForm):
    """A message to the buyer, with files."""

    text = forms.CharField(
        label=gettext_lazy("To the buyer"), required=False, max_length=2000, widget=text_area(4, **FIRST)
    )
    evidence = EvidenceField(label=gettext_lazy("Files"), required=False)
    used = forms.CharField(required=False, max_length=USED_LENGTH, widget=forms.HiddenInput(attrs={"data-used": ""}))


class DiscloseForm(forms.Form):
    """Why a buyer's full data is needed (LAW-7)."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=Disclosure.Reason.choices, widget=forms.RadioSelect, initial="call"
    )
    note = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=200)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="d-%s", label_suffix="")


class ModifyForm(ActionForm):
    """Change the request for the buyer, as he said on the phone or in the chat (APP-8)."""

    fields_of = {
        "APP-2": "goods_status",
        "APP-3": "reason",
        "LAW-1": "reason",
        "TMO-9": "reason",
        "APP-4": "kind",
        "APP-8": "kind",
    }

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), widget=forms.Select(attrs=FIRST))
    goods_status = forms.ChoiceField(label=gettext_lazy("Goods status"), choices=GoodsStatus.choices)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=Reason.choices)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=1000, widget=text_area(3)
    )

    def __init__(self, data: QueryDict | None = None, **known: Any) -> None:
        super().__init__(data, **known)
        kinds = [(value, label) for value, label in Kind.choices if value not in LATER_KINDS]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        for name in ("kind", "goods_status", "reason", "description"):
            self.initial[name] = getattr(self.refund, name)
        self.asked = list(self.refund.lines.filter(quantity__gt=0).select_related("order_line"))
        for line in self.asked:
            title = f"{line.order_line.title} {line.order_line.sku}".strip()
            most = line.order_line.quantity
            quantity = forms.IntegerField(label=title, min_value=1, max_value=most, initial=line.quantity)
            self.fields[f"quantity_{line.pk}"] = quantity
            self.fields[f"amount_{line.pk}"] = AmountField(
                label=_("Sum"), required=False, help_text=_("Empty: as much as is possible.")
            )
            self.fields[f"sku_{line.pk}"] = forms.CharField(
                label=_("Wanted instead"),
                required=False,
                max_length=120,
                help_text=_("For an exchange: another size, colour or style."),
            )
            self.initial[f"amount_{line.pk}"] = "" if self.refund.wants_goods else money.yuan(line.amount_fen)
            self.initial[f"sku_{line.pk}"] = line.exchange_sku

    @property
    def line_fields(self) -> list[tuple[Any, ...]]:
        """The fields of each line."""
        return [tuple(self[f"{name}_{line.pk}"] for name in ("quantity", "amount", "sku")) for line in self.asked]
