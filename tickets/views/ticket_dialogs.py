"""The dialogs of tickets: opened, planned, handed on and over, solved, merged; what was said and promised (TKT)."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.core import clock, errors, policies
from aftersales.core.models import User
from aftersales.core.transitions import why_not
from aftersales.core.views.dialogs import Dialog
from orders.models import Order
from orders.selectors import order_get_for
from tickets import services
from tickets.forms import ticket_steps as forms
from tickets.models import Ticket, TicketNote
from tickets.selectors import ticket_page, ticket_rows, ticket_things, tickets
from tickets.services import About
from tickets.states import TICKET, WORKERS, Priority, TicketKind

DESK = TICKET.roles_of["merge"]


def due_by(priority: str, shop_id: int) -> Any:
    """Give the moment that a dialog proposes: the time of the priority from now on, to the minute."""
    return clock.now() + policies.duration(f"ticket.step_within.{priority}", shop_id=shop_id)


class Open(Dialog):
    """A new ticket; from the page of an order (`?order=&shop=`) its number is there already (TKT-1)."""

    roles = WORKERS
    template_name = "tickets/ticket_new.html"
    form_class = forms.TicketForm
    order: Order | None = None

    def load(self, **kwargs: Any) -> None:
        """Find the order that the address names. Raises: NotFound."""
        asked = self.request.GET
        if number := asked.get("order", ""):
            self.order = order_get_for(self.actor, number, asked.get("shop", ""))

    def form_kwargs(self) -> dict[str, Any]:
        """Ask for an order number where none is known."""
        return {"order_no": self.order.order_no if self.order is not None else ""}

    def initial(self) -> dict[str, Any]:
        """Propose the usual."""
        return {"kind": TicketKind.LOGISTICS, "priority": Priority.NORMAL}

    def context(self) -> dict[str, Any]:
        """Show what is open for the order already, so that nobody opens a double."""
        others = ticket_rows.tickets_of_order(self.order) if self.order is not None else []
        return {"order": self.order, "others": others}

    def act(self, data: dict[str, Any]) -> str:
        """Open it."""
        order = self.order or self._named(data.pop("order_no"))
        ticket = services.ticket_open(order=order, actor=self.actor, **data)
        return _("%(number)s is open.") % {"number": ticket.ticket_no}

    def _named(self, number: str) -> Order:
        """Find the order that was typed. Raises: Invalid at its field."""
        try:
            return order_get_for(self.actor, number)
        except errors.NotFound as missing:
            text = _("You see no order with this number.")
            raise errors.Invalid(errors=[errors.FieldError("order_no", "unknown_number", text)]) from missing
        except errors.Invalid as unclear:
            text = _("Several of your shops have this number: open the ticket on the page of the order.")
            raise errors.Invalid(errors=[errors.FieldError("order_no", "ambiguous", text)]) from unclear

    def home(self) -> str:
        """Lead back to the order, or to the list."""
        if self.order is None:
            return reverse("tickets:tickets")
        return f"{reverse('tickets:order_detail', args=[self.order.order_no])}?shop={self.order.shop.code}"

    def draft_key(self) -> str:
        """Keep a draft for each order."""
        return f"{self.request.path}:{self.order.pk if self.order is not None else ''}"


class TicketDialog(Dialog):
    """Something on one ticket; `service` bears it, and gets what was typed."""

    roles = WORKERS
    template_name = "tickets/ticket_step.html"
    title: ClassVar[str | Promise] = ""
    service: ClassVar[Callable[..., Any]]
    done_words: ClassVar[str | Promise] = ""
    ticket: Ticket

    def load(self, **kwargs: Any) -> None:
        """Find the ticket. Raises: NotFound."""
        self.ticket = tickets.ticket_get_for(self.actor, kwargs["ticket_no"])

    def context(self) -> dict[str, Any]:
        """Give the ticket."""
        return {"ticket": self.ticket, "title": self.title, "step": tickets.step_words(self.ticket)}

    def act(self, data: dict[str, Any]) -> str:
        """Do it."""
        type(self).service(ticket=self.ticket, actor=self.actor, **data)
        return str(self.done_words)

    def home(self) -> str:
        """Lead back to the ticket."""
        return reverse("tickets:ticket", args=[self.ticket.ticket_no])


# What moves it --------------------------------------------------------------------------------------------------------


class Step(TicketDialog):
    """A step of the machine, on the version that was looked at."""

    action: ClassVar[str] = ""

    def initial(self) -> dict[str, Any]:
        """Remember which version was looked at."""
        return {"version": self.ticket.version}

    def context(self) -> dict[str, Any]:
        """Say why it is not possible where it is not."""
        stop = why_not(TICKET, self.ticket, self.actor, self.action)
        return super().context() | {"title": TICKET.actions[self.action], "stop": stop.text if stop else ""}

    def act(self, data: dict[str, Any]) -> str:
        """Take the step."""
        super().act(data)
        moved = tickets.ticket_get_for(self.actor, self.ticket.ticket_no)
        return f"{moved.ticket_no}: {moved.get_status_display()}"

    def due(self) -> Any:
        """Propose a time."""
        return due_by(self.ticket.priority, self.ticket.shop_id)


class Plan(Step):
    """Another next step (TKT-2)."""

    action, form_class = "plan", forms.PlanForm
    service = staticmethod(services.ticket_plan)

    def initial(self) -> dict[str, Any]:
        """Show what is planned; a time that is over is proposed anew."""
        ticket = self.ticket
        ahead = ticket.due_at is not None and ticket.due_at > clock.now()
        return super().initial() | {
            "next_step": ticket.next_step,
            "due_at": ticket.due_at if ahead else self.due(),
            "priority": ticket.priority,
            "kind": ticket.kind,
        }


class Wait(Step):
    """Somebody else acts next."""

    action, form_class = "wait", forms.WaitForm
    service = staticmethod(services.ticket_wait)

    def initial(self) -> dict[str, Any]:
        """Propose whom it waits for now, else the buyer."""
        return super().initial() | {"waiting_for": self.ticket.waiting_for or "buyer", "due_at": self.due()}


class TakeUp(Step):
    """The answer is there."""

    action, form_class = "take_up", forms.TakeUpForm
    service = staticmethod(services.ticket_take_up)

    def initial(self) -> dict[str, Any]:
        """Go on with what was planned."""
        return super().initial() | {"next_step": self.ticket.next_step}


class Assign(Step):
    """Another owner, with a note for him; who takes what nobody owns needs none (TKT-1, TKT-2)."""

    action, form_class = "assign", forms.OwnerForm
    service = staticmethod(services.ticket_assign)

    def load(self, **kwargs: Any) -> None:
        """Find who may own it: agents give what is theirs, and take what is free."""
        super().load(**kwargs)
        self.led = self.ticket.refund_id is not None
        self.choices: list[User] = ticket_rows.workers_of(self.ticket)
        if self.led and self.actor.role != "supervisor" and self.ticket.owner_id != self.actor.user_id:
            self.choices = [one for one in self.choices if one.pk == self.actor.user_id]

    def form_kwargs(self) -> dict[str, Any]:
        """Offer them."""
        return {"choices": self.choices, "nobody": self.led, "giver": self.actor.user_id, "ticket": self.ticket}

    def initial(self) -> dict[str, Any]:
        """Propose to take what nobody owns."""
        return super().initial() | ({"owner": self.actor.user_id} if self.ticket.owner_id is None else {})

    def act(self, data: dict[str, Any]) -> str:
        """Give it."""
        owner = next((one for one in self.choices if one.pk == data["owner"]), None)
        super().act(data | {"owner": owner})
        number = self.ticket.ticket_no
        if owner is None:
            return _("%(number)s belongs to nobody now.") % {"number": number}
        return _("%(number)s belongs to %(who)s now.") % {"number": number, "who": owner}


class Resolve(Step):
    """Solved."""

    action, form_class = "resolve", forms.ResolveForm
    service = staticmethod(services.ticket_resolve)


class Reopen(Step):
    """Not solved after all."""

    action, form_class = "reopen", forms.ReopenForm
    service = staticmethod(services.ticket_reopen)


class Close(Step):
    """Over."""

    action, form_class = "close", forms.CloseForm
    roles = TICKET.roles_of["close"] & WORKERS
    service = staticmethod(services.ticket_close)


class Merge(Step):
    """A double becomes part of another ticket of its order."""

    action, form_class = "merge", forms.MergeForm
    roles = DESK

    def load(self, **kwargs: Any) -> None:
        """Find the other tickets of the order that go on."""
        super().load(**kwargs)
        rows = ticket_rows.tickets_of_order(self.ticket.order)
        self.others: list[Ticket] = [row["ticket"] for row in rows if row["ticket"].pk != self.ticket.pk]

    def form_kwargs(self) -> dict[str, Any]:
        """Offer them."""
        return {"others": self.others}

    def context(self) -> dict[str, Any]:
        """Say when there is none."""
        context = super().context()
        return context if self.others else context | {"stop": ticket_page.NO_OTHER}

    def act(self, data: dict[str, Any]) -> str:
        """Merge them."""
        into = next(one for one in self.others if one.ticket_no == data["into"])
        services.ticket_merge(ticket=self.ticket, into=into, actor=self.actor, version=data["version"])
        return _("%(number)s goes on as %(other)s.") % {"number": self.ticket.ticket_no, "other": into.ticket_no}


# What is said, promised, linked ---------------------------------------------------------------------------------------


class Note(TicketDialog):
    """A note for whoever comes next."""

    form_class, title = forms.SaidForm, gettext_lazy("Add note")
    service = staticmethod(services.ticket_note)
    done_words = gettext_lazy("The note is added.")


class Contact(TicketDialog):
    """A phone call or a chat with the buyer."""

    form_class, title = forms.ContactForm, gettext_lazy("Record a contact")
    service = staticmethod(services.ticket_note)
    done_words = gettext_lazy("The contact is recorded.")

    def initial(self) -> dict[str, Any]:
        """Propose a call that was answered."""
        return {"form": TicketNote.Form.PHONE, "reached": "yes"}


class Reply(TicketDialog):
    """Words for the buyer."""

    template_name = "tickets/ticket_reply.html"
    form_class, title = forms.ReplyForm, gettext_lazy("Reply to the buyer")
    service = staticmethod(services.ticket_reply)
    done_words = gettext_lazy("The reply is sent.")

    def act(self, data: dict[str, Any]) -> str:
        """Send it, with the keys of the ready words in it."""
        return super().act(data | {"used": data["used"].split()})


class Pledge(TicketDialog):
    """A promise to the buyer (TKT-4)."""

    form_class, title = forms.PromiseForm, gettext_lazy("Promise to the buyer")
    service = staticmethod(services.ticket_promise)
    done_words = gettext_lazy("The promise is on the list of tasks.")

    def initial(self) -> dict[str, Any]:
        """Propose the next day."""
        return {"due_at": due_by(Priority.NORMAL, self.ticket.shop_id)}


class Link(TicketDialog):
    """What else of the order it is about."""

    form_class, title = forms.LinkForm, pgettext_lazy("ticket", "Link")
    done_words = gettext_lazy("Linked.")

    def load(self, **kwargs: Any) -> None:
        """Find what the order has and the ticket does not name yet."""
        super().load(**kwargs)
        self.things = ticket_things.things_to_link(self.ticket)

    def form_kwargs(self) -> dict[str, Any]:
        """Offer it."""
        return {"choices": [(self.key(name, one), self.words(name, one)) for name, one in self.each()]}

    def each(self) -> Iterator[tuple[str, Any]]:
        """Go through all of it, kind by kind."""
        for name, found in self.things.items():
            for one in found:
                yield name, one

    @staticmethod
    def key(name: str, one: Any) -> str:
        """Name one thing in the form; parcels of two carriers may have one number."""
        return f"parcel-{one.pk}" if name == "parcel" else str(getattr(one, ticket_things.MODELS[name][1]))

    @staticmethod
    def words(name: str, one: Any) -> str:
        """Say what it is."""
        what = one.get_kind_display() if name == "refund" else ticket_page.THING_WORDS[name]
        return f"{what} {getattr(one, ticket_things.MODELS[name][1])}"

    def context(self) -> dict[str, Any]:
        """Say when there is nothing."""
        stop = "" if any(self.things.values()) else _("The ticket names all that the order has.")
        return super().context() | {"stop": stop}

    def act(self, data: dict[str, Any]) -> str:
        """Write them down."""
        chosen = set(data["things"])
        about = About(
            **{
                f"{name}s": [one for one in found if self.key(name, one) in chosen]
                for name, found in self.things.items()
            }
        )
        services.ticket_link(ticket=self.ticket, actor=self.actor, about=about)
        return str(self.done_words)


DIALOGS: dict[str, type[TicketDialog]] = {
    "plan": Plan,
    "wait": Wait,
    "take_up": TakeUp,
    "assign": Assign,
    "resolve": Resolve,
    "reopen": Reopen,
    "close": Close,
    "merge": Merge,
    "note": Note,
    "contact": Contact,
    "reply": Reply,
    "promise": Pledge,
    "link": Link,
}
"""The dialogs of one ticket, by the last word of their address."""
