"""What the provider's bill and the books do not say alike, for finance (PAY-9)."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.machine import FINANCE
from refunds import services
from refunds.filters import DifferenceQuery
from refunds.selectors import reconciliation as selectors
from refunds.serializers.differences import DifferenceOutput
from refunds.serializers.inputs import DifferenceResolveInput

from . import examples

GIVEN = answered("A difference", examples.DIFFERENCE)


class DifferenceList(ApiView):
    """Differences."""

    scopes: ClassVar = {"GET": "staff"}
    ordering = ("-id",)

    @extend_schema(
        operation_id="differences_list",
        parameters=[DifferenceQuery],
        responses=DifferenceOutput(many=True),
        examples=[GIVEN],
    )
    def get(self, request: Request) -> Response:
        """List what bills and books do not say alike, the newest first; `state=open` is what is to be looked into."""
        rows = selectors.difference_list_for(self.actor, **self.query(DifferenceQuery))
        return self.page(rows, lambda found: [selectors.difference_as_json(one) for one in found])


class DifferenceDetail(ApiView):
    """One difference."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(operation_id="differences_get", responses=DifferenceOutput, examples=[GIVEN])
    def get(self, request: Request, difference_id: int) -> Response:
        """Get a difference."""
        return self.answer(selectors.difference_document(self.actor, difference_id))


class DifferenceResolve(ApiView):
    """What finance found."""

    scopes: ClassVar = {"POST": "staff"}
    idempotency = "required"

    @extend_schema(
        operation_id="differences_resolve",
        request=DifferenceResolveInput,
        responses=DifferenceOutput,
        examples=[asked("What it was", {"reason": "平台补偿，已单独入账"}), GIVEN],
    )
    def post(self, request: Request, difference_id: int) -> Response:
        """Write down what was found; once, with the reason that the list shows from then on."""
        difference = selectors.difference_get_for(self.actor, difference_id)
        if self.actor.role != FINANCE:
            raise errors.Forbidden()
        reason = self.read(DifferenceResolveInput)["reason"]
        services.difference_resolve(difference=difference, actor=self.actor, reason=reason)
        return self.answer(selectors.difference_document(self.actor, difference_id))
