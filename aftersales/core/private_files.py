"""Private files on disk, named by their SHA-256, outside everything that a web server serves.

Whoever may see a file is decided by the caller; what the file is was decided when it came in (`core.uploads`). Nothing
here knows a model. Files never change: a name is a digest, so writing twice is writing once.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from django.utils.translation import gettext_lazy as _

from . import errors, uploads

THUMBNAIL = ".thumbnail"
MAX_AGE = 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_PIECE = 256 * 1024
# A file that a person sent is shown, never run: no script, no frame, no form, an origin of its own. The browser's own
# viewers of pictures, films and PDFs need the three sources that are named.
_POLICY = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


def path_of(sha256: str, variant: str = "") -> Path:
    """Return where a file lies. Raises: ValueError for anything but a lower-case SHA-256."""
    if not _DIGEST.fullmatch(sha256) or variant not in ("", THUMBNAIL):
        raise ValueError("not a digest")
    return _root() / sha256[:2] / sha256[2:4] / f"{sha256}{variant}"


def save(source: IO[bytes], sha256: str, variant: str = "") -> Path:
    """Write a file so that it is there whole or not at all, and survives a power cut; one that is there stays.

    `source` is read from where it stands. The digest of an original is checked on the way.
    Raises: Unavailable if the disk is full or away.
    """
    path = path_of(sha256, variant)
    if path.exists():
        os.utime(path)  # young again, for the sweep of strays
        return path
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # In the target's folder: a rename is atomic within one file system only.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as out:
                digest = hashlib.sha256()
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    out.write(piece)
                if not variant and digest.hexdigest() != sha256:
                    raise ValueError("the content does not have this digest")
                out.flush()
                os.fsync(out.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES):
            raise errors.Unavailable(
                _("The file cannot be stored for the moment. Please try again shortly.")
            ) from error
        raise
    return path


def exists(sha256: str, variant: str = "") -> bool:
    """Tell whether the file is there."""
    return path_of(sha256, variant).exists()


def open_file(sha256: str, variant: str = "") -> IO[bytes]:
    """Open a file for reading. Raises: NotFound (`file_missing`)."""
    try:
        return path_of(sha256, variant).open("rb")
    except FileNotFoundError as error:
        raise errors.NotFound(_("The file is not there any more."), code="file_missing") from error


def delete(sha256: str) -> None:
    """Remove a file and its thumbnail. Only for one that nothing refers to; gone already is fine."""
    for variant in (THUMBNAIL, ""):
        path_of(sha256, variant).unlink(missing_ok=True)


def strays(*, before: datetime) -> Iterator[str]:
    """Yield the digests of files last written before a moment; half-written ones of that age are removed on the way."""
    for path in sorted(_root().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")) + sorted(_root().glob("??/??/.new-*")):
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue
        if written >= before:
            continue
        if path.name.startswith(".new-"):
            path.unlink(missing_ok=True)
        elif _DIGEST.fullmatch(path.name):
            yield path.name


def private_response(
    request: HttpRequest, *, sha256: str, content_type: str, filename: str, variant: str = ""
) -> HttpResponseBase:
    """Answer with a private file: ETag and 304, one byte range (206, 416), and headers that keep it from acting.

    Only the types of `uploads.INLINE` are shown in the browser, all others are downloads. May be called only after
    the caller's right to see the file was checked. Raises: NotFound (`file_missing`).
    """
    file = open_file(sha256, variant)
    size = os.fstat(file.fileno()).st_size
    etag = quote_etag(sha256 + variant)
    response: HttpResponseBase
    wanted = _range(request, size, etag)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in [one.removeprefix("W/") for one in known] or known == ["*"]:
        file.close()
        response = HttpResponse(status=304)
    elif wanted is None:
        response = FileResponse(file)
        response["Content-Length"] = str(size)
    elif isinstance(wanted, str):
        file.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        start, end = wanted
        response = StreamingHttpResponse(_piecewise(file, start, end), status=206)
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
        response["Content-Length"] = str(end - start + 1)
    inline = content_type in uploads.INLINE
    response["Content-Type"] = content_type if inline else "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(not inline, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    patch_cache_control(response, private=True, max_age=MAX_AGE)
    return response


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | Literal["unsatisfiable"] | None:
    """Return first and last byte of a single range, "unsatisfiable", or None for the whole file."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not found or found.group(0) == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None  # not a range at all: ignored, as RFC 9110 says
    return (start, end) if start <= end else "unsatisfiable"


def _piecewise(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start + 1
        while left and (piece := file.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece


def _root() -> Path:
    return Path(getattr(settings, "PRIVATE_ROOT", None) or Path(settings.BASE_DIR) / "private")


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
