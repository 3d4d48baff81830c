"""What a message proves about the case it belongs to, strongest first. The caller looks up the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from paydesk.connectors.mail.messages import InboundMail
from paydesk.connectors.mail.signing import Signer, looks_signed

How = Literal["reply_address", "message_id", "marker", "foreign_id", "subject"]
SUBJECT_NUMBER = re.compile(r"\[#\s?([A-Za-z0-9][A-Za-z0-9-]{0,30})\]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign. With a `ticket` it is proven by our signature; without one `value` has to be looked up."""

    how: How
    value: str
    ticket: int | None = None
    event: int | None = None

    @property
    def proven(self) -> bool:
        """Whether we signed it: whoever wrote it has had a message of that case."""
        return self.ticket is not None


@dataclass(frozen=True, slots=True)
class ThreadEvidence:
    """Everything a message says about its case."""

    found: tuple[Evidence, ...]
    forged: tuple[str, ...]  # has our shape and not our signature: somebody guesses, or a key is gone

    @property
    def proven(self) -> Evidence | None:
        """The strongest sign we signed ourselves."""
        return next((each for each in self.found if each.proven), None)

    @property
    def foreign_ids(self) -> tuple[str, ...]:
        """Ids of others, newest first: those of messages of a customer that are stored lead to their case."""
        return tuple(each.value for each in self.found if each.how == "foreign_id")

    @property
    def subject_numbers(self) -> tuple[str, ...]:
        """Numbers in the subject: they count only if the sender is already a party of that case."""
        return tuple(each.value for each in self.found if each.how == "subject")


def evidence(
    mail: InboundMail, signer: Signer, *, subject_number: re.Pattern[str] = SUBJECT_NUMBER
) -> ThreadEvidence:
    """In order of strength: (a) our reply address, our Message-ID in In-Reply-To and References, newest
    first; (b) our marker in the text; (c) ids of others, newest first; (d) numbers in the subject.

    (a) and (b) count only with our signature. Even so the sender may be a stranger to whom the message was
    forwarded: the caller compares the sender with the parties of the case before it changes anything.
    """
    signs: list[Evidence] = []
    foreign: list[Evidence] = []
    forged: list[str] = []
    for address in (*(each.address for each in (*mail.to, *mail.cc)), *mail.delivered_to):
        if (ticket := signer.case_of_address(address)) is not None:
            signs.append(Evidence("reply_address", address, ticket))
        elif looks_signed(address):
            forged.append(address)
    for message_id in dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))):
        if (case := signer.case_of_message_id(message_id)) is not None:
            signs.append(Evidence("message_id", message_id, *case))
        elif looks_signed(message_id):
            forged.append(message_id)
        elif message_id != mail.message_id:
            foreign.append(Evidence("foreign_id", message_id))
    for case in dict.fromkeys((*signer.cases_in(mail.text), *signer.cases_in(mail.html))):
        signs.append(Evidence("marker", "", *case))
    numbers = [Evidence("subject", number) for number in dict.fromkeys(subject_number.findall(mail.subject))]
    return ThreadEvidence((*signs, *foreign, *numbers), tuple(dict.fromkeys(forged)))
