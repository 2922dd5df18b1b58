"""The OpenAPI document: valid, complete with examples that are true, and what the server really does."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.test import APIClient
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from aftersales.core import clock
from aftersales.core.api.schema import OnceGenerator
from aftersales.core.models import Role
from aftersales.core.webhooks import endpoints
from aftersales.wsgi import application
from complaints import api as complaint_routes
from feedback import api as feedback_routes
from invoices import api as invoice_routes
from logistics import services as logistics
from logistics.api import claim_examples, void_examples
from logistics.api.return_parcels import UNCLAIMED
from logistics.api.shipments import SHIPMENT
from orders.api import examples as order_examples
from refunds import services
from refunds.api import examples, payout_examples
from refunds.models import RefundPayment
from reports import api as figure_routes
from reports.services import figures_fold_all
from service import api as service_routes
from surveys import api as survey_routes
from surveys import services as services_of_surveys
from surveys.states import MARKS
from tests import factories
from tests.core import upload_samples
from tests.rest import shop_caller, staff_caller
from tickets.api import EXAMPLE, ticket_examples
from warranty import api as warranty_routes

CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)
METHODS = ("get", "put", "post", "patch", "delete")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


def test_the_document_is_valid_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate_schema(document)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _path, _method, operation in found]
    assert len(set(names)) == len(names)
    assert [path for path, _method, operation in found if not operation.get("description")] == []


def test_every_operation_shows_what_is_sent_and_answered(document: dict[str, Any]) -> None:
    bare = []
    for path, method, operation in operations(document):
        if "evidence" in path or path.endswith((".pdf", ".png")):  # files
            continue
        bodies = list(operation.get("requestBody", {}).get("content", {}).values())
        answers = [
            media
            for status, answer in operation["responses"].items()
            if status.startswith("2")
            for media in answer.get("content", {}).values()
        ]
        bare += [f"{method} {path}" for media in bodies + answers if not media.get("examples")]
    assert bare == []


def test_enumerations_have_stable_names(document: dict[str, Any]) -> None:
    named = {name for name, schema in document["components"]["schemas"].items() if "enum" in schema}
    assert {"OrderStatus", "RefundStatus", "RefundKind", "RefundReason", "RefusalReason", "PaymentStatus"} <= named
    assert [name for name in named if name.endswith("Enum") and name[-5].isdigit()] == []


@pytest.mark.django_db
def test_the_examples_have_the_members_of_the_answers() -> None:
    order = factories.make_order(sign=True)
    refund = factories.make_return(order)
    caller, staff = shop_caller(order.shop), staff_caller()
    assert set(caller.get(f"/orders/{order.order_no}").json()) == set(order_examples.DOCUMENT)
    assert set(caller.get("/orders").json()["results"][0]) == set(order_examples.ROW)
    assert set(caller.get(f"/refunds/{refund.refund_no}").json()) == set(examples.DOCUMENT)
    assert set(caller.get("/refunds").json()["results"][0]) == set(examples.ROW)
    assert set(staff.get(f"/refunds/{refund.refund_no}").json()) == {*examples.DOCUMENT, "assignee"}
    refundable = caller.get(f"/orders/{order.order_no}/refundable").json()
    assert set(refundable) == set(examples.REFUNDABLE)
    assert set(refundable["lines"][0]) == set(examples.REFUNDABLE["lines"][0])
    agreed = factories.make_refund()
    services.refund_void(refund=agreed, actor=factories.staff())
    services.refund_agree(refund=agreed, actor=factories.staff())
    finance = staff_caller(Role.FINANCE)
    number = RefundPayment.objects.get(refund=agreed).payment_no
    assert set(finance.get("/payments").json()["results"][0]) == set(examples.PAYMENT)
    assert set(finance.get(f"/payments/{number}").json()) == set(examples.PAYMENT_DOCUMENT)
    difference = factories.make_difference(order)
    assert set(finance.get("/differences").json()["results"][0]) == set(examples.DIFFERENCE)
    assert set(finance.get(f"/differences/{difference.pk}").json()) == set(examples.DIFFERENCE)
    recommended = staff.get(f"/refunds/{refund.refund_no}/recommendation").json()
    assert set(recommended) == set(EXAMPLE)
    assert set(recommended["recommendation"]) == set(EXAMPLE["recommendation"])
    made, keeper = factories.make_void_list(order.shop), staff_caller(Role.WAREHOUSE)
    assert set(keeper.get("/void-lists").json()["results"][0]) == set(void_examples.ROW)
    document = keeper.get(f"/void-lists/{made.list_no}").json()
    assert set(document) == set(void_examples.DOCUMENT)
    assert set(document["lines"][0]) == set(void_examples.LINE)
    lies = {"shop": order.shop.code, "contents": "x", "shelf": "x"}
    assert set(staff.post("/return-parcels", lies).json()) == set(UNCLAIMED)
    logistics.scans_record(parcel=order.parcels.get(), scans=[logistics.Scan(clock.now(), "301", "")], source="test")
    logistics.parcel_deny(parcel=order.parcels.get(), actor=factories.staff())
    shipment = staff.get("/shipments?attention=any").json()["results"][0]
    assert set(shipment) == set(SHIPMENT)
    assert set(shipment["attention"][0]) == set(SHIPMENT["attention"][0])
    payout = factories.make_payout(order)
    assert set(finance.get("/payouts").json()["results"][0]) == set(payout_examples.PAYOUT)
    assert set(finance.get(f"/payouts/{payout.payout_no}").json()) == set(payout_examples.PAYOUT_DOCUMENT)
    claim = factories.make_claim(order)
    assert set(finance.get("/claims").json()["results"][0]) == set(claim_examples.CLAIM)
    assert set(finance.get(f"/claims/{claim.claim_no}").json()) == set(claim_examples.CLAIM_DOCUMENT)
    invoice = factories.make_invoice(order)
    assert set(finance.get("/invoice-requests").json()["results"][0]) == set(invoice_routes.ROW)
    assert set(finance.get(f"/invoice-requests/{invoice.request_no}").json()) == set(invoice_routes.DOCUMENT)
    complaint = factories.make_complaint(order)
    assert set(staff.get("/complaints").json()["results"][0]) == set(complaint_routes.ROW)
    assert set(staff.get(f"/complaints/{complaint.complaint_no}").json()) == set(complaint_routes.DOCUMENT)
    survey = factories.make_survey(order)
    services_of_surveys.survey_answer(survey=survey, marks=dict.fromkeys(MARKS, 5))
    assert set(staff.get("/surveys").json()["results"][0]) == set(survey_routes.ROW)
    shown = staff.get(f"/surveys/{survey.survey_no}").json()
    assert set(shown) == set(survey_routes.DOCUMENT)
    assert set(shown["answer"]) == set(survey_routes.ROW["answer"])
    case = factories.make_feedback(order)
    assert set(staff.get("/feedback-cases").json()["results"][0]) == set(feedback_routes.ROW)
    shown = staff.get(f"/feedback-cases/{case.case_no}").json()
    assert set(shown) == set(feedback_routes.DOCUMENT)
    assert set(shown["reports"][0]) == set(feedback_routes.DOCUMENT["reports"][0])
    sheet = factories.make_sheet(order)
    assert set(staff.get("/service-records").json()["results"][0]) == set(service_routes.ROW)
    assert set(staff.get(f"/service-records/{sheet.sheet_no}").json()) == set(service_routes.DOCUMENT)
    warranty = finance.get(f"/orders/{order.order_no}/warranty").json()
    assert set(warranty) == set(warranty_routes.DOCUMENT)
    assert set(warranty["lines"][0]) == set(warranty_routes.LINE)
    assert set(warranty["lines"][0]["entitlements"][0]) == set(warranty_routes.LINE["entitlements"][0])
    figures_fold_all()
    figures = finance.get("/reports/figures?by=item").json()["results"][0]
    assert set(figures) == set(figure_routes.ROW)
    assert set(figures["figures"][0]) == set(figure_routes.VALUE)
    assert set(finance.get("/reports/thresholds").json()["results"][0]) == set(figure_routes.THRESHOLD)
    ticket = factories.make_ticket(order)
    assert set(staff.get("/tickets").json()["results"][0]) == set(ticket_examples.TICKET)
    assert set(staff.get(f"/tickets/{ticket.ticket_no}").json()) == set(ticket_examples.TICKET_DOCUMENT)


@pytest.mark.django_db
def test_the_document_and_its_page_are_served() -> None:
    client = APIClient()
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"<script>" not in page.content


def test_the_document_is_made_once(document: dict[str, Any]) -> None:
    made = [OnceGenerator().get_schema(request=None, public=True) for _ in range(2)]
    assert made[0] is made[1]
    assert made[0]["paths"].keys() == document["paths"].keys()


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """The test's connection stays open after a request, as Django's own test client keeps it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def server(kept_connection: None) -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


@pytest.fixture
def world(kept_connection: None, settings: Any, tmp_path: Path) -> tuple[list[str], dict[str, Any]]:
    """Callers who may do nearly everything, and the numbers of real objects."""
    settings.PRIVATE_ROOT = tmp_path
    shop = factories.make_shop("demo")
    order = factories.make_order(shop, factories.line(), factories.line(line_no="2"), sign=True)
    refund = factories.make_return(order)
    paid = factories.make_refund(factories.make_order(shop))
    services.refund_void(refund=paid, actor=factories.staff())
    services.refund_agree(refund=paid, actor=factories.staff())
    payment = services.payment_send(payment=RefundPayment.objects.get(refund=paid))
    photo = SimpleUploadedFile("photo.jpg", upload_samples.jpeg())
    file = services.evidence_store(actor=factories.buyer(shop), file=photo, purpose="application", shop=shop)
    real: dict[str, Any] = {"order_no": order.order_no, "refund_no": refund.refund_no, "shop": shop.code}
    services.proposal_make(refund=refund, actor=factories.staff(), kind="cancel")
    real |= {"number": 1, "payment_no": payment.payment_no, "evidence_id": file.evidence_id}
    real |= {"payout_no": factories.make_payout(order).payout_no}
    real |= {"difference_id": factories.make_difference(order).pk}
    real |= {"list_no": factories.make_void_list(shop).list_no}
    real |= {"request_no": factories.make_invoice(order).request_no}
    real |= {"complaint_no": factories.make_complaint(order).complaint_no}
    real |= {"survey_no": factories.make_survey(order).survey_no}
    real |= {"case_no": factories.make_feedback(order).case_no}
    real |= {"sheet_no": factories.make_sheet(order).sheet_no}
    real |= {"claim_no": factories.make_claim(order).claim_no}
    lies = logistics.unclaimed_record(shop=shop, actor=factories.staff(), contents="x", shelf="x")
    real |= {"unclaimed_no": lies.parcel_no}
    real |= {"ticket_no": factories.make_ticket(order).ticket_no}
    hook = factories.make_webhook(shop)
    real |= {"webhook_id": hook.pk}
    real |= {"delivery_id": endpoints.endpoint_ping(endpoint=hook, actor=factories.buyer(shop)).pk}
    callers = [shop_caller(shop), *(staff_caller(role) for role in (Role.SUPERVISOR, Role.FINANCE))]
    return [caller.client.defaults["HTTP_AUTHORIZATION"] for caller in callers], real


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_the_answer_is_as_documented(
    mode: Any, server: Any, world: tuple[list[str], dict[str, Any]]
) -> None:
    """No 5xx, no status, content type or body that the document does not know; by the shop and by staff."""
    wrong: dict[str, str] = {}
    seen: dict[str, set[int]] = defaultdict(set)
    callers, real = world
    for found in server.get_all_operations():
        operation = found.ok()
        tries = 24 if operation.method.upper() == "PUT" else 6  # there is one such route, for all that is asked below

        @settings(max_examples=tries, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @seed(20261105)
        @given(case=operation.as_strategy(generation_mode=mode))
        def probe(case: Any) -> None:
            if isinstance(case.body, dict):
                case.body = {name: real.get(name, value) for name, value in case.body.items()}
            if case.path_parameters:  # as generated it is nearly always 404, also worth a look
                ask(case, callers[0])
                case.path_parameters = {name: real[name] for name in case.path_parameters}
            for token in callers:
                ask(case, token)

        def ask(case: Any, token: str) -> None:
            before = transaction.savepoint()
            answer = case.call(headers={"Authorization": token})
            transaction.savepoint_rollback(before)
            case.validate_response(answer, checks=CHECKS)
            seen[case.method.upper()].add(answer.status_code)

        try:
            probe()
        except Unsatisfiable:  # nothing wrong can be sent to it
            continue
        except Exception as exc:
            wrong[operation.label] = "\n".join(str(one) for one in getattr(exc, "exceptions", [exc]))
    assert not wrong, "\n\n".join(f"{label}: {text}" for label, text in wrong.items())
    assert {200, 422} <= seen["GET"]
    assert {400, 422} & seen["PUT"]  # one route alone: which of them depends on what was thought up
    assert ({200, 201, 409} if mode == GenerationMode.POSITIVE else {400, 422}) <= seen["POST"]
