"""Webhooks over REST: a shop's front-end names its addresses, sees what was sent, and has it sent again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.auth import Actor
from aftersales.core.models import Shop, WebhookDelivery
from aftersales.core.webhooks import endpoints, reading

from .base import ApiView
from .examples import answered, asked
from .fields import FlagField, InputSerializer, TextField, WholeNumberField

SCOPE = ("webhooks:write", "staff")
ENDPOINT: dict[str, Any] = {
    "id": 3,
    "shop": "demo",
    "url": "https://shop.example.com/hooks/aftersales",
    "types": ["refund.*", "payout.paid"],
    "description": "front-end",
    "is_active": True,
    "stopped_why": None,
    "failing_since": None,
    "previous_secret_until": None,
    "created_at": "2026-11-05T04:00:00Z",
}
SECRET = {"secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
DELIVERY: dict[str, Any] = {
    "id": 41,
    "message_id": "msg_9120",
    "type": "refund.agreed",
    "number": "RF20261105000042",
    "status": "delivered",
    "attempts": 1,
    "next_try_at": None,
    "answer_status": 204,
    "answer_text": None,
    "error": None,
    "created_at": "2026-11-05T04:00:00Z",
    "finished_at": "2026-11-05T04:00:01Z",
}


class WebhookInput(InputSerializer):
    """An address and what it wants to hear: `*`, `refund.*`, `refund.agreed`."""

    refuse_unknown = True

    url = TextField(max_length=500)
    types = serializers.ListField(child=TextField(max_length=40), max_length=40, allow_empty=False)
    description = TextField(max_length=120, required=False, allow_blank=True)
    shop = serializers.SlugField(max_length=40, required=False, help_text="Code of the shop; staff must give it.")


class WebhookPatch(InputSerializer):
    """What of an endpoint changes."""

    refuse_unknown = True

    url = TextField(max_length=500, required=False)
    types = serializers.ListField(child=TextField(max_length=40), max_length=40, allow_empty=False, required=False)
    description = TextField(max_length=120, required=False, allow_blank=True)
    is_active = FlagField(required=False)


class RotateInput(InputSerializer):
    """For how long the old secret signs, too."""

    refuse_unknown = True

    overlap_hours = WholeNumberField(min_value=0, max_value=168, default=24)


class WebhookOutput(serializers.Serializer[Any]):
    """An endpoint. `failing_since` says since when nothing has arrived."""

    id = serializers.IntegerField()
    shop = serializers.CharField()
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField()
    stopped_why = serializers.CharField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    previous_secret_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookSecretOutput(WebhookOutput):
    """An endpoint with its new secret, which is shown this once."""

    secret = serializers.CharField()


class DeliveryOutput(serializers.Serializer[Any]):
    """A message for one endpoint, and what came of it."""

    id = serializers.IntegerField()
    message_id = serializers.CharField(help_text="The header webhook-id; the same in every attempt.")
    type = serializers.CharField()
    number = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices)
    attempts = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    answer_status = serializers.IntegerField(allow_null=True)
    answer_text = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DeliveryQuery(serializers.Serializer[Any]):
    """What a list of messages is narrowed to."""

    status = serializers.ChoiceField(choices=WebhookDelivery.Status.values, required=False)


class WebhookList(ApiView):
    """Endpoints."""

    scopes: ClassVar = {"GET": SCOPE, "POST": SCOPE}
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="webhooks_list",
        responses=WebhookOutput(many=True),
        examples=[answered("A row", ENDPOINT)],
    )
    def get(self, request: Request) -> Response:
        """List the endpoints, the newest first."""
        rows = reading.endpoints_for(self.actor)
        return self.page(rows, lambda found: [reading.endpoint_as_json(row) for row in found])

    @extend_schema(
        operation_id="webhooks_create",
        request=WebhookInput,
        responses={201: WebhookSecretOutput},
        examples=[
            asked("Refunds, and payouts that are paid", {name: ENDPOINT[name] for name in ("url", "types")}),
            answered("With its secret", ENDPOINT | SECRET, "201"),
        ],
    )
    def post(self, request: Request) -> Response:
        """Send what happens to an address, from now on. The secret is shown here and never again."""
        self.actor.require(endpoints.MANAGE)
        values = self.read(WebhookInput)
        shop = _shop(self.actor, values.pop("shop", ""))
        endpoint = endpoints.endpoint_create(shop=shop, actor=self.actor, **values)
        return self.answer(reading.endpoint_as_json(endpoint, secret=True), status=201)


class WebhookDetail(ApiView):
    """One endpoint."""

    scopes: ClassVar = {"GET": SCOPE, "PATCH": SCOPE, "DELETE": SCOPE}

    @extend_schema(operation_id="webhooks_get", responses=WebhookOutput, examples=[answered("It", ENDPOINT)])
    def get(self, request: Request, webhook_id: int) -> Response:
        """Get an endpoint."""
        return self.answer(reading.endpoint_as_json(reading.endpoint_get_for(self.actor, webhook_id)))

    @extend_schema(
        operation_id="webhooks_change",
        request=WebhookPatch,
        responses=WebhookOutput,
        examples=[asked("Switch it off", {"is_active": False}), answered("It", ENDPOINT)],
    )
    def patch(self, request: Request, webhook_id: int) -> Response:
        """Change an endpoint; what waits for it goes to the new address."""
        endpoint = reading.endpoint_get_for(self.actor, webhook_id)
        endpoint = endpoints.endpoint_change(endpoint=endpoint, actor=self.actor, **self.read(WebhookPatch))
        return self.answer(reading.endpoint_as_json(endpoint))

    @extend_schema(operation_id="webhooks_delete", responses={204: OpenApiResponse(description="It is gone.")})
    def delete(self, request: Request, webhook_id: int) -> Response:
        """Forget an endpoint and everything that was for it."""
        endpoint = reading.endpoint_get_for(self.actor, webhook_id)
        endpoints.endpoint_delete(endpoint=endpoint, actor=self.actor)
        return self.answer(status=204)


class WebhookRotate(ApiView):
    """Another secret."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_rotate_secret",
        request=RotateInput,
        responses=WebhookSecretOutput,
        examples=[asked("For a day both sign", {"overlap_hours": 24}), answered("It", ENDPOINT | SECRET)],
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        """Make a new secret; for a while messages carry a signature of each."""
        endpoint = reading.endpoint_get_for(self.actor, webhook_id)
        overlap = timedelta(hours=self.read(RotateInput)["overlap_hours"])
        endpoint = endpoints.secret_rotate(endpoint=endpoint, actor=self.actor, overlap=overlap)
        return self.answer(reading.endpoint_as_json(endpoint, secret=True))


class WebhookPing(ApiView):
    """Does it work?"""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_ping",
        request=None,
        responses={202: DeliveryOutput},
        examples=[answered("On its way", DELIVERY | {"type": "ping", "status": "pending"}, "202")],
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        """Send a message of the type `ping`."""
        endpoint = reading.endpoint_get_for(self.actor, webhook_id)
        sent = endpoints.endpoint_ping(endpoint=endpoint, actor=self.actor)
        return self.answer(reading.delivery_as_json(sent), status=202)


class DeliveryList(ApiView):
    """What was sent."""

    scopes: ClassVar = {"GET": SCOPE}
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="webhooks_deliveries",
        parameters=[DeliveryQuery],
        responses=DeliveryOutput(many=True),
        examples=[answered("A row", DELIVERY)],
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        """List the messages for an endpoint, the newest first."""
        endpoint = reading.endpoint_get_for(self.actor, webhook_id)
        rows = reading.deliveries_of(endpoint, **self.query(DeliveryQuery))
        return self.page(rows, lambda found: [reading.delivery_as_json(row) for row in found])


class DeliveryRedeliver(ApiView):
    """Once more."""

    scopes: ClassVar = {"POST": SCOPE}

    @extend_schema(
        operation_id="webhooks_redeliver",
        request=None,
        responses={202: DeliveryOutput},
        examples=[answered("On its way again", DELIVERY | {"status": "pending"}, "202")],
    )
    def post(self, request: Request, webhook_id: int, delivery_id: int) -> Response:
        """Send a delivered or parked message again, with the same id and body."""
        delivery = reading.delivery_get_for(self.actor, delivery_id, endpoint_id=webhook_id)
        sent = endpoints.delivery_redeliver(delivery=delivery, actor=self.actor)
        return self.answer(reading.delivery_as_json(sent), status=202)


def _shop(actor: Actor, code: str) -> Shop:
    """Give the shop that is meant: the only one that the caller sees, or the one that he names."""
    shops = actor.visible(Shop.objects.all(), "id")
    found = list(shops.filter(code=code)[:1] if code else shops.order_by("id")[:2])
    if len(found) != 1:
        text = _("There is no such shop.") if code else _("Name the shop.")
        raise errors.Invalid(errors=[errors.FieldError("shop", "unknown_shop", text)])
    return found[0]
