"""Writing down what the desk knows: articles in versions; a policy is published by a second person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from paydesk.domain.quality import rules
from paydesk.domain.quality.models import Article, ArticleVersion, Exam
from paydesk.domain.quality.queries import governable_rows
from paydesk.domain.quality.states import ARTICLE_VERSION
from paydesk.domain.quality.steps import (
    KnowledgeRefused,
    draft_of,
    locked_article,
    look_again_at_all,
    record,
)
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor

WRITE, PUBLISH, SECOND, SET_UP = (
    "knowledge.write", "knowledge.publish", "knowledge.publish_policy:check", "settings.manage",
)  # fmt: skip


@transaction.atomic(durable=True)
def begin_article(
    *,
    kind: str,
    topic: str,
    market: str = "",
    language: str = "en",
    title: str,
    text: str,
    notice_days: int = rules.NOTICE_DAYS,
    by: Actor,
    now: datetime,
) -> ArticleVersion:
    """Write the first version of an article, as a draft; `market` "" is for all. Raises KnowledgeRefused."""
    by.needs(WRITE, market=market or None)
    _check(kind=kind, topic=topic, language=language, title=title, text=text, notice_days=notice_days)
    if market and not Market.objects.filter(pk=market).exists():
        raise KnowledgeRefused(f"There is no market {market}.")
    if Article.objects.filter(topic=topic, market=market, language=language).exists():
        raise KnowledgeRefused(
            f"There is an article about {topic} for this market and language: begin a new version of it."
        )
    article = Article.objects.create(
        kind=kind, topic=topic, market=market, language=language, made_by=by.label, made_at=now
    )
    draft = ArticleVersion.objects.create(
        article=article, number=1, kind=kind, title=title.strip(), text=text, notice_days=notice_days,
        made_by=by.label, made_at=now,
    )  # fmt: skip
    record("article.drafted", article, by, now, version=1, kind=kind)
    return draft


@transaction.atomic(durable=True)
def begin_version(article_id: int, *, by: Actor, now: datetime) -> ArticleVersion:
    """Begin the next version from words and exam of the newest; a draft that is there is given back."""
    article = locked_article(article_id, by)
    by.needs(WRITE, market=article.market or None)
    if known := ArticleVersion.objects.filter(article=article, state="draft").first():
        return known
    newest = ArticleVersion.objects.filter(article=article).order_by("-number")[0]
    draft = ArticleVersion.objects.create(
        article=article, number=newest.number + 1, kind=article.kind, title=newest.title, text=newest.text,
        notice_days=newest.notice_days, made_by=by.label, made_at=now,
    )  # fmt: skip
    if exam := Exam.objects.filter(version=newest).first():
        Exam.objects.create(
            version=draft, questions=exam.questions, pass_percent=exam.pass_percent,
            tries_a_day=exam.tries_a_day,
        )  # fmt: skip
    record("article.drafted", article, by, now, version=draft.number)
    return draft


@transaction.atomic(durable=True)
def edit_draft(
    article_id: int,
    *,
    title: str,
    text: str,
    change: str = "",
    notice_days: int = rules.NOTICE_DAYS,
    by: Actor,
    now: datetime,
) -> ArticleVersion:
    """Change the words of the draft. Whoever edits last is its writer, whom another one has to follow."""
    article = locked_article(article_id, by)
    by.needs(WRITE, market=article.market or None)
    draft = draft_of(article)
    _check(
        kind=article.kind, topic=article.topic, language=article.language, title=title, text=text,
        notice_days=notice_days,
    )  # fmt: skip
    draft.title, draft.text, draft.change = title.strip(), text, change.strip()[:200]
    draft.notice_days, draft.made_by, draft.made_at = notice_days, by.label, now
    draft.save(update_fields=["title", "text", "change", "notice_days", "made_by", "made_at"])
    record("article.edited", article, by, now, version=draft.number)
    return draft


@transaction.atomic(durable=True)
def discard_draft(article_id: int, *, by: Actor, now: datetime) -> ArticleVersion:
    """Put the draft aside; its number is not used again."""
    article = locked_article(article_id, by)
    by.needs(WRITE, market=article.market or None)
    draft = draft_of(article)
    draft.state, draft.ended_at = ARTICLE_VERSION.after("discard", draft.state), now
    draft.save(update_fields=["state", "ended_at"])
    record("article.draft_discarded", article, by, now, version=draft.number)
    return draft


@transaction.atomic(durable=True)
def publish(article_id: int, *, number: int, by: Actor, now: datetime) -> ArticleVersion:
    """Let the draft count from now on; the version before is kept, replaced. `number` is what was read.

    A policy takes another person than whoever wrote it last; its exam opens with it, and rights it governs
    rest after its notice for whoever has not passed. Raises KnowledgeRefused, NotAllowedRefused.
    """
    article = locked_article(article_id, by)
    policy = article.kind == "policy"
    by.needs(SECOND if policy else PUBLISH, market=article.market or None)
    draft = draft_of(article)
    if draft.number != number:
        raise KnowledgeRefused(f"Version {number} is no draft any more: look at it again.")
    if policy and draft.made_by == by.label:
        raise KnowledgeRefused(
            "You wrote this version, and a policy takes two: another person who may publish has to read it."
        )
    if policy and article.governs and not Exam.objects.filter(version=draft).exists():
        raise KnowledgeRefused(
            "This policy governs rights, and its version has no exam: write the questions first."
        )
    for before in ArticleVersion.objects.filter(article=article, state="published"):
        before.state, before.ended_at = ARTICLE_VERSION.after("replace", before.state), now
        before.save(update_fields=["state", "ended_at"])
    draft.state = ARTICLE_VERSION.after("publish", draft.state)
    draft.published_by, draft.published_at = by.label, now
    draft.save(update_fields=["state", "published_by", "published_at"])
    asked = look_again_at_all(now) if policy else 0
    record("article.published", article, by, now, version=draft.number, people_asked=asked)
    put("article.published", {"article_id": article.pk, "number": draft.number})
    return draft


@transaction.atomic(durable=True)
def withdraw(article_id: int, *, reason: str, by: Actor, now: datetime) -> ArticleVersion:
    """It does not hold any more and nothing replaces it; what was cited keeps its version."""
    article = locked_article(article_id, by)
    by.needs(SECOND if article.kind == "policy" else PUBLISH, market=article.market or None)
    live = ArticleVersion.objects.filter(article=article, state="published").first()
    if live is None:
        raise KnowledgeRefused("Nothing of this article counts now.")
    if not reason.strip():
        raise KnowledgeRefused("Say why it does not hold any more.")
    live.state, live.ended_at = ARTICLE_VERSION.after("withdraw", live.state), now
    live.save(update_fields=["state", "ended_at"])
    look_again_at_all(now)
    record("article.withdrawn", article, by, now, version=live.number, reason=reason.strip()[:200])
    return live


@transaction.atomic(durable=True)
def set_governed(article_id: int, *, rows: Collection[str], by: Actor, now: datetime) -> Article:
    """Say which rows of the authority table wait for the exam of this policy; none is none.

    Raises KnowledgeRefused where it is no policy, or the version that counts has no exam.
    """
    article = locked_article(article_id, by)
    by.needs(SET_UP, market=article.market or None)
    if unknown := set(rows) - set(governable_rows()):
        raise KnowledgeRefused(
            f"These are no rights that an exam can hold back: {', '.join(sorted(unknown))}."
        )
    if rows and article.kind != "policy":
        raise KnowledgeRefused("Only a policy governs rights.")
    live = ArticleVersion.objects.filter(article=article, state="published").first()
    if rows and live is not None and not Exam.objects.filter(version=live).exists():
        raise KnowledgeRefused(
            f"Version {live.number} counts and has no exam: publish a version with one first."
        )
    was, article.governs = article.governs, sorted(rows)
    if was == article.governs:
        return article
    article.save(update_fields=["governs"])
    asked = look_again_at_all(now)
    record("article.governs", article, by, now, rows=[was, article.governs], people_asked=asked)
    return article


def _check(*, kind: str, topic: str, language: str, title: str, text: str, notice_days: int) -> None:
    problem = rules.problem_with_article(kind=kind, topic=topic, language=language, title=title, text=text)
    if not problem and not 0 <= notice_days <= rules.MOST_NOTICE_DAYS:
        problem = f"The notice is between 0 and {rules.MOST_NOTICE_DAYS} days."
    if problem:
        raise KnowledgeRefused(problem)
