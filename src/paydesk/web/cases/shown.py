"""A case as lists and pages show it. States and colours come from the domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.utils import timezone

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.desk import rows_now
from paydesk.domain.cases.due_first import due_first
from paydesk.domain.cases.queries import case_for, code, current_tree
from paydesk.domain.cases.rules import (
    BY_A_PERSON_ALONE,
    CHANNELS,
    HARM_SHORT,
    HARMS,
    LEVEL_WORDS,
    PARTY_ROLES,
)
from paydesk.domain.cases.states import CASE, WAITS_FOR
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.domain.risk.actions import note_look
from paydesk.foundation.clocks.queries import ClockStanding, standing
from paydesk.foundation.clocks.told import arithmetic, pause_rows
from paydesk.foundation.people.queries import names_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import shown as shown_phone
from paydesk.web.addresses import number_in
from paydesk.web.queues.work import RowWork, rows_work

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

SEE, WORK = "cases.work:view", "cases.work"
CHANNEL_ICONS = {
    "email": "mail", "phone": "phone", "chat": "chat", "web_form": "file", "by_hand": "person"
}  # fmt: skip
SEVERITY_FAMILIES = {"urgent": "failed", "high": "held", "normal": "", "low": ""}
LEVEL_FAMILIES = {"unverified": "idle", "two_facts": "moving", "strong": "settled"}
LEVEL_SHORT = {"unverified": "not verified", "two_facts": "two facts", "strong": "strong"}


@dataclass(frozen=True, slots=True)
class ShownCase:
    """One case; its customer is loaded."""

    case: Case
    code: str
    category: str

    @property
    def who(self) -> str:
        """The customer's name, else what they call themselves, else where they wrote from."""
        if self.case.customer is not None:
            return self.case.customer.name
        return self.case.contact_name

    @property
    def contact(self) -> str:
        contact = self.case.contact
        return shown_phone(contact) if contact.isdigit() else contact

    @property
    def amount(self) -> Money | None:
        if self.case.amount_minor is None:
            return None
        return Money(self.case.amount_minor, self.case.currency)

    @property
    def family(self) -> str:
        return CASE.family(self.case.state)

    @property
    def word(self) -> str:
        if self.case.state == "waiting":
            return f"waits for {WAITS_FOR[self.case.waits_for]}"
        return self.case.state

    @property
    def channel(self) -> str:
        return CHANNELS[self.case.channel]

    @property
    def channel_icon(self) -> str:
        return CHANNEL_ICONS[self.case.channel]

    @property
    def is_new(self) -> bool:
        return self.case.unanswered_since is not None

    @property
    def severity_family(self) -> str:
        return SEVERITY_FAMILIES[self.case.severity]

    @property
    def harms(self) -> list[tuple[str, str]]:
        """(short word, sentence) of each harm, in the order of their list."""
        return [(HARM_SHORT[name], words) for name, words in HARMS.items() if name in self.case.harms]

    @property
    def flag(self) -> tuple[str, str] | None:
        """The harm that a row has in the place of how severe it is: whoever hears from people alone."""
        found = [name for name in HARMS if name in BY_A_PERSON_ALONE and name in self.case.harms]
        return (HARM_SHORT[found[0]], HARMS[found[0]]) if found else None

    @property
    def level_family(self) -> str:
        return LEVEL_FAMILIES[self.case.level]

    @property
    def level_short(self) -> str:
        return LEVEL_SHORT[self.case.level]

    @property
    def level_words(self) -> str:
        return LEVEL_WORDS[self.case.level]

    @property
    def language(self) -> str:
        """The one they are answered in."""
        return LANGUAGES.get(self.case.language, self.case.language)

    @property
    def party(self) -> str:
        return PARTY_ROLES[self.case.party_role]


def shown(case: Case, categories: Mapping[str, str] | None = None) -> ShownCase:
    """`categories` are the words of the tree, where several are shown; read once for one case."""
    words = leaves(current_tree()[1], retired=True) if categories is None else categories
    return ShownCase(case, code(case), words.get(case.category, ""))


def case_or_404(actor: Actor, public_code: str) -> Case:
    number = number_in("case", public_code)
    if number is None or number >= 2**63:
        raise Http404("There is no case with this code.")
    try:
        case = case_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such case in your markets.") from None
    if case.is_restricted:  # type: ignore[attr-defined]
        note_look(case.pk, by=actor, now=timezone.now())
    return case


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the inbox, with the clock that is due first and whose it is."""

    each: ShownCase
    url: str
    clock: ClockStanding | None
    work: RowWork
    told: str = ""  # the arithmetic of the clock, for the hover
    is_unread: bool = False
    here: tuple[str, ...] = ()  # names of others who have it open now
    drafts: tuple[str, ...] = ()  # names of those, oneself too, who began to answer

    @property
    def seal(self) -> str:
        """Everything its line in the list shows but the name, which not everybody sees in clear."""
        case, owner = self.each.case, self.work.owner
        clock = (self.clock.words, self.clock.state, self.clock.clock.due_at) if self.clock else None
        return repr(
            (
                case.pk, case.version, case.contact, self.each.category, clock, self.told, self.is_unread,
                self.here, self.drafts, owner and owner.name, replace(self.work, owner=None),
            )
        )  # fmt: skip


def rows_of(actor: Actor, found: Sequence[Case], urls: Mapping[int, str], now: datetime) -> list[Row]:
    """Rows with their clocks and how these came about, owners, what is new, who is on them; eight queries."""
    words = leaves(current_tree()[1])
    ids = [case.pk for case in found]
    clocks = due_first(ids)
    pauses = pause_rows([clock.pk for clock in clocks.values()])
    work = rows_work("case", [(case.pk, case.opened_at.date()) for case in found], now.date())
    state = rows_now(tuple(ids), actor.id, now)
    others = {person for each in state.values() for person in (*each.here, *each.drafts)} - {actor.id}
    names = names_of(others) if others else {}
    stand = {number: standing(clock, now) for number, clock in clocks.items()}
    told = {
        number: arithmetic(clock, pauses.get(clock.pk, []), now, stand[number])
        for number, clock in clocks.items()
    }

    def named(people: Iterable[int], known: Mapping[int, str]) -> tuple[str, ...]:
        return tuple(sorted(known[who] for who in people if who in known))

    writers = {**names, actor.id: actor.name} if actor.id is not None else names
    return [
        Row(
            shown(case, words), urls[case.pk], stand.get(case.pk), work[case.pk], told.get(case.pk, ""),
            state[case.pk].is_unread, named(state[case.pk].here, names),
            named(state[case.pk].drafts, writers),
        )
        for case in found
    ]  # fmt: skip
