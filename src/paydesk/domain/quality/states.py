"""The life of a version of an article, and of a review. Screens and the database constraints read these."""

from paydesk.kernel.lifecycle import Lifecycle

ARTICLE_VERSION = Lifecycle(
    "article version",
    start="draft",
    transitions={
        "publish": ({"draft"}, "published"),
        "replace": ({"published"}, "replaced"),  # by the next version
        "withdraw": ({"published"}, "withdrawn"),
        "discard": ({"draft"}, "discarded"),
    },
    families={
        "draft": "moving",
        "published": "settled",
        "replaced": "idle",
        "withdrawn": "idle",
        "discarded": "idle",
    },
)
REVIEW = Lifecycle(
    "review",
    start="waiting",
    transitions={
        "score": ({"waiting"}, "scored"),
        "answer": ({"scored"}, "answered"),
        "appeal": ({"scored"}, "appealed"),
        "settle": ({"appealed"}, "settled"),
        "drop": ({"waiting"}, "dropped"),
    },
    families={
        "waiting": "moving",
        "scored": "settled",
        "answered": "settled",
        "appealed": "held",
        "settled": "settled",
        "dropped": "idle",
    },
)
COUNTED = ("scored", "answered", "appealed", "settled")  # reviews that have a score
