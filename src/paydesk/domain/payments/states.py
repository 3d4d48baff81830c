"""The life of a payment, and the facts shown beside its state."""

from paydesk.kernel.lifecycle import Lifecycle

PAYMENT = Lifecycle(
    "payment",
    start="received",
    transitions={
        "reverse": ({"received"}, "reversed"),
        "charge_back": ({"received"}, "charged_back"),
        "return": ({"received"}, "returned"),
        "unpost": ({"received"}, "unposted"),  # its file was the wrong one
        "reinstate": ({"reversed"}, "received"),  # our own reversal, never the provider's, was undone
    },
    families={
        "received": "settled",
        "reversed": "returned",
        "charged_back": "returned",
        "returned": "failed",
        "unposted": "idle",
    },
)
# Derived, never stored: who paid, and how much of it is applied.
PAYER_FAMILIES = {"identified": "settled", "unknown": "held"}
APPLIED_FAMILIES = {"full": "settled", "part": "moving", "none": "held"}
