"""What somebody is writing, kept with the facts in it, put right where those changed, taken over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks, rules
from paydesk.domain.cases.asks import named_facts
from paydesk.domain.cases.draft_facts import Changed, changed_facts, kept_facts, renewed
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Draft, Mention, WaitingFile
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.steps import CaseChangedRefused, CaseRefused, keep, locked, record, say
from paydesk.foundation.people.queries import names_of
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused


class DraftTakenRefused(ChangedRefused):
    """A colleague goes on with this draft."""

    code = "case.draft_taken"


@transaction.atomic(durable=True)
def save_draft(
    case_id: int,
    *,
    text: str,
    is_note: bool,
    seen_facts: Iterable[tuple[str, str]] = (),
    seen_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what somebody is writing; an empty one is forgotten. Writes no audit record: nothing was said.

    `seen_facts` are (name, value) of the facts put in, read at `seen_at`: the draft says later what of them
    changed. Raises DraftTakenRefused on a page from before a colleague took it over.
    """
    case = _case(case_id, by)
    _refuse_if_taken_over(case, seen_at, by)
    if text.strip():
        text = text[: rules.LONGEST_TEXT]
        keep_draft(case, text, is_note=is_note, seen=seen_facts, seen_at=seen_at, by=by, now=now)
    else:
        Draft.objects.filter(case=case, person_id=by.id).delete()


@transaction.atomic(durable=True)
def renew_draft(case_id: int, *, by: Actor, now: datetime) -> list[Changed]:
    """Put what is so now in the place of each fact that changed; returns those that changed.

    One of which nothing says what it is now stays as it is and still stops the answer. No audit record.
    """
    case = _case(case_id, by)
    draft = Draft.objects.select_for_update().filter(case=case, person_id=by.id, is_note=False).first()
    if draft is None:
        return []
    told = facts_for(case, link_pairs(case.pk), now, channel=channel_of_answer(case, now))
    fresh = [fact for fact, why in told if not why]
    names = {each["name"] for each in draft.facts} - {fact.name for fact in fresh}
    fresh += named_facts(sorted(names), now)
    changed = changed_facts(draft.text, draft.facts, [(each.name, each.words, each.value) for each in fresh])
    right = {(each.name, each.was): each.now for each in changed if each.now}
    draft.text = renewed(draft.text, changed)
    draft.facts = [
        {**each, "value": right[pair], "at": now.isoformat()} if pair in right else each
        for each in draft.facts
        for pair in [(each["name"], each["value"])]
    ]
    draft.at = now
    draft.save(update_fields=["text", "facts", "at"])
    return changed


@transaction.atomic(durable=True)
def take_over_draft(case_id: int, *, of: int, read_at: datetime, by: Actor, now: datetime) -> Draft:
    """Go on with the answer that a colleague began, as it stood at `read_at`, with its facts and files.

    They are told by a note that names them, and what their page still holds is not written back. Twice it is
    done once. Raises CaseRefused, CaseChangedRefused where it was sent or written on.
    """
    case = locked(case_id, by)
    both = Draft.objects.select_for_update().filter(case=case, person_id__in=(of, by.id)).order_by("pk")
    rows = {each.person_id: each for each in both}
    theirs, mine = rows.get(of), rows.get(by.id or 0)
    if theirs is not None and mine is not None and theirs.taken_by_id == by.id:
        return mine
    if of == by.id or theirs is None or theirs.is_note or theirs.taken_by_id is not None:
        raise CaseChangedRefused("This draft is gone: it was sent, put away or taken over. Look again.")
    if theirs.at != read_at:
        raise CaseChangedRefused("They wrote on since you read it: read it again, then take it over.")
    if mine is not None and mine.taken_by_id is None:
        raise CaseRefused("You are writing here yourself: send that or empty it first.")
    known = {name: getattr(theirs, name) for name in ("text", "facts", "is_note", "case_version")}
    theirs.text, theirs.facts, theirs.taken_by_id, theirs.at = "", [], by.id, now
    theirs.save(update_fields=["text", "facts", "taken_by_id", "at"])
    taken, _ = Draft.objects.update_or_create(
        case=case, person_id=by.id, defaults={**known, "taken_by_id": None, "at": now}
    )
    WaitingFile.objects.filter(case=case, person_id=of).update(person_id=by.id)
    said = f"Took over the draft of @{names_of({of}).get(of, '')}."
    note = say(
        case, direction="note", is_public=False, channel=case.channel, author=by.label, text=said, at=now
    )
    Mention.objects.create(case=case, message=note, person_id=of, at=now)
    keep(case)
    record("case.draft_taken_over", case, by, now, person_id=of, message_id=note.pk)
    return taken


def _refuse_if_taken_over(case: Case, seen_at: datetime | None, by: Actor) -> None:
    """A page from before somebody took the draft over still shows its words: they are not written back."""
    row = Draft.objects.select_for_update().filter(case=case, person_id=by.id).first()
    if row is None or row.taken_by_id is None or (seen_at is not None and seen_at > row.at):
        return
    name = names_of({row.taken_by_id}).get(row.taken_by_id, "")
    raise DraftTakenRefused(
        f"{name} took your draft over and goes on with it. What you type here is not kept: open the case"
        " again to write."
    )


def keep_draft(
    case: Case,
    text: str,
    *,
    is_note: bool,
    seen: Iterable[tuple[str, str]],
    seen_at: datetime | None,
    by: Actor,
    now: datetime,
) -> None:
    """A part of other verbs: write the draft of this person, with the facts in it."""
    before = Draft.objects.filter(case=case, person_id=by.id).values_list("facts", flat=True).first()
    facts = [] if is_note else kept_facts(text, seen, seen_at, before or [])
    known = {
        "text": redacted(text), "is_note": is_note, "case_version": case.version, "at": now,
        "facts": facts, "taken_by_id": None,
    }  # fmt: skip
    Draft.objects.update_or_create(case=case, person_id=by.id, defaults=known)


def _case(case_id: int, by: Actor) -> Case:
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not by.sees(case.market):
        raise CaseRefused("There is no such case in your markets.")
    by.needs("cases.work", market=case.market)
    refuse_if_restricted(by, clocks.SUBJECT, case_id)
    return case
