"""The life of a case. Screens and the database constraint read this table."""

from paydesk.kernel.lifecycle import Lifecycle

# What a case waits for. Only the customer's answer stops the clock of the solution (see clocks.py).
WAITS_FOR = {
    "customer": "the customer",
    "provider": "a provider or a bank",
    "internal": "another team of ours",
}

BEFORE_MERGE = ("new", "triaged", "in_progress", "waiting", "resolved")

CASE = Lifecycle(
    "case",
    start="new",
    transitions={
        "triage": ({"new"}, "triaged"),
        "take_up": ({"new", "triaged", "waiting"}, "in_progress"),
        "wait": ({"new", "triaged", "in_progress"}, "waiting"),
        "resolve": ({"new", "triaged", "in_progress", "waiting"}, "resolved"),
        "reopen": ({"resolved"}, "in_progress"),
        "close": ({"resolved"}, "closed"),
        "merge": (set(BEFORE_MERGE), "merged"),
        # A merge taken back, to where the case was before.
        **{f"part_{state}": ({"merged"}, state) for state in BEFORE_MERGE},
    },
    families={
        "new": "failed",  # nobody has looked
        "triaged": "held",
        "in_progress": "moving",
        "waiting": "held",
        "resolved": "settled",
        "closed": "idle",
        "merged": "idle",
    },
)
OPEN = ("new", "triaged", "in_progress", "waiting")
OVER = {
    "closed": "This case is closed: nothing of it changes any more but its tags. What they say next opens a"
    " case that follows it.",
    "merged": "This case is part of another one: go on there.",
}
AT_WORK = ("new", "triaged", "in_progress")  # those in which we are to act
