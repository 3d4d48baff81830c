"""The life of an improvement. Screens and the database constraint read this table."""

from paydesk.kernel.lifecycle import Lifecycle

IMPROVEMENT = Lifecycle(
    "improvement",
    start="proposed",
    transitions={
        "accept": ({"proposed"}, "accepted"),
        "reject": ({"proposed", "accepted"}, "rejected"),
        "carry_out": ({"accepted"}, "done"),
        "measure": ({"done"}, "measured"),
        "take_up_again": ({"rejected"}, "proposed"),
    },
    families={
        "proposed": "held", "accepted": "moving", "done": "moving", "measured": "settled", "rejected": "idle",
    },
)  # fmt: skip
LIVE = ("proposed", "accepted", "done")
