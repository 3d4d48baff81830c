"""Policies and reviews for tests, made by the verbs of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from paydesk.domain.cases import actions as cases
from paydesk.domain.quality import actions
from paydesk.domain.quality.models import ArticleVersion
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_rules import DELIVERED
from paydesk.foundation.people.models import Person

QUESTIONS = """
How many people does a refund take?
- one
* two

Which may be refunded?
* what was paid twice
* what was paid by mistake
- what was used
"""


def policy_in_force(
    people: Mapping[str, Person], now: datetime, *, governs: Sequence[str] = (), topic: str = "refunds"
) -> ArticleVersion:
    """The policy "Refunds", version 1, with an exam of two questions, written by QA and published by TL."""
    writer, second = people["QA" if "QA" in people else "SU"].actor(), people["TL"].actor()
    draft = actions.begin_article(
        kind="policy", topic=topic, title="Refunds", text="A refund takes **two** people.", by=writer, now=now
    )
    actions.write_exam(draft.article_id, text=QUESTIONS, pass_percent=100, by=writer, now=now)
    live = actions.publish(draft.article_id, number=1, by=second, now=now)
    if governs:
        actions.set_governed(draft.article_id, rows=governs, by=people["AD"].actor(), now=now)
    return live


def review_of(people: Mapping[str, Person], case_id: int, now: datetime) -> Review:
    """A review, scored by QA, of what support did with a case: one call."""
    by = people["SU"].actor()
    cases.log_call(case_id, outcome="answered", text="Told them.", called_us=False, by=by, now=now)
    review = actions.ask_review(case_id, by=people["QA"].actor(), now=now)
    marks = {item.code: "yes" for item in DELIVERED}
    return actions.score(review.pk, marks=marks, followed="yes", by=people["QA"].actor(), now=now)
