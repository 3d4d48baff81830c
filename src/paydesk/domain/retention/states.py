"""The lives of what retention does; screens and the database constraints read these tables."""

from paydesk.kernel.lifecycle import Lifecycle

ERASURE = Lifecycle(
    "erasure",
    start="asked",
    transitions={"erase": ({"asked"}, "erased"), "refuse": ({"asked"}, "refused")},
    families={"asked": "held", "erased": "settled", "refused": "idle"},
)
REDACTION = Lifecycle(
    "redaction",
    start="asked",
    transitions={"redact": ({"asked"}, "redacted"), "refuse": ({"asked"}, "refused")},
    families={"asked": "held", "redacted": "settled", "refused": "idle"},
)
PACK = Lifecycle(
    "pack",
    start="asked",
    transitions={
        "make": ({"asked"}, "made"),
        "fail": ({"asked"}, "failed"),
        "discard": ({"made"}, "gone"),
    },
    families={"asked": "moving", "made": "settled", "failed": "failed", "gone": "idle"},
)
