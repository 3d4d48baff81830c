"""The life of a receipt by hand, and how its proof stands."""

from paydesk.kernel.lifecycle import Lifecycle

HAND_RECEIPT = Lifecycle(
    "receipt by hand",
    start="asked",
    transitions={
        "receive": ({"asked"}, "received"),
        "reject": ({"asked"}, "rejected"),
    },
    families={"asked": "held", "received": "settled", "rejected": "idle"},
)
# Derived, never stored: whether the provider's own row has come.
PROOF_FAMILIES = {"proven": "settled", "awaited": "moving", "overdue": "failed"}
