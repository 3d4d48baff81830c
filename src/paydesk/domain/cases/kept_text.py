"""What may be kept of words that somebody wrote."""

from __future__ import annotations

from paydesk.domain.cases.asks import is_our_number
from paydesk.kernel.card_redaction import redact_text


def redacted(text: str) -> str:
    """A text without card numbers, and without NUL, which the database cannot hold; what is a reference of
    ours stays."""
    return redact_text(text.replace("\0", ""), is_ours=is_our_number).text
