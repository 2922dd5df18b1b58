"""Void lists over REST: made, read, answered line by line or many at once (VOI)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from aftersales.core.auth import Actor
from aftersales.core.models import Shop
from logistics import services
from logistics.filters.voids import VoidListQuery
from logistics.selectors import void_documents, voids
from logistics.serializers import voids as shapes
from logistics.services import Given, Outcome
from orders.selectors import moment

from . import void_examples as examples


class VoidLists(ApiView):
    """Void lists."""

    scopes: ClassVar = {"GET": "staff", "POST": "staff"}
    idempotency = "required"
    ordering: ClassVar = voids.ORDERING

    @extend_schema(
        operation_id="void_lists_list",
        parameters=[VoidListQuery],
        responses=shapes.VoidListRowOutput(many=True),
        examples=[answered("A row", examples.ROW)],
    )
    def get(self, request: Request) -> Response:
        """List what was submitted to the warehouse, the newest first, with how many lines are answered."""
        given = self.query(VoidListQuery)
        rows = voids.void_lists(self.actor, only_open=given.pop("open", False), **given)
        return self.page(rows, lambda found: [void_documents.void_list_row(one) for one in voids.counted(found)])

    @extend_schema(
        operation_id="void_lists_create",
        request=shapes.VoidListInput,
        responses={201: shapes.VoidListOutput},
        examples=[asked("Now", {"shop": "demo"}), answered("A list", examples.DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Submit what waits and is on no list: the morning's list once its time has come, else a supplementary one."""
        self.actor.require(services.MAKE)
        shop = _shop(self.actor, self.read(shapes.VoidListInput).get("shop", ""))
        made = services.void_list_make(shop=shop, actor=self.actor)
        return self.answer(void_documents.void_list_document(self.actor, made.list_no), status=201)


class VoidListDetail(ApiView):
    """One list."""

    scopes: ClassVar = {"GET": "staff"}

    @extend_schema(
        operation_id="void_lists_get", responses=shapes.VoidListOutput, examples=[answered("A list", examples.DOCUMENT)]
    )
    def get(self, request: Request, list_no: str) -> Response:
        """Get a list with all its lines and what came of each."""
        return self.answer(void_documents.void_list_document(self.actor, list_no))


class VoidListAnswers(ApiView):
    """What the warehouse says."""

    scopes: ClassVar = {"POST": "staff"}
    idempotency = "required"

    @extend_schema(
        operation_id="void_lists_answer",
        request=shapes.VoidAnswersInput,
        responses=shapes.VoidOutcomesOutput,
        examples=[asked("Two lines", examples.ANSWERS), answered("One of them", examples.OUTCOMES)],
    )
    def post(self, request: Request, list_no: str) -> Response:
        """Answer lines, each once and with an outcome of its own; one that is refused does not stop the others."""
        found = voids.void_list_get_for(self.actor, list_no)
        self.actor.require(services.ANSWER)
        given = [Given(**_known(each)) for each in self.read(shapes.VoidAnswersInput)["answers"]]
        if sum(each.result == "already_shipped" for each in given) > shapes.MOST_PARCELS:
            text = _("At most %(most)d orders that have left can be answered at once.") % {"most": shapes.MOST_PARCELS}
            raise errors.Invalid(errors=[errors.FieldError("answers", "too_many_parcels", text)])
        came = services.void_lines_answer(void_list=found, answers=given, actor=self.actor)
        now = voids.void_list_get_for(self.actor, list_no)
        body = {
            "answered": sum(one.came == "ok" for one in came),
            "results": [_outcome(one) for one in came],
            "list": void_documents.void_list_row(now),
        }
        return self.answer(body)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _outcome(one: Outcome) -> dict[str, Any]:
    line, problem = one.line, one.problem
    late = line is not None and bool(line.late_answer)
    return {
        "refund_no": one.refund_no,
        "outcome": one.came,
        "late": late,
        "answer": (line.late_answer or line.answer or None) if line else None,
        "answered_at": moment(line.late_at or line.answered_at) if line else None,
        "answered_by": (line.late_by or line.answered_by or None) if line else None,
        "code": problem and problem.code,
        "rule": problem and problem.extra.get("rule"),
        "detail": problem and str(problem.detail),
    }


def _shop(actor: Actor, code: str) -> Shop:
    """Give the shop that is meant: the only one that the caller sees, or the one that he names. Raises: Invalid."""
    shops = actor.visible(Shop.objects.all(), "id")
    found = list(shops.filter(code=code)[:1] if code else shops.order_by("id")[:2])
    if len(found) != 1:
        text = _("There is no such shop.") if code else _("Name the shop.")
        raise errors.Invalid(errors=[errors.FieldError("shop", "unknown_shop", text)])
    return found[0]
