"""What an agent says on a call, as delivered, by group of categories; a company writes its own."""

from __future__ import annotations

from collections.abc import Mapping

BEGIN = (
    "Greet, say your name and the company's.",
    "Ask for their name, then for two facts: ask, do not tell.",
)
END = (
    "Say in one sentence what happens next and by when; promise it here if it is a promise.",
    "Ask whether anything is left. Log the call before the next one.",
)
DELIVERED: Mapping[str, tuple[str, ...]] = {
    "": (*BEGIN, "Let them tell it in their words, then repeat it in one sentence.", *END),
    "paying": (
        *BEGIN,
        "Ask for the transaction code from the provider's message, the amount and the day.",
        "Look at the trace: say where the money is now, never where it might be.",
        "If it is not found: ask whether the provider confirmed it, and send a status page.",
        *END,
    ),
    "refund": (
        *BEGIN,
        "Ask which payment it is about, and whether they still have the number or account it goes to.",
        "Say the state and the day from the refund's page; offer the status page so that they need not call.",
        "Do not promise a day that is not on the screen.",
        *END,
    ),
    "account": (
        *BEGIN,
        "If the device is locked: look whether the newest payment is credited before anything else.",
        "A change of phone or payee needs a strong proof: call back on the number on file.",
        *END,
    ),
    "fraud": (
        "Greet, say your name and the company's. Keep calm and do not judge.",
        "Do not say whose account it is. Ask what they see on their side.",
        "Ask when it began and who else had the phone. Never ask for a PIN or a card number.",
        "Say that risk looks at it and calls back; escalate it now, while they are on the line.",
        *END,
    ),
}


def script_as_delivered(group: str) -> tuple[str, ...]:
    """The lines of a group, "" for every call; empty where there are none."""
    return DELIVERED.get(group, ())
