"""Columns that are unreadable at rest: payment accounts, real names, secrets that we must be able to use (LAW-7).

Fernet (AES-128-CBC with HMAC-SHA256) by the keys of the setting FIELD_ENCRYPTION_KEYS, the newest first; without any,
keys are derived from SECRET_KEY and its fallbacks. `manage.py rotate_encryption` writes everything with the newest.
"""

import base64
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models

BATCH = 500
_DERIVED = b"aftersales: encrypted columns"


class Undecipherable(Exception):
    """A value that none of the keys opens: a key was taken away too early, or the row was tampered with."""


class EncryptedTextField(models.TextField):
    """A text that is stored encrypted and read in clear. It cannot be searched or sorted by; "" stays ""."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what is written."""
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt what is read. Raises: Undecipherable."""
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse to compare: two encryptions of one text differ."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be looked up by")


def encrypt(text: str) -> str:
    """Encrypt with the newest key; the same text never looks the same twice."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits. Raises: Undecipherable."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as problem:
        raise Undecipherable("no key opens this value") from problem


def keys() -> list[bytes]:
    """Give the keys in use, the newest first. Raises: ImproperlyConfigured for one that is no key."""
    given = [key.encode() for key in settings.FIELD_ENCRYPTION_KEYS]
    return given or [_derived(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def rotate() -> Iterator[tuple[str, int]]:
    """Write every encrypted value with the newest key; give each column with how many values were written.

    May run while others write, and again: a value that somebody changed meanwhile is left as he wrote it, which is with
    the newest key. Raises: Undecipherable.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield f"{model._meta.db_table}.{field.column}", sum(_rotated(model, str(field.column)))


def forget() -> None:
    """Read the keys anew; for tests."""
    _fernet.cache_clear()


def _rotated(model: type[models.Model], column: str) -> Iterator[int]:
    quote = connection.ops.quote_name
    table, name, key = quote(model._meta.db_table), quote(column), quote(str(model._meta.pk.column))
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {name} FROM {table} WHERE {key} > %s AND {name} <> '' ORDER BY {key} LIMIT %s",
                [last, BATCH],
            )
            rows = cursor.fetchall()
            for pk, token in rows:
                fresh = encrypt(decrypt(token))
                cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s", [fresh, pk, token])
        if not rows:
            return
        last = rows[-1][0]
        yield len(rows)


@lru_cache(maxsize=1)
def _fernet() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys()])
    except ValueError as problem:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS: a key is 32 bytes in url-safe base64") from problem


def _derived(secret: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVED)
    return base64.urlsafe_b64encode(derive.derive(secret.encode()))
