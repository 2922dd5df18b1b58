"""The decisions about claims: drafted, changed, stamped alone or together, what the carrier said and paid (CLM)."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.core import errors, money
from aftersales.core.models import Shop
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from logistics.forms import claims as forms
from logistics.models import Claim, Parcel
from logistics.selectors import claim_page, claim_rows, claims
from logistics.services import claims as services
from logistics.services.claims import LineClaim, Stamped
from logistics.states.claim import CLAIM
from orders.models import Order
from orders.selectors import order_get_for
from refunds.forms import PickForm, picked
from refunds.services.evidence import evidence_store


class Draft(Dialog):
    """A new claim for a parcel of an order (`?order=&shop=`), filled in from the parcel and its goods."""

    roles = CLAIM.roles_of["draft"]
    template_name = "logistics/claim_draft.html"
    form_class = forms.ClaimForm
    order: Order
    parcels: list[Parcel]

    def load(self, **kwargs: Any) -> None:
        """Find the order and its parcels. Raises: NotFound, also for one that nothing was sent for."""
        self.order = self.found(**kwargs)
        self.parcels = claim_page.parcels_of(self.order)
        if not self.parcels:
            raise errors.NotFound()
        self.lines = list(self.order.lines.order_by("id"))

    def found(self, **kwargs: Any) -> Order:
        """Give the order that the address names. Raises: NotFound."""
        asked = self.request.GET
        return order_get_for(self.actor, asked.get("order", ""), asked.get("shop", ""))

    def initial(self) -> dict[str, Any]:
        """Propose the last parcel and all that was in it."""
        parcel = self.parcels[0]
        there = [line for line in self.lines if not parcel.line_nos or line.line_no in parcel.line_nos]
        return {"parcel": parcel.pk, "cause": "lost"} | {f"quantity_{line.pk}": line.quantity for line in there}

    def form_kwargs(self) -> dict[str, Any]:
        """Let the goods and parcels be chosen."""
        return {"lines": self.lines, "parcels": self.parcels}

    def context(self) -> dict[str, Any]:
        """Say what is claimed already."""
        return {
            "order": self.order,
            "shop": self.order.shop,
            "multipart": True,
            "others": claims.claims_of(self.order.pk),
        }

    def act(self, data: dict[str, Any]) -> str:
        """Draft it."""
        return _("%(number)s is drafted and waits for the stamp.") % {"number": self.drafted(data).claim_no}

    def drafted(self, data: dict[str, Any]) -> Claim:
        """Give the claim, drafted."""
        parcel = next(parcel for parcel in self.parcels if parcel.pk == data["parcel"])
        return services.claim_draft(
            parcel=parcel,
            actor=self.actor,
            cause=data["cause"],
            lines=goods(data, self.lines),
            amount_fen=data["amount_fen"],
            note=data["note"],
            evidence_ids=data["evidence"] + photos_stored(self, self.order.shop),
        )

    def home(self) -> str:
        """Lead back to the order."""
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order."""
        return f"{self.request.path}:{self.order.pk}"


def goods(data: dict[str, Any], lines: list[Any]) -> list[LineClaim]:
    """Give the lines with how many of them, where there is something."""
    wanted = ((line.line_no, data.get(f"quantity_{line.pk}") or 0) for line in lines)
    return [LineClaim(line_no, quantity) for line_no, quantity in wanted if quantity]


def photos_stored(dialog: Dialog, shop: Shop) -> list[str]:
    """Keep photos that came with the form itself, as without script, and give their numbers. Raises: as the upload."""
    kept = (
        evidence_store(actor=dialog.actor, file=file, purpose="claim", shop=shop)
        for file in dialog.request.FILES.getlist("files")
    )
    return [one.evidence_id for one in kept]


class ClaimDialog(Dialog):
    """A step of one claim, with the claim in short above the form."""

    action: ClassVar[str] = ""
    template_name = "logistics/claim_step.html"
    claim: Claim

    def load(self, **kwargs: Any) -> None:
        """Find the claim. Raises: NotFound."""
        self.claim = claims.claim_get_for(self.actor, kwargs["claim_no"])

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.claim.version}

    def context(self) -> dict[str, Any]:
        """Give the claim, and why the step is not possible where it is not."""
        stop = why_not(CLAIM, self.claim, self.actor, self.action)
        return {"claim": self.claim, "title": CLAIM.actions[self.action], "stop": stop.text if stop else ""}

    def act(self, data: dict[str, Any]) -> str:
        """Take the step; the service bears its name."""
        step = getattr(services, f"claim_{self.action}")
        moved: Claim = step(claim=self.claim, actor=self.actor, **data)
        return f"{moved.claim_no}: {moved.get_status_display()}"

    def home(self) -> str:
        """Lead back to the claim."""
        return reverse("logistics:claim", args=[self.claim.claim_no])


class Serve(ClaimDialog):
    """The buyer first: goods or money, asked for in his name and agreed on the request's own page (CLM-3)."""

    roles = CLAIM.roles_of["draft"]
    template_name = "logistics/claim_serve.html"
    form_class = forms.ServeForm

    def initial(self) -> dict[str, Any]:
        """Nothing that a version protects."""
        return {}

    def context(self) -> dict[str, Any]:
        """Give the claim."""
        return {"claim": self.claim}

    def act(self, data: dict[str, Any]) -> str:
        """Open the request."""
        refund = services.claim_serve_buyer(claim=self.claim, actor=self.actor, kind=data["kind"])
        return _("%(number)s is open: agree to it, and the buyer is served.") % {"number": refund.refund_no}


class Edit(ClaimDialog):
    """Other goods or another amount, more photos."""

    action = "edit"
    roles = CLAIM.roles_of[action]
    template_name = "logistics/claim_edit.html"
    form_class = forms.ClaimEditForm

    def load(self, **kwargs: Any) -> None:
        """Find the goods of its order, too."""
        super().load(**kwargs)
        self.lines = list(self.claim.order.lines.order_by("id"))

    def initial(self) -> dict[str, Any]:
        """Show what it is now."""
        now = {f"quantity_{line.order_line_id}": line.quantity for line in self.claim.lines.all()}
        claim = self.claim
        return (
            super().initial()
            | now
            | {
                "amount_fen": money.yuan(claim.amount_fen),
                "cause": claim.cause,
                "note": claim.note,
            }
        )

    def form_kwargs(self) -> dict[str, Any]:
        """Let the goods be chosen."""
        return {"lines": self.lines}

    def context(self) -> dict[str, Any]:
        """Let photos be added."""
        return super().context() | {"shop": self.claim.shop, "multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Change it."""
        services.claim_edit(
            claim=self.claim,
            actor=self.actor,
            version=data["version"],
            cause=data["cause"],
            lines=goods(data, self.lines),
            amount_fen=data["amount_fen"],
            note=data["note"],
            evidence_ids=data["evidence"] + photos_stored(self, self.claim.shop),
        )
        return _("%(number)s is changed and waits for the stamp.") % {"number": self.claim.claim_no}


class Stamp(ClaimDialog):
    """Finance's stamp."""

    action, form_class = "stamp", forms.ClaimNoteForm
    roles = CLAIM.roles_of[action]


class HandOver(ClaimDialog):
    """The original goes to the warehouse."""

    action, form_class = "hand_over", forms.ClaimNoteForm
    roles = CLAIM.roles_of[action]


class Submit(ClaimDialog):
    """To the carrier."""

    action, form_class = "submit", forms.ClaimSubmitForm
    roles = CLAIM.roles_of[action]


class Accept(ClaimDialog):
    """The carrier will pay."""

    action, form_class = "accept", forms.ClaimAcceptForm
    roles = CLAIM.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Propose all of it."""
        return super().initial() | {"accepted_fen": money.yuan(self.claim.amount_fen)}


class Reject(ClaimDialog):
    """The carrier will not pay."""

    action, form_class = "reject", forms.ClaimReasonForm
    roles = CLAIM.roles_of[action]


class Appeal(ClaimDialog):
    """Once more."""

    action, form_class = "appeal", forms.ClaimAppealForm
    roles = CLAIM.roles_of[action]


class RecordPayment(ClaimDialog):
    """The money is there."""

    action, form_class = "record_payment", forms.ClaimPaymentForm
    roles = CLAIM.roles_of[action]

    def initial(self) -> dict[str, Any]:
        """Propose what the carrier said."""
        said = self.claim.accepted_fen or self.claim.amount_fen
        return super().initial() | {"amount_fen": money.yuan(said)}


class WriteOff(ClaimDialog):
    """Given up."""

    action, form_class = "write_off", forms.ClaimReasonForm
    roles = CLAIM.roles_of[action]


class Withdraw(ClaimDialog):
    """Taken back."""

    action, form_class = "withdraw", forms.ClaimReasonForm
    roles = CLAIM.roles_of[action]


class StampMany(Dialog):
    """Several claims at once, each with an outcome of its own (CLM-4)."""

    roles = CLAIM.roles_of["stamp"]
    template_name = "logistics/claims_stamp.html"
    form_class = PickForm

    def load(self, **kwargs: Any) -> None:
        """Find those that are meant and seen. Raises: NotFound when none is."""
        self.versions = picked(self.request.POST.getlist("pick") or self.request.GET.getlist("pick"))
        self.claims = claims.claims_get_for(self.actor, list(self.versions))
        if not self.claims:
            raise errors.NotFound()

    def initial(self) -> dict[str, Any]:
        """Carry along which versions were looked at."""
        return {"pick": [f"{number}@{version}" for number, version in self.versions.items()]}

    def context(self) -> dict[str, Any]:
        """List them with their sum."""
        rows = list(self.claims.values())
        return {"claims": rows, "sums": claim_rows.sums(rows)}

    def act(self, data: dict[str, Any]) -> str:
        """Stamp them; the words say how many, the warnings which not and why."""
        wanted = [(claim, self.versions[number]) for number, claim in self.claims.items()]
        outcomes = services.claims_stamp(claims=wanted, actor=self.actor)
        _warn(self.request, outcomes)
        done = sum(one.problem is None for one in outcomes)
        return ngettext("%(n)s claim stamped.", "%(n)s claims stamped.", done) % {"n": done}

    def home(self) -> str:
        """Lead back to what waits."""
        return reverse("logistics:claims")


def _warn(request: HttpRequest, outcomes: list[Stamped]) -> None:
    """Name those that were not stamped, by reason."""
    why: dict[str, list[str]] = {}
    for one in outcomes:
        if one.problem is not None:
            why.setdefault(str(one.problem.detail), []).append(one.claim_no)
    for detail, numbers in why.items():
        messages.warning(request, f"{', '.join(numbers)}: {detail}")
