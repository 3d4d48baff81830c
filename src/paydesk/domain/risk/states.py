"""The life of an escalation and of an enforcement. Screens and the database constraints read these tables."""

from paydesk.kernel.lifecycle import Lifecycle

ESCALATION = Lifecycle(
    "escalation",
    start="raised",
    transitions={
        "acknowledge": ({"raised"}, "acknowledged"),
        "decide": ({"raised", "acknowledged"}, "decided"),
        "reopen": ({"decided"}, "acknowledged"),
    },
    families={"raised": "failed", "acknowledged": "moving", "decided": "settled"},
)
ENFORCEMENT = Lifecycle(
    "enforcement",
    start="asked",
    transitions={
        "set": ({"asked"}, "active"),
        "refuse": ({"asked"}, "refused"),
        "lift": ({"active"}, "lifted"),
        "expire": ({"active"}, "expired"),
    },
    families={
        "asked": "held",
        "active": "failed",
        "refused": "idle",
        "lifted": "settled",
        "expired": "idle",
    },
)
