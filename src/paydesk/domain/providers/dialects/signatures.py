"""The signatures of providers, checked over the raw body in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import zlib
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from paydesk.domain.providers.dialects.dialect import Call, Check, Keys

TOLERANCE_SECONDS = 300  # as Stripe's libraries; a call signed longer ago is a copy of an old one
MISSING = "its signature is missing"
WRONG = "its signature is wrong"
OLD = "it was signed too long ago, or in the future"


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _hex(algorithm: str, secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, algorithm).hexdigest()


def hmac_of_body(header: str, algorithm: str) -> Check:
    """The hexadecimal HMAC of the body in a header: Paystack (sha512), Checkout.com (sha256)."""

    def check(call: Call, keys: Keys) -> str:
        found = call.header(header)
        if not found:
            return MISSING
        return "" if same(found.casefold(), _hex(algorithm, keys["secret"], call.body)) else WRONG

    return check


def base64_hmac_of_body(header: str) -> Check:
    """The HMAC-SHA256 of the body in a header, in base64: Ingenico Connect."""

    def check(call: Call, keys: Keys) -> str:
        found = call.header(header).strip()
        if not found:
            return MISSING
        digest = hmac.new(keys["secret"].encode(), call.body, "sha256").digest()
        return "" if same(found, base64.b64encode(digest).decode()) else WRONG

    return check


def timed_hmac(header: str, joined_by: bytes) -> Check:
    """ "t=<seconds>,v1=<hex>": HMAC-SHA256 of the time, `joined_by` and the body. Stripe: ".", Wave: nothing.

    Several v1 may stand there while the provider changes its key.
    """

    def check(call: Call, keys: Keys) -> str:
        parts = [part.strip().partition("=") for part in call.header(header).split(",")]
        times = [value for name, _, value in parts if name == "t"]
        found = [value for name, _, value in parts if name == "v1"]
        if len(times) != 1 or not found:
            return MISSING
        (at,) = times
        expected = _hex("sha256", keys["secret"], at.encode("utf-8", "replace") + joined_by + call.body)
        if sum(same(each, expected) for each in found) == 0:
            return WRONG
        if not (at.isascii() and at.isdigit() and len(at) < 12):
            return OLD
        return "" if abs(int(call.at.timestamp()) - int(at)) <= TOLERANCE_SECONDS else OLD

    return check


def shared_word(header: str) -> Check:
    """The agreed word itself in a header: Flutterwave."""

    def check(call: Call, keys: Keys) -> str:
        found = call.header(header)
        if not found:
            return MISSING
        return "" if same(found, keys["secret"]) else WRONG

    return check


def dlocal(call: Call, keys: Keys) -> str:
    """ "V2-HMAC-SHA256, Signature: <hex>" over our login, the date and the body."""
    found = call.header("Authorization").partition("Signature:")[2].strip()
    date = call.header("X-Date")
    if not found or not date:
        return MISSING
    message = f"{keys['login']}{date}".encode("utf-8", "replace") + call.body
    return "" if same(found.casefold(), _hex("sha256", keys["secret"], message)) else WRONG


def braintree(call: Call, keys: Keys) -> str:
    """A form with bt_signature ("public key|hex", several joined by &) over bt_payload.

    The hex is HMAC-SHA1 by the SHA-1 of the private key: Braintree's own scheme, in which SHA-1 is no hash
    of a document that somebody else could choose.
    """
    try:
        form = parse_qs(call.body.decode("ascii", "replace"), max_num_fields=10)
    except ValueError:
        return MISSING
    payload, signed = form.get("bt_payload", [""])[0], form.get("bt_signature", [""])[0]
    pairs = dict(pair.split("|", 1) for pair in signed.split("&") if "|" in pair)
    if not payload or keys["public_key"] not in pairs:
        return MISSING
    key = hashlib.sha1(keys["private_key"].encode(), usedforsecurity=False).digest()
    found = pairs[keys["public_key"]]
    for each in (payload, f"{payload}\n"):  # older libraries signed the line end as well
        if same(found, hmac.new(key, each.encode(), "sha1").hexdigest()):
            return ""
    return WRONG


def paypal(call: Call, keys: Keys) -> str:
    """RSA-SHA256 by PayPal's certificate over its id, its time, our webhook's id and the CRC of the body."""
    names = ("PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME", "PAYPAL-TRANSMISSION-SIG")
    transmission, at, signature = (call.header(name) for name in names)
    if not (transmission and at and signature):
        return MISSING
    message = f"{transmission}|{at}|{keys['webhook_id']}|{zlib.crc32(call.body)}".encode()
    return verify_rsa(keys["certificate"], signature, message, hashes.SHA256())


def verify_rsa(pem: str, signature: str, message: bytes, algorithm: hashes.HashAlgorithm) -> str:
    """Whether `signature` (base64) is that of `message` by the key or certificate in `pem`; as a Check."""
    try:
        decoded = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return WRONG
    try:
        key = public_key_of(pem)
    except ValueError:
        return "the public key or certificate that is set up cannot be read"
    try:
        key.verify(decoded, message, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return WRONG
    return ""


def public_key_of(pem: str) -> rsa.RSAPublicKey:
    """The RSA key in a PEM text, a key or a certificate. Raises ValueError."""
    if "BEGIN CERTIFICATE" in pem:
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    else:
        key = serialization.load_pem_public_key(pem.encode())  # type: ignore[assignment]
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("This is no RSA key.")
    return key
