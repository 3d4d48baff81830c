"""Dialects: what each signature proves and what it does not; every one is whole and says how it is set up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from paydesk.domain.providers.dialects import DIALECTS, Call, Keys
from paydesk.domain.providers.dialects.adyen import signed_text
from paydesk.domain.providers.dialects.trustly import serialized
from paydesk.importers.json_messages import Fields, parsed

NOW = datetime(2026, 2, 3, 10, 15, 30, tzinfo=UTC)
BODY = b'{"event": "invented", "amount": 5.50}'
SECRET = {"secret": "an-invented-secret"}

Signed = tuple[bytes, dict[str, str], Keys]


def hexed(algorithm: Any, message: bytes, secret: str = SECRET["secret"]) -> str:
    return hmac.new(secret.encode(), message, algorithm).hexdigest()


def paystack() -> Signed:
    return BODY, {"X-Paystack-Signature": hexed(hashlib.sha512, BODY)}, SECRET


def ingenico() -> Signed:
    digest = hmac.new(b"s3", BODY, "sha256").digest()
    return BODY, {"X-Gcs-Signature": base64.b64encode(digest).decode()}, {"secret": "s3"}


def checkout() -> Signed:
    return BODY, {"Cko-Signature": hexed(hashlib.sha256, BODY)}, SECRET


def flutterwave() -> Signed:
    return BODY, {"verif-hash": SECRET["secret"]}, SECRET


def timed(header: str, between: bytes, at: datetime = NOW) -> Signed:
    seconds = str(int(at.timestamp())).encode()
    good = hexed(hashlib.sha256, seconds + between + BODY)
    return BODY, {header: f"t={seconds.decode()},v1={'0' * 64},v1={good},v0=x"}, SECRET


def stripe() -> Signed:
    return timed("Stripe-Signature", b".")


def wave() -> Signed:
    return timed("Wave-Signature", b"")


def dlocal() -> Signed:
    keys = {"login": "invented-login", **SECRET}
    date = "2026-02-03T10:15:30.000Z"
    signed = hexed(hashlib.sha256, b"invented-login" + date.encode() + BODY)
    return BODY, {"X-Date": date, "Authorization": f"V2-HMAC-SHA256, Signature: {signed}"}, keys


def adyen_item(**more: Any) -> dict[str, Any]:
    return {
        "pspReference": "7914073381342284", "originalReference": "", "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704", "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION", "success": "true", **more,
    }  # fmt: skip


# The key and the signature that Adyen's own libraries test themselves with.
ADYEN_KEY = {"secret": "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"}
ADYEN_SIGNATURE = "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="


def adyen() -> Signed:
    item = adyen_item(additionalData={"hmacSignature": ADYEN_SIGNATURE})
    return json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode(), {}, ADYEN_KEY


def braintree() -> Signed:
    keys = {"public_key": "invented_public", "private_key": "invented_private"}
    payload = base64.b64encode(b"<notification><kind>invented</kind></notification>").decode() + "\n"
    key = hashlib.sha1(keys["private_key"].encode()).digest()
    signed = hmac.new(key, payload.encode(), hashlib.sha1).hexdigest()
    form = {"bt_signature": f"another|{'0' * 40}&invented_public|{signed}", "bt_payload": payload}
    return urlencode(form).encode(), {}, keys


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key: rsa.RSAPrivateKey) -> tuple[str, str]:
    """The public and the private half as PEM text."""
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return public.decode(), private.decode()


def paypal(key: rsa.RSAPrivateKey) -> Signed:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "invented.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    message = f"id-1|2026-02-03T10:15:30Z|WH-1|{zlib.crc32(BODY)}".encode()
    signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {
        "Paypal-Transmission-Id": "id-1", "Paypal-Transmission-Time": "2026-02-03T10:15:30Z",
        "Paypal-Transmission-Sig": signature,
    }  # fmt: skip
    return BODY, headers, {"webhook_id": "WH-1", "certificate": certificate}


def trustly(key: rsa.RSAPrivateKey) -> Signed:
    public, private = pem_of(key)
    data = {"orderid": "1", "amount": "5.50", "attributes": {"b": None, "a": [1, "x"]}}
    message = f"creditu-1{serialized(parsed(json.dumps(data).encode()))}".encode()
    signature = base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA1())).decode()
    params = {"signature": signature, "uuid": "u-1", "data": data}
    body = json.dumps({"method": "credit", "params": params, "version": "1.1"}).encode()
    return body, {}, {"public_key": public, "private_key": private}


SIGNERS: dict[str, Callable[..., Signed]] = {
    "paystack": paystack, "checkout": checkout, "flutterwave": flutterwave, "stripe": stripe, "wave": wave,
    "dlocal": dlocal, "adyen": adyen, "braintree": braintree, "paypal": paypal, "trustly": trustly,
    "ingenico": ingenico,
}  # fmt: skip


def refuses(code: str, body: bytes, headers: dict[str, str], keys: Keys, at: datetime = NOW) -> str:
    proof = DIALECTS[code].proof
    assert proof is not None
    assert set(proof.names) <= set(keys)
    return proof.refuses(Call(body, headers, at), [{**keys, "secret": "a0"}, keys])


@pytest.mark.parametrize("code", SIGNERS)
def test_a_right_signature_is_taken_a_wrong_or_missing_one_is_not(
    code: str, rsa_key: rsa.RSAPrivateKey
) -> None:
    body, headers, keys = SIGNERS[code](rsa_key) if code in ("paypal", "trustly") else SIGNERS[code]()
    assert refuses(code, body, headers, keys) == ""
    if code != "flutterwave":  # its word proves the sender, not what was sent
        changed = (
            body.replace(b"5.50", b"9.50").replace(b"1130", b"9130").replace(b"bt_payload=", b"bt_payload=A")
        )
        assert changed != body
        assert "wrong" in refuses(code, changed, headers, keys)
    others = {name: f"another {value[:-3]}" for name, value in keys.items() if "key" not in name}
    if others and code not in ("paypal", "adyen"):
        assert "wrong" in refuses(code, body, headers, {**keys, **others})
    assert "missing" in refuses(code, b"{}", {}, keys)
    for junk in (
        b"",
        b"\x00\xff",
        b"[]",
        b'{"notificationItems": [1, null]}',
        b'{"params": 1}',
        b"bt_payload=1",
        b"a=1&" * 20,
    ):
        assert refuses(code, junk, {}, keys)
        assert refuses(code, junk, dict.fromkeys(headers, "☃" * 9), keys)


@pytest.mark.parametrize(("code", "sign"), [("stripe", stripe), ("wave", wave)])
def test_a_signature_of_another_time_is_a_copy_and_refused(code: str, sign: Callable[[], Signed]) -> None:
    body, headers, keys = sign()
    for at, is_good in ((299, True), (301, False), (-301, False)):
        found = refuses(code, body, headers, keys, NOW + timedelta(seconds=at))
        assert (found == "") is is_good
    header = next(iter(headers))
    moved = headers[header].replace("t=", "t=1", 1)
    assert "wrong" in refuses(code, body, {header: moved}, keys)


def test_an_adyen_call_is_as_good_as_its_worst_item() -> None:
    signed = adyen_item(additionalData={"hmacSignature": ADYEN_SIGNATURE})
    for other in (
        adyen_item(),
        adyen_item(success="false", additionalData={"hmacSignature": ADYEN_SIGNATURE}),
    ):
        items = [{"NotificationRequestItem": each} for each in (signed, other)]
        assert refuses("adyen", json.dumps({"notificationItems": items}).encode(), {}, ADYEN_KEY)
    assert signed_text(adyen_item(originalReference=None, success=True)).endswith(":AUTHORISATION:true")
    proof = DIALECTS["adyen"].proof
    assert proof is not None
    body, headers, _ = adyen()
    assert "hexadecimal" in proof.refuses(Call(body, headers, NOW), [{"secret": "no hex"}])


def test_trustly_is_answered_in_its_own_words_signed_by_us(rsa_key: rsa.RSAPrivateKey) -> None:
    body, headers, keys = trustly(rsa_key)
    answer = json.loads(DIALECTS["trustly"].answer_to(Call(body, headers, NOW), [keys]).body)
    result = answer["result"]
    assert (result["uuid"], result["method"], result["data"]) == ("u-1", "credit", {"status": "OK"})
    signature = base64.b64decode(result["signature"])
    rsa_key.public_key().verify(signature, b"creditu-1statusOK", padding.PKCS1v15(), hashes.SHA1())
    assert "private key" in refuses("trustly", body, headers, {**keys, "private_key": "none"})


def test_orange_is_checked_by_its_token_where_one_is_set_up() -> None:
    body = b'{"status": "SUCCESS", "notif_token": "an-invented-secret", "txnid": "MP260203.1015.A00001"}'
    assert refuses("orange", body, {}, SECRET) == ""
    assert "wrong" in refuses("orange", body.replace(b"an-inv", b"no-inv"), {}, SECRET)
    assert "missing" in refuses("orange", b"status=SUCCESS", {}, SECRET)


@pytest.mark.parametrize("code", DIALECTS)
def test_a_dialect_is_whole(code: str) -> None:
    dialect = DIALECTS[code]
    assert dialect.code == code
    assert dialect.channels
    assert all(len(name) <= 32 and name.isalpha() for name in dialect.channels)
    assert dialect.set_up.endswith(".")
    assert dialect.understands or dialect.missing.endswith(".")
    assert all(way.what_for for way in dialect.channels.values())


def test_no_provider_code_belongs_to_two_dialects() -> None:
    codes = [code for each in DIALECTS.values() for code in each.provider_codes]
    assert len(codes) == len(set(codes))


def test_events_of_paypal_and_braintree_are_understood_as_money() -> None:
    paypal_event = {
        "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource_type": "capture", "id": "WH-INVENTED",
        "resource": {"id": "INVCAP1", "amount": {"currency_code": "EUR", "value": "7.00"}},
    }  # fmt: skip
    payload = (
        b"<notification><timestamp>2026-03-03T06:00:00Z</timestamp><kind>disbursement</kind><subject>"
        b"<disbursement><id>D1</id><amount>9.00</amount><success>true</success><merchant-account><id>m</id>"
        b"<currency-iso-code>EUR</currency-iso-code></merchant-account></disbursement></subject></notification>"
    )
    form = b"bt_signature=a%7Cb&bt_payload=" + base64.b64encode(payload).replace(b"+", b"%2B")
    for code, body, expected in (
        ("paypal", json.dumps(paypal_event).encode(), ("payment", 7)),
        ("braintree", form, ("sweep", -9)),
    ):
        channel = DIALECTS[code].channels["event"]
        document = channel.parse(body)
        (importer,) = (each for each in channel.importers if each().fits(document))
        (line,) = importer().lines(1, Fields(document))
        assert (line.kind, line.amount) == expected
        assert not channel.is_test(document)
