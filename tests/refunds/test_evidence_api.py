"""Evidence over HTTP: uploads, what comes back, and who gets 404 (api.md, evidence)."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import path
from PIL import Image
from rest_framework.test import APIClient

from aftersales.core import auth, private_files
from aftersales.core.models import ApiClient, Shop, User
from refunds.api.evidence import EvidenceFile, EvidenceThumbnail, EvidenceUpload
from refunds.models.evidence import Evidence
from tests.core import upload_samples as samples

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [
    path("api/v1/evidence", EvidenceUpload.as_view()),
    path("api/v1/evidence/<str:evidence_id>", EvidenceFile.as_view()),
    path("api/v1/evidence/<str:evidence_id>/thumbnail", EvidenceThumbnail.as_view()),
]
EVIDENCE = "/api/v1/evidence"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def make_shop(code: str = "demo") -> Shop:
    return Shop.objects.get_or_create(code=code, defaults={"name": code})[0]


def on_disk(root: Path) -> set[str]:
    return {file.name for file in root.rglob("*") if file.is_file()}


def caller(shop: Shop | None = None, *, role: str | None = None, scopes: list[str] | None = None) -> APIClient:
    """A shop's front-end, or a member of staff (who sees `shop` alone, or all shops)."""
    if role is None:
        name = f"front-end {ApiClient.objects.count()}"
        client = ApiClient.objects.create(name=name, shop=shop, scopes=scopes or ["evidence:write"])
    else:
        user = User.objects.create(username=f"{role}{User.objects.count()}", role=role)
        user.shops.set([shop] if shop else [])
        client = ApiClient.objects.create(name=f"staff {user.username}", acts_as=user, scopes=["staff"])
    _token, plain = auth.token_create(client=client)
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}", HTTP_ACCEPT_LANGUAGE="en")


def upload(who: APIClient, data: bytes = b"", name: str = "photo.jpg", key: str | None = None, **fields: str) -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    file = SimpleUploadedFile(name, data or samples.jpeg())
    return who.post(EVIDENCE, {"file": file, "purpose": "application", **fields}, format="multipart", **headers)


def test_a_front_end_uploads_and_gets_its_picture_back() -> None:
    who = caller(make_shop())
    response = upload(who, samples.jpeg_with_place(), name="开箱.jpg")
    assert response.status_code == 201
    answer = response.json()
    assert answer["id"].startswith("ev_")
    got = who.get(f"{EVIDENCE}/{answer['id']}")
    content = b"".join(got)
    assert (got.status_code, got["Content-Type"], len(content)) == (200, "image/jpeg", answer["size"])
    assert answer["content_type"] == "image/jpeg"
    assert hashlib.sha256(content).hexdigest() == answer["sha256"]
    assert got["Content-Disposition"] == "inline; filename*=utf-8''%E5%BC%80%E7%AE%B1.jpg"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert got["Cache-Control"] == "private, max-age=3600"
    assert {"shop", "shop_id", "pk", "actor_id"}.isdisjoint(answer)


def test_a_film_is_sent_in_ranges_and_known_files_are_not_sent() -> None:
    who = caller(make_shop())
    film = upload(who, samples.mp4(), name="film.mp4").json()
    part = who.get(f"{EVIDENCE}/{film['id']}", HTTP_RANGE="bytes=4-7")
    assert (part.status_code, b"".join(part)) == (206, b"ftyp")
    assert who.get(f"{EVIDENCE}/{film['id']}", HTTP_RANGE="bytes=99999-").status_code == 416
    assert who.get(f"{EVIDENCE}/{film['id']}", HTTP_IF_NONE_MATCH=part["ETag"]).status_code == 304
    assert who.head(f"{EVIDENCE}/{film['id']}").status_code == 200


def test_pictures_have_thumbnails_and_a_lost_one_is_drawn_again() -> None:
    who = caller(make_shop())
    picture = upload(who, samples.jpeg((1200, 900))).json()
    private_files.path_of(picture["sha256"], private_files.THUMBNAIL).unlink()
    got = who.get(f"{EVIDENCE}/{picture['id']}/thumbnail")
    assert (got.status_code, got["Content-Type"]) == (200, "image/webp")
    with Image.open(io.BytesIO(b"".join(got))) as small:
        assert small.size == (480, 360)
    paper = upload(who, samples.pdf(), name="receipt.pdf").json()
    missing = who.get(f"{EVIDENCE}/{paper['id']}/thumbnail")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_thumbnail")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"MZ\x90\x00" + bytes(500), 415, "unsupported_media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_media_type"),
        (samples.jpeg()[:700], 422, "invalid"),
        (samples.pdf(b"/OpenAction << /S /JavaScript /JS (1) >>"), 422, "invalid"),
        (b"\xff\xd8\xff\xe0" + bytes(6 * 1024 * 1024), 413, "too_large"),
    ],
    ids=["exe", "svg", "cut jpeg", "pdf with a script", "six megabytes"],
)
def test_what_is_refused_is_a_problem_and_leaves_nothing(data: bytes, status: int, code: str, root: Path) -> None:
    response = upload(caller(make_shop()), data)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    if status == 422:
        assert response.json()["errors"][0]["field"] == "file"
    assert not Evidence.objects.exists()
    assert on_disk(root) == set()


def test_a_body_over_every_limit_is_refused_unread() -> None:
    who = caller(make_shop())
    response = who.generic(
        "POST", EVIDENCE, b"--x--", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(60 * 1024**2)
    )
    assert response.status_code == 413


def test_a_form_without_a_file_says_so() -> None:
    who = caller(make_shop())
    empty = who.post(EVIDENCE, {"file": SimpleUploadedFile("a.jpg", b""), "purpose": "application"}, format="multipart")
    none = who.post(EVIDENCE, {"purpose": "application"}, format="multipart")
    text = who.post(EVIDENCE, {"file": "ev_1", "purpose": "application"}, format="multipart")
    assert [(one.status_code, one.json()["errors"][0]["field"]) for one in (empty, none, text)] == [(422, "file")] * 3
    assert empty.json()["errors"][0]["code"] == "empty_file"
    assert who.post(EVIDENCE, {"file": "x"}, format="json").status_code == 415


def test_the_same_key_gives_the_first_answer_again_and_one_row() -> None:
    who = caller(make_shop())
    first, second = upload(who, key="k-1"), upload(who, key="k-1")
    assert second["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    assert Evidence.objects.count() == 1
    assert upload(who, samples.png(), key="k-1").json()["code"] == "idempotency_key_reused"


def test_purposes_that_nobody_knows_are_kept_as_other() -> None:
    assert upload(caller(make_shop()), purpose="apply").json()["purpose"] == "other"


def test_staff_upload_for_their_shop_a_named_one_or_none_yet() -> None:
    shop, _other = make_shop(), make_shop("other")
    upload(caller(shop, role="agent"))
    upload(caller(role="warehouse"), shop="other")
    upload(caller(role="supervisor"))
    rows = Evidence.objects.order_by("pk").values_list("shop__code", "side", "actor_kind")
    assert list(rows) == [("demo", "seller", "staff"), ("other", "warehouse", "staff"), (None, "seller", "staff")]
    assert upload(caller(shop, role="agent"), shop="other").status_code == 404


def test_others_get_404_and_those_without_scope_or_token_nothing() -> None:
    shop, other = make_shop(), make_shop("other")
    evidence = upload(caller(shop)).json()["id"]
    for place in (f"{EVIDENCE}/{evidence}", f"{EVIDENCE}/{evidence}/thumbnail", f"{EVIDENCE}/ev_none"):
        for stranger in (caller(other), caller(other, role="agent"), caller(role="admin")):
            response = stranger.get(place)
            assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert APIClient().get(place).status_code == 401
        assert caller(shop, scopes=["orders:write"]).get(place).status_code == 403
        assert caller(shop).delete(place).status_code == 405
    assert caller(shop, scopes=["refunds:read"]).get(f"{EVIDENCE}/{evidence}").status_code == 200
    assert upload(caller(shop, scopes=["refunds:read"])).status_code == 403


def test_getting_a_file_costs_two_statements(django_assert_num_queries: Any) -> None:
    who = caller(make_shop())
    evidence = upload(who).json()["id"]
    who.get(f"{EVIDENCE}/{evidence}")
    with django_assert_num_queries(2):
        who.get(f"{EVIDENCE}/{evidence}")
