"""The life of a clock. The state is derived, never stored: see `rules.state_of`."""

from paydesk.kernel.lifecycle import Lifecycle

CLOCK = Lifecycle(
    "clock",
    start="running",
    transitions={
        "pause": ({"running"}, "paused"),
        "resume": ({"paused"}, "running"),
        "meet": ({"running", "paused"}, "met"),
        "breach": ({"running"}, "breached"),  # stays, also when the thing is done later
        "waive": ({"running", "paused", "breached"}, "waived"),
        "merge": ({"running", "paused", "breached"}, "merged"),
        "reopen": ({"met"}, "running"),  # within the grace of its policy
        "undo_merge": ({"merged"}, "running"),
    },
    families={
        "running": "moving",
        "paused": "held",
        "met": "settled",
        "breached": "failed",
        "waived": "idle",
        "merged": "idle",
    },
)
