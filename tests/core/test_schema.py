"""The OpenAPI document says what the views do."""

from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command


@pytest.fixture(scope="module")
def document() -> Any:
    out = StringIO()
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--urlconf",
        "tests.core.api_views",
        stdout=out,
        stderr=StringIO(),
    )
    return yaml.safe_load(out.getvalue())


def operation(document: Any, path: str, method: str) -> Any:
    return document["paths"][f"/api/v1/test/{path}"][method]


def parameters(found: Any) -> dict[str, Any]:
    return {p["name"]: p for p in found.get("parameters", [])}


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("shops", "get", "200 400 401 403 422 429 503"),
        ("log", "get", "200 400 401 403 429 503"),
        ("shops", "post", "201 400 401 403 404 409 411 412 413 415 422 429 503"),
        ("money", "post", "200 400 401 403 404 409 411 413 415 422 429 503"),
    ],
)
def test_every_operation_says_which_problems_it_answers(document: Any, path: str, method: str, statuses: str) -> None:
    answers = operation(document, path, method)["responses"]
    assert list(answers) == statuses.split()
    for status in statuses.split()[1:]:
        assert answers[status]["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        }
        assert answers[status]["description"]


def test_the_key_is_a_header_of_every_post_and_required_where_declared(document: Any) -> None:
    optional = parameters(operation(document, "shops", "post"))["Idempotency-Key"]
    required = parameters(operation(document, "money", "post"))["Idempotency-Key"]
    assert (optional["in"], optional.get("required", False), required["required"]) == ("header", False, True)
    assert optional["schema"] == {"type": "string", "minLength": 1, "maxLength": 255}
    assert "Idempotency-Key" not in parameters(operation(document, "shops", "put"))


def test_if_match_is_a_header_where_versions_are_read(document: Any) -> None:
    assert "If-Match" in parameters(operation(document, "shops", "put"))
    assert "If-Match" not in parameters(operation(document, "shops", "get"))
    assert "If-Match" not in parameters(operation(document, "money", "post"))


def test_lists_are_pages_with_their_parameters(document: Any) -> None:
    found = operation(document, "shops", "get")
    assert set(parameters(found)) == {"code", "cursor", "page_size"}
    name = found["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    page = document["components"]["schemas"][name]
    assert set(page["required"]) == {"next", "previous", "results"}


def test_the_scope_and_the_two_ways_to_sign_in_are_said(document: Any) -> None:
    found = operation(document, "shops", "post")
    assert found["description"] == "Make a shop.\n\nScope: `refunds:write` or `staff`"
    assert found["security"] == [{"bearer": []}, {"session": []}]
    assert document["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}


def test_uploads_are_multipart(document: Any) -> None:
    assert list(operation(document, "upload", "post")["requestBody"]["content"]) == ["multipart/form-data"]
