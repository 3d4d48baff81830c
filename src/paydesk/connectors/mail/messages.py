"""What a message that came says, as values. Everything a caller may store is here; nothing is lazy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

_DRAWN = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
Fields = tuple[tuple[str, str], ...]
"""The fields of a head in their order: name in lower case, value unfolded, encoded words not yet resolved."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one message is read. What is beyond is kept in the raw copy, and `troubles` says so."""

    most_bytes: int = 50 * 1024 * 1024
    most_parts: int = 1_000
    deepest: int = 50
    head_bytes: int = 256 * 1024
    field_chars: int = 16 * 1024
    text_chars: int = 500_000
    html_chars: int = 1_000_000
    most_references: int = 200


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a head."""

    name: str
    address: str  # as written, the domain in lower case

    @property
    def key(self) -> str:
        """In which form two addresses are compared."""
        return self.address.casefold()

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the message: a file, a picture in the text, an enclosed message."""

    name: str
    content_type: str
    sha256: str
    data: bytes = field(repr=False)
    inline: bool = False
    """Shown inside the HTML: the text names its content id, or it says so itself."""
    content_id: str = ""
    kind: str = "file"
    """"file", "picture", "message", "calendar", "tnef", "signature", "encrypted", "report"."""
    held_because: str = ""
    """Not empty: a person has to look before anybody is shown it (it may show a card or an id)."""

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def serve_as(self) -> str:
        """The type to hand it out as: pictures that browsers only draw, all else as bytes to save.

        HTML, SVG and the like would run as if they were ours. Send X-Content-Type-Options: nosniff with it.
        """
        return self.content_type if self.content_type in _DRAWN else "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The head of a message inside the message (a forward, what bounced)."""

    message_id: str
    subject: str
    from_address: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a calendar part asks for."""

    method: str  # REQUEST, REPLY, CANCEL ...
    uid: str
    summary: str
    organizer: str
    starts: str  # as written; `starts_at` where that is an instant
    starts_at: datetime | None
    location: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a mail server we trust found out about the sender; all empty where none of ours said anything."""

    said_by: str = ""
    spf: str = ""
    dkim: tuple[tuple[str, str], ...] = ()  # (result, signing domain)
    dmarc: str = ""
    dmarc_domain: str = ""  # of the From address that DMARC looked at

    def proves(self, address: Address | None) -> bool:
        """Whether the From address is what it says: DMARC passed, or DKIM by that very domain."""
        if not self.said_by or address is None:
            return False
        domain = address.key.rpartition("@")[2]
        if self.dmarc == "pass" and self.dmarc_domain in ("", domain):
            return True
        return any(
            result == "pass" and (domain == signer or domain.endswith("." + signer))
            for result, signer in self.dkim
            if "." in signer
        )

    def refutes(self, address: Address | None) -> bool:
        """Whether a server of ours found the From address to be made up, or not to be proved by anything.

        DMARC failed; or no rule of the domain says what counts, the sending server may not send for it (SPF
        "fail") and no signature is good.
        """
        if not self.said_by or address is None or self.proves(address):
            return False
        if self.dmarc == "fail":
            return True
        return self.dmarc != "pass" and self.spf == "fail" and all(found != "pass" for found, _ in self.dkim)

    @property
    def words(self) -> str:
        """What was found and by whom, in the words of servers: "mx.desk.example: dmarc=fail spf=fail"."""
        found = [f"dmarc={self.dmarc}"] if self.dmarc else []
        found += [f"spf={self.spf}"] if self.spf else []
        found += [f"dkim={result} ({domain})" if domain else f"dkim={result}" for result, domain in self.dkim]
        return f"{self.said_by}: {' '.join(found) or 'nothing found'}"[:200] if self.said_by else ""


@dataclass(frozen=True, slots=True)
class Spam:
    """What filters on the way said, in their own words."""

    flagged: bool = False
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A message that came. Lists are in the order of the message; times are UTC."""

    sha256: str  # of the bytes that were read, which are the redacted ones
    size: int
    message_id: str  # with its angle brackets
    message_id_made: bool  # it had none: made from `sha256`
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_address: Address | None
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    return_path: str | None  # None: not there; "": the null path, so a machine wrote it
    subject: str
    sent_at: datetime | None
    received_at: datetime | None  # as the last server on the way noted
    text: str  # the whole text
    reply_text: str  # without what it quotes; equals `text` where leaving out would be a guess
    html: str  # safe to show; empty where there was none
    remote_pictures: int
    attachments: tuple[Attachment, ...]
    enclosed: tuple[Enclosed, ...]
    invitations: tuple[Invitation, ...]
    authentication: Authentication
    spam: Spam
    control: tuple[tuple[str, str], ...]  # fields that steer us, of a trusted sender only
    control_rejected: tuple[str, ...]  # names of such fields of anybody else
    fields: Fields
    troubles: tuple[str, ...]  # what could not be read as it says, in sentences

    def values(self, name: str) -> list[str]:
        """All values of a field, by its name in lower case."""
        return [value for each, value in self.fields if each == name]

    @property
    def answer_to(self) -> tuple[Address, ...]:
        """Whom an answer goes to: Reply-To, else From."""
        return self.reply_to or ((self.from_address,) if self.from_address else ())
