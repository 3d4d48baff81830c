"""The life of goodwill. Screens and the database constraint read this table."""

from paydesk.kernel.lifecycle import Lifecycle

GOODWILL = Lifecycle(
    "goodwill",
    start="requested",
    transitions={
        "give": ({"requested"}, "given"),
        "reject": ({"requested"}, "rejected"),
        "cancel": ({"requested"}, "cancelled"),
        "undo": ({"given"}, "undone"),
    },
    families={
        "requested": "held",
        "given": "settled",
        "rejected": "idle",
        "cancelled": "idle",
        "undone": "returned",
    },
)
# Those that count when somebody asks whether something was given already.
COUNTS = ("requested", "given")
