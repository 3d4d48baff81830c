"""Sending to a real SMTP server: each recipient's answer, later or never, lost answers, TLS and logins."""

from __future__ import annotations

import ssl
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from paydesk.connectors.mail.sending import NobodyTakenError, Sender
from paydesk.connectors.mail.servers import MailServerError, Server
from paydesk.connectors.mail.tests.servers import TOKEN, SmtpServer, certificate, silent_port

RAW = b"Subject: x\r\n\r\nhello\r\n.\r\n..two\r\n"


class Sink:
    """Keeps what it is sent; what an address or text asks for happens to it."""

    def __init__(self) -> None:
        self.kept: list[tuple[str | None, list[str], bytes]] = []

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("unwanted"):
            return "550 5.7.1 not from here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        if address.startswith("busy"):
            return "451 4.2.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if b"virus" in envelope.content:
            return "554 5.6.0 not that"
        if b"later" in envelope.content:
            return "452 4.3.1 disk full"
        self.kept.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if b"lost" in envelope.content:
            server.transport.abort()
        return "250 2.0.0 queued as 1A"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("cert"))


@pytest.fixture(scope="module")
def tls_context(pem: tuple[Path, Path]) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(*pem)
    return made


@pytest.fixture
def sink() -> Iterator[tuple[Sink, Server]]:
    handler = Sink()
    with SmtpServer(handler, data_size_limit=100_000) as running:
        yield handler, Server("127.0.0.1", running.port, tls="none", seconds=60)


def test_each_recipient_has_its_answer(sink: tuple[Sink, Server]) -> None:
    handler, server = sink
    with Sender(server, our_name="desk.example") as sender:
        done = sender.send(
            RAW,
            envelope_from="help@help.example",
            recipients=["a@x.example", "gone@x.example", "busy@x.example"],
        )
        again = sender.send(RAW, envelope_from="help@help.example", recipients=["b@x.example"])
    assert (done.accepted, done.said, again.accepted) == (
        ("a@x.example",),
        "2.0.0 queued as 1A",
        ("b@x.example",),
    )
    assert [(each.address, each.code, each.temporary) for each in done.refused] == [
        ("gone@x.example", 550, False),
        ("busy@x.example", 451, True),
    ]
    assert handler.kept == [
        ("help@help.example", ["a@x.example"], RAW),
        ("help@help.example", ["b@x.example"], RAW),
    ]


def test_later_and_never_are_told_apart_and_the_connection_stays(sink: tuple[Sink, Server]) -> None:
    handler, server = sink
    with Sender(server) as sender:
        for sender_address, recipients, raw, temporary, says in (
            ("a@x.example", ["gone@x.example"], RAW, False, "none of the recipients. Correct the addresses"),
            ("a@x.example", ["gone@x.example", "busy@x.example"], RAW, True, "may take some of them later"),
            ("unwanted@x.example", ["b@x.example"], RAW, False, "refused the sender unwanted@x.example"),
            ("a@x.example", ["b@x.example"], b"virus", False, "554 5.6.0 not that"),
            ("a@x.example", ["b@x.example"], b"later", True, "it may take it later"),
            ("a@x.example", ["b@x.example"], b"x" * 200_000, False, "takes 100,000 at most"),
        ):
            with pytest.raises(MailServerError, match=says) as refused:
                sender.send(raw, envelope_from=sender_address, recipients=recipients)
            assert (refused.value.temporary, refused.value.unknown) == (temporary, False)
            if isinstance(refused.value, NobodyTakenError):
                assert [each.address for each in refused.value.refused] == recipients
        assert handler.kept == []
        assert sender.send(RAW, envelope_from="a@x.example", recipients=["b@x.example"]).accepted


def test_a_lost_answer_is_not_taken_for_a_failure(sink: tuple[Sink, Server]) -> None:
    handler, server = sink
    with Sender(server) as sender, pytest.raises(MailServerError, match="it may arrive") as lost:
        sender.send(b"lost\r\n", envelope_from="a@x.example", recipients=["b@x.example"])
    assert (lost.value.unknown, len(handler.kept)) == (True, 1)


def test_tls_and_logins(pem: tuple[Path, Path], tls_context: ssl.SSLContext) -> None:
    def password(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = (data.login, data.password) == (b"help", b"only for tests")
        return AuthResult(success=good, handled=False)

    class WithTokens(Sink):
        async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
            good = f"auth=Bearer {TOKEN}\1".encode() in b64decode(args[1])
            return AuthResult(success=good, handled=False)

    handler = WithTokens()
    options = {"authenticator": password, "auth_required": True}
    with (
        SmtpServer(handler, ssl_context=tls_context, auth_require_tls=False, **options) as tls,
        SmtpServer(handler, tls_context=tls_context, require_starttls=True, **options) as starttls,
    ):
        good = Server("127.0.0.1", tls.port, "help", "only for tests", ca_file=str(pem[0]), seconds=60)
        upgraded = replace(good, port=starttls.port, tls="starttls")
        token = replace(good, login="xoauth2", secret=TOKEN)
        for server in (good, upgraded, token):
            with Sender(server) as sender:
                assert sender.send(RAW, envelope_from="a@x.example", recipients=["b@x.example"]).accepted
        with (
            silent_port() as port,
            pytest.raises(MailServerError, match="Nothing listens"),
            Sender(replace(good, port=port)),
        ):
            pass
        for server, says, temporary in (
            (replace(good, secret="wrong"), "did not let help in: check user and password", False),
            (replace(token, secret="old"), "the token is no longer valid", False),
            (replace(good, ca_file=""), "certificate of .* is not valid", False),
            (replace(upgraded, tls="tls"), "does not speak TLS from the start", False),
            (replace(upgraded, tls="none"), "refused|no login", False),
        ):
            with pytest.raises(MailServerError, match=says) as refused, Sender(server):
                pass
            assert refused.value.temporary is temporary, refused.value
            assert "only for tests" not in str(refused.value)
    assert len(handler.kept) == 3
