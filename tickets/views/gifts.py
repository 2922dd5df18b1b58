"""Gifts beside an order: promised so that they reach the parcel, and those that were not in it (MIS-3)."""

from typing import Any

from django.utils.translation import gettext as _

from logistics import services as logistics
from logistics.selectors import gifts as selectors
from orders.states import DESK
from tickets import services
from tickets.forms.gifts import GiftForm, GiftMissingForm
from tickets.selectors import order_page

from .orders import OrderDialog


class GiftPromised(OrderDialog):
    """A gift that was promised in chat: note and warehouse's task in one step."""

    roles = DESK
    template_name = "tickets/order_gift.html"
    form_class = GiftForm

    def load(self, **kwargs: Any) -> None:
        """Find what has not left yet: with it the gift goes along."""
        super().load(**kwargs)
        self.left = order_page.lines_unshipped(self.order)

    def initial(self) -> dict[str, Any]:
        """Give the answer."""
        if self.left:
            return {"answer": _("Gladly, it is noted for our warehouse and comes with your parcel.")}
        return {"answer": _("Your parcel has left already; it is noted, and we add the gift to your next order.")}

    def context(self) -> dict[str, Any]:
        """Say what was promised before, and whether this one still goes along."""
        return super().context() | {"gifts": selectors.gifts_of(self.order), "goes_along": bool(self.left)}

    def act(self, data: dict[str, Any]) -> str:
        """Promise it."""
        promised = services.gift_promise(order=self.order, actor=self.actor, **data)
        if promised.owed_at is None:
            return _("Noted, and on the warehouse's list.")
        return _("Noted with a yellow flag: it goes with the buyer's next order.")


class GiftMissing(OrderDialog):
    """A gift that the buyer did not find: owed from now on, and why it was not there."""

    roles = DESK
    template_name = "tickets/order_gift_missing.html"
    form_class = GiftMissingForm

    def load(self, **kwargs: Any) -> None:
        """Find what was promised with the order."""
        super().load(**kwargs)
        self.gifts = selectors.gifts_of(self.order)

    def initial(self) -> dict[str, Any]:
        """Propose the gift that was promised for the parcel; it stands in a note then."""
        promised = next((gift for gift in self.gifts if gift.owed_at is None), None)
        return {"gift": promised.text, "noted": "note"} if promised is not None else {}

    def context(self) -> dict[str, Any]:
        """Show the promises and the notes, to see where it was promised."""
        return super().context() | {"gifts": self.gifts, "notes": order_page.notes_of(self.order)}

    def act(self, data: dict[str, Any]) -> str:
        """Settle it."""
        noted = data.pop("noted") == "note"
        logistics.gift_missing(order=self.order, actor=self.actor, noted=noted, **data)
        return _("Noted with a yellow flag: it goes with the buyer's next order.")
