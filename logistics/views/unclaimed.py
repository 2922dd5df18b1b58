"""The unclaimed list at the bench: put there, matched, taken off (RET-3)."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.core import errors
from aftersales.core.models import Shop
from aftersales.core.views.dialogs import Dialog
from logistics import services
from logistics.forms.unclaimed import MatchForm, SettleForm, UnclaimedForm, UnmatchForm
from logistics.models import UnclaimedParcel
from logistics.selectors import unclaimed as selectors
from logistics.selectors import warehouse
from logistics.services.unclaimed import STORE
from logistics.views.photos import PhotoDialog


def home() -> str:
    """Give the list's address."""
    return f"{reverse('logistics:warehouse')}?tab=unclaimed"


class Record(PhotoDialog):
    """A parcel that nobody waits for is put on the list."""

    roles: ClassVar[frozenset[str]] = STORE
    template_name = "logistics/unclaimed_new.html"
    form_class = UnclaimedForm

    def form_kwargs(self) -> dict[str, Any]:
        """Offer the shops that this person works for."""
        return {"actor": self.actor}

    def initial(self) -> dict[str, Any]:
        """Take over the number that was scanned."""
        return {"tracking_no": self.request.GET.get("q", "").strip()[:40]}

    def shop_of(self, form: forms.Form) -> Shop | None:
        """Say whose photos they are, as far as it was chosen."""
        form.is_valid()
        shop: Shop | None = form.cleaned_data.get("shop")
        return shop

    def home(self) -> str:
        """Lead back to the list."""
        return home()

    def context(self) -> dict[str, Any]:
        """Say that files come with it."""
        return super().context() | {"multipart": True}

    def act(self, data: dict[str, Any]) -> str:
        """Put it there."""
        photos = [one.evidence_id for one in self.stored()]
        values = {name: value for name, value in data.items() if name not in ("photos", "kept")}
        parcel = services.unclaimed_record(actor=self.actor, evidence_ids=photos, **values)
        return _("%(number)s is on the unclaimed list, shelf %(shelf)s.") % {
            "number": parcel.parcel_no,
            "shelf": parcel.shelf,
        }


class UnclaimedDialog(Dialog):
    """A decision about one parcel of the list."""

    roles: ClassVar[frozenset[str]] = STORE
    parcel: UnclaimedParcel

    def load(self, **kwargs: Any) -> None:
        """Find the parcel. Raises: NotFound."""
        parcel = selectors.unclaimed_found(self.actor, kwargs["unclaimed_no"])
        if parcel is None:
            raise errors.NotFound()
        self.parcel = parcel

    def context(self) -> dict[str, Any]:
        """Give the parcel."""
        return {"parcel": self.parcel}

    def home(self) -> str:
        """Lead back to the list."""
        return home()


class Match(UnclaimedDialog):
    """The parcel belongs to a request; it can be received at once."""

    template_name = "logistics/unclaimed_match.html"
    form_class = MatchForm

    def context(self) -> dict[str, Any]:
        """Offer the requests that it may belong to."""
        return super().context() | {"candidates": selectors.candidates(self.actor, self.parcel)}

    def act(self, data: dict[str, Any]) -> str:
        """Match it. Raises: Invalid at the field if the number leads to none or to several requests."""
        found = [one for one in warehouse.parcels_found(self.actor, data["refund_no"]) if selectors.is_awaited(one)]
        if len(found) != 1:
            detail = _("Several requests wait under this number; give the refund number.") if found else ""
            detail = detail or _("No request that waits for a parcel has this number.")
            raise errors.Invalid(detail, errors=[errors.FieldError("refund_no", "unknown", detail)])
        self.matched = services.unclaimed_match(parcel=self.parcel, refund=found[0], actor=self.actor)
        return _("%(parcel)s belongs to %(request)s; it can be received now.") % {
            "parcel": self.parcel.parcel_no,
            "request": self.matched.refund_no,
        }

    def done(self) -> Any:
        """Go on to receive it."""
        response = super().done()
        if "HX-Redirect" in response:
            number = self.matched.refund_no
            response["HX-Redirect"] = f"{reverse('logistics:warehouse')}?tab=receive&q={number}"
        return response


class Unmatch(UnclaimedDialog):
    """The match was wrong: the parcel lies on the list again."""

    template_name = "logistics/unclaimed_unmatch.html"
    form_class = UnmatchForm

    def act(self, data: dict[str, Any]) -> str:
        """Take it back."""
        done = services.unclaimed_unmatch(parcel=self.parcel, actor=self.actor, **data)
        return _("%(number)s lies on the unclaimed list again, shelf %(shelf)s.") % {
            "number": done.parcel_no,
            "shelf": done.shelf,
        }


class Settle(UnclaimedDialog):
    """Nobody claims it: sent back, or disposed of."""

    template_name = "logistics/unclaimed_settle.html"
    form_class = SettleForm

    def act(self, data: dict[str, Any]) -> str:
        """Take it off the list."""
        done = services.unclaimed_settle(parcel=self.parcel, actor=self.actor, **data)
        return f"{done.parcel_no}: {done.get_outcome_display()}"
