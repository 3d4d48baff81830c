"""The life of a run over two files, and of each of its files."""

from paydesk.kernel.lifecycle import Lifecycle

RUN = Lifecycle(
    "two-file run",
    start="draft",
    transitions={
        "start": ({"draft"}, "running"),
        "finish": ({"running"}, "done"),
        "fail": ({"running"}, "failed"),
        "cancel": ({"running"}, "cancelled"),
        "change": (
            {"draft", "done", "failed", "cancelled"},
            "draft",
        ),  # a file or its map: what was found goes
    },
    families={
        "draft": "held",
        "running": "moving",
        "done": "settled",
        "failed": "failed",
        "cancelled": "idle",
    },
)
SIDE = Lifecycle(
    "side",
    start="reading",
    transitions={
        "ask": ({"reading"}, "asking"),
        "take": ({"reading"}, "ready"),
        "refuse": ({"reading"}, "refused"),
        "read": ({"reading", "asking", "ready", "refused"}, "reading"),
    },
    families={"reading": "moving", "asking": "held", "ready": "settled", "refused": "failed"},
)
SIDES = ("left", "right")
