"""DKIM (RFC 6376): our mail signed for the domain of its brand, where the server that sends does not sign."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_SPACE = re.compile(rb"[ \t]+")
# From twice: a second one, put in on the way, breaks the signature.
_SIGNED = (
    *("from", "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding", "auto-submitted"),
)

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class DkimKeyError(Exception):
    """The key of a brand cannot sign: not PEM, or neither RSA of 1,024 bits and more nor Ed25519."""


def dkim_signed(raw: bytes, *, domain: str, selector: str, key_pem: bytes, at: datetime) -> bytes:
    """The message `raw` (lines end with CRLF) with a signature of `domain` put on top.

    `selector._domainkey.domain` is where its public key stands in the DNS. Raises DkimKeyError.
    """
    key = _key(key_pem)
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = [
        (name.lower().decode("ascii"), _relaxed(value)) for name, value in _FIELD.findall(head + b"\r\n")
    ]
    present = {name for name, _ in fields}
    names = [name for name in _SIGNED if name in present]
    body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    algorithm = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ed25519-sha256"
    unsigned = (
        f"v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n t={int(at.timestamp())}; "
        f"h={':'.join(names)};\r\n bh={body_hash};\r\n b="
    )
    left = list(fields)
    lines = []
    for name in names:  # of several fields of a name the last first; where none is left, an empty one
        at_last = next((at for at in reversed(range(len(left))) if left[at][0] == name), None)
        if at_last is not None:
            lines.append(name.encode() + b":" + left.pop(at_last)[1] + b"\r\n")
    lines.append(b"dkim-signature:" + _relaxed(unsigned.encode()))
    signature = base64.b64encode(_signature(key, b"".join(lines))).decode()
    folded = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
    return f"DKIM-Signature: {unsigned}{folded}\r\n".encode() + raw


def dns_record(key_pem: bytes) -> str:
    """What to put into the DNS for a key, as the text of a TXT record. Raises DkimKeyError."""
    key = _key(key_pem)
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        data = public.public_bytes(serialization.Encoding.DER, kind)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(data).decode()}"
    data = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(data).decode()}"


@lru_cache(maxsize=32)
def _key(pem: bytes) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as problem:
        raise DkimKeyError("The key is not an unencrypted private key in PEM: export it again.") from problem
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 1024
    ):
        return key
    raise DkimKeyError(
        "DKIM takes RSA keys of 1,024 bits and more (better 2,048) and Ed25519: make such a key."
    )


def _signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(hashlib.sha256(data).digest())  # RFC 8463


def _relaxed(value: bytes) -> bytes:
    return _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    lines = [_SPACE.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
