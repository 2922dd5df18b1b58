"""Errors as problem documents and pages (api.md, Ground rules)."""

import json
import logging
from typing import Any

import pytest
from django.core import exceptions as django_errors
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions as rest_errors
from rest_framework.test import APIClient

from aftersales.core import auth, errors, pages
from aftersales.core.api import problems
from aftersales.core.api.base import ApiView
from aftersales.core.middleware import ProblemsMiddleware
from aftersales.core.models import ApiClient, Shop
from tests.core import api_views

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

ALL = ["orders:write", "refunds:read", "refunds:write", "evidence:write"]


@pytest.fixture
def caller() -> APIClient:
    client = ApiClient.objects.create(name="c", shop=Shop.objects.create(code="demo", name="d"), scopes=ALL)
    _token, plain = auth.token_create(client=client)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)


def raised(caller: APIClient, monkeypatch: pytest.MonkeyPatch, error: Exception, **headers: str) -> Any:
    monkeypatch.setattr(api_views.Raises, "error", error)
    return caller.get("/api/v1/test/raises", **headers)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.Malformed(), 400, "bad_request"),
        (rest_errors.ParseError(), 400, "malformed"),
        (django_errors.SuspiciousOperation(), 400, "malformed"),
        (errors.NotAuthenticated(), 401, "not_authenticated"),
        (rest_errors.AuthenticationFailed(), 401, "not_authenticated"),
        (errors.Forbidden(), 403, "forbidden"),
        (django_errors.PermissionDenied(), 403, "forbidden"),
        (rest_errors.PermissionDenied(), 403, "forbidden"),
        (errors.NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (rest_errors.MethodNotAllowed("GET"), 405, "method_not_allowed"),
        (errors.Conflict(code="busy"), 409, "busy"),
        (IntegrityError("constraint"), 409, "conflict"),
        (errors.StaleVersion(), 412, "stale_version"),
        (errors.TooLarge(), 413, "too_large"),
        (django_errors.RequestDataTooBig(), 413, "too_large"),
        (errors.UnsupportedMedia(), 415, "unsupported_media_type"),
        (rest_errors.UnsupportedMediaType("a/b"), 415, "unsupported_media_type"),
        (errors.Invalid(), 422, "invalid"),
        (django_errors.ValidationError({"name": "wrong"}), 422, "invalid"),
        (DataError("out of range"), 422, "invalid"),
        (errors.TooManyRequests(), 429, "too_many_requests"),
        (rest_errors.Throttled(), 429, "too_many_requests"),
        (errors.Unavailable(), 503, "unavailable"),
        (OperationalError("away"), 503, "database_unavailable"),
        (InterfaceError("closed"), 503, "database_unavailable"),
    ],
)
def test_every_error_has_its_status_and_code(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    answer = raised(caller, monkeypatch, error)
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert body["type"] == f"/problems/{code}"
    assert body["title"]
    assert body["detail"]
    assert ("WWW-Authenticate" in answer) is (status == 401)
    assert ("Retry-After" in answer) is (status in {429, 503})


def test_a_rule_carries_its_id_and_what_else_helps(caller: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    error = errors.RuleViolation("AMT-2", "More than the buyer paid.", max_fen=500)
    assert raised(caller, monkeypatch, error).json() == {
        "type": "/problems/rule_violation",
        "title": "A rule does not allow this",
        "status": 422,
        "detail": "More than the buyer paid.",
        "code": "rule_violation",
        "rule": "AMT-2",
        "max_fen": 500,
    }


def test_extra_members_never_replace_the_standard_ones() -> None:
    assert problems.document(errors.Conflict("no", status=200))["status"] == 409


def test_retry_after_is_what_the_error_says(caller: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert raised(caller, monkeypatch, errors.TooManyRequests(retry_after=17))["Retry-After"] == "17"


def test_wrong_fields_are_named_by_their_path(caller: APIClient) -> None:
    body = {"code": "not a slug", "lines": [{"quantity": 1}, {"quantity": 0}, {}]}
    answer = caller.post("/api/v1/test/shops", body, format="json")
    assert answer.status_code == 422
    found = {(e["field"], e["code"]) for e in answer.json()["errors"]}
    assert found == {
        ("code", "invalid"),
        ("name", "required"),
        ("lines[1].quantity", "min_value"),
        ("lines[2].quantity", "required"),
    }
    assert all(e["detail"] for e in answer.json()["errors"])


def test_a_body_of_the_wrong_shape_is_an_error_of_the_whole(caller: APIClient) -> None:
    answer = caller.post("/api/v1/test/shops", [1, 2], format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "")


def test_lists_with_numbered_errors_are_paths_too() -> None:
    detail = {"evidence": {0: [rest_errors.ErrorDetail("bad", code="max_length")]}, "non_field_errors": ["both"]}
    assert [(e.field, e.code) for e in problems.field_errors(detail)] == [
        ("evidence[0]", "max_length"),
        ("", "invalid"),
    ]


@pytest.mark.parametrize(
    ("accepted", "language"), [("", "zh-hans"), ("zh-CN", "zh-hans"), ("en", "en"), ("fr", "zh-hans")]
)
def test_the_language_is_what_the_caller_accepts_chinese_otherwise(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch, accepted: str, language: str
) -> None:
    answer = raised(caller, monkeypatch, errors.NotFound(), HTTP_ACCEPT_LANGUAGE=accepted)
    assert answer["Content-Language"] == language


def test_details_are_translated(caller: APIClient) -> None:
    english = caller.post("/api/v1/test/shops", {"code": "a"}, format="json").json()
    chinese = caller.post("/api/v1/test/shops", {"code": "a"}, format="json", HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    assert english["errors"][0]["detail"] == "This field is required."
    assert chinese["errors"][0]["detail"] != english["errors"][0]["detail"]


def test_a_bug_is_500_without_its_words(caller: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.core.api_views.handler500", pages.server_error, raising=False)
    answer = raised(caller, monkeypatch, RuntimeError("password=secret"))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert b"secret" not in answer.content


def test_what_a_constraint_refused_is_logged(
    caller: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="aftersales.core.api.problems"):
        raised(caller, monkeypatch, IntegrityError("refund_le_paid"))
    assert "a constraint refused" in caplog.text


def test_other_methods_and_options_are_405(caller: APIClient) -> None:
    for method in ("delete", "options"):
        answer = getattr(caller, method)("/api/v1/test/shops")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer["Allow"] == "GET, POST, PUT, HEAD"


def test_a_view_without_scopes_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="handles POST and declares no scope"):

        class Open(ApiView):
            scopes = {"GET": "staff"}

            def post(self, request: Any) -> Any: ...


# Versions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "body", "seen"),
    [
        (None, {}, None),
        ('"3"', {}, 3),
        ("3", {}, 3),
        ('W/"3"', {}, 3),
        ("*", {}, None),
        (None, {"version": 4}, 4),
        ('"4"', {"version": 4}, 4),
    ],
)
def test_the_version_comes_from_if_match_or_the_body(
    header: str | None, body: dict[str, int], seen: int | None
) -> None:
    assert versioned(header, body).json() == {"version_seen": seen}


@pytest.mark.parametrize(
    ("header", "body", "status", "code"),
    [
        ('"abc"', {}, 400, "if_match_invalid"),
        ('"3"', {"version": 4}, 400, "if_match_invalid"),
        (None, {"version": "4"}, 422, "invalid"),
        (None, {"version": True}, 422, "invalid"),
        (None, {"version": -1}, 422, "invalid"),
    ],
)
def test_a_version_that_is_none_is_refused(header: str | None, body: dict[str, Any], status: int, code: str) -> None:
    answer = versioned(header, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def versioned(header: str | None, body: dict[str, Any]) -> Any:
    from aftersales.core.models import User

    client = APIClient()
    client.force_login(User.objects.create_user("a"), backend="aftersales.core.auth.RoleBackend")
    return client.put(
        "/api/v1/test/shops", body, format="json", **({} if header is None else {"HTTP_IF_MATCH": header})
    )


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    if "aftersales.core.middleware.ProblemsMiddleware" not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "aftersales.core.middleware.ProblemsMiddleware"]
    for status, name in ((403, "permission_denied"), (404, "page_not_found"), (500, "server_error")):
        monkeypatch.setattr(f"tests.core.api_views.handler{status}", getattr(pages, name), raising=False)
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (errors.Forbidden("Only finance may do this."), 403, "Only finance may do this."),
        (django_errors.PermissionDenied(), 403, "Your role does not"),
        (errors.NotFound(), 404, "Not found"),
        (errors.StaleVersion(), 412, "This has changed since you opened it"),
        (OperationalError("could not connect to 10.0.0.1"), 503, "The service is not available"),
        (RuntimeError("a bug"), 500, "not at all"),
    ],
)
def test_pages_say_it_in_words(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    monkeypatch.setattr(api_views.Raises, "error", error)
    answer = browser.get("/test/page")
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert words in answer.content.decode()
    assert "10.0.0.1" not in answer.content.decode()
    assert ("Retry-After" in answer) is (status == 503)


def test_a_page_for_nobody_leads_to_the_login(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_views.Raises, "error", errors.NotAuthenticated())
    answer = browser.get("/test/page?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/test/page%3Fa%3D1")


def test_unknown_routes_are_problems_under_the_api_and_pages_elsewhere(browser: Client) -> None:
    api, page = browser.get("/api/v1/nothing"), browser.get("/nothing")
    assert (api.status_code, api["Content-Type"], api.json()["code"]) == (404, "application/problem+json", "not_found")
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_error_pages_ask_the_database_nothing(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise OperationalError("away")

    request = RequestFactory(headers={"accept-language": "en"}).get("/x")
    with connection.execute_wrapper(away):
        answer = ProblemsMiddleware(lambda r: None).process_exception(request, OperationalError("away"))  # type: ignore[arg-type, return-value]
    assert answer is not None
    assert answer.status_code == 503


def test_an_error_page_that_fails_still_says_what_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ValueError("no manifest")

    monkeypatch.setattr("aftersales.core.pages.loader.get_template", missing)
    answer = pages.problem_page(RequestFactory().get("/x"), errors.NotFound("<b>"))
    assert answer.status_code == 404
    assert b"&lt;b&gt;" in answer.content  # type: ignore[attr-defined]


def test_a_database_that_goes_away_in_the_middle_is_503_and_nothing_is_done(caller: APIClient) -> None:
    def breaks(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO core_idempotencyrecord" in sql:
            raise OperationalError("server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(breaks):
        answer = caller.post(
            "/api/v1/test/shops", {"code": "tea", "name": "t"}, format="json", HTTP_IDEMPOTENCY_KEY="k"
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert not Shop.objects.filter(code="tea").exists()
    again = caller.post("/api/v1/test/shops", {"code": "tea", "name": "t"}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)


def test_problem_documents_are_json_that_json_reads(caller: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    error = errors.TransitionNotAllowed(status_now="CLOSED", allowed_actions=[{"action": "cancel", "allowed": False}])
    answer = raised(caller, monkeypatch, error)
    assert json.loads(answer.content)["allowed_actions"] == [{"action": "cancel", "allowed": False}]
