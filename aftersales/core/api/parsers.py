"""Reading bodies: strict JSON, and the digest that tells whether two requests are the same."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from aftersales.core import errors

_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|\x00")


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 means it: UTF-8, no doubled keys, no NaN or infinity, no NUL, no lone surrogates."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises: Malformed."""
        try:
            text = stream.read().decode("utf-8")
            data = _DECODER.decode(text)
        except (UnicodeDecodeError, RecursionError, ValueError) as exc:
            place = f" ({exc.lineno}:{exc.colno})" if isinstance(exc, json.JSONDecodeError) else ""
            raise errors.Malformed(
                _("The body is not valid JSON%(place)s.") % {"place": place}, code="malformed_json"
            ) from exc
        if _SUSPICIOUS.search(text) and not _clean(data):
            raise errors.Malformed(_("The body holds characters that cannot be stored."), code="malformed_json")
        return data


def request_digest(request: Request) -> str:
    """Return a digest of method, path with query, and body: equal for equal requests, however they are spelled."""
    hashed = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    if hasattr(data, "lists"):  # a form: its fields, and the contents of its files
        fields = [(name, value) for name, values in data.lists() for value in values if not _is_file(value)]
        files = [(name, file_digest(value)) for name, values in request.FILES.lists() for value in values]
        data = {"fields": sorted(fields), "files": sorted(files)}
    hashed.update(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    return hashed.hexdigest()


def file_digest(file: UploadedFile) -> str:
    """Return the SHA-256 of an upload and leave it at its beginning."""
    hashed = hashlib.sha256()
    for chunk in file.chunks():
        hashed.update(chunk)
    file.seek(0)
    return hashed.hexdigest()


def _is_file(value: object) -> bool:
    return isinstance(value, UploadedFile)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("doubled key")
    return found


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("out of range")
    return number


def _constant(name: str) -> Any:
    raise ValueError(name)


def _clean(data: Any) -> bool:
    """Tell whether all texts inside can be stored: no NUL, no half of a surrogate pair."""
    if isinstance(data, str):
        return "\x00" not in data and not any("\ud800" <= c <= "\udfff" for c in data)
    if isinstance(data, dict):
        return all(_clean(part) for pair in data.items() for part in pair)
    if isinstance(data, list):
        return all(map(_clean, data))
    return True


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)
