"""The life of a provider's or bank's file, from upload to posted."""

from paydesk.kernel.lifecycle import Lifecycle

FILE = Lifecycle(
    "file",
    start="uploaded",
    transitions={
        "read": ({"uploaded", "mapping_needed"}, "reading"),
        "ask_mapping": ({"uploaded", "reading"}, "mapping_needed"),
        "refuse": ({"uploaded", "reading"}, "refused"),
        "preview": ({"reading"}, "previewed"),
        "map_again": ({"previewed"}, "mapping_needed"),
        "post": ({"previewed"}, "posting"),
        "finish": ({"posting"}, "posted"),
        "unpost": ({"posted"}, "unposting"),
        "withdraw": ({"unposting"}, "unposted"),
        "discard": ({"mapping_needed", "previewed"}, "discarded"),
    },
    families={
        "uploaded": "moving",
        "reading": "moving",
        "mapping_needed": "held",
        "previewed": "held",
        "posting": "moving",
        "posted": "settled",
        "unposting": "moving",
        "unposted": "idle",
        "refused": "failed",
        "discarded": "idle",
    },
)
WORKING = ("uploaded", "reading", "posting", "unposting")  # the worker must take these further
WAITING = ("mapping_needed", "previewed")  # a person must take these further
