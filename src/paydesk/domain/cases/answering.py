"""What an answer has to hold before it is taken: facts that are still so, its files, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.domain.cases import rules
from paydesk.domain.cases.asks import named_facts
from paydesk.domain.cases.at_work import start_waiting
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.identity import level_on
from paydesk.domain.cases.models import Attachment, Case, Message, WaitingFile
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.said_in import said_in
from paydesk.domain.cases.states import CASE
from paydesk.domain.cases.steps import CaseRefused, IdentityRefused, record
from paydesk.kernel.actor import Actor

SHORTEST_TELLING = 4  # a value as short as "7" tells nothing by itself


class StaleFactsRefused(CaseRefused):
    """A fact in the answer is no longer so, or was looked at too long ago."""

    code = "case.facts_stale"


class OpenPlacesRefused(CaseRefused):
    """A place of a ready text is not filled in."""

    code = "case.open_places"


def check_text(case: Case, text: str, channel: str, now: datetime) -> None:
    """Stop an answer that tells what whoever asks may not hear, also where it was typed and not put in.

    What they said themselves may be said back to them. Raises IdentityRefused.
    """
    told = facts_for(case, link_pairs(case.pk), now, channel=channel)
    heard = {fact.value for fact, why in told if not why}
    barred = [
        (fact, why)
        for fact, why in told
        if why and fact.value in text and fact.value not in heard
        and len(fact.value) >= SHORTEST_TELLING and any(c.isdigit() for c in fact.value)
    ]  # fmt: skip
    if not barred:
        return
    said = Message.objects.filter(said_in(case.pk), direction="in", is_public=True)
    theirs = f"{case.subject}\n" + "\n".join(said.values_list("text", flat=True))
    for fact, why in barred:
        if fact.value not in theirs:
            raise IdentityRefused(f"Your answer tells “{fact.words}”. {why}", fact=fact.name)


def check_facts(
    case: Case, seen: Mapping[str, str], seen_at: datetime | None, now: datetime, channel: str
) -> None:
    """Stop an answer whose facts are otherwise by now, too old, or not for the ears of whoever asks."""
    if not seen:
        return
    facts: dict[str, dict[str, str]] = {}  # by name and value, why it is not told
    for fact, why in facts_for(case, link_pairs(case.pk), now, channel=channel):
        known = facts.setdefault(fact.name, {})  # a case may be about two payments
        known[fact.value] = why and known.get(fact.value, why)
    level = level_on(case.level, case.level_channel, channel)
    for fact in named_facts(seen, now):
        facts.setdefault(fact.name, {})[fact.value] = rules.may_hear(level, fact.level, case.party_role)
    gone = [name for name, value in seen.items() if value not in facts.get(name, {})]
    if gone:
        raise StaleFactsRefused(
            "What your answer says is not so any more: "
            + ", ".join(sorted(gone))
            + ". Put the facts in again.",
            facts=sorted(gone),
        )
    if seen_at is None or now - seen_at > rules.STALE_AFTER:
        minutes = int(rules.STALE_AFTER.total_seconds() // 60)
        raise StaleFactsRefused(f"The facts in your answer are older than {minutes} minutes: look again.")
    for name, value in seen.items():
        if why := facts[name][value]:
            raise IdentityRefused(why, fact=name)


def files_along(message: Message, by: Actor) -> int:
    """The files that wait for this person's answer go out with it; returns how many."""
    waiting = WaitingFile.objects.filter(case_id=message.case_id, person_id=by.id).order_by("pk")
    made = [
        Attachment(
            message=message, document_id=each.document_id, name=each.name, content_type=each.content_type,
            size_bytes=each.size_bytes, sha256=each.sha256, tells=each.tells,
        )
        for each in waiting
    ]  # fmt: skip
    if made:
        Attachment.objects.bulk_create(made)
        waiting.delete()
    return len(made)


def files_back(message: Message, case: Case, by: Actor, now: datetime) -> None:
    """The files of an answer that was taken back wait for the next one of the case."""
    WaitingFile.objects.bulk_create(
        WaitingFile(
            case=case, person_id=by.id, document_id=each.document_id, name=each.name,
            content_type=each.content_type, size_bytes=each.size_bytes, sha256=each.sha256,
            tells=each.tells, at=now,
        )
        for each in message.attachments.order_by("pk")
    )  # fmt: skip


def wait_as_said(case: Case, message: Message, by: Actor, now: datetime) -> None:
    """The answer left: where it was said so, the case waits for the customer from now on. Saves nothing."""
    if message.wait_hours is None or case.unanswered_since is not None or not CASE.may("wait", case.state):
        return
    was = case.state
    start_waiting(case, "customer", now + timedelta(hours=message.wait_hours), by, now)
    record("case.waits", case, by, now, state=[was, case.state], waits_for="customer")
