"""Small routes that only the tests of the core's REST layer have, and the routes of the core itself."""

import threading
from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import clock, errors
from aftersales.core.api.base import ApiView
from aftersales.core.models import LogEntry, OutboxEvent, Shop

running = threading.Event()
go_on = threading.Event()


class LineInput(serializers.Serializer[Any]):
    quantity = serializers.IntegerField(min_value=1)


class ShopInput(serializers.Serializer[Any]):
    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=80)
    lines = LineInput(many=True, required=False)


class ShopOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.IntegerField()


class ShopFilter(serializers.Serializer[Any]):
    code = serializers.CharField(required=False, help_text="Only this one.")


class UploadInput(serializers.Serializer[Any]):
    file = serializers.FileField()
    purpose = serializers.CharField()


class Shops(ApiView):
    """Makes shops: a stand-in for anything that has an effect which must happen once."""

    scopes = {"GET": ("refunds:read", "staff"), "POST": ("refunds:write", "staff"), "PUT": "staff"}
    ordering = ("code", "id")
    versioned = True

    @extend_schema(parameters=[ShopFilter], responses=ShopOutput(many=True))
    def get(self, request: Request) -> Response:
        return self.page(Shop.objects.all(), lambda rows: [{"code": shop.code} for shop in rows])

    @extend_schema(request=ShopInput, responses={201: ShopOutput})
    def post(self, request: Request) -> Response:
        """Make a shop."""
        values = self.read(ShopInput)
        values.pop("lines", None)
        shop = Shop.objects.create(**values)
        if shop.code == "slow":
            running.set()
            go_on.wait(10)
        if shop.code == "refused":
            raise errors.RuleViolation("AMT-2", "more than was paid", max_fen=5)
        if shop.code == "forbidden":
            raise errors.Forbidden()
        if shop.code == "away":
            raise errors.Unavailable()
        if shop.code == "answered":
            return self.answer({"code": "answered"}, status=409)
        if shop.code == "bug":
            raise RuntimeError("a bug")
        return self.answer({"zeta": 1, "code": shop.code, "version": 7, "alpha": "茶"}, status=201)

    @extend_schema(request=ShopInput, responses=ShopOutput)
    def put(self, request: Request) -> Response:
        return self.answer({"version_seen": self.version})


class Money(ApiView):
    scopes = {"POST": "refunds:write"}
    idempotency = "required"

    @extend_schema(request=None, responses=ShopOutput)
    def post(self, request: Request) -> Response:
        # no unique key here: nothing but the idempotency stands between two requests and two payments
        OutboxEvent.objects.create(
            topic="money.moved", subject_type="payout", subject_id=1, shop_id=1, created_at=clock.now()
        )
        return self.answer({"done": True})


class Upload(ApiView):
    scopes = {"POST": "evidence:write"}
    parser_classes = [MultiPartParser]
    max_body_bytes = 2_000

    @extend_schema(request=UploadInput, responses={201: ShopOutput})
    def post(self, request: Request) -> Response:
        Shop.objects.create(code=request.data["purpose"], name=request.data["file"].name)
        return self.answer({"size": len(request.data["file"].read())}, status=201)


class Raises(ApiView):
    scopes = {"GET": "refunds:read"}
    error: Exception = RuntimeError("a bug")

    @extend_schema(responses=ShopOutput)
    def get(self, request: Request) -> Response:
        raise type(self).error


class LogEntries(ApiView):
    scopes = {"GET": "staff"}
    ordering = ("-at", "-id")

    @extend_schema(responses=ShopOutput(many=True))
    def get(self, request: Request) -> Response:
        rows = LogEntry.objects.values("at", "id", "action")
        return self.page(rows, lambda found: [row["action"] for row in found])


def page(request: Any) -> HttpResponse:
    raise Raises.error


urlpatterns = [
    path("api/v1/test/shops", Shops.as_view()),
    path("api/v1/test/money", Money.as_view()),
    path("api/v1/test/upload", Upload.as_view()),
    path("api/v1/test/raises", Raises.as_view()),
    path("api/v1/test/log", LogEntries.as_view()),
    path("test/page", page),
]
