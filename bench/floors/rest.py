"""Plain REST framework: a list, a decision with lock, update and log row, and two that create."""

from typing import Any, ClassVar

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import generics, permissions, renderers, serializers
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aftersales.core.auth import token_digest
from aftersales.core.models import ApiToken, LogEntry, Shop
from orders.models import Buyer, Order, OrderLine
from orders.states import OrderStatus
from refunds.models import Refund, RefundLine
from refunds.states import RefundStatus


class Token(TokenAuthentication):
    """REST framework's own way with tokens, on the product's table."""

    keyword = "Bearer"

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        """Look the token up, with its user."""
        try:
            token = ApiToken.objects.select_related("client__acts_as").get(digest=token_digest(key))
        except ApiToken.DoesNotExist:
            raise AuthenticationFailed() from None
        return token.client.acts_as or token.client, token


class SignedIn(permissions.BasePermission):
    """Whoever has a token."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Look whether there is one."""
        return request.auth is not None


class Plain(APIView):
    """A view with REST framework's own parts."""

    authentication_classes = [Token]
    permission_classes = [SignedIn]
    throttle_classes: Any = []
    renderer_classes = [renderers.JSONRenderer]
    parser_classes = [JSONParser]


class ByKey(CursorPagination):
    """Pages of 50 by key."""

    ordering = "-id"
    page_size = 50


class BuyerSerializer(serializers.ModelSerializer[Buyer]):
    """A buyer."""

    class Meta:
        model = Buyer
        fields = ["buyer_id", "nick"]


class LineSerializer(serializers.ModelSerializer[RefundLine]):
    """A line of a request, with words of the order's line."""

    line_no = serializers.CharField(source="order_line.line_no")
    item_id = serializers.CharField(source="order_line.item_id")
    goods_no = serializers.CharField(source="order_line.goods_no")
    title = serializers.CharField(source="order_line.title")
    sku = serializers.CharField(source="order_line.sku")

    class Meta:
        model = RefundLine
        fields = ["line_no", "item_id", "goods_no", "title", "sku", "quantity", "amount_fen"]


FLAT = (
    "refund_no version status kind goods_status phase reason amount_fen postage_fen refunded_fen attempt refusals"
    " in_dispute void_result refused_as created_at updated_at finished_at received_at due_at due_action due_paused"
).split()


class FlatSerializer(serializers.ModelSerializer[Refund]):
    """A request's own columns."""

    class Meta:
        model = Refund
        fields = FLAT


class RefundSerializer(serializers.ModelSerializer[Refund]):
    """What a row of the product's list says."""

    order_no = serializers.CharField(source="order.order_no")
    shop = serializers.CharField(source="shop.code")
    buyer = BuyerSerializer(source="order.buyer")
    lines = LineSerializer(many=True)
    status_label = serializers.CharField(source="get_status_display")
    assignee = serializers.CharField(source="assignee.username", default=None)

    class Meta:
        model = Refund
        fields = [*FLAT, "order_no", "shop", "buyer", "lines", "status_label", "assignee"]


class RefundList(Plain, generics.ListAPIView[Refund]):
    """The list with everything that the product's has."""

    filter_backends: Any = []
    pagination_class = ByKey
    serializer_class = RefundSerializer
    queryset = Refund.objects.select_related("order__buyer", "shop", "assignee").prefetch_related("lines__order_line")


class FlatList(RefundList):
    """The list of the table alone."""

    serializer_class = FlatSerializer  # type: ignore[assignment]
    queryset = Refund.objects.all()


class NoteSerializer(serializers.Serializer[Any]):
    """A note for the log."""

    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)


class Agree(Plain):
    """A decision: lock, look, update, log row; and the request as it is then."""

    def post(self, request: Request, refund_no: str) -> Response:
        """Agree to a request."""
        asked = NoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            locked = Refund.objects.select_for_update(of=("self",)).select_related("order__buyer", "shop")
            refund = get_object_or_404(locked, refund_no=refund_no)
            if refund.status != RefundStatus.WAIT_SELLER_AGREE:
                raise ValidationError("This request cannot be agreed to.")
            before = refund.status
            refund.__dict__["status"] = RefundStatus.WAIT_BUYER_RETURN_GOODS.value
            refund.version += 1
            refund.updated_at = timezone.now()
            refund.return_address = refund.shop.return_address
            refund.save()
            log(refund, "refund", request, "agree", before, asked.validated_data.get("note", ""))
        return Response(RefundSerializer(refund).data)


def log(subject: Any, name: str, request: Request, action: str, before: str, note: str = "") -> None:
    """Write a log row."""
    LogEntry.objects.create(
        subject_type=name,
        subject_id=subject.pk,
        version=subject.version,
        shop_id=subject.shop_id,
        at=subject.updated_at,
        actor_kind="staff",
        actor_id=request.user.pk,
        actor_name=str(request.user),
        action=action,
        from_status=before,
        to_status=subject.status,
        note=note,
    )


class AskedLine(serializers.Serializer[Any]):
    """A line that is asked for."""

    line_no = serializers.CharField()
    quantity = serializers.IntegerField(min_value=1)


class ApplySerializer(serializers.ModelSerializer[Refund]):
    """What a buyer asks for."""

    order_no = serializers.CharField()
    lines = AskedLine(many=True)

    class Meta:
        model = Refund
        fields = ["order_no", "kind", "goods_status", "reason", "description", "lines"]


class Apply(Plain):
    """A request: the order is locked, request, lines and log row are written."""

    def post(self, request: Request) -> Response:
        """Apply for a refund."""
        asked = ApplySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        now = timezone.now()
        with transaction.atomic():
            orders = Order.objects.select_for_update(of=("self",)).select_related("buyer", "shop")
            order = get_object_or_404(orders, order_no=values["order_no"])
            known = {line.line_no: line for line in order.lines.all()}
            chosen = [(known[line["line_no"]], line["quantity"]) for line in values["lines"]]
            amounts = [line.paid_share_fen * quantity // line.quantity for line, quantity in chosen]
            refund = Refund.objects.create(
                refund_no=f"F{order.order_no}",
                shop=order.shop,
                order=order,
                status=RefundStatus.WAIT_SELLER_AGREE,
                kind=values["kind"],
                goods_status=values["goods_status"],
                reason=values["reason"],
                description=values["description"],
                phase="onsale",
                flow="return_refund",
                amount_fen=sum(amounts),
                created_at=now,
                updated_at=now,
            )
            RefundLine.objects.bulk_create(
                RefundLine(refund=refund, order_line=line, quantity=quantity, amount_fen=amount)
                for (line, quantity), amount in zip(chosen, amounts, strict=True)
            )
            log(refund, "refund", request, "apply", "")
        return Response(RefundSerializer(refund).data, status=201)


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    """A line of an order."""

    class Meta:
        model = OrderLine
        fields = (
            "line_no item_id goods_no title sku unit_price_fen quantity discount_fen seven_day_return category weight_g"
        ).split()


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order with buyer and lines, as a shop front-end sends it."""

    shop = serializers.CharField(source="shop.code")
    buyer = BuyerSerializer()
    receiver = serializers.DictField(write_only=True)
    lines = OrderLineSerializer(many=True)

    class Meta:
        model = Order
        fields = (
            "order_no shop buyer escrow payment_channel paid_at postage_fen paid_fen freight_insurance receiver"
            " receiver_name receiver_phone receiver_region receiver_address seller_memo seller_flag lines"
            " status version created_at updated_at"
        ).split()
        read_only_fields = "status version created_at updated_at".split()
        extra_kwargs: ClassVar[dict[str, Any]] = {"order_no": {"validators": []}}

    def create(self, values: dict[str, Any]) -> Order:
        """Write buyer, order and lines."""
        lines, buyer, receiver = values.pop("lines"), values.pop("buyer"), values.pop("receiver")
        shop = get_object_or_404(Shop, code=values.pop("shop")["code"])
        now = timezone.now()
        values |= {f"receiver_{name}": receiver[name] for name in ("name", "phone", "region", "address")}
        known, _new = Buyer.objects.update_or_create(
            shop=shop, buyer_id=buyer["buyer_id"], defaults={"nick": buyer["nick"]}
        )
        order: Order = Order.objects.create(
            shop=shop,
            buyer=known,
            status=OrderStatus.WAIT_SELLER_SEND_GOODS,
            created_at=now,
            updated_at=now,
            **values,
        )
        share = (order.paid_fen - order.postage_fen) // len(lines)
        OrderLine.objects.bulk_create(OrderLine(order=order, paid_share_fen=share, **line) for line in lines)
        return order


class Register(Plain):
    """An order: buyer, order, lines and log row are written."""

    def post(self, request: Request) -> Response:
        """Register an order."""
        asked = OrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            order: Order = asked.save()
            log(order, "order", request, "register", "")
        return Response(asked.data, status=201)
