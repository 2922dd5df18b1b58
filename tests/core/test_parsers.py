"""Reading bodies: strict JSON, limits, strict fields."""

import contextlib
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.test import APIClient

from aftersales.core import auth, errors
from aftersales.core.api import fields
from aftersales.core.api.parsers import StrictJSONParser
from aftersales.core.models import ApiClient, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_views")]

SHOPS = "/api/v1/test/shops"


@pytest.fixture
def caller() -> APIClient:
    client = ApiClient.objects.create(
        name="c", shop=Shop.objects.create(code="demo", name="d"), scopes=["refunds:write", "evidence:write"]
    )
    _token, plain = auth.token_create(client=client)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en")


def send(caller: APIClient, body: str | bytes, content_type: str = "application/json", **headers: str) -> Any:
    return caller.generic("POST", SHOPS, body, content_type=content_type, **headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'code': 1}",
        b"\xff\xfe",
        b'\xef\xbb\xbf{"code": "a"}',
        b'{"code": "a", "code": "b"}',
        b'{"lines": [{"quantity": 1, "quantity": 2}]}',
        b'{"code": NaN}',
        b'{"code": Infinity}',
        b'{"code": -Infinity}',
        b'{"code": 1e999}',
        b'{"code": "a\\u0000b"}',
        b'{"a\\u0000": 1}',
        b'{"code": "\\ud800"}',
        b'{"code": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"a": 1} {"b": 2}',
        b"nope",
    ],
)
def test_what_is_no_strict_json_is_400(caller: APIClient, body: bytes) -> None:
    answer = send(caller, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert Shop.objects.count() == 1


def test_where_the_json_breaks_is_said(caller: APIClient) -> None:
    assert send(caller, b'{"code": "a",\n "name": }').json()["detail"] == "The body is not valid JSON (2:10)."


def test_backslashes_emoji_and_pairs_are_fine(caller: APIClient) -> None:
    answer = send(caller, '{"code": "a", "name": "\\\\u0000 \\ud83d\\ude00 茶"}'.encode())
    assert answer.status_code == 201
    assert Shop.objects.get(code="a").name == "\\u0000 😀 茶"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_other_content_types_are_415(caller: APIClient, content_type: str) -> None:
    answer = send(caller, b'{"code": "a", "name": "n"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_charset_beside_json_is_fine(caller: APIClient) -> None:
    assert send(caller, b'{"code": "a", "name": "n"}', "application/json; charset=utf-8").status_code == 201


def test_a_body_over_the_limit_is_413_before_it_is_read(caller: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = send(caller, b'{"code": "a", "name": "' + b"n" * 1_000 + b'"}')
    assert (answer.status_code, answer.json()["code"], answer.json()["max_bytes"]) == (413, "too_large", 1_000)


def test_a_view_may_have_a_limit_of_its_own(caller: APIClient) -> None:
    file = SimpleUploadedFile("a.png", b"x" * 3_000)
    answer = caller.post("/api/v1/test/upload", {"purpose": "photo", "file": file}, format="multipart")
    assert (answer.status_code, answer.json()["max_bytes"]) == (413, 2_000)


def test_a_body_that_does_not_say_how_long_it_is_is_411_not_empty(caller: APIClient) -> None:
    answer = send(caller, b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


@given(st.binary(max_size=60))
def test_no_body_breaks_the_parser(body: bytes) -> None:
    with contextlib.suppress(errors.Malformed):
        StrictJSONParser().parse(io.BytesIO(body))


# Fields ---------------------------------------------------------------------------------------------------------------


def read(field: serializers.Field[Any, Any, Any, Any], value: Any) -> Any:
    return field.run_validation(value)


@pytest.mark.parametrize("value", ["5", 5.0, True, None, [], -1, 2_000_000_001, 10**30])
def test_fen_are_whole_numbers_that_are_numbers(value: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        read(fields.FenField(), value)


def test_fen_from_nothing_to_the_most() -> None:
    assert [read(fields.FenField(), n) for n in (0, 1, 2_000_000_000)] == [0, 1, 2_000_000_000]


@pytest.mark.parametrize("value", [5, True, None, "", "  ", "a\x00b", "x" * 11, ["a"]])
def test_texts_are_texts(value: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        read(fields.TextField(max_length=10), value)


@pytest.mark.parametrize("value", ["true", 1, 0, "yes", None])
def test_flags_are_true_or_false(value: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        read(fields.FlagField(), value)
    assert read(fields.FlagField(), False) is False


@pytest.mark.parametrize("value", ["2026-11-01T10:00:00", "2026-11-01", "2026-13-01T10:00:00Z", 5, "soon", None])
def test_moments_have_an_offset(value: Any) -> None:
    with pytest.raises(serializers.ValidationError):
        read(fields.MomentField(), value)


def test_a_moment_with_an_offset_is_that_moment() -> None:
    assert read(fields.MomentField(), "2026-11-01T10:00:00+08:00") == datetime(2026, 11, 1, 2, tzinfo=UTC)
    assert read(fields.MomentField(), "2026-11-01T02:00:00Z") == datetime(2026, 11, 1, 2, tzinfo=UTC)


class Loose(fields.InputSerializer):
    amount_fen = fields.FenField(required=False)


class Strict(Loose):
    refuse_unknown = True


def test_unknown_members_are_ignored_or_refused_as_the_body_says() -> None:
    loose, strict = Loose(data={"amout_fen": 5}), Strict(data={"amout_fen": 5})
    assert loose.is_valid()
    assert loose.validated_data == {}
    assert not strict.is_valid()
    assert strict.errors["amout_fen"][0].code == "unknown_field"
    assert Strict(data={"version": 3, "amount_fen": 5}).is_valid()
