"""Checks an uploaded file by what is in it, never by its name, and returns what may be stored.

Knows no model, no request and no storage. Pictures are encoded anew, videos lose their metadata, PDFs are looked
through; how, stands in `checks`. The words for people stand here.
"""

import hashlib
import io
import tempfile
import threading
from dataclasses import dataclass, field
from typing import IO, Any, Self

import filetype
from django.utils.translation import gettext_lazy as _
from PIL import Image

from aftersales.core import errors

from . import isolation
from .checks import ContentError, images, mp4

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PDF, MP4 = "application/pdf", "video/mp4"
IMAGES = frozenset({JPEG, PNG, WEBP})
EXTENSIONS = {JPEG: "jpg", PNG: "png", WEBP: "webp", PDF: "pdf", MP4: "mp4"}  # of what is stored
INLINE = frozenset(EXTENSIONS)

_HEAD = 64 * 1024
_PIECE = 256 * 1024
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
# A decoded picture of 50 megapixels takes 200 MB: never more than two at a time in one process.
_DECODERS = threading.BoundedSemaphore(2)

PROBLEMS = {
    "empty_file": _("The file is empty."),
    "unreadable": _("The file is damaged or incomplete. Please open it, save it anew and send that."),
    "too_many_pixels": _("The picture has too many pixels. Please send a smaller one."),
    "too_complex": _("The file is too complicated to be checked. Please send a picture of it."),
    "encrypted": _("The PDF is protected by a password. Please send it without."),
    "active_content": _(
        "The PDF contains scripts, attachments or actions. Please print it to a new PDF and send that."
    ),
    "external_reference": _("The video points to other files. Please send one that is complete in itself."),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be, in bytes and pixels. A picture over `stored_pixels` is kept scaled down."""

    image_bytes: int = 5 * 1024 * 1024
    pdf_bytes: int = 10 * 1024 * 1024
    video_bytes: int = 50 * 1024 * 1024
    max_pixels: int = 50_000_000
    stored_pixels: int = 16_000_000

    @property
    def largest(self) -> int:
        """The size that no file of any type may pass."""
        return max(self.image_bytes, self.pdf_bytes, self.video_bytes)

    def for_type(self, mime: str) -> int:
        """Return how many bytes a file of this type may have."""
        return {PDF: self.pdf_bytes, MP4: self.video_bytes}.get(mime, self.image_bytes)


@dataclass(slots=True)
class CheckedUpload:
    """What may be stored. `sha256` is of these bytes, `received_sha256` of those that came. Close it, or use `with`."""

    content_type: str
    extension: str
    size: int
    sha256: str
    received_sha256: str
    width: int | None
    height: int | None
    file: IO[bytes] = field(repr=False)
    thumbnail: bytes | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()


def inspect_upload(file: Any, *, limits: Limits | None = None) -> CheckedUpload:
    """Check an uploaded file by its content and return what may be stored; only `read` and `size` of it are used.

    HEIC comes back as JPEG. Raises: TooLarge as soon as that is known, UnsupportedMedia for content of another type,
    Invalid (field `file`) for content that is broken or dangerous.
    """
    limits = limits or Limits()
    size = getattr(file, "size", None)
    if isinstance(size, int) and size > limits.largest:
        raise _too_large(limits.largest)
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - handed over to the caller
    try:
        mime, received = _take(file, kept, limits=limits, size=size)
        return _check(kept, mime=mime, received=received, limits=limits)
    except ContentError as error:
        kept.close()
        if error.code == "unsupported":
            raise errors.UnsupportedMedia(_unsupported()) from error
        raise errors.Invalid(
            PROBLEMS[error.code], errors=[errors.FieldError("file", error.code, PROBLEMS[error.code])]
        ) from error
    except BaseException:
        kept.close()
        raise


def thumbnail(data: bytes | IO[bytes]) -> bytes:
    """Return a checked picture as WebP, at most 480 pixels on the longer side. Raises: Invalid if it is no picture."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        with Image.open(source, formats=["JPEG", "PNG", "WEBP"]) as picture:
            picture.draft(None, (images.THUMBNAIL_SIDE, images.THUMBNAIL_SIDE))
            return images.thumbnail(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise errors.Invalid(PROBLEMS["unreadable"]) from error


def _take(file: Any, kept: IO[bytes], *, limits: Limits, size: int | None) -> tuple[str, str]:
    """Copy the upload, stop at the limit of its type, and return the type and the digest of what came."""
    head = b""
    while len(head) < _HEAD and (piece := file.read(_HEAD - len(head))):
        head += piece
    if not head:
        raise ContentError("empty_file")
    mime = sniff(head)
    limit = limits.for_type(mime)
    if isinstance(size, int) and size > limit:
        raise _too_large(limit)
    digest, count, piece = hashlib.sha256(), 0, head
    while piece:
        count += len(piece)
        if count > limit:
            raise _too_large(limit)
        digest.update(piece)
        kept.write(piece)
        piece = file.read(_PIECE)
    return mime, digest.hexdigest()


def sniff(head: bytes) -> str:
    """Return the type that the first bytes show. Raises: UnsupportedMedia for every type that is not taken."""
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4], "big"), 512), 4))}
        if brands & _HEIC_BRANDS:
            return HEIC
        if head[8:12] in mp4.BRANDS:
            return MP4
        raise errors.UnsupportedMedia(_unsupported())
    found = filetype.guess_mime(head)
    mime = PNG if found == "image/apng" else found
    if mime not in (JPEG, PNG, WEBP, PDF):
        raise errors.UnsupportedMedia(_unsupported())
    return str(mime)


def _check(kept: IO[bytes], *, mime: str, received: str, limits: Limits) -> CheckedUpload:
    width = height = small = None
    if mime == PDF:
        isolation.check_pdf(kept)
    elif mime == MP4:
        width, height = mp4.clean(kept)
    else:
        mime, data, width, height, small = _check_picture(kept, mime=mime, limits=limits)
        kept.seek(0)
        kept.truncate()
        kept.write(data)
    size = kept.seek(0, 2)
    kept.seek(0)
    digest = hashlib.file_digest(kept, "sha256").hexdigest()  # type: ignore[arg-type]
    kept.seek(0)
    return CheckedUpload(mime, EXTENSIONS[mime], size, digest, received, width, height, kept, small)


def _check_picture(kept: IO[bytes], *, mime: str, limits: Limits) -> tuple[str, bytes, int, int, bytes]:
    bounds = {"max_pixels": limits.max_pixels, "stored_pixels": limits.stored_pixels}
    with _DECODERS:
        if mime == HEIC:
            data = isolation.heic_to_jpeg(kept, **bounds)
            with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
                width, height = picture.size
            return JPEG, data, width, height, thumbnail(data)
        data, clean = images.clean(kept, mime=mime, **bounds)
        return mime, data, clean.width, clean.height, images.thumbnail(clean)


def _too_large(limit: int) -> errors.TooLarge:
    megabytes = f"{limit / 1024 / 1024:.4g}"
    return errors.TooLarge(_("A file of this type may have at most %(megabytes)s MB.") % {"megabytes": megabytes})


def _unsupported() -> Any:
    return _("Only JPEG, PNG, WebP and HEIC pictures, PDF and MP4 are accepted; what counts is the content.")
