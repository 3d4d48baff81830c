"""What somebody is writing, kept with the facts in it, and put right where those changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks, rules
from paydesk.domain.cases.asks import named_facts
from paydesk.domain.cases.draft_facts import Changed, changed_facts, kept_facts, renewed
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Draft
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.steps import CaseRefused
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor


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
    changed.
    """
    case = _case(case_id, by)
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
        "facts": facts,
    }  # fmt: skip
    Draft.objects.update_or_create(case=case, person_id=by.id, defaults=known)


def _case(case_id: int, by: Actor) -> Case:
    case = Case.objects.filter(pk=case_id).first()
    if case is None or not by.sees(case.market):
        raise CaseRefused("There is no such case in your markets.")
    by.needs("cases.work", market=case.market)
    refuse_if_restricted(by, clocks.SUBJECT, case_id)
    return case
