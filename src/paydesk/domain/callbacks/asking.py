"""Asking a provider what became of a payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from paydesk.connectors.https import UnreachableError
from paydesk.connectors.hubtel import Hubtel
from paydesk.domain.callbacks.connections import ConnectionsError, connection_to
from paydesk.domain.callbacks.models import PendingPayment

AROUND = timedelta(minutes=10)  # the receipt of a push is looked for this long before and after it


@dataclass(frozen=True, slots=True)
class Said:
    """The question in words, and the bodies that came back or the reason why none did."""

    question: str
    bodies: tuple[bytes, ...] = ()
    outcome: str = ""
    note: str = ""


def ask(pending: PendingPayment, *, now: datetime) -> Said:
    """Ask the provider; outside any transaction, because it may take seconds. Never raises for an outage."""
    account = pending.source_account
    try:
        client = connection_to(account)
    except ConnectionsError as problem:
        return Said("", outcome="not_set_up", note=str(problem))
    if client is None:
        return Said("", outcome="not_set_up", note=f"No connection to {account.provider.name} is set up.")
    try:
        if isinstance(client, Hubtel):
            what = f"our reference {pending.reference}" if pending.reference else f"id {pending.ask_ref}"
            question = f"Status of the payment with {what}"
            return Said(
                question,
                (client.status(transaction_id=pending.ask_ref, client_reference=pending.reference),),
            )
        question = f"Status of the push {pending.ask_ref}"
        bodies = [client.push_status(pending.ask_ref, now=now)]
        if client.pulls:
            question += ", and the payments of that time"
            until = min(pending.heard_at + AROUND, now)
            bodies.append(client.payments(pending.heard_at - AROUND, until))
        return Said(question, tuple(bodies))
    except UnreachableError as problem:
        return Said(question, outcome="unreachable", note=str(problem))
