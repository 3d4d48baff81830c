"""Files that were made here from what we know of somebody: they leave only for whoever may have them then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paydesk.domain.cases import identity
from paydesk.domain.cases.answering import StaleFactsRefused, check_facts
from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.hearing import why_not_for
from paydesk.domain.cases.models import Case, WaitingFile
from paydesk.domain.cases.steps import IdentityRefused
from paydesk.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Tells:
    """What a file tells: by which verb of identity.VERBS, of what, of which customer, and the facts in it."""

    verb: str = ""
    about: tuple[Link, ...] = ()
    customer_id: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "verb": self.verb, "about": [list(link) for link in self.about],
            "customer_id": self.customer_id, "facts": dict(self.facts),
        }  # fmt: skip

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Tells:
        about = tuple((kind, number) for kind, number in known["about"])
        return cls(known["verb"], about, known["customer_id"], known["facts"])


def check_files(case: Case, by: Actor, channel: str, now: datetime) -> None:
    """Stop an answer with a file that was made while somebody else was answered, or elsewhere, or that is not
    so any more. Raises IdentityRefused, StaleFactsRefused."""
    level = identity.level_on(case.level, case.level_channel, channel)
    for file in WaitingFile.objects.filter(case=case, person_id=by.id).exclude(tells={}).order_by("pk"):
        tells = Tells.from_json(file.tells)
        if tells.customer_id != case.customer_id:
            raise IdentityRefused(f"{file.name} was made for another customer: take it off.", file=file.pk)
        if tells.verb:
            why = identity.why_not(tells.verb, level=level, party_role=case.party_role)
            if why := why or why_not_for(case, tells.about):
                raise IdentityRefused(f"{file.name} does not go along. {why}", file=file.pk)
        try:
            check_facts(case, tells.facts, now, now, channel)
        except StaleFactsRefused as stale:
            raise StaleFactsRefused(
                f"What {file.name} says is not so any more: take it off and make it again.", **stale.fields
            ) from None
