"""The gateway's two key pairs, made on first use: its own, and that of the one app that may talk to it."""

import base64
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048


class KeyRing:
    """Keys in a folder: `gateway.pem` and `app.pem` are private, `gateway.pub.pem` is what a client checks with."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.gateway = _pair(home / "gateway.pem")
        self.app = _pair(home / "app.pem").public_key()
        public = self.gateway.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (home / "gateway.pub.pem").write_bytes(public)

    def sign(self, text: str) -> str:
        """Sign an answer."""
        return base64.b64encode(self.gateway.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def is_ours(self, form: dict[str, str]) -> bool:
        """Say whether a request is signed by the app."""
        names = [name for name in form if name != "sign" and form[name]]
        text = "&".join(name + "=" + form[name] for name in sorted(names))
        try:
            raw = base64.b64decode(form.get("sign", ""))
            self.app.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def _pair(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        path.touch(mode=0o600)
        path.write_bytes(
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey), "the file was made here"
    return key
