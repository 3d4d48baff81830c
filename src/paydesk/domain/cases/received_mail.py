"""What became of a mail that was kept; part of the verbs that understand it or leave it to a person."""

from __future__ import annotations

from paydesk.domain.cases.models import Case, ReceivedMail


def became(received: ReceivedMail, state: str, told: str, case: Case | None = None) -> ReceivedMail:
    """What became of it. Who wrote it and about what is kept here where no case says it."""
    received.state, received.told, received.case = state, told[:2000], case
    if case is not None:
        received.sender = received.subject = ""
    received.save(update_fields=["state", "told", "case", "sender", "subject"])
    return received
