"""Trustly's notifications: JSON-RPC signed by RSA, and an answer that has to be signed by our own key."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from paydesk.domain.providers.dialects.dialect import Answer, Call, Channel, Dialect, Keys, Proof
from paydesk.domain.providers.dialects.signatures import MISSING, verify_rsa
from paydesk.importers.json_messages import NotJson, parsed


def check(call: Call, keys: Keys) -> str:
    method, uuid, data, signature = _parts(call.body)
    if not (method and uuid and signature):
        return MISSING
    try:
        _own_key(keys)
    except (ValueError, TypeError):  # the latter where it is protected by a password
        return "our own private key, which signs the answer, cannot be read"
    message = f"{method}{uuid}{serialized(data)}".encode()
    # SHA-1 is what Trustly signs with.
    return verify_rsa(keys["public_key"], signature, message, hashes.SHA1())  # noqa: S303


def serialized(data: object) -> str:
    """What Trustly signs of JSON: keys in order with their values, nothing between."""
    if isinstance(data, dict):
        return "".join(f"{key}{serialized(data[key])}" for key in sorted(data))
    if isinstance(data, list):
        return "".join(serialized(each) for each in data)
    if isinstance(data, bool):
        return str(data).lower()
    return "" if data is None else str(data)


def _parts(body: bytes) -> tuple[str, str, object, str]:
    """Method, uuid, data and signature of a notification; empty where they are missing."""
    try:
        document = parsed(body)
    except NotJson:
        return "", "", None, ""
    if not isinstance(document, dict) or not isinstance(document.get("params"), dict):
        return "", "", None, ""
    params = document["params"]
    texts = [each if isinstance(each, str) else "" for each in (
        document.get("method"), params.get("uuid"), params.get("signature"),
    )]  # fmt: skip
    return texts[0], texts[1], params.get("data"), texts[2]


def answer(call: Call, keys: Sequence[Keys]) -> Answer:
    """ "OK" for this notification, signed by our own key; Trustly repeats it until it gets that."""
    method, uuid, _, _ = _parts(call.body)
    data = {"status": "OK"}
    key = _own_key(keys[0])
    signed = key.sign(f"{method}{uuid}{serialized(data)}".encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    result = {"signature": base64.b64encode(signed).decode(), "uuid": uuid, "method": method, "data": data}
    return Answer(json.dumps({"result": result, "version": "1.1"}).encode())


def _own_key(keys: Keys) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(keys["private_key"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("Trustly takes RSA keys.")
    return key


DIALECT = Dialect(
    code="trustly",
    name="Trustly",
    provider_codes=("trustly",),
    channels={"event": Channel("NotificationURL of each call")},
    set_up=(
        "Name this address as NotificationURL of each deposit or withdrawal; enter Trustly's public key and "
        "your own private key in the file of connections."
    ),
    known="documented",
    proof=Proof(
        check,
        "RSA-SHA1 of method, uuid and data by Trustly's public key",
        names=("public_key", "private_key"),
    ),
    answer=answer,
    missing="Its notifications are kept and not read: its files hold the rows.",
)
