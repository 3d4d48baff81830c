"""Words that people put on cases to find them again together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record
from paydesk.domain.cases.texts import problem_with_tag, tag_of
from paydesk.kernel.actor import Actor

MOST_TAGS = 20


@transaction.atomic(durable=True)
def tag_case(
    case_id: int, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: Actor, now: datetime
) -> Case:
    """Put words on a case or take them off; what is there already stays. Raises CaseRefused.

    A word of a tag is no place for a person's name or number: the trail keeps how many, not which.
    """
    case = locked(case_id, by, also_over=True)
    wanted, gone = [tag_of(each) for each in add], {tag_of(each) for each in remove}
    for word in wanted:
        if problem := problem_with_tag(word):
            raise CaseRefused(problem)
    tags = [*(each for each in case.tags if each not in gone), *wanted]
    tags = list(dict.fromkeys(tags))
    if len(tags) > MOST_TAGS:
        raise CaseRefused(f"A case bears up to {MOST_TAGS} tags: take one off first.")
    if tags == case.tags:
        return case
    was, case.tags = len(case.tags), tags
    keep(case, "tags")
    record("case.tagged", case, by, now, tags=[was, len(tags)])
    return case
