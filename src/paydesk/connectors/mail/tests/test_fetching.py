"""Fetching from a real Dovecot: TLS, logins, going on where it stopped, starting over, large mail, IDLE."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from imap_tools import MailBox

from paydesk.connectors.mail.fetching import Mailbox, Place
from paydesk.connectors.mail.servers import MailServerError
from paydesk.connectors.mail.tests.servers import DOVECOT, NO_DOVECOT, TOKEN, Imap, dovecot, silent_port

pytestmark = [pytest.mark.server, pytest.mark.skipif(DOVECOT is None, reason=NO_DOVECOT)]


@pytest.fixture(scope="module")
def imap() -> Iterator[Imap]:
    with dovecot() as running:
        yield running


def message(number: int, body: bytes = b"hello\r\n") -> bytes:
    return b"Message-ID: <%d@mail.example>\r\nSubject: %d\r\n\r\n" % (number, number) + body


def other_program(imap: Imap) -> MailBox:
    """As the mail server or a person puts messages into the mailbox."""
    server = imap.tls
    box = MailBox(server.host, server.port, 20, ssl_context=server.context())
    return box.login(server.user, server.secret, initial_folder=None)


def put(imap: Imap, folder: str, *messages: bytes) -> None:
    with other_program(imap) as box:
        if not box.folder.exists(folder):
            box.folder.create(folder)
        for raw in messages:
            box.append(raw, folder)


def test_every_way_in_shows_the_same_folder(imap: Imap) -> None:
    put(imap, "Ways", message(1))
    for server in (imap.tls, imap.starttls, imap.plain, imap.with_token(TOKEN)):
        with Mailbox(server, "Ways") as mailbox:
            assert [each.raw for each in mailbox.new_since(None)] == [message(1)]
            assert mailbox.tells


def test_it_goes_on_where_it_stopped_and_marks_nothing(imap: Imap) -> None:
    put(imap, "On", *(message(number) for number in range(1, 8)))
    with Mailbox(imap.tls, "On") as mailbox:
        assert mailbox.starts_over(None)
        first = list(mailbox.new_since(None, most=3))
        place = first[-1].place
    put(imap, "On", message(8))
    with Mailbox(imap.tls, "On") as mailbox:
        assert not mailbox.starts_over(place)
        rest = list(mailbox.new_since(place))
        assert list(mailbox.new_since(rest[-1].place)) == []
        assert not any(each.seen for each in first + rest)
        mailbox.mark_seen(rest[0].place.uid)
        assert [each.seen for each in mailbox.new_since(place)] == [True, *[False] * 4]
    assert [each.raw for each in first + rest] == [message(number) for number in range(1, 9)]
    assert all(each.arrived_at is not None and each.arrived_at.tzinfo is not None for each in rest)


def test_another_uidvalidity_starts_over(imap: Imap) -> None:
    put(imap, "Anew", message(1), message(2))
    with Mailbox(imap.tls, "Anew") as mailbox:
        place = list(mailbox.new_since(None))[-1].place
    with other_program(imap) as box:
        box.folder.delete("Anew")
    put(imap, "Anew", message(3))
    with Mailbox(imap.tls, "Anew") as mailbox:
        assert mailbox.starts_over(place)
        found = list(mailbox.new_since(place))
        assert [each.raw for each in found] == [message(3)]
        assert found[0].place == Place(mailbox.uidvalidity, 1)
        assert mailbox.uidvalidity != place.uidvalidity


def test_large_messages_come_whole_or_as_their_head(imap: Imap) -> None:
    large = message(2, b"x" * 70 + b"\r\n" + b"0123456789" * 7 + b"\r\n" * 60_000)
    put(imap, "Large", message(1), large, message(3), message(4))
    with Mailbox(imap.tls, "Large") as mailbox:
        assert [each.raw for each in mailbox.new_since(None)] == [message(1), large, message(3), message(4)]
        found = list(mailbox.new_since(None, largest=100_000))
    assert [(each.whole, each.size == len(large)) for each in found] == [
        *((True, False), (False, True), (True, False), (True, False)),
    ]
    assert found[1].raw == b"Message-ID: <2@mail.example>\r\nSubject: 2\r\n\r\n"


def test_what_is_gone_meanwhile_is_passed_over_and_what_is_done_is_moved(imap: Imap) -> None:
    put(imap, "Gone", message(1), message(2), message(3))
    with Mailbox(imap.tls, "Gone") as mailbox:
        coming = mailbox.new_since(None, largest=1)
        one = next(coming)
        with other_program(imap) as box:
            box.folder.set("Gone")
            box.delete("2")
        assert [each.place.uid for each in coming] == [3]
        mailbox.move(one.place.uid, "Done")
        assert [each.place.uid for each in mailbox.new_since(None)] == [3]
    with Mailbox(imap.tls, "Done") as mailbox:
        assert [each.raw for each in mailbox.new_since(None)] == [message(1)]


def test_waiting_ends_when_mail_comes(imap: Imap) -> None:
    put(imap, "Waiting", message(1))
    with Mailbox(imap.tls, "Waiting") as mailbox:
        assert not mailbox.wait(0)
        place = list(mailbox.new_since(None))[-1].place
        other = threading.Thread(target=put, args=(imap, "Waiting", message(2)))
        other.start()
        assert mailbox.wait(60)
        other.join()
        assert [each.raw for each in mailbox.new_since(place)] == [message(2)]


def test_a_connection_that_breaks_off_can_be_tried_again(imap: Imap) -> None:
    put(imap, "Broken", message(1), message(2))
    with Mailbox(imap.tls, "Broken") as mailbox:
        coming = mailbox.new_since(None, largest=1)
        place = next(coming).place
        mailbox._opened().client.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(MailServerError, match="broke off") as broken:
            next(coming)
        assert broken.value.temporary
        with pytest.raises(MailServerError):
            mailbox.wait(60)
    with Mailbox(imap.tls, "Broken") as mailbox:
        assert [each.raw for each in mailbox.new_since(place)] == [message(2)]


def test_errors_say_what_to_correct(imap: Imap) -> None:
    tls = imap.tls
    with silent_port() as port:
        nobody = replace(tls, port=port)
        with pytest.raises(MailServerError, match="Nothing listens at 127") as refused, Mailbox(nobody):
            pass
        assert refused.value.temporary
    for server, folder, says, temporary in (
        (replace(tls, secret="wrong"), "INBOX", "did not let help in: check user and password", False),
        (imap.with_token("old"), "INBOX", "the token is no longer valid", False),
        (tls, "Nowhere", "has no folder Nowhere; it has: ", False),
        (replace(tls, ca_file=""), "INBOX", "certificate of .* is not valid", False),
        (replace(imap.plain, tls="tls"), "INBOX", "does not speak TLS from the start", False),
    ):
        with pytest.raises(MailServerError, match=says) as refused, Mailbox(server, folder):
            pass
        assert refused.value.temporary is temporary
        assert tls.secret not in str(refused.value)
