"""A marketplace that tells of its sellers: one event per message, in the words of the file of events."""

from __future__ import annotations

from paydesk.domain.providers.dialects.dialect import MARKET_MESSAGES, Channel, Dialect, Proof, json_answer
from paydesk.domain.providers.dialects.signatures import timed_hmac

MARKETPLACE = Dialect(
    code="marketplace",
    name="Marketplace (events of sellers)",
    provider_codes=("marketplace", "market"),
    channels={"event": Channel("Address of the platform's events of sellers")},
    set_up=(
        "Have the platform post one JSON object per event, with the names of the columns of the file of "
        "events, and send it again until it is answered 200. The order does not matter. With a secret in the "
        "file of connections every message has to be signed by it."
    ),
    known="ours",
    proof=Proof(
        timed_hmac("Paydesk-Signature", b"."),
        "Paydesk-Signature: HMAC-SHA256 of time and body",
        required=False,
    ),
    answer=json_answer(stored=True),
    follows_promises=False,
    inbox_kind=MARKET_MESSAGES,
    role="evidence",
)
