"""Registering, reading, signing for, extending and noting orders."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.models import Shop
from orders import selectors, services
from orders.filters import OrderQuery, ShopQuery
from orders.models import Order
from orders.serializers import (
    ExtendInput,
    NoteInput,
    OrderInput,
    OrderOutput,
    OrderRowOutput,
    SignedInput,
    order_data,
)
from orders.states import ORDER

from . import examples

READ = ("orders:write", "refunds:read", "refunds:write", "staff")
WRITE = ("orders:write", "staff")


class OrderView(ApiView):
    """What the routes of one order share."""

    def order(self, order_no: str, action: str = "") -> Order:
        """Return the order that is meant, having looked whether the caller's role ever takes `action`.

        Raises: Forbidden, NotFound, Invalid.
        """
        order = selectors.order_get_for(self.actor, order_no, self.query(ShopQuery).get("shop", ""))
        if action and self.actor.role not in ORDER.roles_of[action]:
            raise errors.Forbidden()
        return order

    def document(self, order: Order, *, status: int = 200) -> Response:
        """Answer with the order as it is now."""
        return self.answer(selectors.order_document(self.actor, order.pk), status=status)


class OrderList(ApiView):
    """Orders."""

    scopes: ClassVar = {"GET": READ}
    ordering: ClassVar[Sequence[str]] = ("-updated_at", "-id")

    @extend_schema(
        operation_id="orders_list",
        parameters=[OrderQuery],
        responses=OrderRowOutput(many=True),
        examples=[answered("A row", examples.ROW)],
    )
    def get(self, request: Request) -> Response:
        """List orders, the last changed first; with `updated_since` the oldest change first."""
        asked = self.query(OrderQuery)
        if "updated_since" in asked:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        rows = selectors.order_list_for(self.actor, **asked)
        return self.page(rows, lambda found: selectors.orders_as_json(found, self.actor))


class OrderDetail(OrderView):
    """One order."""

    scopes: ClassVar = {"GET": READ, "PUT": WRITE}

    @extend_schema(
        operation_id="orders_get",
        parameters=[ShopQuery],
        responses=OrderOutput,
        examples=[examples.GIVEN],
    )
    def get(self, request: Request, order_no: str) -> Response:
        """Get an order."""
        shop = self.query(ShopQuery).get("shop", "")
        return self.answer(selectors.order_document_for(self.actor, order_no, shop))

    @extend_schema(
        operation_id="orders_put",
        request=OrderInput,
        responses={200: OrderOutput, 201: OrderOutput},
        examples=[
            asked("An order of two tins", examples.ORDER),
            examples.GIVEN,
            answered("A new order", examples.DOCUMENT, "201"),
        ],
    )
    def put(self, request: Request, order_no: str) -> Response:
        """Register an order (201), or bring a known one up to date (200).

        Repeating it changes nothing. Lines and amounts are fixed by the first time; a status never goes back.
        """
        if self.actor.role not in ORDER.roles_of["register"]:
            raise errors.Forbidden()
        values = self.read(OrderInput)
        shop = self.actor.visible(Shop.objects.all(), "pk").filter(code=values["shop"]).first()
        if shop is None:
            raise errors.NotFound()
        data = order_data(order_no, values)
        order, new = services.order_register(shop=shop, data=data, actor=self.actor)
        return self.document(order, status=201 if new else 200)


class OrderSigned(OrderView):
    """The buyer signed for the goods."""

    scopes: ClassVar = {"POST": WRITE}
    versioned = True

    @extend_schema(
        operation_id="orders_signed",
        parameters=[ShopQuery],
        request=SignedInput,
        responses=OrderOutput,
        examples=[asked("Signed for", {"signed_at": "2026-11-04T15:20:00+08:00"}), examples.GIVEN],
    )
    def post(self, request: Request, order_no: str) -> Response:
        """Record when the buyer signed for the goods; the seven days count from then (TMO-9)."""
        order = self.order(order_no, "sign")
        order = services.order_sign(order=order, actor=self.actor, version=self.version, **self.read(SignedInput))
        return self.document(order)


class OrderExtendReceipt(OrderView):
    """More time to confirm receipt."""

    scopes: ClassVar = {"POST": WRITE}
    versioned = True

    @extend_schema(
        operation_id="orders_extend_receipt",
        parameters=[ShopQuery],
        request=ExtendInput,
        responses=OrderOutput,
        examples=[asked("Three days more", {"days": 3}), examples.GIVEN],
    )
    def post(self, request: Request, order_no: str) -> Response:
        """Give the buyer more days to confirm receipt; each extension is noted (ORD-6)."""
        order = self.order(order_no, "extend_receipt")
        values: dict[str, Any] = self.read(ExtendInput)
        order = services.order_extend_receipt(order=order, actor=self.actor, version=self.version, **values)
        return self.document(order)


class OrderNotes(OrderView):
    """Notes and flags."""

    scopes: ClassVar = {"POST": WRITE}

    @extend_schema(
        operation_id="orders_notes_create",
        parameters=[ShopQuery],
        request=NoteInput,
        responses={201: OrderOutput},
        examples=[
            asked("Something is owed", {"text": "下次补发小样一包", "flag": "yellow"}),
            answered("An order", examples.DOCUMENT, "201"),
        ],
    )
    def post(self, request: Request, order_no: str) -> Response:
        """Add a note, and set the flag with it; nothing is ever overwritten (ORD-5)."""
        order = self.order(order_no)
        services.note_add(order=order, actor=self.actor, **self.read(NoteInput))
        return self.document(order, status=201)
