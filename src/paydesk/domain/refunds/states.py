"""The life of a refund, and of the payout file that carries it. Screens and constraints read these tables."""

from paydesk.kernel.lifecycle import Lifecycle

REFUND = Lifecycle(
    "refund",
    start="requested",
    transitions={
        "approve": ({"requested", "under_review"}, "approved"),
        "reject": ({"requested", "under_review"}, "rejected"),
        "cancel": ({"requested", "under_review", "approved", "failed"}, "cancelled"),
        "release": ({"approved"}, "released"),
        "send": ({"released"}, "sent"),
        "take_out": ({"released"}, "approved"),  # its payout file was put aside before it was sent
        "confirm": ({"sent", "unknown"}, "paid"),
        "lose_track": ({"sent"}, "unknown"),  # no answer: nobody may send it again until it is found
        "fail": ({"sent", "unknown"}, "failed"),
        "try_again": ({"failed"}, "approved"),
        "change_payee": ({"failed"}, "under_review"),  # another payee is decided on anew
        "bounce": ({"paid"}, "failed"),  # a bank may hand a credit back days later
        "unconfirm": ({"paid"}, "sent"),  # the row that showed it was of a wrong file, or another's
        "unbounce": ({"failed"}, "paid"),
    },
    families={
        "requested": "held",
        "under_review": "held",
        "approved": "moving",
        "released": "moving",
        "sent": "moving",
        "paid": "settled",
        "failed": "failed",
        "unknown": "held",
        "rejected": "idle",
        "cancelled": "idle",
    },
)
PAYOUT_FILE = Lifecycle(
    "payout file",
    start="asked",
    transitions={
        "release": ({"asked"}, "released"),
        "send": ({"released"}, "sent"),
        "put_aside": ({"asked", "released"}, "put_aside"),
        "close": ({"sent"}, "closed"),
        "open_again": ({"closed"}, "sent"),
    },
    families={
        "asked": "held",
        "released": "moving",
        "sent": "moving",
        "closed": "settled",
        "put_aside": "idle",
    },
)
# Money of these has not reached the payee and may still go out.
ON_THE_WAY = ("requested", "under_review", "approved", "released", "sent", "unknown", "failed")
