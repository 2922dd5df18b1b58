"""Dialogs about a parcel that a buyer asks for, opened from the order: one decision each (LOG-2 to LOG-5)."""

from typing import Any

from django.utils.translation import gettext as _

from aftersales.core import clock, errors, policies
from logistics import selectors as logistics
from logistics.models import Parcel
from logistics.selectors import enquiries as reasoning
from logistics.selectors.enquiries import WayOut
from logistics.selectors.regions import reach
from logistics.states import Direction
from orders.states import DESK
from tickets import services
from tickets.forms.enquiries import DeniedForm, FasterForm, LostForm, RecallForm, UndeliverableForm, UntrackedForm
from tickets.selectors import order_page as selectors

from .orders import OrderDialog


class ParcelDialog(OrderDialog):
    """A decision about one parcel of an order."""

    roles = DESK
    parcel: Parcel

    def load(self, **kwargs: Any) -> None:
        """Find the order and its parcel. Raises: NotFound, Forbidden."""
        super().load(**kwargs)
        parcel = Parcel.objects.filter(order=self.order, pk=kwargs["parcel_id"]).first()
        if parcel is None:
            raise errors.NotFound()
        self.parcel = parcel

    def context(self) -> dict[str, Any]:
        """Give order and parcel."""
        return super().context() | {
            "parcel": self.parcel,
            "carrier_name": logistics.carrier_name(self.parcel.carrier),
        }


class Untracked(ParcelDialog):
    """No tracking information: the causes in turn, each with its answer and its next step (LOG-2)."""

    template_name = "tickets/enquiry_untracked.html"
    form_class = UntrackedForm

    def load(self, **kwargs: Any) -> None:
        """Go through what the data say."""
        super().load(**kwargs)
        self.carriers = list(logistics.carriers_active())
        notes = [note.text for note in selectors.notes_of(self.order)]
        self.others = reasoning.candidates(self.parcel, self.carriers, [self.order.seller_memo, *notes])
        self.findings = reasoning.untracked(
            self.parcel,
            self.carriers,
            self.others,
            at=clock.now(),
            patience=policies.duration("parcel.no_first_scan", shop_id=self.order.shop_id),
        )

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form what was found."""
        return {"findings": self.findings, "others": self.others, "carriers": self.carriers}

    def act(self, data: dict[str, Any]) -> str:
        """Note it and see to it."""
        services.untracked_answer(order=self.order, parcel=self.parcel, actor=self.actor, **data)
        return _("Noted, and handed on where somebody has to act.")


class Undeliverable(ParcelDialog):
    """An address that the carrier does not serve: ask, weigh, decide (LOG-3)."""

    template_name = "tickets/enquiry_undeliverable.html"
    form_class = UndeliverableForm

    def load(self, **kwargs: Any) -> None:
        """Weigh the ways out with what the carrier said, where it has said something."""
        super().load(**kwargs)
        said = UndeliverableForm.said(self.request.POST or self.request.GET)
        self.there = reach(self.order.receiver_region)
        self.carriers = list(logistics.carriers_active())
        self.weighing = reasoning.undeliverable(
            self.order, list(self.order.lines.all()), self.carriers, self.there, **said
        )

    def form_kwargs(self) -> dict[str, Any]:
        """Give the form the ways out."""
        return {"weighing": self.weighing}

    def initial(self) -> dict[str, Any]:
        """Ask before anything is decided."""
        answer = _(
            "The carrier cannot deliver to your address. We are asking how the parcel reaches you soonest and tell you "
            "within a day; your receiving period is extended meanwhile."
        )
        return {"way": UndeliverableForm.ASK, "answer": answer}

    def context(self) -> dict[str, Any]:
        """Show the sum, and what was known of the place before."""
        own = next((one for one in self.carriers if one.code.lower() == self.parcel.carrier.lower()), None)
        return super().context() | {"weighing": self.weighing, "known": self.there.warning(own)}

    def act(self, data: dict[str, Any]) -> str:
        """Ask, or write down what happens."""
        whom = {"order": self.order, "parcel": self.parcel, "actor": self.actor, "answer": data["answer"]}
        if data["way"] == UndeliverableForm.ASK:
            services.undeliverable_ask(**whom)
            return _("Carrier and warehouse are asked; decide when both have answered.")
        option = next(one for one in self.weighing.options if one.way == data["way"])
        services.undeliverable_settle(way=WayOut(data["way"]), days=option.days, cost_fen=option.cost_fen, **whom)
        return _("Noted, handed on, and the buyer has the time that it takes.")


class FasterCarrier(OrderDialog):
    """The buyer wants it sooner: what that costs, and the warehouse told (LOG-4)."""

    roles = DESK
    template_name = "tickets/enquiry_faster.html"
    form_class = FasterForm

    def load(self, **kwargs: Any) -> None:
        """Find what serves the order's province."""
        super().load(**kwargs)
        self.carriers = list(logistics.carriers_active())
        self.there = reach(self.order.receiver_region)
        self.offers = reasoning.faster_carriers(self.order, self.carriers, self.there)

    def form_kwargs(self) -> dict[str, Any]:
        """Offer what the shop's table has for there."""
        return {"offers": self.offers}

    def context(self) -> dict[str, Any]:
        """Say who does not go there; without anybody who does there is nothing to decide."""
        unserving = reasoning.faster_unserving(self.order, self.carriers, self.there)
        return super().context() | {"unserving": unserving, "confirm_disabled": not self.offers}

    def initial(self) -> dict[str, Any]:
        """Give the answer."""
        return {
            "answer": _(
                "Gladly: we ship with the faster carrier as soon as the surcharge is paid and tell you the number."
            )
        }

    def act(self, data: dict[str, Any]) -> str:
        """Tell the warehouse."""
        data["surcharge_fen"] = data.pop("surcharge")
        data["carrier"] = logistics.carrier_name(data["carrier"])
        services.faster_ship(order=self.order, actor=self.actor, **data)
        return _("The warehouse is told to ship it with the faster carrier.")


class Recall(ParcelDialog):
    """A parcel under way is brought back (LOG-5)."""

    template_name = "tickets/enquiry_recall.html"
    form_class = RecallForm

    def initial(self) -> dict[str, Any]:
        """Give the answer."""
        return {
            "answer": _(
                "We have asked the carrier to bring the parcel back. If it is offered to you all the same, please "
                "refuse it; as soon as it is on its way back we refund you."
            )
        }

    def act(self, data: dict[str, Any]) -> str:
        """Ask the carrier and follow it."""
        form = self.form_class(self.request.POST)
        form.is_valid()
        services.parcel_recall(
            order=self.order, parcel=self.parcel, actor=self.actor, reason=form.reason_words(), answer=data["answer"]
        )
        return _("Noted; it is followed until the parcel is back.")


class Denied(ParcelDialog):
    """The buyer has not got what was signed for: noted, listed, and the carrier is asked for its proof (LOG-6)."""

    template_name = "tickets/enquiry_denied.html"
    form_class = DeniedForm

    def initial(self) -> dict[str, Any]:
        """Give the answer."""
        return {
            "answer": _(
                "We are having the carrier find out who signed for it and tell you within a day. If the parcel is "
                "lost, we send it again or refund you; you need not wait for the carrier."
            )
        }

    def act(self, data: dict[str, Any]) -> str:
        """Note it and put it on the list."""
        services.receipt_denied(order=self.order, parcel=self.parcel, actor=self.actor, **data)
        return _("Noted; it stands on the list of parcels that need someone.")


class Lost(ParcelDialog):
    """A parcel is given up: the buyer gets goods or money at once, the claim comes after (LOG-6, CLM-3)."""

    template_name = "tickets/enquiry_lost.html"
    form_class = LostForm

    def initial(self) -> dict[str, Any]:
        """Give the answer."""
        return {
            "answer": _(
                "The carrier has lost the parcel; we are sorry. You need not wait for the carrier: we send it again, "
                "or refund you, as you prefer."
            )
        }

    def act(self, data: dict[str, Any]) -> str:
        """Give it up, and have what follows from it done."""
        services.parcel_lost(order=self.order, parcel=self.parcel, actor=self.actor, **data)
        if self.parcel.direction == Direction.REPLACEMENT:
            return _("Noted; the replacement is to be sent again.")
        return _("Noted; now send it again or refund it, then open the claim.")
