"""Reads about escalations and enforcement: who decides what, what is missing, what stops which act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from paydesk.domain.cases.document_kinds import KIND_WORDS
from paydesk.domain.cases.documents import missing_before
from paydesk.domain.cases.models import Attachment, Case, CaseLink, Message
from paydesk.domain.cases.said_in import said_in
from paydesk.domain.risk import rules
from paydesk.domain.risk.models import Enforcement, Escalation
from paydesk.foundation.people.authority import roles_with
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

CODE_PREFIX, ENFORCEMENT_PREFIX = "ESC", "ENF"
DECIDE = "risk.decide"
Party = tuple[str, int | str]
MOST = 500


def code(escalation: Escalation) -> str:
    return code_of(CODE_PREFIX, escalation.pk)


def enforcement_code(enforcement: Enforcement) -> str:
    return code_of(ENFORCEMENT_PREFIX, enforcement.pk)


def escalations(actor: Actor) -> QuerySet[Escalation]:
    """Escalations of the actor's markets that they may read, owners loaded; no order."""
    return in_markets(Escalation.objects.select_related("owner"), actor)


def escalation_for(actor: Actor, escalation_id: int) -> Escalation:
    """Raises Escalation.DoesNotExist also for another market, and where others are named for it."""
    return escalations(actor).get(pk=escalation_id)


def escalations_about(actor: Actor, kind: str, number: int) -> list[Escalation]:
    """Those of one case or payment, newest first; one query."""
    return list(escalations(actor).filter(subject_kind=kind, subject_id=number).order_by("-id"))


@dataclass(frozen=True, slots=True)
class Overseen:
    """What somebody who is not named learns of a restricted escalation: that it is there, and on time."""

    pk: int
    kind: str
    severity: str
    state: str
    owner: str
    raised_at: datetime


def restricted_ones(actor: Actor) -> list[Overseen]:
    """Open escalations of the actor's markets that others are named for: neither case nor reason."""
    everything = Escalation.objects.filter(is_restricted=True).exclude(state="decided")
    if actor.markets is not None:
        everything = everything.filter(market__in=sorted(actor.markets))
    seen = set(escalations(actor).filter(is_restricted=True).values_list("pk", flat=True))
    return [
        Overseen(each.pk, each.kind, each.severity, each.state, each.owner.name, each.raised_at)
        for each in everything.select_related("owner").order_by("raised_at", "id")[:MOST]
        if each.pk not in seen
    ]


def counts_by_state(actor: Actor) -> dict[str, int]:
    """How many escalations in each state that has any; one query."""
    found: dict[str, int] = {}
    for state in escalations(actor).exclude(state="decided").values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def deciders(market: str) -> list[Person]:
    """Active people of a market whose role decides escalations, by name; two queries."""
    found = Person.objects.filter(is_active=True, roles__role__in=roles_with(DECIDE)).distinct()
    people = found.order_by("name", "id").prefetch_related("markets", "roles")
    return [each for each in people if each.works_in_all_markets or market in _markets(each)]


def _markets(person: Person) -> set[str]:
    return {market.pk for market in person.markets.all()}


def there_for(kind: str, number: int) -> set[str]:
    """Which of rules.REQUIRED_WORDS are there for a case; a payment stands for itself. Six queries."""
    if kind != "case":
        return {"payment", "amount", "customer"}
    case = Case.objects.get(pk=number)
    said = Message.objects.filter(said_in(number))
    messages = said.filter(direction="in").exclude(text="")
    found = {
        "message": messages.exists() or case.channel == "by_hand",
        "payment": CaseLink.objects.filter(case_id=number, kind="payment", state="confirmed").exists(),
        "amount": case.amount_minor is not None,
        "customer": case.customer_id is not None,
        "file": Attachment.objects.filter(message__in=said).exists(),
        "complaint": case.is_complaint,
    }
    return {name for name, is_there in found.items() if is_there}


def missing_of(kind: str, subject: tuple[str, int], today: date) -> list[str]:
    """What an escalation of this kind about this thing still needs, in words, with what its category asks."""
    missing = rules.missing_documents(kind, there_for(*subject))
    if subject[0] == "case" and kind == "risk":
        missing += [
            KIND_WORDS[each] for each in missing_before("risk", Case.objects.get(pk=subject[1]), today)
        ]
    return missing


def blocks_of_escalation(escalation_id: int) -> Sequence[str]:
    """An escalation that is not decided keeps its case open."""
    each = Escalation.objects.filter(pk=escalation_id).exclude(state="decided").first()
    return [f"Escalation {code(each)} is not decided yet."] if each is not None else []


def enforcements(actor: Actor) -> QuerySet[Enforcement]:
    """Enforcement in the actor's markets, newest first."""
    return in_markets(Enforcement.objects.select_related("escalation"), actor).order_by("-id")


def enforcement_for(actor: Actor, enforcement_id: int) -> Enforcement:
    """Raises Enforcement.DoesNotExist also for another market."""
    return enforcements(actor).get(pk=enforcement_id)


def live_on(parties: Iterable[Party]) -> list[Enforcement]:
    """What is in force on any of these parties, ("customer", 5) or ("payer_phone", "233…"); one query."""
    wanted = Q(pk__in=[])
    for kind, which in parties:
        known = {"party_key": which} if kind == "payer_phone" else {"party_id": which}
        wanted |= Q(party_kind=kind, **known)
    return list(Enforcement.objects.filter(wanted, state="active").order_by("id"))


def of_customer(actor: Actor, customer_id: int, contract_ids: Collection[int] = ()) -> list[Enforcement]:
    """What is in force on a customer and their contracts, as far as the actor sees it; one query."""
    wanted = Q(party_kind="customer", party_id=customer_id)
    wanted |= Q(party_kind="contract", party_id__in=list(contract_ids))
    return list(enforcements(actor).filter(wanted, state="active"))


def why_stopped(parties: Iterable[Party], act: str, *, now: datetime, amount: Money | None = None) -> str:
    """Why `act` ("refund", "payout", "identify") is stopped for these parties, as a sentence; "" where not.

    It names the reason from its list and until when, nothing of what was written about the person.
    """
    return _stop(live_on(parties), act, now, amount)


def each_stopped(
    asked: Mapping[int, tuple[Sequence[Party], Money]], act: str, *, now: datetime
) -> dict[int, str]:
    """As `why_stopped` for many at once, (parties, amount) by key: those that are stopped; one query."""
    live = live_on({party for parties, _ in asked.values() for party in parties})
    found = {
        key: _stop([each for each in live if _party_of(each) in parties], act, now, amount)
        for key, (parties, amount) in (asked.items() if live else ())
    }
    return {key: why for key, why in found.items() if why}


def _party_of(each: Enforcement) -> Party:
    return each.party_kind, each.party_key if each.party_kind == "payer_phone" else each.party_id or 0


def _stop(live: Iterable[Enforcement], act: str, now: datetime, amount: Money | None) -> str:
    known = {each.pk: each for each in live}
    stopped = rules.why_stopped(
        [measure_of(each) for each in known.values()],
        act,
        now=now,
        amount_minor=amount.amount_minor if amount else 0,
        currency=amount.currency if amount else "",
    )
    if stopped is None:
        return ""
    each = known[stopped.number]
    how = rules.MEASURES[each.kind].split(":")[0].lower()
    if each.limit_minor is not None:
        how += f" of {Money(each.limit_minor, each.currency)}"
    return (
        f"{rules.PARTY_KINDS[each.party_kind]} under a {how} by risk ({enforcement_code(each)}, "
        f"{rules.REASONS[each.reason].lower()}) until "
        f"{each.expires_at:%d %b %Y}. Risk and compliance can lift it."
    )


def measure_of(each: Enforcement) -> rules.Measure:
    return rules.Measure(
        each.pk, each.kind, each.scope, each.reason, each.limit_minor, each.currency, each.expires_at
    )


def count_waiting(actor: Actor) -> int:
    """Escalations nobody acknowledged and enforcement that waits for a second person; for the rail."""
    asked = in_markets(Enforcement.objects.all(), actor)
    waiting = Q(state="asked") | Q(state="active", lift_asked_at__isnull=False) | Q(appeal="open")
    return escalations(actor).filter(state="raised").count() + asked.filter(waiting).count()
