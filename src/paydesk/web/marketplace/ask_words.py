"""How screens speak of what is asked of a platform: the buttons, what stands in the dialog, the states."""

VERB = "withdrawal.request_again"  # what pays out needs of whoever asks, from a case
PAYS_OUT = ("again", "release")
STATES = {
    "requested": "To decide", "approved": "To hand over", "told": "Handed over", "answered": "Answered",
    "rejected": "Rejected", "cancelled": "Taken back",
}  # fmt: skip
LABELS = {
    "where": "Ask where it is…", "again": "Ask to pay it again…", "hold": "Hold money back…",
    "release": "Set money free…",
}  # fmt: skip
KEYS = {"where": "w", "again": "a", "hold": "b", "release": "f"}
SAYS = {
    "where": "The platform is asked where this withdrawal is; its next event about it answers.",
    "again": "The money is free again. The platform is asked to pay it out once more; once it does, its "
    "event moves the money here. A second person decides.",
    "hold": "The platform is asked to keep this much of what is free; its event moves it here. A second "
    "person decides.",
    "release": "The platform is asked to let the seller have this much of what is held. A second person "
    "decides.",
}
