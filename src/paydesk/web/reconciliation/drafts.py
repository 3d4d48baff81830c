"""The message with which a provider is asked about an exception."""

from __future__ import annotations

from datetime import UTC, datetime

from paydesk.web.reconciliation.shown import ShownException

# What a provider is asked where the sentence for ourselves would not do.
ASKS = {
    "missing_at_provider": "We hold a payment of {} that your file of the day does not show.",
    "missing_in_ledger": "Your file of the day shows {} that we cannot place.",
    "missing_at_bank": "You paid out {} to us, and it has not arrived at our bank.",
    "parse_error": "A row of your file cannot be read. Please send it again.",
}


def draft_of(each: ShownException) -> str:
    """A message to the provider, ready to be sent: facts alone, no names, no phone numbers."""
    found = each.found
    side = found.left or found.right
    lines = [
        f"Account {found.source_account.identifier}, {found.day:%-d %B %Y}, our number {each.code}.",
        ASKS.get(found.kind, f"{each.words}: {found.why}").format(each.amount),
    ]
    if reference := side.get("provider_ref"):
        lines.append(f"Your id: {reference}")
    if at := side.get("at"):
        lines.append(f"Time: {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC")
    lines.append("Please tell us what became of it, with its final status and amount.")
    return "\n".join(lines)
