"""The life of a payment that a provider accepted but has not finished."""

from paydesk.kernel.lifecycle import Lifecycle

PENDING = Lifecycle(
    "pending payment",
    start="waiting",
    transitions={
        "go_stale": ({"waiting"}, "stale"),  # asked three times, no final answer: a person takes over
        "fail": ({"waiting", "stale"}, "failed"),
        "expire": ({"stale"}, "expired"),  # a person says that nothing more will come
        # What a provider proves is always posted, also after it said "failed" or a person gave up.
        "receive": ({"waiting", "stale", "failed", "expired"}, "received"),
    },
    families={
        "waiting": "moving",
        "stale": "held",
        "received": "settled",
        "failed": "failed",
        "expired": "idle",
    },
)
OPEN = ("waiting", "stale")
