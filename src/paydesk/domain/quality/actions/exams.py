"""Exams: written with the draft of a policy, taken by whoever its rights belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from paydesk.domain.quality import rules
from paydesk.domain.quality.models import Attempt, Exam
from paydesk.domain.quality.queries import exam_by_id, questions_of, tries_left
from paydesk.domain.quality.steps import (
    ExamRefused,
    draft_of,
    locked_article,
    look_again_at_all,
    record,
)
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people import due_exams
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def write_exam(
    article_id: int,
    *,
    text: str,
    pass_percent: int = rules.PASS_PERCENT,
    tries_a_day: int = rules.TRIES_A_DAY,
    by: Actor,
    now: datetime,
) -> Exam:
    """Give the draft of a policy its questions, in the words of `rules.questions_from_text`.

    Whoever writes them is the writer of the draft. Raises ExamRefused, KnowledgeRefused.
    """
    article = locked_article(article_id, by)
    by.needs("knowledge.write", market=article.market or None)
    if article.kind != "policy":
        raise ExamRefused("An exam belongs to a policy; this is none.")
    draft = draft_of(article)
    try:
        questions = rules.questions_from_text(text)
    except ValueError as problem:
        raise ExamRefused(str(problem)) from None
    if not 1 <= pass_percent <= 100 or not 1 <= tries_a_day <= rules.MOST_TRIES_A_DAY:
        raise ExamRefused(
            f"The pass mark is between 1 and 100 %, with one to {rules.MOST_TRIES_A_DAY} tries a day."
        )
    exam, _ = Exam.objects.update_or_create(
        version=draft,
        defaults={
            "questions": [question.as_json() for question in questions],
            "pass_percent": pass_percent,
            "tries_a_day": tries_a_day,
        },
    )
    draft.made_by, draft.made_at = by.label, now
    draft.save(update_fields=["made_by", "made_at"])
    record("exam.written", article, by, now, version=draft.number, questions=len(questions))
    return exam


@transaction.atomic(durable=True)
def take_exam(exam_id: int, *, answers: Sequence[Collection[int]], by: Actor, now: datetime) -> Attempt:
    """Answer every question; the places of what was chosen, a collection for each. The result is kept.

    Whoever passes has their rights back at once; passed once it stays so, and is given back. Raises
    ExamRefused where the version does not count any more, a question has no answer, or the day's tries are
    used up.
    """
    by.needs("exams.take")
    if by.kind != "person" or by.id is None:
        raise ExamRefused("Only a person takes an exam.")
    person = Person.objects.select_for_update(of=("self",)).get(pk=by.id)
    exam = exam_by_id(exam_id)
    if exam is None:
        raise ExamRefused("There is no such exam.")
    if passed := Attempt.objects.filter(exam=exam, person=person, passed=True).first():
        return passed
    if exam.version.state != "published":
        raise ExamRefused("This version of the policy does not count any more: take the exam of the newest.")
    questions = questions_of(exam)
    chosen = [frozenset(answer) for answer in answers]
    if len(chosen) != len(questions) or not all(
        each and each <= set(range(len(question.options)))
        for each, question in zip(chosen, questions, strict=False)
    ):
        raise ExamRefused("Answer every question, then hand it in.")
    if not tries_left(person.pk, exam, now):
        raise ExamRefused(
            f"You tried {exam.tries_a_day} times within a day: read the policy again and come back tomorrow."
        )
    result = rules.result_of(questions, chosen, exam.pass_percent)
    attempt = Attempt.objects.create(
        exam=exam, person=person, answers=[sorted(each) for each in chosen], right=result.right,
        asked=result.asked, passed=result.passed, at=now,
    )  # fmt: skip
    due_exams.look_again(person, now)
    audit.record(
        "exam.passed" if result.passed else "exam.failed",
        subject=("article", exam.version.article_id),
        by=by,
        at=now,
        changes={"version": exam.version.number, "right": result.right, "asked": result.asked},
    )
    return attempt


@transaction.atomic(durable=True)
def ask_again(*, by: Actor, now: datetime) -> int:
    """Keep with everybody what they have to pass, whatever changed it; returns for how many it changed."""
    changed = look_again_at_all(now)
    if changed:
        audit.record("exam.looked_again", subject=("desk", 0), by=by, at=now, changes={"people": changed})
    return changed
