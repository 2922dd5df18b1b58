"""Private files: written whole or not at all, and handed out so that they can be looked at but never act."""

import errno
import hashlib
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import RequestFactory

from aftersales.core import errors, private_files

CONTENT = bytes(range(256)) * 8
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64
# An answer that ends lets Django look at the connection that an earlier test of the process may have left open.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Any) -> Path:
    settings.PRIVATE_ROOT = tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def kept() -> Path:
    return private_files.save(io.BytesIO(CONTENT), DIGEST)


def answer(content_type: str = "video/mp4", filename: str = "开箱.mp4", **headers: str) -> HttpResponseBase:
    request = RequestFactory().get("/", headers=headers)
    return private_files.private_response(request, sha256=DIGEST, content_type=content_type, filename=filename)


def body(response: Any) -> bytes:
    content = b"".join(response) if response.streaming else response.content
    response.close()
    return bytes(content)


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_a_file_lies_under_its_digest_readable_by_the_server_alone(kept: Path, root: Path) -> None:
    assert kept == root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert kept.read_bytes() == CONTENT
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_saving_twice_writes_once(kept: Path, root: Path) -> None:
    inode = kept.stat().st_ino
    assert private_files.save(io.BytesIO(CONTENT), DIGEST) == kept
    assert kept.stat().st_ino == inode
    assert files(root) == [DIGEST]


def test_content_of_another_digest_is_not_kept(root: Path) -> None:
    with pytest.raises(ValueError, match="digest"):
        private_files.save(io.BytesIO(CONTENT), OTHER)
    assert files(root) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_and_says_so(step: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(errors.Unavailable):
        private_files.save(io.BytesIO(CONTENT), DIGEST)
    assert files(root) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", DIGEST.upper(), DIGEST + "\n", DIGEST + "/x", DIGEST[:-1]])
def test_only_a_digest_names_a_file(name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        private_files.path_of(name)


def test_a_missing_file_is_not_found() -> None:
    with pytest.raises(errors.NotFound) as caught:
        answer()
    assert caught.value.code == "file_missing"


def test_deleting_takes_the_thumbnail_along_and_may_be_repeated(kept: Path, root: Path) -> None:
    private_files.save(io.BytesIO(b"small"), DIGEST, private_files.THUMBNAIL)
    private_files.delete(DIGEST)
    private_files.delete(DIGEST)
    assert files(root) == []


def test_strays_are_the_old_ones_and_half_written_files_go(kept: Path, root: Path) -> None:
    half = kept.parent / ".new-abc"
    half.write_bytes(b"half")
    for path in (kept, half):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    fresh = hashlib.sha256(b"fresh").hexdigest()
    private_files.save(io.BytesIO(b"fresh"), fresh)
    assert list(private_files.strays(before=datetime(2010, 1, 1, tzinfo=UTC))) == [DIGEST]
    assert files(root) == sorted([DIGEST, fresh])


# Handing out ----------------------------------------------------------------------------------------------------------


def test_a_whole_file_with_headers_that_keep_it_from_acting(kept: Path) -> None:
    response = answer()
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == "2048"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%E5%BC%80%E7%AE%B1.mp4"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, max-age=3600"
    assert response["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("content_type", ["image/jpeg", "application/pdf", "video/mp4", "text/html"])
def test_no_type_may_load_or_run_anything(content_type: str, kept: Path) -> None:
    response = answer(content_type, "receipt")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script-src" not in policy
    response.close()


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "image/gif", "application/zip"])
def test_every_other_type_is_a_download_without_its_type(content_type: str, kept: Path) -> None:
    response = answer(content_type, "a.html")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


def test_a_name_cannot_break_out_of_its_header(kept: Path) -> None:
    response = answer(filename='a"; x=\r\nSet-Cookie: b.mp4')
    assert "\r" not in response["Content-Disposition"]
    assert "\n" not in response["Content-Disposition"]
    response.close()


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=2000-", 2000, 2047), ("bytes=-48", 2000, 2047),
     ("bytes=-9999", 0, 2047), ("bytes=100-99999", 100, 2047)],
)  # fmt: skip
def test_one_range_of_bytes(wanted: str, first: int, last: int, kept: Path) -> None:
    response = answer(range=wanted)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/2048"
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == CONTENT[first : last + 1]


@pytest.mark.parametrize("wanted", ["bytes=2048-", "bytes=9999-10000", "bytes=-0"])
def test_a_range_behind_the_end_is_not_satisfiable(wanted: str, kept: Path) -> None:
    response = answer(range=wanted)
    assert (response.status_code, response["Content-Range"], body(response)) == (416, "bytes */2048", b"")


@pytest.mark.parametrize("wanted", ["bytes=5-4", "bytes=-", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=٣-٤"])
def test_what_is_no_single_range_gets_the_whole_file(wanted: str, kept: Path) -> None:
    request = RequestFactory().get("/", HTTP_RANGE=wanted)
    response = private_files.private_response(request, sha256=DIGEST, content_type="video/mp4", filename="a.mp4")
    assert (response.status_code, body(response)) == (200, CONTENT)


def test_a_range_of_another_version_gets_the_whole_file(kept: Path) -> None:
    assert answer(range="bytes=0-9", if_range=f'"{DIGEST}"').status_code == 206
    assert answer(range="bytes=0-9", if_range='"other"').status_code == 200


@pytest.mark.parametrize("known", [f'"{DIGEST}"', f'W/"{DIGEST}"', f'"x", "{DIGEST}"', "*"])
def test_a_known_file_is_not_sent_again(known: str, kept: Path) -> None:
    response = answer(if_none_match=known)
    assert (response.status_code, body(response)) == (304, b"")
    assert response["ETag"] == f'"{DIGEST}"'
    assert response["Cache-Control"] == "private, max-age=3600"
    assert response["X-Content-Type-Options"] == "nosniff"
