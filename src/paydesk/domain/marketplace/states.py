"""The lives of an order and a withdrawal of a seller. Screens and constraints read these tables."""

from paydesk.kernel.lifecycle import Lifecycle

ORDER = Lifecycle(
    "order",
    start="paid",
    transitions={"make_available": ({"paid"}, "available")},
    families={"paid": "moving", "available": "settled"},
)
WITHDRAWAL = Lifecycle(
    "withdrawal",
    start="in_transit",
    transitions={
        "pay": ({"in_transit"}, "paid"),
        "fail": ({"in_transit"}, "failed"),
        "request_again": ({"failed"}, "in_transit"),
    },
    families={"in_transit": "moving", "paid": "settled", "failed": "failed"},
)
ASK = Lifecycle(
    "request to the platform",
    start="requested",
    transitions={
        "approve": ({"requested"}, "approved"),
        "reject": ({"requested"}, "rejected"),
        "cancel": ({"requested"}, "cancelled"),
        "tell": ({"approved"}, "told"),
        "answer": ({"approved", "told"}, "answered"),
    },
    families={
        "requested": "held", "approved": "moving", "told": "moving", "answered": "settled",
        "rejected": "idle", "cancelled": "idle",
    },
)  # fmt: skip
LIVE_ASKS = ("requested", "approved", "told")
LINK_STATES = ("linked", "failed")
LINK_FAMILIES = {"linked": "settled", "failed": "failed"}
