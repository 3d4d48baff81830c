"""The life of an incident and of a broadcast. Screens and the database constraints read these tables."""

from paydesk.kernel.lifecycle import Lifecycle

INCIDENT = Lifecycle(
    "incident",
    start="proposed",
    transitions={
        "adopt": ({"proposed"}, "open"),
        "reject": ({"proposed"}, "rejected"),
        "close": ({"open"}, "closed"),
        "reopen": ({"closed"}, "open"),
    },
    families={"proposed": "held", "open": "failed", "closed": "settled", "rejected": "idle"},
)
LIVE = ("proposed", "open")

BROADCAST = Lifecycle(
    "broadcast",
    start="drafted",
    transitions={
        "send": ({"drafted"}, "sending"),
        "drop": ({"drafted"}, "dropped"),
        "finish": ({"sending"}, "sent"),
    },
    families={"drafted": "held", "sending": "moving", "sent": "settled", "dropped": "idle"},
)
