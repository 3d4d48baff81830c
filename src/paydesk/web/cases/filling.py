"""What fills the places of ready texts and letters for one case, as of now, for whoever may hear it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext

from paydesk.domain.cases.hearing import facts_for, known_where_answered
from paydesk.domain.cases.identity import why_not
from paydesk.domain.cases.placeholders import Filled, fill
from paydesk.domain.cases.queries import code, link_pairs
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.kernel.actor import Actor

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case, ReadyText

FIRST_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Filling:
    """The desk's own values and the facts of a case: (name, value, why it may not be told).

    Whoever is not known hears the name that they gave themselves; `knows_name`: it is the one we have.
    """

    own: dict[str, str]
    facts: list[tuple[str, str, str]]
    knows_name: bool

    def fill(self, text: str) -> Filled:
        return fill(text, self.own, self.facts)

    @property
    def values(self) -> dict[str, str]:
        """Every value that is known, is one, and may be told."""
        names = [name for name, _, _ in self.facts]
        text = "".join(f"{{{name}}}" for name in dict.fromkeys(names))
        return self.own | dict(self.fill(text).facts)


def _everybody(language: str) -> str:
    """What somebody is called who has said no name."""
    with translation.override(language):
        return gettext("customer")


def filling_of(case: Case, actor: Actor, now: datetime) -> Filling:
    """As many queries as the facts of what the case is confirmed to be about."""
    local = timezone.localtime(now)
    level = known_where_answered(case, now)
    is_known = not why_not("customer.call_by_name", level=level, party_role=case.party_role)
    named = case.customer.name if case.customer and is_known else ""
    own = {
        "customer.name": named or case.contact_name or _everybody(case.language),
        "case.code": code(case),
        "agent.name": actor.name,
        "facts.as_of": f"{local:%-d.%-m.%Y %H:%M}",
    }
    facts = facts_for(case, link_pairs(case.pk), now, channel=channel_of_answer(case, now))
    return Filling(own, [(fact.name, fact.value, why) for fact, why in facts], bool(named))


@dataclass(frozen=True, slots=True)
class Offer:
    """A ready text filled for one case, in a language; `other_language` where theirs is not written."""

    text: ReadyText
    language: str
    filled: Filled
    other_language: bool
    fits: bool

    @property
    def language_words(self) -> str:
        return LANGUAGES[self.language]


def offers(texts: list[ReadyText], case: Case, filling: Filling, language: str = "") -> list[Offer]:
    """The texts in the customer's language, else English, else whichever there is; fitting ones first."""
    wanted = language or case.language
    found = []
    for text in texts:
        spoken = next((each for each in (wanted, FIRST_LANGUAGE, *text.texts) if each in text.texts), None)
        if spoken is not None:
            fits = bool(text.category) and text.category == case.category
            filled = filling.fill(text.texts[spoken])
            found.append(Offer(text, spoken, filled, spoken != wanted, fits))
    return sorted(found, key=lambda each: (not each.fits, each.text.title.casefold()))
