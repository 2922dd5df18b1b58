"""PDF: well formed, not encrypted, and without anything that acts. The bytes are kept: an invoice may be signed.

Two looks, because readers differ in what they tolerate: the object graph as a reader follows it (pypdf), and a scan of
every byte and of every compressed stream for the names of actions, whether or not the cross-reference table knows them.
"""

import io
import re
import zlib
from typing import Any

import pypdf
from pypdf import filters
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from . import ContentError

MAX_OBJECTS = 50_000
MAX_PAGES = 500
_INFLATE_TOTAL = 128 * 1024 * 1024
_INFLATE_ONE = 16 * 1024 * 1024
_PIECE = 32 * 1024

FORBIDDEN_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/AF"})
FORBIDDEN_ACTIONS = frozenset(
    "/JavaScript /Launch /SubmitForm /ImportData /GoToE /GoToR /GoTo3DView /Rendition /Movie /Sound "
    "/RichMediaExecute".split()
)
FORBIDDEN_TYPES = frozenset({"/EmbeddedFile", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# Long names only: in megabytes of compressed pictures three letters turn up by chance.
_ACTIVE = re.compile(
    rb"/(?:JavaScript|EmbeddedFiles?|SubmitForm|ImportData|RichMedia\w*|FileAttachment|Launch)(?=[\s/<>\[\](){}%\x00]|$)"
)
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")


def check(data: bytes) -> None:
    """Refuse a PDF that is broken, locked or active.

    Raises: ContentError unreadable | encrypted | active_content | too_complex.
    """
    if not re.match(rb"%PDF-[12]\.\d", data):
        raise ContentError("unreadable")
    if not re.search(rb"%%EOF[\s\x00]*\Z", data[-2048:]):
        raise ContentError("unreadable")  # cut off, or something hangs behind it
    _scan(data)
    _walk(data)


def _scan(data: bytes) -> None:
    if _is_active(data):
        raise ContentError("active_content")
    left = _INFLATE_TOTAL
    for found in _STREAM.finditer(data):
        compressed_objects = b"ObjStm" in _plain(data[max(0, found.start() - 1024) : found.start()])
        if left <= 0:
            if compressed_objects:
                raise ContentError("too_complex")
            continue
        text, cost, whole = _inflate(data, found.end())
        left -= cost
        if compressed_objects and not whole:
            raise ContentError("too_complex")
        if _is_active(text):
            raise ContentError("active_content")


def _inflate(data: bytes, start: int) -> tuple[bytes, int, bool]:
    """Return what a Flate stream at `start` holds up to a bound, the bytes gone through, and whether that is all."""
    machine, text, at = zlib.decompressobj(), bytearray(), start
    try:
        # In small pieces: the machine copies all input behind the end of its stream.
        while not machine.eof and at < len(data) and len(text) < _INFLATE_ONE:
            text += machine.decompress(data[at : at + _PIECE], _INFLATE_ONE - len(text))
            at += _PIECE
    except zlib.error:
        pass  # another filter, or none: the first scan and the walk have it
    return bytes(text), len(text) + at - start, len(text) < _INFLATE_ONE


def _plain(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


def _is_active(data: bytes) -> bool:
    return _ACTIVE.search(_plain(data)) is not None


def _walk(data: bytes) -> None:
    filters.JBIG2DEC_BINARY = None
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise ContentError("encrypted")
        if not 1 <= len(reader.pages) <= MAX_PAGES:
            raise ContentError("too_complex")
        numbers = {(number, generation) for generation, rows in reader.xref.items() for number in rows}
        numbers |= {(number, 0) for number in reader.xref_objStm}
        if len(numbers) > MAX_OBJECTS:
            raise ContentError("too_complex")
        _look(reader.trailer)
        for number, generation in sorted(numbers):
            if number:
                _look(reader.get_object(IndirectObject(number, generation, reader)))
    except ContentError:
        raise
    except Exception as error:  # a hostile file makes the parser raise whatever it likes
        raise ContentError("unreadable") from error


def _look(root: Any) -> None:
    """Look at one object and the direct ones inside it; indirect ones have their own turn."""
    todo, seen = [root], 0
    while todo:
        value = todo.pop()
        seen += 1
        if seen > MAX_OBJECTS:
            raise ContentError("too_complex")
        if isinstance(value, DictionaryObject):
            if FORBIDDEN_KEYS & value.keys() or _named(value, "/S") & FORBIDDEN_ACTIONS:
                raise ContentError("active_content")
            if (_named(value, "/Type") | _named(value, "/Subtype")) & FORBIDDEN_TYPES:
                raise ContentError("active_content")
            todo.extend(value.values())
        elif isinstance(value, ArrayObject):
            todo.extend(value)


def _named(value: DictionaryObject, key: str) -> set[str]:
    name = value.get(key)
    if isinstance(name, IndirectObject):
        name = name.get_object()
    return {str(name)} if isinstance(name, NameObject) else set()
