"""The life of a contract. Screens, API and the database constraint all read this table."""

from paydesk.kernel.lifecycle import Family, Lifecycle

CONTRACT = Lifecycle(
    "contract",
    start="deposit_pending",
    transitions={
        "pay_deposit": ({"deposit_pending"}, "deposit_paid"),
        "lose_deposit": ({"deposit_paid"}, "deposit_pending"),  # its money was taken back
        "activate": ({"deposit_pending", "deposit_paid"}, "active"),
        "complete": ({"active"}, "completed"),
        "reopen": ({"completed"}, "active"),  # its money was taken back
        "default": ({"active"}, "defaulted"),
        "write_off": ({"defaulted"}, "written_off"),
        "recover": ({"written_off"}, "recovery"),
        "start_return": ({"active"}, "returning"),
        "return": ({"returning"}, "returned"),
        "cancel": ({"deposit_pending", "deposit_paid"}, "cancelled"),
    },
    families={
        "deposit_pending": "held",
        "deposit_paid": "moving",
        "active": "moving",
        "completed": "settled",
        "defaulted": "failed",
        "written_off": "idle",
        "recovery": "moving",
        "returning": "held",
        "returned": "returned",
        "cancelled": "idle",
    },
)
# A payment may still come in for these; money left beyond the plan of any other is the customer's credit.
OPEN_STATES = ("deposit_pending", "deposit_paid", "active", "defaulted", "returning")
# How a due item stands on a day (rules.due_state); derived, never stored.
DUE_FAMILIES: dict[str, Family] = {
    "paid": "settled",
    "part": "moving",
    "due": "held",
    "overdue": "failed",
    "ahead": "idle",
    "closed": "idle",
}
