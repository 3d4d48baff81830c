"""What is handed over to the platform: a CSV file with one row per request."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from paydesk.domain.marketplace.models import PlatformAsk
from paydesk.kernel.money import Money

HEAD = ("request_id", "request", "seller_id", "withdrawal_id", "amount", "currency")


def ask_file(asks: Iterable[PlatformAsk]) -> bytes:
    """The requests without our reasons and without names; party and withdrawal are loaded."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for ask in asks:
        ref = ask.withdrawal.external_ref if ask.withdrawal is not None else ""
        amount = Money(ask.amount_minor, ask.currency).amount
        writer.writerow([f"ASK-{ask.pk}", ask.kind, ask.party.external_ref, ref, amount, ask.currency])
    return text.getvalue().encode()
