"""Whether a machine may answer: never another machine, once a case, and so seldom that no storm can start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from paydesk.connectors.mail.machine_mail import MachineMail


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic answers may go out at most."""

    per_case: int = 1
    per_address_and_hour: int = 3
    per_address_and_day: int = 10
    per_subject_and_day: int = 2  # to one address with one subject, over all its cases
    per_mailbox_and_minutes: int = 100  # in the last ten minutes: above it somebody is called


@dataclass(frozen=True, slots=True)
class Sent:
    """How many went out already; counted by the caller when it asks."""

    on_case: int = 0
    to_address_last_hour: int = 0
    to_address_last_day: int = 0
    with_subject_last_day: int = 0
    from_mailbox_last_ten_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, why not, and whether the mailbox is to stop answering until a person looks."""

    allowed: bool
    because: str
    trips_breaker: bool = False


def may_acknowledge(
    machine: MachineMail,
    *,
    is_spam: bool,
    is_first_of_case: bool,
    has_sender: bool,
    is_switched_off: bool,
    count: Callable[[], Sent],
    caps: Caps = Caps(),  # noqa: B008 - frozen
) -> Decision:
    """Whether a message is acknowledged by itself; the reason is a sentence for its history.

    `is_switched_off` by somebody, or since `trips_breaker`. Only where nothing else is against it we `count`.
    """
    if machine.is_machine:
        return Decision(False, f"A machine wrote it ({machine.reasons[0]})")
    if is_spam:
        return Decision(False, "It is marked as spam.")
    if not has_sender:
        return Decision(False, "It names no sender.")
    if not is_first_of_case:
        return Decision(False, "It is not the first message of its case.")
    if is_switched_off:
        return Decision(False, "Automatic answers of this mailbox are switched off until a person looks.")
    sent = count()
    if sent.on_case >= caps.per_case:
        return Decision(False, "This case was acknowledged already.")
    if sent.to_address_last_hour >= caps.per_address_and_hour:
        return Decision(False, f"This address had {sent.to_address_last_hour} automatic answers in an hour.")
    if sent.to_address_last_day >= caps.per_address_and_day:
        return Decision(False, f"This address had {sent.to_address_last_day} automatic answers in a day.")
    if sent.with_subject_last_day >= caps.per_subject_and_day:
        return Decision(False, "This address had automatic answers to the same subject today.")
    if sent.from_mailbox_last_ten_minutes >= caps.per_mailbox_and_minutes:
        many = sent.from_mailbox_last_ten_minutes
        return Decision(
            False, f"This mailbox sent {many} automatic answers in ten minutes.", trips_breaker=True
        )
    return Decision(True, "")
