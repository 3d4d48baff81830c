"""Parts that the verbs of quality share: refusing, recording, keeping what people have to pass up to date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from paydesk.domain.quality.models import Article, ArticleVersion
from paydesk.domain.quality.queries import governing
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people import due_exams
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


class KnowledgeRefused(Refused):
    """This cannot be done with this article."""

    code = "knowledge.refused"


class ExamRefused(Refused):
    """This cannot be done with this exam."""

    code = "exam.refused"


def locked_article(article_id: int, by: Actor) -> Article:
    """The article, locked until the verb is over, for somebody who works in its market."""
    article = Article.objects.select_for_update().filter(pk=article_id).first()
    if article is None or (article.market and not by.sees(article.market)):
        raise KnowledgeRefused("There is no such article in your markets.")
    return article


def draft_of(article: Article) -> ArticleVersion:
    """The draft of a locked article. Raises KnowledgeRefused where there is none."""
    draft = ArticleVersion.objects.filter(article=article, state="draft").first()
    if draft is None:
        raise KnowledgeRefused("This article has no draft: begin a new version first.")
    return draft


def record(verb: str, article: Article, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(
        verb, subject=("article", article.pk), by=by, at=at, market=article.market or None, changes=changes
    )


def look_again_at_all(now: datetime) -> int:
    """Ask for everybody anew what they have to pass; returns for how many it changed."""
    people = Person.objects.select_for_update(of=("self",)).filter(is_active=True)
    if not governing(None):
        people = people.exclude(due_exams=[])
    return sum(
        due_exams.look_again(person, now)
        for person in people.prefetch_related("roles", "markets").order_by("pk")
    )
