"""kuaidi100's signatures: MD5 in upper-case hex over text and secret. No network, no settings."""

import hashlib

from django.utils.crypto import constant_time_compare


def query_sign(param: str, key: str, customer: str) -> str:
    """Sign a question."""
    return _md5(param + key + customer)


def push_sign(param: str, salt: str) -> str:
    """Give the signature that a push of this text has."""
    return _md5(param + salt)


def push_is_genuine(param: str, salt: str, sign: str) -> bool:
    """Say whether a push is signed with our salt; without a salt nothing is believed."""
    return bool(salt) and constant_time_compare(push_sign(param, salt), sign.upper())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper()
