"""The life of a contested payment. Screens and constraints read this table."""

from paydesk.kernel.lifecycle import Lifecycle

DISPUTE = Lifecycle(
    "dispute",
    start="opened",
    transitions={
        "take_notice": ({"inquiry", "opened"}, "evidence_due"),
        "accept": ({"evidence_due", "pre_arbitration"}, "accepted"),
        "challenge": ({"evidence_due"}, "challenged"),
        "pass_on": ({"challenged"}, "under_review"),
        "win": ({"challenged", "under_review", "pre_arbitration"}, "won"),
        "lose": ({"accepted", "challenged", "under_review", "pre_arbitration"}, "lost"),
        "go_on": ({"won", "lost"}, "pre_arbitration"),  # a win is not final: the issuer may come back
        "arbitrate": ({"pre_arbitration"}, "arbitration"),
        "win_for_good": ({"arbitration"}, "won_for_good"),
        "lose_for_good": ({"arbitration"}, "lost_for_good"),
        "expire": ({"evidence_due", "pre_arbitration"}, "expired"),
        "withdraw": (
            {
                "inquiry", "opened", "evidence_due", "challenged", "under_review", "pre_arbitration",
                "arbitration",
            },
            "withdrawn",
        ),
    },
    families={
        "inquiry": "held",
        "opened": "held",
        "evidence_due": "failed",  # the scheme decides against us when we say nothing
        "accepted": "moving",
        "challenged": "moving",
        "under_review": "moving",
        "pre_arbitration": "failed",
        "arbitration": "moving",
        "won": "settled",
        "won_for_good": "settled",
        "lost": "returned",
        "lost_for_good": "returned",
        "expired": "returned",
        "withdrawn": "idle",
    },
)  # fmt: skip
UNANSWERED = ("evidence_due", "pre_arbitration")  # the scheme waits for us, by a day
WITH_SCHEME = ("accepted", "challenged", "under_review", "arbitration")
# Nothing else goes back to the payer of these: the scheme may give it to them.
OPEN = ("inquiry", "opened", *UNANSWERED, *WITH_SCHEME)
WON = ("won", "won_for_good")
LOST = ("lost", "lost_for_good", "expired")
