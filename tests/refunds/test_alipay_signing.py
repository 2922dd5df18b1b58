"""What is signed and by whom: requests, answers, notifications, and the serial numbers of certificates."""

import hashlib
import json
import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from refunds.gateways.alipay import certificates, from_settings, notification_is_genuine, signing

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NOTIFICATION = {
    "notify_time": "2026-11-25 12:00:00",
    "notify_type": "trade_status_sync",
    "notify_id": "2026112500222120000",
    "app_id": "2026000000000000",
    "out_trade_no": "A1",
    "out_biz_no": "RP1",
    "refund_fee": "104.00",
    "subject": "铁观音 & 茶具=1",
    "body": "",
    "sign_type": "RSA2",
}


def signed(form):
    """Sign a notification as the protocol says, with code of the test's own."""
    text = "&".join(f"{name}={form[name]}" for name in sorted(form) if name not in ("sign", "sign_type"))
    return form | {"sign": b64encode(KEY.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()}


def test_a_genuine_notification_is_believed_after_its_way_through_a_form():
    form = dict(parse_qsl(urlencode(signed(NOTIFICATION)), keep_blank_values=True))
    assert notification_is_genuine(KEY.public_key(), form)


def test_no_mutation_of_a_notification_is_believed():
    """A thousand: values changed, swapped, added, left out, signatures bent."""
    chance = random.Random(20261125)
    genuine = signed(NOTIFICATION)
    believed = []
    for number in range(1000):
        form = dict(genuine)
        name = chance.choice([key for key in form if key != "sign_type"])
        way = chance.randrange(5)
        if way == 0:
            position = chance.randrange(len(form[name]) + 1)
            form[name] = form[name][:position] + chance.choice("0123456789abcXYZ=& 茶") + form[name][position:]
        elif way == 1:
            other = chance.choice([key for key in form if key not in (name, "sign_type") and form[key] != form[name]])
            form[name], form[other] = form[other], form[name]
        elif way == 2:
            del form[name]
        elif way == 3:
            form[f"extra_{number}"] = "1"
        else:
            form["sign"] = form["sign"][:-8] + "".join(chance.choices("ABCDEFGHabcdefgh", k=8))
        if form != genuine and notification_is_genuine(KEY.public_key(), form):
            believed.append(form)
    assert believed == []


def test_another_kind_of_signature_is_not_believed():
    assert not notification_is_genuine(KEY.public_key(), signed(NOTIFICATION) | {"sign_type": "RSA"})
    assert not notification_is_genuine(KEY.public_key(), {})


@pytest.mark.parametrize(
    "body",
    [
        '{"sign":"x","a_response":{"code":"10000"}}',
        '{"a_response": {"text":"\\"a_response\\":{}","code":"10000"} ,"sign":"x"}',
        '{"a_response":{"code":"10000","nested":{"b":[1,2]}}}',
    ],
)
def test_what_was_signed_is_taken_as_it_was_written(body):
    document, text = signing.signed_part(body, "a_response")
    assert (document, body.count(text)) == (json.loads(text), 1)


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", '{"a_response":"10000"}', '{"a_response":{"code":"1"},"a_response":{"code":"2"}}', "{"],
)
def test_an_answer_of_another_form_is_refused(body):
    with pytest.raises(ValueError):  # noqa: PT011  of the parser or ours
        signing.signed_part(body, "a_response")


def test_a_request_is_signed_over_its_parameters_that_have_a_value():
    text = "app_id=1&biz_content={}&method=m"
    made = signing.sign(KEY, {"method": "m", "app_id": "1", "notify_url": "", "biz_content": "{}"})
    assert signing.verify(KEY.public_key(), text, made)
    assert not signing.verify(KEY.public_key(), text + " ", made)
    assert not signing.verify(KEY.public_key(), text, "not base64!")


# Certificates ---------------------------------------------------------------------------------------------------------

PARTS = [
    (NameOID.COUNTRY_NAME, "CN"),
    (NameOID.ORGANIZATION_NAME, "Test Root"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority"),
    (NameOID.COMMON_NAME, "Test Root R1"),
]


def certificate(key, number):
    """A certificate that signs itself, as PEM."""
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in PARTS])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(number).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    made = made.not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3650))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def expected(number):
    """MD5 over the issuer, the last part first, and the number in decimals."""
    return hashlib.md5(f"CN=Test Root R1,OU=Certification Authority,O=Test Root,C=CN{number}".encode()).hexdigest()


def test_the_serial_number_of_a_certificate_is_alipay_s():
    assert certificates.app_serial(certificate(KEY, 123456789012345678901234567890)) == expected(
        123456789012345678901234567890
    )


def test_the_root_s_serial_number_is_of_its_rsa_certificates():
    other = ec.generate_private_key(ec.SECP256R1())
    pem = certificate(KEY, 7) + certificate(other, 8) + certificate(KEY, 9)
    assert certificates.root_serial(pem) == f"{expected(7)}_{expected(9)}"
    with pytest.raises(ValueError, match="no RSA"):
        certificates.root_serial(certificate(other, 8))


@pytest.fixture
def files(tmp_path):
    """Key and certificate files of an installation."""
    private = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    contents = {"private": private, "public": public, "certificate": certificate(KEY, 7), "nothing": b"-"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


def given(**fields):
    """The settings, with what is not given empty."""
    names = "app_id private_key_file public_key_file app_cert_file cert_file root_cert_file".split()
    return dict.fromkeys(names, "") | {"gateway_url": "http://127.0.0.1:1/", "app_id": "1"} | fields


def test_a_public_key_or_three_certificates_make_a_client(settings, files):
    settings.ALIPAY = given(private_key_file=files["private"], public_key_file=files["public"])
    assert from_settings().keys.serials == {}
    pem = files["certificate"]
    settings.ALIPAY = given(private_key_file=files["private"], app_cert_file=pem, cert_file=pem, root_cert_file=pem)
    made = from_settings()
    assert made.keys.serials == {"app_cert_sn": expected(7), "alipay_root_cert_sn": expected(7)}
    assert made.keys.alipay.public_numbers() == KEY.public_key().public_numbers()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"app_id": ""}, "ALIPAY_APP_ID"),
        ({"private_key_file": ""}, "ALIPAY_PRIVATE_KEY_FILE"),
        ({"public_key_file": ""}, "ALIPAY_PUBLIC_KEY_FILE"),
        ({"private_key_file": "nothing"}, "not set up"),
        ({"app_cert_file": "certificate"}, "ALIPAY_ROOT_CERT_FILE"),
    ],
)
def test_what_is_missing_is_named(settings, files, missing, said):
    named = {name: files.get(value, value) for name, value in missing.items()}
    settings.ALIPAY = given(private_key_file=files["private"], public_key_file=files["public"]) | named
    with pytest.raises(LookupError, match=said):
        from_settings()
