"""What people do about quality. One file per family of verbs."""

from paydesk.domain.quality.actions.exams import ask_again, take_exam, write_exam
from paydesk.domain.quality.actions.knowledge import (
    begin_article,
    begin_version,
    discard_draft,
    edit_draft,
    publish,
    set_governed,
    withdraw,
)

__all__ = [
    "ask_again",
    "begin_article",
    "begin_version",
    "discard_draft",
    "edit_draft",
    "publish",
    "set_governed",
    "take_exam",
    "withdraw",
    "write_exam",
]
