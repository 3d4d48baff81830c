"""Awkward messages, all invented, each with what is expected of it. PAYDESK_WRITE_EXPECTED=1 writes it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from paydesk.connectors.mail.bounces import read_bounce
from paydesk.connectors.mail.machine_mail import classify
from paydesk.connectors.mail.messages import Attachment, InboundMail
from paydesk.connectors.mail.reading import read_mail
from paydesk.connectors.mail.redaction import RedactedMail, redact_message
from paydesk.connectors.mail.signing import Signer
from paydesk.connectors.mail.threads import evidence

FOLDER = Path(__file__).parent.parent
SAMPLES = sorted((FOLDER / "samples").glob("*.eml"))
SIGNER = Signer(b"a key for tests only")


def signed(raw: bytes) -> bytes:
    """A sample with our real signatures where it says 0123456789abcdef."""

    def message_id(found: Any) -> bytes:
        return SIGNER.message_id(int(found[1]), int(found[2]), found[3].decode()).encode()

    raw = re.sub(rb"<pd\.(\d+)\.(\d+)\.0123456789abcdef@([^>]+)>", message_id, raw)
    return re.sub(
        rb"(\w+)\+t(\d+)\.0123456789abcdef@([\w.]+)",
        lambda found: SIGNER.reply_address(
            f"{found[1].decode()}@{found[3].decode()}", int(found[2])
        ).encode(),
        raw,
    )


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Attachment):
        shown = {"name": value.name, "type": value.content_type, "kind": value.kind, "size": value.size}
        extra = {"inline": value.inline, "content_id": value.content_id, "held_because": value.held_because}
        return shown | {name: each for name, each in extra.items() if each}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(each) for name, each in asdict(value).items() if each not in ("", (), None)}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def summary(clean: RedactedMail, mail: InboundMail) -> dict[str, Any]:
    machine = classify(mail, own_addresses=["help@help.lender.example"])
    bounce = read_bounce(clean.raw, mail, machine)
    threads = evidence(mail, SIGNER)
    found = {
        "redacted": [clean.card_numbers, clean.secrets, clean.places] if clean.changed else [],
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "from": str(mail.from_address or ""),
        "answer_to": [str(each) for each in mail.answer_to],
        "to": [str(each) for each in mail.to],
        "cc": [str(each) for each in mail.cc],
        "return_path": mail.return_path,
        "subject": mail.subject,
        "sent_at": mail.sent_at,
        "received_at": mail.received_at,
        "text": mail.text.split("\n"),
        "reply_text": mail.reply_text.split("\n") if mail.reply_text != mail.text else None,
        "html": mail.html,
        "remote_pictures": mail.remote_pictures,
        "attachments": mail.attachments,
        "enclosed": mail.enclosed,
        "invitations": mail.invitations,
        "authentication": mail.authentication,
        "sender_proven": mail.authentication.proves(mail.from_address),
        "spam": mail.spam.because,
        "control_rejected": mail.control_rejected,
        "troubles": mail.troubles,
        "machine": [machine.kind, *machine.reasons],
        "bounce": bounce,
        "why": [each.why for each in bounce.recipients] if bounce else [],
        "threads": [[each.how, each.value, each.ticket] for each in threads.found],
        "forged": threads.forged,
    }
    return {name: plain(value) for name, value in found.items() if value not in (None, "", [], (), 0, False)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_message_reads_as_expected(path: Path) -> None:
    clean = redact_message(signed(path.read_bytes()), salt=b"only for tests")
    mail = read_mail(
        clean.raw,
        trusted_servers=["in.paydesk.example"],
        pictures=lambda content_id: f"/pictures/{content_id}",
    )
    found = summary(clean, mail)
    expected = FOLDER / "expected" / f"{path.stem}.json"
    if os.environ.get("PAYDESK_WRITE_EXPECTED") == "1":
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_what_is_stored_holds_no_card_number_of_the_corpus() -> None:
    for path in SAMPLES:
        clean = redact_message(path.read_bytes(), salt=b"only for tests")
        again = redact_message(clean.raw, salt=b"only for tests")
        assert again.raw is clean.raw, f"{path.stem} is not clean the first time"
        assert b"4111111111111111" not in clean.raw
