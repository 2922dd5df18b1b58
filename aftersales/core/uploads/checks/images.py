"""Pictures: decode for real, bound by pixels, and encode anew so that nothing but the picture is left.

The new encoding drops EXIF with its GPS position, XMP, comments, colour profiles and whatever hung behind the picture
(HTML, ZIP, PHAR). Colours are converted to sRGB first, because a difference in colour is a reason to return goods.
Animations keep their first frame.
"""

import io
import re
from typing import IO

from PIL import Image, ImageCms, ImageOps

from . import ContentError

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
MAX_SCANS = 100
THUMBNAIL_SIDE = 480
_MAX_PROFILE = 4 * 1024 * 1024
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")


def clean(source: IO[bytes], *, mime: str, max_pixels: int, stored_pixels: int) -> tuple[bytes, Image.Image]:
    """Decode a picture and return it encoded anew (HEIC as JPEG), with the decoded picture.

    More than `max_pixels` are refused before anything is decoded; what is over `stored_pixels` is scaled down.
    Raises: ContentError too_many_pixels | unreadable.
    """
    picture = _decode(source, mime=mime, max_pixels=max_pixels, stored_pixels=stored_pixels)
    out = io.BytesIO()
    if mime == "image/png":
        picture.save(out, "PNG", compress_level=6)
    elif mime == "image/webp":
        picture.save(out, "WEBP", quality=90, method=3)
    else:
        picture = _on_white(picture)
        picture.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue(), picture


def thumbnail(picture: Image.Image) -> bytes:
    """Return the picture as WebP, at most 480 pixels on the longer side."""
    small = picture.copy() if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=78, method=4)
    return out.getvalue()


def _decode(source: IO[bytes], *, mime: str, max_pixels: int, stored_pixels: int) -> Image.Image:
    try:
        if mime == "image/heic":
            import pillow_heif  # loaded in the worker alone

            pillow_heif.register_heif_opener(thumbnails=False)
        source.seek(0)
        with Image.open(source, formats=[FORMATS[mime]]) as opened:
            width, height = opened.size
            if width * height > max_pixels or not width or not height:
                raise ContentError("too_many_pixels")
            if mime == "image/jpeg":
                _check_scans(source)
            factor = min(1.0, (stored_pixels / (width * height)) ** 0.5)
            size = max(1, round(width * factor)), max(1, round(height * factor))
            opened.draft(None, size)
            opened.load()
            profile = opened.info.get("icc_profile")
            turned = _turn(opened)
            if turned.width * turned.height > stored_pixels:
                if turned.width > turned.height != width > height:
                    size = size[1], size[0]
                turned.thumbnail(size, Image.Resampling.LANCZOS)
            return _bare(turned, profile)
    except ContentError:
        raise
    except Image.DecompressionBombError as error:
        raise ContentError("too_many_pixels") from error
    except Exception as error:  # decoders fed with hostile bytes raise whatever they like
        raise ContentError("unreadable") from error


def _turn(picture: Image.Image) -> Image.Image:
    """Apply the camera's orientation; a broken EXIF block means upright."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture.copy()


def _bare(picture: Image.Image, profile: object) -> Image.Image:
    """Return the picture as sRGB in one of four plain modes, with no information beside its pixels."""
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if isinstance(profile, bytes) and 0 < len(profile) <= _MAX_PROFILE:
        picture = _to_srgb(picture, profile)
    wanted = "RGBA" if picture.has_transparency_data else "L" if picture.mode in ("1", "L") else "RGB"
    plain = picture if picture.mode == wanted else picture.convert(wanted)
    bare = Image.new(wanted, plain.size)
    bare.paste(plain)
    return bare


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        if picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture  # a profile that does not fit the picture: show it as it is
    return turned or picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _check_scans(source: IO[bytes]) -> None:
    """Refuse a JPEG of very many scans: each costs a pass over the whole picture, in a few bytes."""
    source.seek(0)
    data, at, scans = source.read(), 2, 0
    source.seek(0)
    while found := _MARKER.search(data, at):
        marker, at = found[1][0], found.end()
        if marker == 0xD9:
            return
        if marker == 0xDA:
            scans += 1
            if scans > MAX_SCANS:
                raise ContentError("too_complex")
        if marker not in (0x01, 0xD8):
            at += int.from_bytes(data[at : at + 2], "big")
