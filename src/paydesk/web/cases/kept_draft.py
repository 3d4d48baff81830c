"""The facts in an answer that somebody began: they are sent along again, and looked up when it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from paydesk.domain.cases.answering import SHORTEST_TELLING
from paydesk.domain.cases.asks import Fact

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Draft, Message


def facts_in(
    draft: Draft | None, facts: Iterable[tuple[Fact, str]], messages: Sequence[Message], author: str
) -> list[tuple[str, str]]:
    """(name, value) of what stands in a draft: facts of now, and those of an answer that was taken back.

    The latter may be otherwise by now; then they stop the answer, as if it had never been taken back.
    """
    if draft is None or draft.is_note:
        return []
    found = {(fact.name, fact.value) for fact, why in facts if not why}
    back = [each for each in messages if each.delivery == "taken_back" and each.author == author]
    if back:
        found |= set(max(back, key=lambda each: each.pk).facts.items())
    return sorted(pair for pair in found if len(pair[1]) >= SHORTEST_TELLING and pair[1] in draft.text)
