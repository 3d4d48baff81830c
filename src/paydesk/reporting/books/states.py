"""The life of a request to close days of a market, or to open them again."""

from paydesk.kernel.lifecycle import Lifecycle

DAY_CLOSING = Lifecycle(
    "closing",
    start="pending",
    transitions={
        "approve": ({"pending"}, "done"),
        "refuse": ({"pending"}, "refused"),
        "withdraw": ({"pending"}, "withdrawn"),
    },
    families={"pending": "held", "done": "settled", "refused": "idle", "withdrawn": "idle"},
)
