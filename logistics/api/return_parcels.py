"""Parcels that come back over REST: what is expected, what has come, what nobody claims (RET-1, RET-3)."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.models import Shop
from logistics import services
from logistics.selectors import return_parcels, unclaimed
from logistics.serializers.return_parcels import (
    MatchInput,
    ReturnParcelOutput,
    ReturnParcelQuery,
    UnclaimedInput,
    UnmatchInput,
)
from logistics.services.unclaimed import STORE
from refunds import selectors as refunds

UNCLAIMED: dict[str, Any] = {
    "state": "unclaimed",
    "parcel_no": "UP3D6DCA9A",
    "refund_no": None,
    "order_no": None,
    "shop": "demo",
    "carrier": "yuantong",
    "tracking_no": "YT7700000000001",
    "contents": "铁观音一罐，无小票",
    "shelf": "U-01",
    "received_at": "2026-11-20T02:10:00Z",
}
PUT_ASIDE = {
    "shop": "demo",
    "carrier": "yuantong",
    "tracking_no": "YT7700000000001",
    "contents": "铁观音一罐，无小票",
    "shelf": "U-01",
}


class ReturnParcelView(ApiView):
    """What these routes share: they are the warehouse's and the desk's."""

    def floor_only(self) -> None:
        """Raise Forbidden for everybody else."""
        if self.actor.role not in STORE:
            raise errors.Forbidden()


class ReturnParcelList(ReturnParcelView):
    """Parcels that come back."""

    scopes: ClassVar = {"GET": "staff", "POST": "staff"}

    @extend_schema(
        operation_id="return_parcels_list",
        parameters=[ReturnParcelQuery],
        responses=ReturnParcelOutput(many=True),
        examples=[answered("A row", UNCLAIMED)],
    )
    def get(self, request: Request) -> Response:
        """List parcels of one state, the newest first (RET-1, RET-3, RET-4)."""
        self.floor_only()
        state = self.query(ReturnParcelQuery).get("state", "expected")
        rows = return_parcels.return_parcels(self.actor, state)
        return self.page(rows, lambda found: return_parcels.as_json(found, state))

    @extend_schema(
        operation_id="return_parcels_put_aside",
        request=UnclaimedInput,
        responses={201: ReturnParcelOutput},
        examples=[asked("Nobody knows the number", PUT_ASIDE), answered("On the list", UNCLAIMED, "201")],
    )
    def post(self, request: Request) -> Response:
        """Put a parcel that nobody waits for on the unclaimed list (RET-3)."""
        self.floor_only()
        values = self.read(UnclaimedInput)
        shop = self.actor.visible(Shop.objects.filter(code=values.pop("shop")), "pk").first()
        if shop is None:
            raise errors.NotFound()
        photos = values.pop("evidence")
        given = {name: value or "" for name, value in values.items()}
        parcel = services.unclaimed_record(shop=shop, actor=self.actor, evidence_ids=photos, **given)
        return self.answer(return_parcels.unclaimed_as_json(parcel), status=201)


class ReturnParcelMatch(ReturnParcelView):
    """The parcel has found its request."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="return_parcels_match",
        request=MatchInput,
        responses=ReturnParcelOutput,
        examples=[
            asked("Its request", {"refund_no": "RF20261105000042"}),
            answered("Matched", UNCLAIMED | {"state": "matched", "refund_no": "RF20261105000042"}),
        ],
    )
    def post(self, request: Request, unclaimed_no: str) -> Response:
        """Match a parcel of the unclaimed list to a request that waits for one; it can be received then (RET-3)."""
        self.floor_only()
        parcel = unclaimed.unclaimed_found(self.actor, unclaimed_no)
        if parcel is None:
            raise errors.NotFound()
        values = self.read(MatchInput)
        try:
            refund = refunds.refund_get_for(self.actor, values["refund_no"])
        except errors.NotFound as missing:
            detail = _("No request that waits for a parcel has this number.")
            fault = errors.FieldError("refund_no", "unknown", detail)
            raise errors.RuleViolation("RET-3", detail, errors=[fault]) from missing
        services.unclaimed_match(parcel=parcel, refund=refund, actor=self.actor)
        moved = unclaimed.unclaimed_found(self.actor, unclaimed_no)
        return self.answer(return_parcels.unclaimed_as_json(moved or parcel))


class ReturnParcelUnmatch(ReturnParcelView):
    """The match was wrong."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="return_parcels_unmatch",
        request=UnmatchInput,
        responses=ReturnParcelOutput,
        examples=[asked("Other goods", {"why": "里面是另一款"}), answered("On the list again", UNCLAIMED)],
    )
    def post(self, request: Request, unclaimed_no: str) -> Response:
        """Take a wrong match back while nothing has come of it; the parcel lies on the list again (RET-3)."""
        self.floor_only()
        parcel = unclaimed.unclaimed_found(self.actor, unclaimed_no)
        if parcel is None:
            raise errors.NotFound()
        services.unclaimed_unmatch(parcel=parcel, actor=self.actor, why=self.read(UnmatchInput)["why"])
        moved = unclaimed.unclaimed_found(self.actor, unclaimed_no)
        return self.answer(return_parcels.unclaimed_as_json(moved or parcel))
