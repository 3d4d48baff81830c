"""Answers that are kept ready: written, changed and retired in versions, in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import ReadyText
from paydesk.domain.cases.placeholders import known_places
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.texts import key_of_title, problem_with_ready_text
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor

RIGHT = "cases.texts"


@transaction.atomic(durable=True)
def save_ready_text(
    key: str,
    *,
    title: str,
    texts: Mapping[str, str],
    market: str = "",
    category: str = "",
    then_category: str = "",
    then_wait_hours: int | None = None,
    by: Actor,
    now: datetime,
) -> ReadyText:
    """Write a ready text, or a new version of the one under `key`; the same again changes nothing.

    Every place has to be one that some fact can fill. Raises CaseRefused.
    """
    by.needs(RIGHT, market=market or None)
    title, kept = (
        " ".join(title.split()),
        {language: redacted(text.strip()) for language, text in texts.items() if text.strip()},
    )
    if problem := problem_with_ready_text(title, kept, known_places()):
        raise CaseRefused(problem)
    known = leaves(current_tree()[1])
    if {category, then_category} - {"", *known}:
        raise CaseRefused("Choose the category from its list.", field="category")
    newest = (
        ReadyText.objects.select_for_update().filter(key=key).order_by("-version").first() if key else None
    )
    if key and newest is None:
        raise CaseRefused("There is no ready text under this name: write it as a new one.")
    if newest is None:
        key = key_of_title(title)
        if ReadyText.objects.filter(key=key).exists():
            raise CaseRefused("A ready text of this name is there already: change that one.", field="title")
    wanted = {
        "title": title, "texts": kept, "market": market, "category": category,
        "then_category": then_category, "then_wait_hours": then_wait_hours, "is_retired": False,
    }  # fmt: skip
    if newest is not None and all(getattr(newest, name) == value for name, value in wanted.items()):
        return newest
    made = ReadyText.objects.create(
        key=key, version=newest.version + 1 if newest else 1, **wanted, made_by=by.label, made_at=now
    )
    _record("ready_text.saved", made, by, now)
    return made


@transaction.atomic(durable=True)
def retire_ready_text(key: str, *, by: Actor, now: datetime) -> ReadyText:
    """Offer it to nobody any more; its versions stay. Raises CaseRefused."""
    newest = ReadyText.objects.select_for_update().filter(key=key).order_by("-version").first()
    if newest is None or newest.is_retired:
        raise CaseRefused("This ready text is not in use any more.")
    by.needs(RIGHT, market=newest.market or None)
    newest.pk, newest.version, newest.is_retired = None, newest.version + 1, True
    newest.made_by, newest.made_at = by.label, now
    newest._state.adding = True
    newest.save()
    _record("ready_text.retired", newest, by, now)
    return newest


def _record(verb: str, text: ReadyText, by: Actor, now: datetime) -> None:
    audit.record(
        verb, subject=("ready_text", text.pk), by=by, at=now, market=text.market or None,
        changes={"key": text.key, "version": text.version, "languages": sorted(text.texts)},
    )  # fmt: skip
