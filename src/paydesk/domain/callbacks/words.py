"""What channels and outcomes of callbacks are called."""

CHANNELS = {
    "payment": "Payment",
    "order": "Hubtel order",
    "event": "Event",
    "ipn": "PayPal IPN",
    "confirmation": "M-Pesa C2B confirmation",
    "validation": "M-Pesa C2B validation",
    "push": "M-Pesa STK push",
    "result": "M-Pesa result",
    "answer": "Answer to our question",
}
OUTCOMES = {
    "payment": "A payment",
    "other": "Money that is no payment: out, given back, a fee",
    "pending": "Accepted, not paid yet",
    "failed": "Failed: no money moved",
    "known": "Known already, from a file or another message",
    "says_more": "Known already, but names a reference that the first did not",
    "contradicts": "Says failed of what succeeded; the success stands",
    "nothing": "No money in it",
    "event": "An event of a seller",
    "conflict": "Says something else than what is stored",
    "broken": "Could not be posted",
}
