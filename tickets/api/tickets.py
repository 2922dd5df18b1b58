"""Tickets over REST: whatever a buyer brings, with one owner, a next step and a time (TKT)."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.models import User
from orders.selectors import order_get_for
from tickets import services
from tickets.filters import TicketQuery
from tickets.models import Ticket
from tickets.selectors import ticket_things
from tickets.selectors import tickets as selectors
from tickets.serializers import tickets as shapes
from tickets.services import About
from tickets.states import TICKET

from . import ticket_examples as examples

GIVEN = answered("A ticket", examples.TICKET_DOCUMENT)


def user_named(username: str | None) -> User | None:
    """Return the member of staff of this name. Raises: Invalid."""
    if not username:
        return None
    user: User | None = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise errors.Invalid(errors=[errors.FieldError("owner", "unknown_user", errors.NotFound.title)])
    return user


class TicketView(ApiView):
    """What the routes of one ticket share."""

    def document(self, ticket_no: str, *, status: int = 200) -> Response:
        """Answer with the ticket as it is now."""
        return self.answer(selectors.ticket_document(self.actor, ticket_no), status=status)


class TicketList(TicketView):
    """Tickets."""

    scopes: ClassVar = {"GET": "staff", "POST": "staff"}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = selectors.ORDER_OF_ALL

    @extend_schema(
        operation_id="tickets_list",
        parameters=[TicketQuery],
        responses=shapes.TicketRowOutput(many=True),
        examples=[answered("A row", examples.TICKET)],
    )
    def get(self, request: Request) -> Response:
        """List tickets, the newest first; with `updated_since` by when they changed, with `due_before` by when due."""
        given = self.query(TicketQuery)
        if "updated_since" in given:
            self.ordering = selectors.ORDER_OF_CHANGES  # type: ignore[misc]
        elif "due_before" in given:
            self.ordering = selectors.ORDER_OF_ACTIVE  # type: ignore[misc]
        return self.page(selectors.ticket_list_for(self.actor, **given), selectors.tickets_as_json)

    @extend_schema(
        operation_id="tickets_create",
        request=shapes.TicketInput,
        responses={201: shapes.TicketOutput},
        examples=[asked("Where is the parcel?", examples.OPEN), answered("Opened", examples.TICKET_DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Open a ticket about an order. That of a request opens by itself."""
        if self.actor.role not in TICKET.roles_of["open"]:
            raise errors.Forbidden()
        values = self.read(shapes.TicketInput)
        order = order_get_for(self.actor, values["order_no"], values.get("shop", ""))
        things = ticket_things.things_named(order, values)
        ticket = services.ticket_open(
            order=order,
            actor=self.actor,
            kind=values["kind"],
            priority=values["priority"],
            title=values["title"],
            next_step=values["next_step"],
            due_at=values.get("due_at"),
            owner=user_named(values.get("owner")),
            about=About(**{f"{name}s": found for name, found in things.items()}),
        )
        return self.document(ticket.ticket_no, status=201)


class TicketDetail(TicketView):
    """One ticket."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(operation_id="tickets_get", responses=shapes.TicketOutput, examples=[GIVEN])
    def get(self, request: Request, ticket_no: str) -> Response:
        """Get a ticket with everything that was said and done, and what the caller may do now."""
        return self.document(ticket_no)


class TicketStep(TicketView):
    """Something done on one ticket, by POST: `do` with what `body` read."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True
    action: ClassVar[str] = "plan"
    body: ClassVar[type[Any]]

    def post(self, request: Request, ticket_no: str) -> Response:
        """Do it, and answer with the ticket as it is now."""
        ticket = selectors.ticket_get_for(self.actor, ticket_no)
        if self.actor.role not in TICKET.roles_of[self.action]:
            raise errors.Forbidden()
        self.do(ticket, {name: value for name, value in self.read(self.body).items() if value is not None})
        return self.document(ticket_no)

    @abstractmethod
    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Call the one service."""

    @property
    def who(self) -> dict[str, Any]:
        """Who acts, and on which version."""
        return {"actor": self.actor, "version": self.version}


def step(operation: str, body: type[Any], example: dict[str, Any], summary: str) -> Any:
    """Describe a step for the OpenAPI document."""

    def decorate(view: type[TicketStep]) -> type[TicketStep]:
        view.body = body
        post = extend_schema(
            operation_id=f"tickets_{operation}",
            description=summary,
            request=body,
            responses=shapes.TicketOutput,
            examples=[asked("As an example", example), GIVEN],
        )
        return extend_schema_view(post=post)(view)

    return decorate


@step("plan", shapes.TicketPlanInput, examples.PLAN, "Set another next step and its time (TKT-2).")
class TicketPlan(TicketStep):
    """What comes next."""

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Plan."""
        services.ticket_plan(ticket=ticket, **values, **self.who)


@step("wait", shapes.TicketWaitInput, examples.WAIT, "Hand it on to whoever is waited for, with a time.")
class TicketWait(TicketStep):
    """Somebody else is to act."""

    action = "wait"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Hand on."""
        services.ticket_wait(ticket=ticket, **values, **self.who)


@step("take_up", shapes.TicketTakeUpInput, {"next_step": "回电买家"}, "Take up again what waited.")
class TicketTakeUp(TicketStep):
    """The answer is there."""

    action = "take_up"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Take up."""
        services.ticket_take_up(ticket=ticket, **values, **self.who)


@step("assign", shapes.TicketAssignInput, {"owner": "agent2"}, "Give it to another owner; that of a request with it.")
class TicketAssign(TicketStep):
    """Whose it is."""

    action = "assign"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Assign."""
        services.ticket_assign(ticket=ticket, owner=user_named(values.get("owner")), **self.who)


@step("hand_over", shapes.TicketHandOverInput, examples.HAND_OVER, "Hand it over to a colleague with a note (TKT-2).")
class TicketHandOver(TicketStep):
    """The next shift goes on."""

    action = "assign"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Hand over."""
        services.ticket_assign(ticket=ticket, owner=user_named(values["owner"]), note=values["note"], **self.who)


@step("note", shapes.TicketNoteInput, examples.NOTE, "Write a note, or that the buyer was called or chatted with.")
class TicketNotes(TicketStep):
    """Something to remember."""

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Note."""
        services.ticket_note(ticket=ticket, actor=self.actor, **values)


@step("reply", shapes.TicketReplyInput, {"text": "您好,已为您催促快递,明天 18:00 前给您回复。"}, "Answer the buyer.")
class TicketReply(TicketStep):
    """Words for the buyer."""

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Reply."""
        services.ticket_reply(ticket=ticket, actor=self.actor, **values)


@step("task", shapes.TicketTaskInput, examples.TASK, "Keep a promise as a task with a time (TKT-4).")
class TicketTask(TicketStep):
    """A promise."""

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Promise."""
        services.ticket_promise(ticket=ticket, actor=self.actor, **values)


@step(
    "resolve", shapes.TicketResolveInput, examples.RESOLVE, "Write down how it was solved; it closes by itself later."
)
class TicketResolve(TicketStep):
    """Solved."""

    action = "resolve"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Solve."""
        services.ticket_resolve(ticket=ticket, **values, **self.who)


@step("reopen", shapes.TicketReopenInput, {"next_step": "买家说仍未收到"}, "Take up again what was solved and is not.")
class TicketReopen(TicketStep):
    """Not solved after all."""

    action = "reopen"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Reopen."""
        services.ticket_reopen(ticket=ticket, **values, **self.who)


@step("close", shapes.TicketCloseInput, examples.RESOLVE, "Close it for good; with `resolution` it is solved first.")
class TicketClose(TicketStep):
    """Over."""

    action = "close"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Close."""
        services.ticket_close(ticket=ticket, **values, **self.who)


@step("merge", shapes.TicketMergeInput, {"into": "TK20261122000007"}, "Close a double; the other one goes on.")
class TicketMerge(TicketStep):
    """Two become one."""

    action = "merge"

    def do(self, ticket: Ticket, values: dict[str, Any]) -> None:
        """Merge."""
        into = selectors.ticket_get_for(self.actor, values["into"])
        services.ticket_merge(ticket=ticket, into=into, **self.who)
