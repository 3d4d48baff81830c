"""The life of a category model: asked for, then learnt or not. Screens and the constraint read this table."""

from paydesk.kernel.lifecycle import Lifecycle

MODEL = Lifecycle(
    "category model",
    start="asked",
    transitions={
        "finish": ({"asked"}, "ready"),
        "give_up": ({"asked"}, "failed"),
        "forget": ({"asked", "ready"}, "failed"),
    },
    families={"asked": "moving", "ready": "settled", "failed": "failed"},
)
