"""The life of an approval. Screens and the database constraint read this table."""

from paydesk.kernel.lifecycle import Lifecycle

APPROVAL = Lifecycle(
    "approval",
    start="pending",
    transitions={
        "approve": ({"pending"}, "approved"),
        "reject": ({"pending"}, "rejected"),
        "withdraw": ({"pending"}, "withdrawn"),
        "expire": ({"pending"}, "expired"),
    },
    families={
        "pending": "held",
        "approved": "settled",
        "rejected": "failed",
        "withdrawn": "idle",
        "expired": "idle",
    },
)
