"""Courier claims over REST: drafted by the desk, stamped by finance, followed until the carrier has paid (CLM)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.core import errors
from aftersales.core.api.base import ApiView
from aftersales.core.api.examples import answered, asked
from logistics.filters.claims import ClaimQuery
from logistics.models import Claim, Parcel
from logistics.selectors import claims as selectors
from logistics.serializers import claims as shapes
from logistics.services import claims as services
from logistics.services.claims import Stamped
from logistics.states.claim import CLAIM
from orders import selectors as order_selectors
from orders.models import Order

from . import claim_examples as examples

GIVEN = answered("A claim", examples.CLAIM_DOCUMENT)


class ClaimView(ApiView):
    """What the routes of one claim share."""

    def claim(self, claim_no: str, action: str) -> Claim:
        """Return the claim that is meant. Raises: Forbidden (also for roles that never take `action`), NotFound."""
        claim = selectors.claim_get_for(self.actor, claim_no)
        if self.actor.role not in CLAIM.roles_of[action]:
            raise errors.Forbidden()
        return claim

    def document(self, claim_no: str, *, status: int = 200) -> Response:
        """Answer with the claim as it is now."""
        return self.answer(selectors.claim_document(self.actor, claim_no), status=status)


class ClaimList(ClaimView):
    """Claims."""

    scopes: ClassVar = {"GET": "staff", "POST": "staff"}
    idempotency = "required"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    @extend_schema(
        operation_id="claims_list",
        parameters=[ClaimQuery],
        responses=shapes.ClaimRowOutput(many=True),
        examples=[answered("A row", examples.CLAIM)],
    )
    def get(self, request: Request) -> Response:
        """List claims, the newest first; with `updated_since` by when they changed."""
        given = self.query(ClaimQuery)
        if "updated_since" in given:
            self.ordering = ("updated_at", "id")  # type: ignore[misc]
        return self.page(selectors.claim_list_for(self.actor, **given), selectors.claims_as_json)

    @extend_schema(
        operation_id="claims_create",
        request=shapes.ClaimInput,
        responses={201: shapes.ClaimOutput},
        examples=[asked("A lost tin", examples.OPEN), answered("A draft", examples.CLAIM_DOCUMENT, "201")],
    )
    def post(self, request: Request) -> Response:
        """Draft a claim for goods of a parcel; the order is noted at once (CLM-1, CLM-2)."""
        if self.actor.role not in CLAIM.roles_of["draft"]:
            raise errors.Forbidden()
        values = self.read(shapes.ClaimInput)
        order = order_selectors.order_get_for(self.actor, values["order_no"], values.get("shop", ""))
        claim = services.claim_draft(
            parcel=_parcel(order, values.get("tracking_no", "")),
            actor=self.actor,
            cause=values["cause"],
            lines=shapes.line_claims(values["lines"]),
            amount_fen=values.get("amount_fen"),
            note=values.get("note") or "",
            evidence_ids=values["evidence"],
        )
        return self.document(claim.claim_no, status=201)


class ClaimDetail(ClaimView):
    """One claim."""

    scopes: ClassVar = {"GET": "staff", "PATCH": "staff"}
    versioned = True

    @extend_schema(operation_id="claims_get", responses=shapes.ClaimOutput, examples=[GIVEN])
    def get(self, request: Request, claim_no: str) -> Response:
        """Get a claim with its goods, photos and history, and what the caller may do now."""
        return self.document(claim_no)

    @extend_schema(
        operation_id="claims_edit",
        request=shapes.ClaimPatch,
        responses=shapes.ClaimOutput,
        examples=[asked("Another amount", {"amount_fen": 9000}), GIVEN],
    )
    def patch(self, request: Request, claim_no: str) -> Response:
        """Change a claim that has not left the house; a stamp that was given does not count any more."""
        claim = self.claim(claim_no, "edit")
        values = self.read(shapes.ClaimPatch)
        services.claim_edit(
            claim=claim,
            actor=self.actor,
            version=self.version,
            cause=values.get("cause"),
            lines=shapes.line_claims(values["lines"]) if "lines" in values else None,
            amount_fen=values.get("amount_fen"),
            note=values.get("note"),
            evidence_ids=values["evidence"],
        )
        return self.document(claim_no)


class ClaimStep(ClaimView):
    """A step of one claim, taken by POST."""

    scopes: ClassVar = {"POST": "staff"}
    versioned = True


class ClaimStamp(ClaimStep):
    """Finance's stamp."""

    @extend_schema(
        operation_id="claims_stamp",
        request=shapes.ClaimNoteInput,
        responses=shapes.ClaimOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Stamp exactly this amount for exactly these goods (CLM-2)."""
        claim = self.claim(claim_no, "stamp")
        values = self.read(shapes.ClaimNoteInput)
        services.claim_stamp(
            claim=claim,
            actor=self.actor,
            version=self.version,
            note=values.get("note") or "",
        )
        return self.document(claim_no)


class ClaimHandOver(ClaimStep):
    """The original goes to the warehouse."""

    @extend_schema(
        operation_id="claims_hand_over",
        request=shapes.ClaimNoteInput,
        responses=shapes.ClaimOutput,
        examples=[asked("Nothing to say", {}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Record that the warehouse has the original and finance the copy (CLM-2)."""
        claim = self.claim(claim_no, "hand_over")
        values = self.read(shapes.ClaimNoteInput)
        services.claim_hand_over(
            claim=claim,
            actor=self.actor,
            version=self.version,
            note=values.get("note") or "",
        )
        return self.document(claim_no)


class ClaimSubmit(ClaimStep):
    """To the carrier."""

    @extend_schema(
        operation_id="claims_submit",
        request=shapes.ClaimSubmitInput,
        responses=shapes.ClaimOutput,
        examples=[asked("With the carrier's number", {"carrier_reference": "YTO-77001"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Record that the carrier has the slip; from now on it is waited for (CLM-4)."""
        claim = self.claim(claim_no, "submit")
        values = self.read(shapes.ClaimSubmitInput)
        services.claim_submit(
            claim=claim,
            actor=self.actor,
            version=self.version,
            note=values.get("note") or "",
            carrier_reference=values.get("carrier_reference") or "",
        )
        return self.document(claim_no)


class ClaimAccept(ClaimStep):
    """The carrier will pay."""

    @extend_schema(
        operation_id="claims_accept",
        request=shapes.ClaimAcceptInput,
        responses=shapes.ClaimOutput,
        examples=[asked("A part of it", {"accepted_fen": 8000}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Record that the carrier will pay, all or less."""
        claim = self.claim(claim_no, "accept")
        values = self.read(shapes.ClaimAcceptInput)
        services.claim_accept(
            claim=claim,
            actor=self.actor,
            version=self.version,
            note=values.get("note") or "",
            accepted_fen=values.get("accepted_fen"),
        )
        return self.document(claim_no)


class ClaimReject(ClaimStep):
    """The carrier will not pay."""

    @extend_schema(
        operation_id="claims_reject",
        request=shapes.ClaimReasonInput,
        responses=shapes.ClaimOutput,
        examples=[asked("Why", {"reason": "签收时外包装完好"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Record why the carrier will not pay; it may be submitted again."""
        claim = self.claim(claim_no, "reject")
        values = self.read(shapes.ClaimReasonInput)
        services.claim_reject(
            claim=claim,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
        )
        return self.document(claim_no)


class ClaimAppeal(ClaimStep):
    """Once more."""

    @extend_schema(
        operation_id="claims_appeal",
        request=shapes.ClaimAppealInput,
        responses=shapes.ClaimOutput,
        examples=[asked("What speaks against it", {"reason": "监控显示揽收时外箱完好，签收时已破损"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Submit a rejected claim again."""
        claim = self.claim(claim_no, "appeal")
        values = self.read(shapes.ClaimAppealInput)
        services.claim_appeal(
            claim=claim,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
            carrier_reference=values.get("carrier_reference") or "",
        )
        return self.document(claim_no)


class ClaimRecordPayment(ClaimStep):
    """The money is there."""

    idempotency = "required"

    @extend_schema(
        operation_id="claims_record_payment",
        request=shapes.ClaimPaymentInput,
        responses=shapes.ClaimOutput,
        examples=[asked("All of it", {"amount_fen": 10400, "reference": "20261126001"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Write down what the carrier paid, all or less; it is booked at once, and the claim ends (CLM-4)."""
        claim = self.claim(claim_no, "record_payment")
        values = self.read(shapes.ClaimPaymentInput)
        services.claim_record_payment(
            claim=claim,
            actor=self.actor,
            version=self.version,
            note=values.get("note") or "",
            amount_fen=values["amount_fen"],
            reference=values["reference"],
        )
        return self.document(claim_no)


class ClaimWriteOff(ClaimStep):
    """Given up."""

    @extend_schema(
        operation_id="claims_write_off",
        request=shapes.ClaimReasonInput,
        responses=shapes.ClaimOutput,
        examples=[asked("Why", {"reason": "超过快递索赔时限"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Give a claim up that the carrier does not pay."""
        claim = self.claim(claim_no, "write_off")
        values = self.read(shapes.ClaimReasonInput)
        services.claim_write_off(
            claim=claim,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
        )
        return self.document(claim_no)


class ClaimWithdraw(ClaimStep):
    """Taken back by the desk."""

    @extend_schema(
        operation_id="claims_withdraw",
        request=shapes.ClaimReasonInput,
        responses=shapes.ClaimOutput,
        examples=[asked("Why", {"reason": "包裹已找到"}), GIVEN],
    )
    def post(self, request: Request, claim_no: str) -> Response:
        """Take a claim back that is not with the carrier yet."""
        claim = self.claim(claim_no, "withdraw")
        values = self.read(shapes.ClaimReasonInput)
        services.claim_withdraw(
            claim=claim,
            actor=self.actor,
            version=self.version,
            reason=values["reason"],
        )
        return self.document(claim_no)


class ClaimsStamp(ApiView):
    """Many at once."""

    scopes: ClassVar = {"POST": "staff"}

    @extend_schema(
        operation_id="claims_stamp_many",
        request=shapes.ClaimsStampInput,
        responses=shapes.ClaimsStampOutput,
        examples=[
            asked("Two claims", {"claim_nos": ["CL20261109000002", "CL20261109000003"]}),
            answered("One of them", examples.STAMPED),
        ],
    )
    def post(self, request: Request) -> Response:
        """Stamp many claims, each with an outcome of its own; one that is refused does not stop the others."""
        if self.actor.role not in CLAIM.roles_of["stamp"]:
            raise errors.Forbidden()
        values = self.read(shapes.ClaimsStampInput)
        numbers = list(dict.fromkeys(values["claim_nos"]))
        known = selectors.claims_get_for(self.actor, numbers)
        asked_for = [(known[number], values["versions"].get(number)) for number in numbers if number in known]
        came = {one.claim_no: one for one in services.claims_stamp(claims=asked_for, actor=self.actor)}
        missing = Stamped("", problem=errors.NotFound())
        results = [_outcome(number, came.get(number, missing)) for number in numbers]
        return self.answer({"stamped": sum(one["ok"] for one in results), "results": results})


def _parcel(order: Order, tracking_no: str) -> Parcel:
    """Find the parcel that is meant, the only one if none is named. Raises: Invalid."""
    rows = Parcel.objects.filter(order=order, direction="out", superseded_at=None).order_by("-id")
    found: list[Parcel] = list((rows.filter(tracking_no=tracking_no.strip().upper()) if tracking_no else rows)[:2])
    if len(found) == 1 or (found and tracking_no):
        return found[0]
    text = _("This order has several parcels: say which.") if found else _("This order has no such parcel.")
    code = "ambiguous" if found else "unknown_parcel"
    raise errors.Invalid(errors=[errors.FieldError("tracking_no", code, text)])


def _outcome(claim_no: str, one: Stamped) -> dict[str, Any]:
    problem = one.problem
    return {
        "claim_no": claim_no,
        "ok": problem is None,
        "status": one.claim.status if one.claim is not None else problem and problem.extra.get("status_now"),
        "version": one.claim.version if one.claim is not None else None,
        "code": problem and problem.code,
        "rule": problem and problem.extra.get("rule"),
        "detail": problem and str(problem.detail),
    }
