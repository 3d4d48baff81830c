"""The words with which a payer is asked, ready to be sent as a message: our reference, amount and day."""

from __future__ import annotations

from django.utils.formats import date_format

from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.web.queues.subjects import ASKED_FOR, CASH, Subject

ASKED = "Asked the payer by message."
STEP = "Wait for the payer's answer"


def ready_text(subject: Subject) -> str:
    """What a payer is asked: whose the money is, what it is for, or whether it left their account."""
    if subject.kind in CASH or subject.kind == "approval":
        raise Refused("No payer stands behind this: ask the provider.", code="work.no_payer")
    if subject.kind in ASKED_FOR and subject.thing.state != "failed":
        raise Refused("There is nothing to ask the payer about: it goes its way.", code="work.no_payer")
    amount = f" {subject.amount}" if subject.amount else ""
    day = date_format(subject.since, "j M Y")
    ref = f"Our reference: {subject.code}."
    if subject.kind == "pending":
        return (
            f"Hello, your payment{f' of{amount}' if amount else ''} of {day} has not reached us yet. "
            f"If your account was debited, please send us the confirmation code you got. {ref}"
        )
    if subject.kind in ASKED_FOR:
        return (
            f"Hello, we could not pay{amount} back to you. "
            f"Please send us a phone number or bank account that takes it. {ref}"
        )
    if subject.thing.customer_id is None:
        return (
            f"Hello, we received{amount} from you on {day} and cannot see whose account it is for. "
            f"Please send us the account number. {ref}"
        )
    if not subject.amount:
        whole = Money(subject.thing.amount_minor, subject.thing.currency)
        return (
            f"Hello, your payment of {whole} of {day} was used for your account. "
            f"Please tell us if it was meant for something else. {ref}"
        )
    return (
        f"Hello, we hold{amount} of your payment of {day} that none of your accounts takes. "
        f"Please tell us what it is for. {ref}"
    )
