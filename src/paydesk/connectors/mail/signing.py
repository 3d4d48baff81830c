"""Ids, addresses and markers that only we can make: a guessed number never attaches mail to a case."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

_MESSAGE_ID = re.compile(r"<?pd\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{16})@[^<>@\s]+>?", re.IGNORECASE)
_REPLY = re.compile(r"[^@\s]*\+t([0-9]{1,18})\.([0-9a-f]{16})@[^@\s]+", re.IGNORECASE)
_MARKER = re.compile(r"\[pd:([0-9]{1,18})\.([0-9]{1,18})\.([0-9a-f]{16})\]", re.IGNORECASE)
_SHORTEST = 16


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks; `former` are keys that still count for what was sent before the key changed."""

    key: bytes
    former: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        assert all(len(key) >= _SHORTEST for key in (self.key, *self.former)), "a key has at least 16 bytes"

    def message_id(self, ticket: int, event: int, domain: str) -> str:
        """The Message-ID of what is sent for an event of a case: <pd.ticket.event.hmac16@domain>."""
        return f"<pd.{ticket}.{event}.{self._sign(self.key, 'message', ticket, event)}@{domain}>"

    def reply_address(self, mailbox: str, ticket: int) -> str:
        """Where answers to a case go: help+t17.hmac16@help.example for the mailbox help@help.example."""
        local, _, domain = mailbox.partition("@")
        return f"{local}+t{ticket}.{self._sign(self.key, 'reply', ticket)}@{domain}"

    def marker(self, ticket: int, event: int) -> str:
        """What stands at the end of a text, so that a quote of it still proves its case."""
        return f"[pd:{ticket}.{event}.{self._sign(self.key, 'marker', ticket, event)}]"

    def case_of_message_id(self, message_id: str) -> tuple[int, int] | None:
        """(case, event) of an id we made, or None for any other."""
        found = _MESSAGE_ID.fullmatch(message_id.strip())
        if found is None or not self._holds("message", found[3], found[1], found[2]):
            return None
        return int(found[1]), int(found[2])

    def case_of_address(self, address: str) -> int | None:
        """The case of an address we made, or None."""
        found = _REPLY.fullmatch(address.strip())
        return int(found[1]) if found is not None and self._holds("reply", found[2], found[1]) else None

    def cases_in(self, text: str) -> list[tuple[int, int]]:
        """(case, event) of every marker of ours in a text, in its order."""
        return [
            (int(ticket), int(event))
            for ticket, event, signature in _MARKER.findall(text)
            if self._holds("marker", signature, ticket, event)
        ]

    def _holds(self, purpose: str, signature: str, *numbers: str) -> bool:
        plain = [int(number) for number in numbers]
        given = signature.lower()
        keys = (self.key, *self.former)
        return any(hmac.compare_digest(self._sign(key, purpose, *plain), given) for key in keys)

    @staticmethod
    def _sign(key: bytes, purpose: str, *numbers: int) -> str:
        text = ".".join((purpose, *map(str, numbers)))
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


def looks_signed(text: str) -> bool:
    """Whether it has the shape of an id or address of ours, signed by whomever."""
    return _MESSAGE_ID.fullmatch(text.strip()) is not None or _REPLY.fullmatch(text.strip()) is not None
