"""Answers of one round leave over one connection to a real SMTP server; each has its own faults."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paydesk.connectors.mail.tests.servers import SmtpServer
from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Message
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from tests.builders import WORKER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADMINISTRATOR = Actor("person", 970_001, "Admin", rights_of(["AD"]))
AGENT = Actor("person", 970_002, "Agent", rights_of(["SU"]), frozenset({"GH"}))


class Counting:
    """Takes mail but for gone@, and ends a conversation after `most` messages."""

    def __init__(self) -> None:
        self.most, self.sessions, self.taken = 99, dict[int, int](), list[str]()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.sessions.setdefault(id(session), 0) >= self.most:
            return "421 4.7.0 so many are enough"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.sessions[id(session)] += 1
        self.taken += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Counting, int]]:
    counting = Counting()
    with SmtpServer(counting) as smtp:
        yield counting, smtp.port


def round_of(port: int, *whom: str) -> list[Message]:
    """Answers to these people, sent in one round; as they stand afterwards."""
    Market.objects.get_or_create(
        code="GH", defaults={"name": "Ghana", "currency": "GHS", "time_zone": "Africa/Accra"}
    )
    smtp = {"host": "127.0.0.1", "port": port, "tls": "none"}
    actions.add_mailbox(
        address="help@desk.example", name="Help", market="GH", imap=smtp, imap_secret="", smtp=smtp,
        smtp_secret="", by=ADMINISTRATOR, now=NOON,
    )  # fmt: skip
    for who in whom:
        case = actions.open_case(
            market="GH",
            channel="email",
            contact=f"{who}@mail.example",
            text="Where is it?",
            by=AGENT,
            now=NOON,
        )
        actions.reply(
            case.pk, text="We look into it.", sent_key="k", version=case.version, by=AGENT, now=NOON
        )
    actions.send_due(by=WORKER, now=NOON + timedelta(seconds=11))
    return list(Message.objects.filter(direction="out").order_by("pk"))


def test_one_connection_serves_a_round_and_a_refused_one_stops_no_other(server: tuple[Counting, int]) -> None:
    counting, port = server
    counting.sessions, counting.taken = {}, []
    sent = round_of(port, "ama", "gone", "kofi", "esi")
    assert [each.delivery for each in sent] == ["sent", "failed", "sent", "sent"]
    assert counting.taken == ["ama@mail.example", "kofi@mail.example", "esi@mail.example"]
    assert list(counting.sessions.values()) == [3]


def test_a_server_that_ends_the_conversation_is_called_again(server: tuple[Counting, int]) -> None:
    counting, port = server
    counting.sessions, counting.taken, counting.most = {}, [], 2
    sent = round_of(port, "a", "b", "c")
    assert [(each.delivery, each.attempts) for each in sent] == [("sent", 1)] * 3
    assert sorted(counting.sessions.values()) == [1, 2]


def test_where_nobody_listens_each_is_asked_for_again_later() -> None:

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        sent = round_of(closed.getsockname()[1], "a", "b")
    again = NOON + timedelta(seconds=26)
    assert [(each.delivery, each.attempts, each.leaves_at) for each in sent] == [("queued", 1, again)] * 2
