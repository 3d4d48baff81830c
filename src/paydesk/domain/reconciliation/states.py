"""The lives of a run, an exception, a match made by a person, and a day of an account."""

from paydesk.kernel.lifecycle import Lifecycle

RUN = Lifecycle(
    "run",
    start="queued",
    transitions={
        "begin": ({"queued", "running"}, "running"),  # again when its worker was killed
        "finish": ({"running"}, "done"),
        "block": ({"queued", "running"}, "blocked"),
        "fail": ({"queued", "running"}, "failed"),
        "cancel": ({"queued", "running"}, "cancelled"),
    },
    families={
        "queued": "moving",
        "running": "moving",
        "done": "settled",
        "blocked": "held",
        "failed": "failed",
        "cancelled": "idle",
    },
)
UNDER_WAY = ("queued", "running")

EXCEPTION = Lifecycle(
    "exception",
    start="open",
    transitions={
        "wait": ({"open"}, "pending"),
        "resume": ({"pending"}, "open"),
        "resolve": ({"open", "pending"}, "resolved"),
        "reopen": ({"resolved"}, "open"),
    },
    families={"open": "failed", "pending": "held", "resolved": "settled"},
)
UNSOLVED = ("open", "pending")

MATCH = Lifecycle(
    "match",
    start="proposed",
    transitions={
        "confirm": ({"proposed"}, "confirmed"),
        "reject": ({"proposed"}, "rejected"),
        "drop": ({"proposed"}, "dropped"),  # a later run proposes it no more
        "revoke": ({"confirmed"}, "revoked"),
    },
    families={"proposed": "held", "confirmed": "settled", "rejected": "idle", "revoked": "idle"},
)
LIVE = ("proposed", "confirmed")

DAY = Lifecycle(
    "day",
    start="open",
    transitions={
        "ask": ({"open"}, "asked"),
        "sign": ({"asked"}, "signed"),
        "refuse": ({"asked"}, "open"),
        "reopen": ({"signed"}, "open"),
    },
    families={"open": "moving", "asked": "held", "signed": "settled"},
)

RULES = Lifecycle(
    "rules",
    start="asked",
    transitions={"adopt": ({"asked"}, "adopted"), "refuse": ({"asked"}, "refused")},
    families={"asked": "held", "adopted": "settled", "refused": "idle"},
)
PROPOSAL = Lifecycle(
    "rule proposal",
    start="open",
    transitions={
        "ask": ({"open"}, "asked"),
        "adopt": ({"asked"}, "adopted"),
        "refuse": ({"open", "asked"}, "refused"),
    },
    families={"open": "held", "asked": "held", "adopted": "settled", "refused": "idle"},
)

# What a second person decides: the kinds of approval.
SIGN, REOPEN, ADJUST = "day.sign", "day.reopen", "exception.adjust"
WRITE_OFF, TAKE_BACK, POST = "exception.write_off", "exception.take_back", "exception.post"
CHANGE_RULES = "rules.change"

# How an exception is resolved.
RESOLUTIONS = {
    "matched": "Matched by hand",
    "proven": "Proven by a later run",
    "fee": "Adjusted: provider fee",
    "fx": "Adjusted: exchange difference",
    "rounding": "Adjusted: rounding or small difference",
    "written_off": "Written off as a small difference",
    "posted": "The missing payment was posted",
    "chased": "The provider answered",
    "timing": "Timing difference",
    "error_in_file": "Error in the provider's file",
    "done_elsewhere": "Put right by another act",
}
WAITS = {"timing": "Timing difference accepted", "provider": "The provider is asked"}
