"""The life of a payer's request, by the provider, that a payment be reversed."""

from paydesk.kernel.lifecycle import Lifecycle

REVERSAL_REQUEST = Lifecycle(
    "reversal request",
    start="requested",
    transitions={
        "lock": ({"requested"}, "locked"),
        "accept": ({"locked"}, "accepted"),
        "contest": ({"requested", "locked"}, "contested"),
        # The provider's own row: it may come before we answered, and after we said no.
        "reverse": ({"requested", "locked", "accepted", "contested"}, "reversed"),
        "release": ({"requested", "locked", "accepted", "contested"}, "released"),
    },
    families={
        "requested": "failed",  # nothing of it could be held: somebody has to look
        "locked": "held",
        "accepted": "moving",
        "contested": "moving",
        "reversed": "settled",
        "released": "idle",
    },
)
OPEN = ("requested", "locked", "accepted", "contested")
UNANSWERED = ("requested", "locked")
HOLDS_MONEY = ("locked", "accepted")
