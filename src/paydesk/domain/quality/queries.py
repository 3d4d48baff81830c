"""Reads about knowledge and exams: what can be looked up, what counts now, who has to pass what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as When
from django.db.models import Count, IntegerField, Max, Prefetch, Q, QuerySet, Value
from django.db.models import When as If

from paydesk.domain.quality import rules
from paydesk.domain.quality.models import Article, ArticleVersion, Attempt, Exam
from paydesk.domain.quality.rules import Question
from paydesk.foundation.people.authority import RIGHTS, letter, rights_of
from paydesk.foundation.people.due_exams import DueExam
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor

SHOWN = ("draft", "published")


def articles(actor: Actor) -> QuerySet[Article]:
    """Articles of the actor's markets and those of all markets, with `live` and `draft` as lists of at most
    one version; no order. Three queries."""
    found = Article.objects.prefetch_related(
        Prefetch("versions", ArticleVersion.objects.filter(state="published"), to_attr="live"),
        Prefetch("versions", ArticleVersion.objects.filter(state="draft"), to_attr="draft"),
    )
    if actor.markets is None:
        return found
    return found.filter(market__in=["", *sorted(actor.markets)])


def article_for(actor: Actor, article_id: int) -> Article:
    """Raises Article.DoesNotExist also for another market."""
    return articles(actor).get(pk=article_id)


def found_by(found: QuerySet[Article], text: str) -> QuerySet[Article]:
    """Narrowed to articles whose version that counts or is a draft has every word, in title or text; those
    with the words in their title first."""
    words = text.split()[:8]
    for word in words:
        versions = ArticleVersion.objects.filter(state__in=SHOWN).filter(
            Q(title__icontains=word) | Q(text__icontains=word)
        )
        found = found.filter(Q(pk__in=versions.values("article_id")) | Q(topic__icontains=word))
    if not words:
        return found.order_by("topic", "market", "language", "id")
    titled = ArticleVersion.objects.filter(state__in=SHOWN, title__icontains=words[0]).values("article_id")
    in_title = When(If(pk__in=titled, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(in_title, "topic", "market", "language", "id")


def citable(actor: Actor, *, market: str, language: str, text: str = "", most: int = 8) -> list[Article]:
    """Published articles for an answer in `market`: in its language first, then in English."""
    found = articles(actor).filter(market__in=["", market], versions__state="published")
    wanted = list(found_by(found.filter(language__in=[language[:2], "en"]), text).distinct()[: most * 2])
    return sorted(wanted, key=lambda each: each.language != language[:2])[:most]


def versions_of(article_id: int) -> list[ArticleVersion]:
    """Every version, newest first, with its exam; one query."""
    found = ArticleVersion.objects.filter(article_id=article_id).select_related("exam")
    return list(found.order_by("-number"))


def version_for(actor: Actor, article_id: int, number: int) -> ArticleVersion:
    """One version. Raises ArticleVersion.DoesNotExist also for another market."""
    found = ArticleVersion.objects.select_related("article", "exam").filter(
        article__in=articles(actor).prefetch_related(None)
    )
    return found.get(article_id=article_id, number=number)


def count_to_publish(actor: Actor) -> int:
    """Drafts of policies that wait for somebody else than their writer; one query."""
    drafts = ArticleVersion.objects.filter(
        state="draft", kind="policy", article__in=articles(actor).prefetch_related(None)
    )
    return drafts.exclude(made_by=actor.label).count()


# Exams


def questions_of(exam: Exam) -> list[Question]:
    return [Question.from_json(known) for known in exam.questions]


def governable_rows() -> list[str]:
    """Rows of the authority table that a policy may govern: not those by which the desk itself is run, which
    would lock out whoever mends it. A row above its limit follows the one below it."""
    return [
        right
        for right in RIGHTS
        if "." in right and not right.endswith("_above_limit") and letter(right, "AD")[0] != "M"
    ]


def governing(market_codes: Sequence[str] | None) -> list[Exam]:
    """Exams of the policies in force that govern something, for people of these markets; one query."""
    found = (
        Exam.objects.select_related("version__article")
        .filter(version__state="published")
        .exclude(version__article__governs=[])
        .order_by("pk")
    )
    if market_codes is not None:
        found = found.filter(version__article__market__in=["", *market_codes])
    return list(found)


def due_exams_of(person: Person, now: datetime) -> list[DueExam]:
    """The exams this person has not passed and whose rows their roles hold; two queries beside the person's
    own, none for whoever nothing is asked of."""
    exams = governing(None if person.works_in_all_markets else [each.pk for each in person.markets.all()])
    if not exams:
        return []
    passed = set(Attempt.objects.filter(person=person, passed=True).values_list("exam_id", flat=True))
    return due_of(person, exams, passed)


def due_of(person: Person, exams: Sequence[Exam], passed: set[int]) -> list[DueExam]:
    """The same, from what was read before."""
    held = {
        row.removesuffix("_above_limit")
        for row, _, rest in (right.partition(":") for right in rights_of(person.role_codes))
        if rest != "view"
    }
    due = []
    for exam in exams:
        rows = tuple(row for row in exam.version.article.governs if row in held)
        published_at = exam.version.published_at
        if exam.pk in passed or not rows or published_at is None:
            continue
        since = rules.withheld_from(
            published_at=published_at, notice_days=exam.version.notice_days, joined_at=person.created_at
        )
        due.append(DueExam(exam.pk, rules.cited(exam.version.title, exam.version.number), rows, since))
    return due


def exam_by_id(exam_id: int) -> Exam | None:
    """The exam with its version and article; None if there is none or its version is a draft. One query."""
    found = Exam.objects.select_related("version__article").filter(pk=exam_id)
    return found.exclude(version__state__in=["draft", "discarded"]).first()


def attempts_of(person_id: int, exam_id: int | None = None) -> list[Attempt]:
    """What a person tried, newest first, with its exam; one query."""
    found = Attempt.objects.filter(person_id=person_id).select_related("exam__version")
    if exam_id is not None:
        found = found.filter(exam_id=exam_id)
    return list(found.order_by("-at", "-id"))


def tries_left(person_id: int, exam: Exam, now: datetime) -> int:
    """How often this person may try again within the 24 hours up to now; one query."""
    since = now - timedelta(days=1)
    tried = Attempt.objects.filter(person_id=person_id, exam=exam, at__gt=since).count()
    return max(0, exam.tries_a_day - tried)


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before one exam. `due` is None for whom it withholds nothing."""

    person: Person
    exam: Exam
    passed_at: datetime | None
    tries: int
    best_percent: int | None
    due: DueExam | None


def standings(actor: Actor) -> list[Standing]:
    """Who of the actor's markets stands how before the exams in force; who is due first in front. A few
    queries, whatever the number of people."""
    exams = governing(None if actor.markets is None else sorted(actor.markets))
    tried: dict[tuple[int, int], dict[str, Any]] = {
        (row["exam_id"], row["person_id"]): row
        for row in Attempt.objects.filter(exam__in=exams)
        .values("exam_id", "person_id")
        .annotate(tries=Count("pk"), best=Max("right"), passed_at=Max("at", filter=Q(passed=True)))
    }
    found = []
    people = Person.objects.filter(is_active=True).prefetch_related("roles", "markets").order_by("name", "id")
    for person in people:
        markets = None if person.works_in_all_markets else {each.pk for each in person.markets.all()}
        if actor.markets is not None and markets is not None and not markets & actor.markets:
            continue
        here = [e for e in exams if markets is None or e.version.article.market in ("", *markets)]
        waits = {due.exam_id: due for due in due_of(person, here, set())}
        for exam in here:
            if exam.pk not in waits:
                continue
            row = tried.get((exam.pk, person.pk), {})
            passed_at = row.get("passed_at")
            best = row["best"] * 100 // len(exam.questions) if row else None
            found.append(
                Standing(
                    person, exam, passed_at, row.get("tries", 0), best,
                    None if passed_at else waits[exam.pk],
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.passed_at is not None, each.exam.pk, each.person.name))
