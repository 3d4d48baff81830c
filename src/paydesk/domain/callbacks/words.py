"""What channels and outcomes of callbacks are called."""

CHANNELS = {
    "payment": "Hubtel payment",
    "confirmation": "M-Pesa C2B confirmation",
    "validation": "M-Pesa C2B validation",
    "push": "M-Pesa STK push",
    "answer": "Answer to our question",
}
OUTCOMES = {
    "payment": "A payment",
    "pending": "Accepted, not paid yet",
    "failed": "Failed: no money moved",
    "known": "Known already, from a file or another message",
    "says_more": "Known already, but names a reference that the first did not",
    "contradicts": "Says failed of what succeeded; the success stands",
    "nothing": "No money in it",
    "conflict": "Says something else than what is stored",
    "broken": "Could not be posted",
}
