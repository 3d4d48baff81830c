"""Parts of a case's verbs that share a transaction with others: locking, noting what a text refers to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from paydesk.domain.cases import clocks, identity
from paydesk.domain.cases.asks import Link, named_by_account, references_in
from paydesk.domain.cases.hearing import known_where_answered, known_where_asked, why_not_for
from paydesk.domain.cases.models import Case, CaseLink, Commitment, Draft, Message
from paydesk.domain.cases.queries import code, survivor_of
from paydesk.domain.cases.states import OPEN, OVER
from paydesk.domain.parties.finding import customers_by_phone
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.clocks.rules import CUSTOMER
from paydesk.foundation.clocks.steps import (
    give_due,
    locked_clock,
    meet_clocks,
    resume_clocks,
    start_clocks,
)
from paydesk.foundation.people.restricted import cover_along, refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused

RIGHT = "cases.work"
REUSED = "#reused-"
LATEST_COMMITMENT = timedelta(days=60)


class CaseRefused(Refused):
    """This cannot be done with this case."""

    code = "case.refused"


class CaseChangedRefused(ChangedRefused):
    """The case went on while somebody was writing."""

    code = "case.changed"


def locked(case_id: int, by: Actor, *, version: int | None = None, also_over: bool = False) -> Case:
    """The case, locked until the verb is over, for somebody who may work in its market.

    What is closed or part of another case never changes, but for the few verbs that say `also_over`.
    `version` is what the person had read. Raises CaseRefused, CaseChangedRefused, NotAllowedRefused.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None or not by.sees(case.market):
        raise CaseRefused("There is no such case in your markets.")
    by.needs(RIGHT, market=case.market)
    refuse_if_restricted(by, clocks.SUBJECT, case.pk)
    if case.state in OVER and not also_over:
        raise CaseRefused(OVER[case.state])
    if version is not None and case.version != version:
        raise CaseChangedRefused(
            f"{code(case)} went on while you were writing. Your text is kept: read what is new, then send.",
            version=case.version,
        )
    return case


def locked_survivor(case: Case) -> Case:
    """The case in which `case` goes on, itself where it was not merged, locked until the verb is over."""
    found = case
    while True:
        found = Case.objects.select_for_update(of=("self",)).get(pk=survivor_of(found).pk)
        if found.merged_into_id is None:
            return found


class IdentityRefused(CaseRefused):
    """Whoever is talking is not known well enough for this, or must never hear of it."""

    code = "case.identity"


def asked_by_them(
    case_id: int, verb: str, by: Actor, *, about: Sequence[Link], leaves_at: datetime | None = None
) -> Case:
    """The case, locked, for a verb of identity.VERBS that is done because whoever it is from asks for it.

    `about` is what the verb is done with: one of it has to be theirs, or nobody's and what the case is about.
    They have to be known where they last spoke to us; with `leaves_at` what is done leaves with an answer,
    and they have to be known where they are answered.
    Raises IdentityRefused, CaseRefused where the case is over, NotAllowedRefused.
    """
    case = locked(case_id, by)
    if case.state not in OPEN:
        raise CaseRefused(f"{code(case)} is {case.state}: open it again first.")
    level = known_where_answered(case, leaves_at) if leaves_at else known_where_asked(case)
    if why := identity.why_not(verb, level=level, party_role=case.party_role):
        provable = code(case) if case.party_role != "third_party" else ""
        raise IdentityRefused(why, verb=verb, prove=provable)
    if identity.VERBS[verb].level and (why := why_not_for(case, about)):
        raise IdentityRefused(why, verb=verb, prove="")
    return case


def attach(case: Case, made: Link, *, found_as: str, by: Actor, at: datetime) -> None:
    """What was made from this case hangs on it. Joins the transaction of the verb that made it."""
    CaseLink.objects.get_or_create(
        case=case, kind=made[0], object_id=made[1],
        defaults={"state": "confirmed", "found_as": found_as, "decided_by": by.label, "at": at},
    )  # fmt: skip


def keep(case: Case, *fields: str) -> None:
    """Save these fields and count the version up."""
    case.version = case.version + 1
    case.save(update_fields=[*fields, "version"])


def record(verb: str, case: Case, by: Actor, at: datetime, *, note: str = "", **changes: Any) -> None:
    subject = (clocks.SUBJECT, case.pk)
    audit.record(verb, subject=subject, by=by, at=at, market=case.market, changes=changes, note=note)


def count_up(case_id: int) -> None:
    """Say that the case went on, from a step that does not hold it."""
    Case.objects.filter(pk=case_id).update(version=F("version") + 1)


def heard(case: Case, at: datetime, now: datetime) -> None:
    """A customer said or did something, on whatever channel: the one event that clocks know.

    Also the first that comes into a case that we opened, where nobody waited for an answer so far.
    """
    case.last_message_at = max(filter(None, (case.last_message_at, at)))
    if case.unanswered_since is None or at < case.unanswered_since:
        case.unanswered_since = at
    kind = clocks.NEXT
    if case.first_answered_at is None:
        had = Clock.objects.filter(subject_kind=clocks.SUBJECT, subject_id=case.pk, kind=clocks.FIRST)
        kind = "" if had.exclude(ended_as="merged").exists() else clocks.FIRST  # merged: it went along
    if kind:
        start_clocks(kind, clocks.SUBJECT, {case.pk: case.unanswered_since}, market=case.market, now=now)
    resume_clocks(clocks.SUBJECT, [case.pk], at=now, reason=CUSTOMER)


def answered(case: Case, at: datetime) -> None:
    """A person of ours answered in public, and it left: the clocks of answers are met.

    While the case is open the next word to them is due from now on.
    """
    case.first_answered_at = case.first_answered_at or at
    case.unanswered_since = None
    meet_clocks((clocks.FIRST, clocks.NEXT, clocks.PERIODIC), clocks.SUBJECT, [case.pk], at=at)
    if case.state in OPEN:
        start_clocks(clocks.PERIODIC, clocks.SUBJECT, {case.pk: at}, market=case.market, now=at)


def propose_links(
    case: Case, text: str, by: Actor, at: datetime, *, known: Iterable[Link] | None = None
) -> int:
    """Link what the text refers to, to be confirmed; returns how many are new.

    `known` are those it has, which are looked up where they are not handed in.
    """
    said = text.replace(code(case), " ")  # what we wrote bears its own code
    found = references_in(said, by, case.market)
    found += named_by_account(said, by, case.market, customer_id=case.customer_id, today=at.date())
    if not found:
        return 0
    if known is None:
        known = CaseLink.objects.filter(case=case).values_list("kind", "object_id")
    has = {*known, (clocks.SUBJECT, case.pk)}
    # The code of a payment says more than the account it came from.
    new = {each.link: each for each in reversed(found) if each.link not in has}
    CaseLink.objects.bulk_create(
        CaseLink(
            case=case,
            kind=each.link[0],
            object_id=each.link[1],
            found_as=each.found_as[:80],
            found_text=each.text[:100],
            at=at,
        )
        for each in reversed(new.values())
    )
    return len(new)


def owner_of_contact(by: Actor, contact: str) -> int | None:
    """The customer who uses this phone, where exactly one does; it proves nothing."""
    if not contact.isdigit():
        return None
    owners = customers_by_phone(by, whole=[contact], starts=(), end="", most=2).customer_ids
    return owners[0] if len(owners) == 1 else None


def said_before(channel: str, external_id: str, text: str, sender: str) -> tuple[str, Message | None]:
    """(the id to keep a message under, the message that is known under it); one query where none is.

    A Message-ID is the sender's to choose: another text or another sender under a known one is another
    message, which is kept as "<id>#reused-…".
    """
    if not external_id:
        return "", None
    found = Message.objects.filter(channel=channel)
    if not found.filter(external_id=external_id).exists():
        return external_id, None
    known = found.get(external_id=external_id)
    if channel != "email" or _is_the_same(known, text, sender):
        return external_id, known
    digest = hashlib.sha256(f"{sender}\n{text}".encode()).hexdigest()[:16]
    own = f"{external_id[:960]}{REUSED}{digest}"
    return own, found.filter(external_id=own).first()


def _is_the_same(known: Message, text: str, sender: str) -> bool:
    whose = sender.replace("\0", "").strip()[:254].casefold()
    return known.sender.strip().casefold() == whose and known.text.strip() == text.strip()


def say(case: Case, **fields: Any) -> Message:
    """Write down what was said."""
    return Message.objects.create(case=case, **fields)


def link_along(about: Link, made: Link, *, by: Actor, at: datetime) -> int:
    """What was made of a thing (a refund of a payment) hangs on the open cases about it; returns how many.

    Joins the transaction of the verb that made it.
    """
    kind, number = about
    confirmed = CaseLink.objects.filter(kind=kind, object_id=number, state="confirmed", case__state__in=OPEN)
    linked = 0
    for case in Case.objects.filter(pk__in=confirmed.values("case_id")).order_by("pk"):
        _, is_new = CaseLink.objects.get_or_create(
            case=case, kind=made[0], object_id=made[1],
            defaults={"state": "confirmed", "found_as": f"of this {kind}", "decided_by": by.label, "at": at},
        )  # fmt: skip
        if is_new:
            count_up(case.pk)
            record("case.linked", case, by, at, link=list(made))
            linked += 1
    return linked


def promise(case: Case, text: str, due_at: datetime, by: Actor, now: datetime) -> Commitment:
    """A part of other verbs: write the promise down and start its clock."""
    said = " ".join(text.split())
    if not said or len(said) > 200:
        raise CaseRefused("Say in up to 200 letters what was promised.")
    if not now < due_at <= now + LATEST_COMMITMENT:
        raise CaseRefused("A promise is kept later than now and within 60 days.")
    made = Commitment.objects.create(case=case, text=said, due_at=due_at, made_by=by.label, made_at=now)
    cover_along((clocks.SUBJECT, case.pk), [(clocks.COMMITMENT, made.pk)])
    start_clocks(clocks.COMMITMENT, clocks.COMMITMENT, {made.pk: now}, market=case.market, now=now)
    clock = Clock.objects.get(subject_kind=clocks.COMMITMENT, subject_id=made.pk, ended_as="")
    give_due(locked_clock(clock.pk), due_at, now)
    record("case.promised", case, by, now, commitment_id=made.pk)
    return made


def add_to_draft(case: Case, text: str, by: Actor, now: datetime) -> None:
    """Put words at the end of what somebody is writing in this case; they look at it before it leaves."""
    known = Draft.objects.filter(case=case, person_id=by.id).first()
    written = f"{known.text.rstrip()}\n{text}" if known is not None and not known.is_note else text
    Draft.objects.update_or_create(
        case=case,
        person_id=by.id,
        defaults={
            "text": written,
            "is_note": False,
            "case_version": case.version,
            "taken_by_id": None,
            "at": now,
        },
    )
