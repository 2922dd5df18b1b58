"""Uploads: taken by content, cleaned, or refused with the right status (api.md, evidence; quality.md, security)."""

import gzip
import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from aftersales.core import errors, uploads
from aftersales.core.uploads import Limits, inspect_upload, isolation
from tests.core import upload_samples as samples


class Upload(io.BytesIO):
    """A file as Django hands it over, that counts what is read of it."""

    def __init__(self, data: bytes, name: str = "photo.jpg", size: int | None = None) -> None:
        super().__init__(data)
        self.name, self.size, self.taken = name, len(data) if size is None else size, 0

    def read(self, count: int | None = -1, /) -> bytes:
        piece = super().read(count)
        self.taken += len(piece)
        return piece


def stored(data: bytes, **options: Any) -> tuple[uploads.CheckedUpload, bytes]:
    with inspect_upload(Upload(data, **options)) as checked:
        return checked, checked.file.read()


def refused(data: bytes, kind: type[errors.Problem] = errors.Invalid, **options: Any) -> str:
    with pytest.raises(kind) as caught:
        inspect_upload(Upload(data), **options)
    return caught.value.errors[0].code if caught.value.errors else caught.value.code


# Pictures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "content_type", "extension"),
    [
        (samples.jpeg(), "image/jpeg", "jpg"),
        (samples.png(), "image/png", "png"),
        (samples.saved(samples.drawing(), "WEBP"), "image/webp", "webp"),
        (samples.heic(), "image/jpeg", "jpg"),
    ],
    ids=["jpeg", "png", "webp", "heic is kept as jpeg"],
)
def test_pictures_are_taken_and_measured(data: bytes, content_type: str, extension: str) -> None:
    checked, content = stored(data)
    assert (checked.content_type, checked.extension) == (content_type, extension)
    assert (checked.width, checked.height) == (160, 120)
    assert checked.size == len(content)
    assert checked.sha256 == hashlib.sha256(content).hexdigest()
    assert checked.received_sha256 == hashlib.sha256(data).hexdigest()
    with Image.open(io.BytesIO(content)) as picture:
        red, _green, blue = picture.convert("RGB").getpixel((40, 60))  # type: ignore[misc]
        assert red > 180
        assert blue < 60


@pytest.mark.parametrize("data", [samples.jpeg_with_place(), samples.heic(), samples.png_with_text()])
def test_nothing_but_the_picture_is_kept(data: bytes) -> None:
    _checked, content = stored(data)
    with Image.open(io.BytesIO(content)) as picture:
        assert not picture.getexif()
        assert {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp", "Comment"}.isdisjoint(picture.info)
    assert b"Secret" not in content
    assert b"secret" not in content
    assert b"Exif" not in content


def test_the_cameras_orientation_is_applied() -> None:
    checked, content = stored(samples.jpeg_with_place())
    assert (checked.width, checked.height) == (120, 160)
    with Image.open(io.BytesIO(content)) as picture:
        red, green, _blue = picture.getpixel((115, 5))  # type: ignore[misc]
        assert green > 150, "the mark of the upper left corner is now in the upper right one"
        assert red < 100


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_taken(mode: str) -> None:
    data = samples.saved(
        samples.drawing(mode="L").convert("I;16") if mode == "I;16" else samples.drawing(mode=mode), "PNG"
    )
    checked, content = stored(data)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.mode in {"L", "RGB", "RGBA"}
    assert checked.content_type == "image/png"


def test_cmyk_jpeg_is_shown_as_rgb() -> None:
    _checked, content = stored(samples.saved(samples.drawing(mode="CMYK"), "JPEG"))
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.mode == "RGB"


def test_colours_of_another_profile_are_converted() -> None:
    from PIL import ImageCms

    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, srgb, b"no profile at all"):
        _checked, content = stored(samples.jpeg(icc_profile=profile))
        with Image.open(io.BytesIO(content)) as picture:
            assert "icc_profile" not in picture.info


@pytest.mark.parametrize("tail", [samples.HTML, b"PK\x03\x04 zip", b"<?php __HALT_COMPILER(); ?>"])
def test_what_hangs_behind_a_picture_is_gone(tail: bytes) -> None:
    for data in (samples.jpeg(), samples.png(), samples.saved(samples.drawing(), "WEBP")):
        _checked, content = stored(data + tail)
        assert tail not in content


def test_the_name_does_not_count() -> None:
    checked, _content = stored(samples.png(), name="invoice.pdf")
    assert checked.content_type == "image/png"


def test_large_pictures_are_kept_scaled_down() -> None:
    with inspect_upload(Upload(samples.jpeg((1200, 800))), limits=Limits(stored_pixels=240_000)) as checked:
        assert (checked.width, checked.height) == (600, 400)


def test_a_large_picture_on_its_side_is_scaled_after_it_was_turned() -> None:
    data = samples.jpeg((1200, 800), exif=samples.exif())
    with inspect_upload(Upload(data), limits=Limits(stored_pixels=240_000)) as checked:
        assert (checked.width, checked.height) == (400, 600)


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    assert refused(samples.png_bomb()) == "too_many_pixels"
    assert refused(samples.png_bomb(1, 2_000_000_000)) == "too_many_pixels"
    assert refused(samples.jpeg((200, 200)), limits=Limits(max_pixels=39_999)) == "too_many_pixels"


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    assert refused(samples.jpeg_of_many_scans(101)) == "too_complex"


@pytest.mark.parametrize(
    "data",
    [
        samples.jpeg()[:900],
        samples.png()[:100],
        samples.saved(samples.drawing(), "WEBP")[:60],
        samples.heic()[:400],
        samples.pdf()[:300],
        samples.mp4()[:200],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0" + samples.HTML,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
    ids=["jpeg", "png", "webp", "heic", "pdf", "mp4", "three bytes", "html behind a jpeg's start", "png of zeros"],
)
def test_truncated_and_broken_files_are_refused(data: bytes) -> None:
    assert refused(data) == "unreadable"


def test_an_empty_file_is_refused() -> None:
    assert refused(b"") == "empty_file"


@pytest.mark.parametrize(
    "data",
    [
        samples.saved(samples.drawing(), "GIF"),
        samples.saved(samples.drawing(), "TIFF"),
        samples.saved(samples.drawing(), "BMP"),
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        samples.HTML,
        b"MZ\x90\x00" + bytes(400),
        b"\x7fELF" + bytes(400),
        b"#!/bin/sh\nrm -rf /\n",
        b"GIF89a" + samples.jpeg(),
        samples.HTML + samples.jpeg(),
        b"PK\x03\x04" + bytes(100),
        gzip.compress(samples.jpeg()),
        b"plain words",
        samples.mp4(brand=b"qt  "),
        samples.mp4(brand=b"avif"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\n" + samples.pdf(),
    ],
    ids=(
        "gif tiff bmp svg svg-xml html exe elf script gif-jpeg html-jpeg zip gzip text mov avif eps pdf-behind-a-line"
    ).split(),
)
def test_other_content_is_refused_whatever_its_name(data: bytes) -> None:
    assert refused(data, errors.UnsupportedMedia) == "unsupported_media_type"


# Size -----------------------------------------------------------------------------------------------------------------


def test_a_file_said_to_be_too_large_is_not_read_at_all() -> None:
    upload = Upload(samples.jpeg(), size=51 * 1024 * 1024)
    with pytest.raises(errors.TooLarge):
        inspect_upload(upload)
    assert upload.taken == 0


def test_a_file_that_lies_about_its_size_is_read_to_the_limit_of_its_type_only() -> None:
    upload = Upload(samples.jpeg() + bytes(8 * 1024 * 1024), size=10)
    with pytest.raises(errors.TooLarge):
        inspect_upload(upload, limits=Limits(image_bytes=1024 * 1024))
    assert upload.taken <= 1024 * 1024 + 256 * 1024 + 64 * 1024


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (samples.jpeg(), Limits(image_bytes=500)),
        (samples.pdf(), Limits(pdf_bytes=300)),
        (samples.mp4(), Limits(video_bytes=500)),
    ],
)
def test_each_type_has_its_own_limit(data: bytes, limits: Limits) -> None:
    assert refused(data, errors.TooLarge, limits=limits) == "too_large"


# PDF ------------------------------------------------------------------------------------------------------------------


def test_a_plain_pdf_is_kept_byte_for_byte() -> None:
    data = samples.pdf(b"/OpenAction [3 0 R /Fit]", samples.flate(b"q 1 0 0 1 0 0 cm Q"))
    checked, content = stored(data)
    assert content == data
    assert (checked.content_type, checked.extension, checked.width) == ("application/pdf", "pdf", None)
    assert checked.sha256 == checked.received_sha256 == hashlib.sha256(data).hexdigest()


JAVASCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf(b"/OpenAction " + JAVASCRIPT),
        samples.pdf(b"/OpenAction 5 0 R", JAVASCRIPT),
        samples.pdf(b"/OpenAction << /S /#4aavaScript /J#53 (app.alert) >>"),
        samples.pdf(b"/AA << /WC << /S /Launch /F (cmd.exe) >> >>"),
        samples.pdf(b"/Names << /EmbeddedFiles << /Names [] >> >>"),
        samples.pdf(b"", b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>", samples.flate(b"MZ")),
        samples.pdf(b"/AcroForm << /XFA 5 0 R >>", samples.flate(b"<xdp/>")),
        samples.pdf(b"", b"<< /S /SubmitForm /F (http://example.com/) >>"),
        samples.pdf(b"", b"<< /Type /Annot /Subtype /RichMedia >>"),
        samples.pdf(b"", samples.object_stream(JAVASCRIPT)),
        samples.pdf(b"", samples.object_stream(b"<< /S /Java#53cript >>")),
        samples.pdf() + b"9 0 obj\n" + JAVASCRIPT + b"\nendobj\nstartxref\n9\n%%EOF\n",
    ],
    ids=(
        "open-action indirect escaped-name launch embedded-files file-specification xfa submit rich-media "
        "object-stream object-stream-escaped object-outside-the-table"
    ).split(),
)
def test_a_pdf_that_acts_is_refused(data: bytes) -> None:
    assert refused(data) == "active_content"


def test_an_encrypted_pdf_is_refused() -> None:
    import pypdf

    writer, out = pypdf.PdfWriter(io.BytesIO(samples.pdf())), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    assert refused(out.getvalue()) == "encrypted"


def test_a_pdf_with_something_behind_its_end_is_refused() -> None:
    assert refused(samples.pdf() + b"PK\x03\x04") == "unreadable"


def test_an_object_stream_that_unpacks_without_end_is_refused() -> None:
    assert refused(samples.pdf(b"", samples.object_stream(bytes(20 * 1024 * 1024)))) == "too_complex"


def test_a_check_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(isolation, "_SECONDS", -9.8)
    assert refused(samples.pdf()) == "too_complex"


@pytest.mark.parametrize("end", ["os.abort()", "os._exit(0)", "print('no json')"])
def test_a_crash_of_the_check_refuses_the_file_and_no_more(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_START", f"import os; {end}")
    assert refused(samples.heic()) == "unreadable"


# MP4 ------------------------------------------------------------------------------------------------------------------


def test_a_film_is_kept_with_its_frames_in_place() -> None:
    data = samples.mp4()
    checked, content = stored(data)
    assert (checked.content_type, checked.extension) == ("video/mp4", "mp4")
    assert (checked.width, checked.height) == (320, 240)
    assert content == data


def test_the_place_of_a_recording_is_blanked_without_moving_anything() -> None:
    data = samples.mp4(
        samples.place_box(), tail=samples.box(b"uuid", b"secret xmp" * 10) + samples.box(b"free", b"secret")
    )
    _checked, content = stored(data)
    assert len(content) == len(data)
    assert b"+30.66" not in content
    assert b"secret" not in content
    assert content.index(b"\x17" * 64) == data.index(b"\x17" * 64)


def test_a_track_that_is_neither_picture_nor_sound_is_blanked() -> None:
    data = samples.mp4(tracks=(samples.track(), samples.track(b"soun", b"mp4a"), samples.track(b"meta", b"mett")))
    _checked, content = stored(data)
    assert content.count(b"trak") == 2
    assert b"mett" not in content


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (samples.mp4(tail=samples.HTML), "unreadable"),
        (samples.mp4(tail=samples.box(b"evil", b"x")), "unreadable"),
        (samples.mp4(tail=b"\0\0\0\x04mdat"), "unreadable"),
        (samples.mp4(tail=b"\0\0\0\x01mdat" + b"\xff" * 8), "unreadable"),
        (samples.mp4(tracks=(samples.track(offset=100_000),)), "unreadable"),
        (samples.mp4(samples.box(b"trak", b"1234")), "unreadable"),
        (samples.mp4(tail=samples.box(b"mdat") * 20_001), "too_complex"),
        (
            samples.mp4(tracks=(samples.track(reference=samples.box(b"url ", bytes(4), b"http://10.0.0.1/\0")),)),
            "external_reference",
        ),
        (samples.mp4(tracks=(samples.track(reference=samples.box(b"alis", b"\0\0\0\1")),)), "external_reference"),
    ],
    ids="html-tail unknown-box size-too-small size-too-large offset-outside cut-box box-flood url alias".split(),
)
def test_a_film_that_does_not_add_up_is_refused(data: bytes, code: str) -> None:
    assert refused(data) == code


@pytest.mark.parametrize("tracks", [(), (samples.track(b"soun", b"mp4a"),), (samples.track(codec=b"rpza"),)])
def test_a_film_without_a_picture_that_browsers_show_is_refused(tracks: tuple[bytes, ...]) -> None:
    assert refused(samples.mp4(tracks=tracks), errors.UnsupportedMedia) == "unsupported_media_type"


# Thumbnails -----------------------------------------------------------------------------------------------------------


def test_a_thumbnail_is_small_and_bare() -> None:
    checked, content = stored(samples.jpeg((1600, 900), exif=samples.exif(orientation=1)))
    for data in (uploads.thumbnail(content), uploads.thumbnail(samples.png("RGBA")), checked.thumbnail):
        assert data is not None
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "WEBP"
            assert max(picture.size) <= 480
            assert not picture.getexif()


def test_there_is_no_thumbnail_of_what_is_no_picture() -> None:
    with pytest.raises(errors.Invalid):
        uploads.thumbnail(samples.HTML)
    for data in (samples.pdf(), samples.mp4()):
        assert stored(data)[0].thumbnail is None
