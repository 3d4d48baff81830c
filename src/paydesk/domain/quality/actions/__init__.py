"""What people do about quality. One file per family of verbs."""

from paydesk.domain.quality.actions.asking import invite, record_answer, remind
from paydesk.domain.quality.actions.escalated import ask_review_of, sample_escalated
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
from paydesk.domain.quality.actions.reviewing import (
    answer_review,
    ask_review,
    calibrate,
    drop,
    sample,
    score,
    set_plan,
    set_scorecard,
    settle,
)

__all__ = [
    "answer_review",
    "ask_again",
    "ask_review",
    "ask_review_of",
    "begin_article",
    "begin_version",
    "calibrate",
    "discard_draft",
    "drop",
    "edit_draft",
    "invite",
    "remind",
    "publish",
    "record_answer",
    "sample",
    "sample_escalated",
    "score",
    "set_governed",
    "set_plan",
    "set_scorecard",
    "settle",
    "take_exam",
    "withdraw",
    "write_exam",
]
