"""RSA2, both ways: what is signed, byte for byte, and whether a signature is Alipay's. No network, no settings."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


def sign(key: RSAPrivateKey, params: Mapping[str, str]) -> str:
    """Sign a request: its parameters that have a value, sorted by name, as `name=value` joined by `&`."""
    text = "&".join(f"{name}={value}" for name, value in sorted(params.items()) if name != "sign" and value)
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def verify(key: RSAPublicKey, text: str, signature: str) -> bool:
    """Say whether `signature` (base64) over `text` is of the owner of `key`."""
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def signed_part(body: str, node: str) -> tuple[dict[str, Any], str]:
    """Give the document `node` of an answer and the very characters of it that were signed. Raises: ValueError.

    Alipay signs its own spelling of the JSON, which no library can be trusted to write again the same way.
    """
    whole = json.loads(body)
    if not isinstance(whole, dict) or not isinstance(whole.get(node), dict):
        raise ValueError(f"no {node} in the answer")
    start = body.index("{", body.index(f'"{node}"'))
    found, end = json.JSONDecoder().raw_decode(body, start)
    if found != whole[node]:
        raise ValueError(f"{node} stands twice in the answer")
    return whole[node], body[start:end]


def notification_is_genuine(key: RSAPublicKey, form: Mapping[str, str]) -> bool:
    """Say whether a notification is Alipay's: everything but `sign` and `sign_type`, decoded, sorted, joined."""
    text = "&".join(f"{name}={value}" for name, value in sorted(form.items()) if name not in ("sign", "sign_type"))
    return form.get("sign_type") == "RSA2" and verify(key, text, form.get("sign", ""))
