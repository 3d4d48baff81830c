"""Our signature holds for a verifier that we did not write, and breaks when anything is changed or added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from paydesk.connectors.mail.dkim import DkimKeyError, dkim_signed, dns_record
from paydesk.connectors.mail.messages import Address
from paydesk.connectors.mail.writing import OutboundFile, OutboundMail, write_mail

NOON = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def test_a_signature_holds_until_anything_is_changed() -> None:
    key = pem(rsa.generate_private_key(65537, 2048))
    mail = OutboundMail(
        from_address=Address("Hilfe, Büro", "help@help.lender.example"),
        to=(Address("", "ama@mail.example"),),
        subject="Your refund of ₵120 – a subject that is long enough to be folded into two lines of the head",
        text="Hello  Ama, \n\n.\n",
        html="<p>Hello</p>",
        message_id="<1@help.lender.example>",
        sent_at=NOON,
        files=(OutboundFile("a.pdf", "application/pdf", b"%PDF-1.7"),),
    )
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return dns_record(key).encode()

    verify: Callable[..., bool] = dkim.verify
    for raw in (write_mail(mail), b"From: a@b.example\r\nSubject: a\r\n\tb\r\n\r\nhi  there \t\r\n\r\n\r\n"):
        signed = dkim_signed(raw, domain="help.lender.example", selector="s1", key_pem=key, at=NOON)
        assert signed.endswith(raw)
        assert verify(signed, dnsfunc=dns)
        assert not verify(signed.replace(b"\r\n\r\n", b"\r\n\r\nPay me. ", 1), dnsfunc=dns)
        assert not verify(b"From: boss@evil.example\r\n" + signed, dnsfunc=dns)
        assert not verify(signed.replace(b"\r\nSubject: ", b"\r\nSubject: Re ", 1), dnsfunc=dns)
    assert set(asked) == {b"s1._domainkey.help.lender.example."}


def test_keys_that_cannot_sign_are_refused() -> None:
    for bad, says in ((b"no key", "PEM"), (pem(ec.generate_private_key(ec.SECP256R1())), "RSA keys")):
        with pytest.raises(DkimKeyError, match=says):
            dkim_signed(b"From: a@b.example\r\n\r\nx", domain="b.example", selector="s", key_pem=bad, at=NOON)
