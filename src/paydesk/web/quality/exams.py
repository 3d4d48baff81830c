"""Exams: one's own, taking one, and who stands how before which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.quality import actions
from paydesk.domain.quality.queries import (
    Standing,
    article_for,
    attempts_of,
    exam_by_id,
    questions_of,
    standings,
    tries_left,
)
from paydesk.domain.quality.rules import Question, cited
from paydesk.foundation.people.due_exams import DueExam
from paydesk.foundation.people.queries import any_person
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.account.rights import RIGHT_WORDS
from paydesk.web.addresses import code_in, page_of
from paydesk.web.exports import exports
from paydesk.web.language import spoken
from paydesk.web.quality.knowledge import html_of
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.quality.models import Exam

SEE, TAKE, RESULTS = "knowledge:view", "exams.take", "exams.results:view"
HEAD = (
    "Person",
    "Policy",
    "Version",
    "State",
    "Tries",
    "Best in percent",
    "Passed at (UTC)",
    "Rests from (UTC)",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An exam somebody has to pass, as a notice says it."""

    due: DueExam
    now: datetime

    @property
    def rests(self) -> bool:
        return self.due.withheld_from <= self.now

    @property
    def days(self) -> int:
        return self.due.days_left(self.now)

    @property
    def rights(self) -> str:
        return ", ".join(spoken(RIGHT_WORDS.get(row, row)) for row in self.due.rows)


def waiting_for(request: HttpRequest) -> list[Waiting]:
    """What the person behind the request has to pass, the next to count first; no query."""
    person: Any = request.user
    now = timezone.now()
    due = sorted(person.exams_to_pass, key=lambda each: each.withheld_from)
    return [Waiting(each, now) for each in due]


@require_safe
@needs(SEE)
def exam_list(request: HttpRequest) -> HttpResponse:
    """What one has to pass and has passed; for whoever may, how everybody stands."""
    actor = actor_of(request)
    results = gate(actor, RESULTS)
    shown = standings(actor) if results.allowed else []
    known = {
        "waiting": waiting_for(request),
        "attempts": [
            (each, cited(each.exam.version.title, each.exam.version.number))
            for each in attempts_of(actor.id)[:50]
        ]
        if actor.id is not None
        else [],
        "sees_results": results.allowed,
        "rows": [(each, _version(each), *_badge(each, timezone.now())) for each in shown],
        "passed": sum(each.passed_at is not None for each in shown),
    }
    return render(request, "quality/exams.html", known)


def _version(each: Standing) -> str:
    return cited(each.exam.version.title, each.exam.version.number)


def _badge(each: Standing, now: datetime) -> tuple[str, str]:
    if each.due is None:
        return "settled", "passed"
    if each.due.withheld_from <= now:
        return "failed", "right rests"
    days = each.due.days_left(now)
    return "held", f"{days} day{'' if days == 1 else 's'} left"


@exports(RESULTS)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """How everybody stands before the exams in force, as CSV or XLSX."""
    now = timezone.now()
    rows = (
        [
            each.person.name, each.exam.version.title, each.exam.version.number, _badge(each, now)[1],
            each.tries, each.best_percent, _utc(each.passed_at),
            _utc(each.due.withheld_from if each.due else None),
        ]
        for each in standings(actor_of(request))
    )  # fmt: skip
    return list_download(f"exams-{timezone.localdate().isoformat()}", kind, HEAD, rows)


def _utc(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def take(request: HttpRequest, exam_id: int) -> HttpResponse:
    """The policy and its questions; handed in, how it went."""
    actor, now = actor_of(request), timezone.now()
    exam = _exam_or_404(request, exam_id)
    questions = questions_of(exam)
    if request.method == "POST":
        answers = answers_in(request.POST, len(questions))
        attempt = actions.take_exam(exam.pk, answers=answers, by=actor, now=now)
        return redirect(f"{reverse('exams:take', args=[exam.pk])}?try={attempt.pk}")
    person: Any = any_person(actor.id) if actor.id is not None else None
    tried = attempts_of(actor.id, exam.pk) if actor.id is not None else []
    asked = request.GET.get("try", "")
    last = next((each for each in tried if str(each.pk) == asked), None)
    version = exam.version
    known = {
        "exam": exam,
        "version": version,
        "name": cited(version.title, version.number),
        "article_url": page_of("article", version.article_id),
        "article_code": code_in("article", version.article_id),
        "html": html_of(version),
        "questions": [(number, each, list(enumerate(each.options))) for number, each in enumerate(questions)],
        "last": last,
        "again": list(_wrong(questions, last.answers)) if last and not last.passed else [],
        "passed": next((each for each in tried if each.passed), None),
        "left": tries_left(actor.id, exam, now) if actor.id is not None else 0,
        "counts": version.state == "published",
        "take": gate(actor, TAKE),
        "due": next((each for each in waiting_for(request) if each.due.exam_id == exam.pk), None)
        if person
        else None,
    }
    return render(request, "quality/take.html", known)


def _exam_or_404(request: HttpRequest, exam_id: int) -> Exam:
    exam = exam_by_id(exam_id)
    if exam is None:
        raise Http404("There is no such exam.")
    try:
        article_for(actor_of(request), exam.version.article_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such exam in your markets.") from None
    return exam


def answers_in(sent: QueryDict, count: int) -> list[set[int]]:
    """What was chosen for each question, by the fields q0, q1 …"""
    return [
        {int(text) for text in sent.getlist(f"q{n}") if text.isdigit() and len(text) < 4}
        for n in range(count)
    ]


def _wrong(questions: list[Question], answers: list[list[int]]) -> Iterator[str]:
    for question, chosen in zip(questions, answers, strict=True):
        if frozenset(chosen) != question.right:
            yield question.text
