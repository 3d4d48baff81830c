"""The life of a message: received, then understood or rejected with a reason, and then tried again."""

from paydesk.kernel.lifecycle import Lifecycle

MESSAGE = Lifecycle(
    "message",
    start="received",
    transitions={
        "understand": ({"received"}, "understood"),
        "reject": ({"received"}, "rejected"),
        "retry": ({"rejected"}, "received"),
    },
    families={"received": "moving", "understood": "settled", "rejected": "failed"},
)
