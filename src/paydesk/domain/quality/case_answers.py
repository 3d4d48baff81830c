"""What knowledge answers when a case asks: an article as a reply cites it, by the version that counts."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases.asks import Fact, tells_named_fact
from paydesk.domain.cases.rules import Level
from paydesk.domain.quality.models import ArticleVersion
from paydesk.domain.quality.rules import cited


def register() -> None:
    """Make the answers known to cases."""
    tells_named_fact("article", citation)


def fact_name(article_id: int) -> str:
    """How a reply keeps that it cites this article; its value says the version."""
    return f"article.{article_id}"


def citation(name: str, now: datetime) -> Fact | None:
    """ "article.12" as "Refunds v3"; None where nothing of it counts now. Anybody may hear it."""
    number = name.partition(".")[2]
    if not number.isdigit():
        return None
    live = ArticleVersion.objects.filter(article_id=int(number), state="published").first()
    if live is None:
        return None
    return Fact(name, "Article", cited(live.title, live.number), now, Level.UNVERIFIED)
