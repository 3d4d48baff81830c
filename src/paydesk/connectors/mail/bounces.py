"""Messages about messages of ours: not delivered, late, read, complained about: whom, why, which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.parser import HeaderParser
from typing import Literal

from flufl.bounce import all_failures

from paydesk.connectors.mail.machine_mail import MachineMail
from paydesk.connectors.mail.messages import Attachment, InboundMail
from paydesk.connectors.mail.parts import structure_of

Outcome = Literal["failed", "delayed", "delivered", "complained", "read"]
_ACTIONS: dict[str, Outcome] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_OURS = re.compile(r"<pd\.[0-9]+\.[0-9]+\.[0-9a-f]{16}@[^<>\s]+>", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>;,\"()]+@[^\s<>;,\"()]+")
_MOST_BYTES, _DEEPEST = 512 * 1024, 20  # how much of a message without a report is searched
# RFC 3463, in words for the desk. The first that the status begins with.
_REASONS = (
    (".1.1", "There is no such mailbox."),
    (".1.2", "There is no such mail domain."),
    (".1.", "The address is not valid."),
    (".2.1", "The mailbox is switched off."),
    (".2.2", "The mailbox is full."),
    (".3.4", "The message is too large."),
    (".2.3", "The message is too large."),
    (".4.7", "The other server could not be reached for too long."),
    (".4.", "The other server could not be reached."),
    (".7.26", "Our mail could not be authenticated; check SPF and DKIM of the brand."),
    (".7.", "The other server refused it by its policy."),
    (".6.", "The other server could not take its contents."),
)


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One address a report speaks of."""

    address: str
    outcome: Outcome
    status: str  # 5.1.1 and the like, or ""
    diagnostic: str  # the other server's words

    @property
    def permanent(self) -> bool:
        """Whether sending again is of no use."""
        return self.outcome in ("failed", "complained")

    @property
    def why(self) -> str:
        """A sentence for the desk."""
        if self.outcome == "complained":
            return "The recipient reported it as spam."
        for ending, reason in _REASONS:
            if self.status[1:].startswith(ending):
                return reason
        return self.diagnostic or "The other server gave no reason."


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says. `message_ids` are of the messages it is about, as they stand there: check them."""

    recipients: tuple[BouncedRecipient, ...]
    message_ids: tuple[str, ...]
    reported_by: str

    @property
    def outcome(self) -> Outcome:
        """The worst of what it says."""
        order: tuple[Outcome, ...] = ("complained", "failed", "delayed", "read", "delivered")
        return next(each for each in order if any(one.outcome == each for one in self.recipients))


def read_bounce(raw: bytes, mail: InboundMail, machine: MachineMail) -> Bounce | None:
    """The report in `mail`, whose bytes are `raw`; None where it reports nothing.

    Reports by the standard (RFC 3464, 5965, 8098) are read from their parts, others by the patterns of
    flufl.bounce, and only if a mail server wrote them: a person who quotes a bounce has not bounced.
    """
    recipients: list[BouncedRecipient] = []
    reporter = ""
    ids = [each.message_id for each in mail.enclosed if each.message_id]
    for part in mail.attachments:
        if part.content_type == "message/delivery-status":
            found, reporter = _delivery_status(part)
            recipients += found
        elif part.content_type == "message/feedback-report":
            recipients += _complaint(part, mail)
        elif part.content_type == "message/disposition-notification":
            found, original = _receipt(part)
            recipients += found
            ids += original
    if not recipients and machine.kind == "bounce" and len(raw) <= _MOST_BYTES:
        recipients = _by_pattern(raw, mail)
    if not recipients:
        return None
    ids += _OURS.findall(mail.text)
    ids += (*mail.in_reply_to, *reversed(mail.references))
    return Bounce(tuple(recipients), tuple(dict.fromkeys(ids)), reporter)


def _groups(part: Attachment) -> list[dict[str, str]]:
    """The groups of fields of a report: about the message, then one for each recipient."""
    text = part.data[:200_000].decode("utf-8", "replace").replace("\r\n", "\n").strip("\n")
    groups = []
    for block in re.split(r"\n[ \t]*\n", text)[:500]:
        fields = HeaderParser(policy=policy.compat32).parsestr(block)
        groups.append({name.lower(): " ".join(str(value).split()) for name, value in fields.items()})
    return groups


def _typed(value: str) -> str:
    """The address behind "rfc822;"."""
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found[0].strip(".") if found else value.rpartition(";")[2].strip()[:320]


def _delivery_status(part: Attachment) -> tuple[list[BouncedRecipient], str]:
    groups = _groups(part)
    reporter = groups[0].get("reporting-mta", "").rpartition(";")[2].strip() if groups else ""
    found = []
    for group in groups:
        address = group.get("original-recipient") or group.get("final-recipient")
        if not address:
            continue
        diagnostic = group.get("diagnostic-code", "").partition(";")[2].strip()
        status = _STATUS.search(group.get("status", "")) or _STATUS.search(diagnostic)
        code = status[1] if status else ""
        outcome = _ACTIONS.get(group.get("action", "").lower().split(" ")[0])
        if outcome is None:
            outcome = "delayed" if code.startswith("4") else "delivered" if code.startswith("2") else "failed"
        found.append(BouncedRecipient(_typed(address), outcome, code, diagnostic[:500]))
    return found, reporter[:200]


def _complaint(part: Attachment, mail: InboundMail) -> list[BouncedRecipient]:
    fields: dict[str, str] = {}
    for group in _groups(part):
        fields = {**group, **fields}
    address = fields.get("original-rcpt-to") or fields.get("removal-recipient") or ""
    return [BouncedRecipient(_typed(address), "complained", "", fields.get("feedback-type", "abuse")[:60])]


def _receipt(part: Attachment) -> tuple[list[BouncedRecipient], list[str]]:
    fields: dict[str, str] = {}
    for group in _groups(part):
        fields = {**group, **fields}
    address = fields.get("original-recipient") or fields.get("final-recipient") or ""
    said = fields.get("disposition", "")
    outcome: Outcome = "read" if "displayed" in said.lower() else "delivered"
    ids = re.findall(r"<[^<>\s]+>", fields.get("original-message-id", ""))
    return [BouncedRecipient(_typed(address), outcome, "", said[:200])], ids


def _by_pattern(raw: bytes, mail: InboundMail) -> list[BouncedRecipient]:
    if structure_of(raw).depth > _DEEPEST:
        return []
    plain = raw.decode("ascii", "replace").encode("ascii", "replace")  # its patterns expect nothing else
    try:
        late, gone = all_failures(message_from_bytes(plain))
    except Exception:  # patterns for the bounces of thirty years, each with its own way to fail
        return []
    status = _STATUS.search(mail.text)
    found = []
    for outcome, addresses in (("failed", gone), ("delayed", late - gone)):
        for address in sorted(addresses):
            text = address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address)
            said = _words_about(text, mail.text)
            code = status[1] if status else ""
            found.append(BouncedRecipient(text, "failed" if outcome == "failed" else "delayed", code, said))
    return found


def _words_about(address: str, text: str) -> str:
    """The line after the one that names the address: there old servers say why."""
    lines = [line.strip() for line in text.split("\n")]
    for at, line in enumerate(lines):
        if address in line:
            said = line.partition(address)[2].strip("<>: ")
            return (said or " ".join(lines[at + 1 : at + 2]))[:500]
    return ""
