"""The serial numbers by which Alipay knows certificates, in certificate mode. Computed as its own kits do."""

import hashlib
import re

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

RSA_SIGNATURES = "1.2.840.113549.1.1."
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def serial(certificate: x509.Certificate) -> str:
    """Give the serial number of one certificate: MD5 over its issuer, last part first, and its number."""
    issuer = certificate.issuer.rfc4514_string()
    return hashlib.md5(f"{issuer}{certificate.serial_number}".encode(), usedforsecurity=False).hexdigest()


def app_serial(pem: bytes) -> str:
    """Give `app_cert_sn` of our certificate. Raises: ValueError."""
    return serial(x509.load_pem_x509_certificate(pem))


def root_serial(pem: bytes) -> str:
    """Give `alipay_root_cert_sn` of Alipay's root file: those of its RSA certificates, joined. Raises: ValueError."""
    serials = []
    for block in _PEM.findall(pem):
        certificate = x509.load_pem_x509_certificate(block)
        if certificate.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNATURES):
            serials.append(serial(certificate))
    if not serials:
        raise ValueError("no RSA certificate in the root file")
    return "_".join(serials)


def public_key(pem: bytes) -> RSAPublicKey:
    """Give the key in Alipay's certificate. Raises: ValueError."""
    key = x509.load_pem_x509_certificate(pem).public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("Alipay's certificate has no RSA key")
    return key
