"""MP4: walk every box, refuse what does not add up, and blank what is no picture or sound.

Blanking turns a box into a `free` box of zeros of the same size, so that no offset moves: metadata with the place of
the recording, unknown boxes, tracks of other kinds. Weaker than for pictures: the frames themselves are not decoded,
so a player meets the encoder's bytes as they came, and the samples of a blanked track stay in `mdat`, unreachable.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from . import ContentError

BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"})
VIDEO_CODECS = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1", b"mp4v", b"av01", b"vp09", b"s263"})
SOUND_CODECS = frozenset({b"mp4a", b"Opus", b"ac-3", b"ec-3", b".mp3", b"samr", b"sawb"})
MAX_BOXES = 20_000
MAX_MOOV = 16 * 1024 * 1024
_ZEROS = bytes(64 * 1024)

# What may stand in what. A box of another name is blanked, except at the top, where it is refused.
_TOP = frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"ssix", b"prft"})
_TOP_BLANKED = frozenset({b"free", b"skip", b"wide", b"uuid", b"meta", b"udta", b"pdin", b"emsg"})
_INSIDE = {
    b"moov": frozenset({b"mvhd", b"iods", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia", b"tref", b"tapt", b"trgr"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"nmhd", b"hdlr", b"dinf", b"stbl"}),
    b"stbl": frozenset(
        b"stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh sdtp sbgp sgpd stps subs saiz saio".split()
    ),
    b"dinf": frozenset({b"dref"}),
    b"edts": frozenset({b"elst"}),
    b"mvex": frozenset({b"mehd", b"trex", b"leva"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset({b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"}),
    b"mfra": frozenset({b"tfra", b"mfro"}),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its four letters, where it starts, where its body starts, where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


class _Film:
    """One walk over one file."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.length = file.seek(0, 2)
        self.boxes = 0
        self.blank: list[Box] = []
        self.size: tuple[int, int] | None = None

    def read(self, at: int, count: int) -> bytes:
        self.file.seek(at)
        data = self.file.read(count)
        if len(data) != count:
            raise ContentError("unreadable")
        return data

    def children(self, start: int, end: int, *, top: bool = False) -> Iterator[Box]:
        """Yield the boxes from `start` to `end`, which they must fill exactly."""
        at = start
        while at < end:
            self.boxes += 1
            if self.boxes > MAX_BOXES:
                raise ContentError("too_complex")
            if end - at < 8:
                raise ContentError("unreadable")
            size, kind = struct.unpack(">I4s", self.read(at, 8))
            head = 8
            if size == 1:
                size, head = struct.unpack(">Q", self.read(at + 8, 8))[0], 16
            elif size == 0 and top:
                size = end - at
            if size < head or at + size > end:
                raise ContentError("unreadable")
            yield Box(kind, at, at + head, at + size)
            at += size

    def body(self, box: Box, count: int) -> bytes:
        """Return the first `count` bytes of a box's body."""
        if box.end - box.body < count:
            raise ContentError("unreadable")
        return self.read(box.body, count)


def clean(file: IO[bytes]) -> tuple[int, int]:
    """Check the film and blank its metadata, in place. Return width and height of its picture.

    Raises: ContentError unreadable | too_complex | unsupported (no picture, unknown codec) | external_reference.
    """
    film = _Film(file)
    top = list(film.children(0, film.length, top=True))
    if not top or top[0].kind != b"ftyp" or film.body(top[0], 8)[:4] not in BRANDS:
        raise ContentError("unsupported")
    kinds = [box.kind for box in top]
    if kinds.count(b"ftyp") != 1 or kinds.count(b"moov") != 1 or b"mdat" not in kinds:
        raise ContentError("unreadable")
    for box in top:
        if box.kind in _TOP_BLANKED:
            film.blank.append(box)
        elif box.kind not in _TOP:
            raise ContentError("unreadable")
        elif box.kind == b"moov" and box.end - box.start > MAX_MOOV:
            raise ContentError("too_complex")
        elif box.kind in _INSIDE:
            _descend(film, box)
    if film.size is None:
        raise ContentError("unsupported")
    for box in film.blank:
        _blank(film, box)
    file.seek(0)
    return film.size


def _descend(film: _Film, parent: Box) -> None:
    for box in film.children(parent.body, parent.end):
        stranger = box.kind == b"trak" and _kind_of_track(film, box) not in (b"vide", b"soun")
        if stranger or box.kind not in _INSIDE[parent.kind]:
            film.blank.append(box)
        elif box.kind in _INSIDE:
            _descend(film, box)
        elif box.kind == b"tkhd":
            _read_size(film, box)
        elif box.kind == b"dref":
            _check_references(film, box)
        elif box.kind == b"stsd":
            _check_codecs(film, box)
        elif box.kind in (b"stco", b"co64"):
            _check_offsets(film, box)


def _kind_of_track(film: _Film, track: Box) -> bytes:
    for media in film.children(track.body, track.end):
        if media.kind == b"mdia":
            for box in film.children(media.body, media.end):
                if box.kind == b"hdlr":
                    return film.body(box, 12)[8:12]
    raise ContentError("unreadable")


def _read_size(film: _Film, box: Box) -> None:
    """Take width and height (16.16 fixed point, the last eight bytes) from the first track that has them."""
    if box.end - box.body < 84:
        raise ContentError("unreadable")
    width, height = struct.unpack(">II", film.read(box.end - 8, 8))
    if film.size is None and width >> 16 and height >> 16:
        film.size = width >> 16, height >> 16


def _check_references(film: _Film, box: Box) -> None:
    """Refuse samples that lie elsewhere: a player or converter would fetch them."""
    film.body(box, 8)
    for entry in film.children(box.body + 8, box.end):
        if entry.kind != b"url " or film.body(entry, 4)[3] & 1 != 1 or entry.end - entry.body != 4:
            raise ContentError("external_reference")


def _check_codecs(film: _Film, box: Box) -> None:
    film.body(box, 8)
    entries = [entry.kind for entry in film.children(box.body + 8, box.end)]
    if not entries:
        raise ContentError("unreadable")
    if not set(entries) <= VIDEO_CODECS | SOUND_CODECS:
        raise ContentError("unsupported")


def _check_offsets(film: _Film, box: Box) -> None:
    count = struct.unpack(">I", film.body(box, 8)[4:])[0]
    width, code = (4, "I") if box.kind == b"stco" else (8, "Q")
    if box.end - box.body - 8 < count * width:
        raise ContentError("unreadable")
    if count and max(struct.unpack(f">{count}{code}", film.read(box.body + 8, count * width))) >= film.length:
        raise ContentError("unreadable")  # cut off


def _blank(film: _Film, box: Box) -> None:
    film.file.seek(box.start + 4)
    film.file.write(b"free")
    film.file.seek(box.body)
    left = box.end - box.body
    while left:
        left -= film.file.write(_ZEROS[:left])
