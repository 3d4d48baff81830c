"""The facts in an answer that somebody began: sent along again, and shown where they changed since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from paydesk.domain.cases.answering import SHORTEST_TELLING
from paydesk.domain.cases.asks import Fact, named_facts
from paydesk.domain.cases.draft_facts import Changed, changed_facts

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Draft


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
