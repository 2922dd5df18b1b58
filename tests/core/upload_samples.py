"""Files for the upload tests, made on the spot: good ones, broken ones and wicked ones."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, ImageDraw, PngImagePlugin

HTML = b"<html><script>alert(document.domain)</script></html>"


def drawing(size: tuple[int, int] = (160, 120), mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and right half blue, with a green mark in the upper left corner."""
    picture = Image.new("RGB", size, (200, 30, 30))
    draw = ImageDraw.Draw(picture)
    draw.rectangle([size[0] // 2, 0, size[0], size[1]], fill=(30, 30, 200))
    draw.rectangle([0, 0, size[0] // 8, size[1] // 8], fill=(20, 220, 20))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = (160, 120), **options: object) -> bytes:
    return saved(drawing(size), "JPEG", quality=90, **options)


def exif(orientation: int = 6) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "SecretPhoneMaker"
    data.get_ifd(0x8825).update({1: "N", 2: (30.0, 39.0, 36.0), 3: "E", 4: (104.0, 3.0, 36.0)})
    return data


def jpeg_with_place() -> bytes:
    """A JPEG as a phone makes it: lying on its side, GPS position, maker, XMP and a comment."""
    return jpeg(exif=exif(), xmp=b"<x:xmpmeta>secret xmp</x:xmpmeta>", comment=b"secret comment")


def jpeg_of_many_scans(scans: int) -> bytes:
    """A JPEG whose only scan is repeated: each one costs a decoder a pass over the whole picture."""
    data = jpeg((16, 16))
    start = data.index(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def png(mode: str = "RGB", **options: object) -> bytes:
    return saved(drawing(mode=mode), "PNG", **options)


def png_with_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "secret comment", zip=True)
    text.add_itxt("XML:com.adobe.xmp", "secret xmp")
    return png(pnginfo=text, exif=exif())


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """900 megapixels of nothing in a kilobyte or so: the rows are cut short, for the header is what counts."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def heic() -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(drawing()).save(out, quality=80, exif=exif(orientation=1).tobytes())
    return out.getvalue()


# PDF ------------------------------------------------------------------------------------------------------------------


def pdf(catalog: bytes = b"", *objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of one page with a correct cross-reference table; `objects` are numbered from 5."""
    page = b"BT /F1 24 Tf 72 700 Td (Receipt 2026-11-01) Tj ET"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        *objects,
    ]
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, table)


def flate(text: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(text)
    return b"<< /Filter /FlateDecode /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def object_stream(text: bytes) -> bytes:
    """An object stream with one object, number 9: what a look at the plain bytes does not see."""
    return flate(b"9 0 " + text, b"/Type /ObjStm /N 1 /First 4")


# MP4 ------------------------------------------------------------------------------------------------------------------


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(
    handler: bytes = b"vide", codec: bytes = b"avc1", *, reference: bytes | None = None, offset: int = 40
) -> bytes:
    size = struct.pack(">II", 320 << 16, 240 << 16) if handler == b"vide" else bytes(8)
    return box(
        b"trak",
        box(b"tkhd", bytes(76), size),
        box(
            b"mdia",
            box(b"mdhd", bytes(24)),
            box(b"hdlr", bytes(8), handler, bytes(13)),
            box(
                b"minf",
                box(b"vmhd", bytes(12)),
                box(b"dinf", box(b"dref", bytes(4), struct.pack(">I", 1), reference or box(b"url ", b"\0\0\0\1"))),
                box(
                    b"stbl",
                    box(b"stsd", bytes(4), struct.pack(">I", 1), box(codec, bytes(78))),
                    box(b"stts", bytes(8)),
                    box(b"stsc", bytes(8)),
                    box(b"stsz", bytes(12)),
                    box(b"stco", bytes(4), struct.pack(">II", 1, offset)),
                ),
            ),
        ),
    )


def mp4(
    *moov: bytes,
    brand: bytes = b"isom",
    tail: bytes = b"",
    tracks: tuple[bytes, ...] | None = None,
    frames: bytes = b"\x17" * 64,
) -> bytes:
    """The smallest film that adds up: one video track, its frames, and what `moov` and `tail` add."""
    return (
        box(b"ftyp", brand, bytes(4), b"isom", b"mp42")
        + box(b"mdat", frames)
        + box(b"moov", box(b"mvhd", bytes(100)), *(tracks if tracks is not None else (track(),)), *moov)
        + tail
    )


def place_box() -> bytes:
    """Where Android writes the place of the recording."""
    return box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+30.6600+104.0600/"))
