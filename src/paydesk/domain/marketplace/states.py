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
    transitions={"pay": ({"in_transit"}, "paid"), "fail": ({"in_transit"}, "failed")},
    families={"in_transit": "moving", "paid": "settled", "failed": "failed"},
)
LINK_STATES = ("linked", "failed")
LINK_FAMILIES = {"linked": "settled", "failed": "failed"}
