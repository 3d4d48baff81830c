"""Answers that people began: whose they are, and the facts in them, shown where they changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import Truncator

from paydesk.domain.cases.answering import SHORTEST_TELLING
from paydesk.domain.cases.asks import Fact, named_facts
from paydesk.domain.cases.draft_facts import Changed, changed_facts
from paydesk.domain.cases.queries import drafts_of
from paydesk.foundation.people.queries import names_of

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Draft

FIRST_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Drafts:
    """What is being written at a case: one's own, and (draft, name, first words) of what others began.

    `taken_by` is who goes on with what one began oneself, "" where nobody does.
    """

    mine: Draft | None
    others: Sequence[tuple[Draft, str, str]]
    taken_by: str


def drafts_for(case_id: int, person_id: int | None) -> Drafts:
    """As a person sees them; a colleague's note stays theirs. One query, another for names."""
    written = {each.person_id: each for each in drafts_of(case_id)}
    mine = written.pop(person_id or 0, None)
    theirs = [each for each in written.values() if not each.is_note and each.taken_by_id is None]
    names = names_of({each.person_id for each in theirs}) if theirs else {}
    others = [
        (each, names.get(each.person_id, ""), Truncator(" ".join(each.text.split())).chars(FIRST_LETTERS))
        for each in theirs
    ]
    if mine is None or mine.taken_by_id is None:
        return Drafts(mine, others, "")
    goes_on = any(each.person_id == mine.taken_by_id for each in theirs)
    return Drafts(None, others, names[mine.taken_by_id] if goes_on else "")


def facts_in(draft: Draft | None, facts: Iterable[tuple[Fact, str]]) -> list[tuple[str, str]]:
    """(name, value) of what stands in a draft: facts of now, and those it was written with.

    The latter may be otherwise by now; then they stop the answer, as if it had never been left alone.
    """
    if draft is None or draft.is_note:
        return []
    found = {(fact.name, fact.value) for fact, why in facts if not why}
    found |= {(each["name"], each["value"]) for each in draft.facts}
    return sorted(pair for pair in found if len(pair[1]) >= SHORTEST_TELLING and pair[1] in draft.text)


def changed_in(draft: Draft | None, facts: Iterable[tuple[Fact, str]], now: datetime) -> list[Changed]:
    """What a draft says and is not so any more; asks for what hangs on no link only where it cites such."""
    if draft is None or draft.is_note or not draft.facts:
        return []
    fresh = [fact for fact, why in facts if not why]
    names = {each["name"] for each in draft.facts} - {fact.name for fact in fresh}
    fresh += named_facts(sorted(names), now)
    return changed_facts(draft.text, draft.facts, [(each.name, each.words, each.value) for each in fresh])
