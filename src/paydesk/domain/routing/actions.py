"""Saying how cases are routed, taking cases or not, and routing one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from paydesk.domain.cases.clocks import SUBJECT
from paydesk.domain.cases.models import Case, Mailbox
from paydesk.domain.cases.rules import CHANNELS, SEVERITIES
from paydesk.domain.cases.states import AT_WORK
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.domain.routing import rules
from paydesk.domain.routing.models import CaseTaker, Routed, RoutingRule
from paydesk.domain.routing.queries import (
    MANAGE,
    WORK,
    about,
    had_it,
    last_routed,
    may_be_set,
    takers_here,
    terms_in_order,
)
from paydesk.domain.routing.steps import RoutingRefused, away_owners, put_in_order, record_rule
from paydesk.foundation.assignments import steps as assignments
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Team
from paydesk.foundation.people.queries import person_by_id
from paydesk.foundation.people.restricted import view_of
from paydesk.kernel.actor import Actor

SEEN_AGAIN_AFTER = timedelta(minutes=1)


@transaction.atomic(durable=True)
def save_rule(
    rule_id: int | None = None,
    *,
    place: int,
    team_id: int | None,
    market: str = "",
    channel: str = "",
    category: str = "",
    language: str = "",
    severity: str = "",
    mailbox_id: int | None = None,
    complaints_alone: bool = False,
    by: Actor,
    now: datetime,
) -> RoutingRule:
    """Say where cases go that fit; a rule that is changed becomes another one, so that what was routed by it
    stays told as it was. Raises RoutingRefused.
    """
    by.needs(MANAGE, market=market or None)
    if (
        channel not in ("", *CHANNELS)
        or severity not in ("", *SEVERITIES)
        or language not in ("", *LANGUAGES)
    ):
        raise RoutingRefused("Choose channel, language and severity from their lists.")
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise RoutingRefused("There is no such team.")
    box = Mailbox.objects.filter(pk=mailbox_id).first() if mailbox_id is not None else None
    if mailbox_id is not None and (box is None or not by.sees(box.market)):
        raise RoutingRefused("There is no such mailbox in your markets.")
    if box is not None and market not in ("", box.market):
        raise RoutingRefused(f"This mailbox is of {box.market}: no case of {market} comes from it.")
    if rule_id is not None:
        _taken_away(rule_id, by, now)
    made = RoutingRule.objects.create(
        place=place, team_id=team_id, market=market, channel=channel, category=category, language=language,
        severity=severity, mailbox=box, complaints_alone=complaints_alone, made_by=by.label, made_at=now,
    )  # fmt: skip
    put_in_order(made, place)
    record_rule("routing_rule.saved", made, by, now, instead_of_id=rule_id)
    return made


@transaction.atomic(durable=True)
def remove_rule(rule_id: int, *, by: Actor, now: datetime) -> RoutingRule:
    """Have no case routed by it any more. Raises RoutingRefused where it was taken away before."""
    found = _taken_away(rule_id, by, now)
    put_in_order(None, 1)
    record_rule("routing_rule.removed", found, by, now)
    return found


def _taken_away(rule_id: int, by: Actor, now: datetime) -> RoutingRule:
    found = RoutingRule.objects.select_for_update().filter(pk=rule_id, removed_at=None).first()
    if found is None:
        raise RoutingRefused("Somebody took this rule away or changed it meanwhile. Look at the list again.")
    by.needs(MANAGE, market=found.market or None)
    found.removed_at = now
    found.save(update_fields=["removed_at"])
    return found


@transaction.atomic(durable=True)
def take_cases(takes: bool, *, by: Actor, now: datetime) -> CaseTaker:
    """Say that one takes cases from now on, or no more; what one has stays one's own."""
    by.needs(WORK)
    assert by.id is not None, "only people take cases"
    found, is_new = CaseTaker.objects.select_for_update().get_or_create(
        person_id=by.id, defaults={"changed_at": now}
    )
    was = found.takes
    found.takes, found.seen_at = takes, now
    found.save(update_fields=["takes", "seen_at"])
    if is_new or was != takes:
        audit.record(
            "routing.taking_cases", subject=("person", by.id), by=by, at=now, changes={"takes": [was, takes]}
        )
    return found


@transaction.atomic(durable=True)
def set_taker(
    person_id: int,
    *,
    takes: bool,
    most: int,
    languages: Sequence[str] = (),
    categories: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> CaseTaker:
    """Say for somebody whether they take cases, how many at once at most, in which languages and what about.

    Nothing said of languages or categories is all of them. Raises RoutingRefused.
    """
    by.needs(MANAGE)
    person = person_by_id(person_id)
    if person is None or not may_be_set(by, person):
        raise RoutingRefused("Nobody of your markets has this account.")
    if problem := rules.why_not_kept(most=most, languages=languages, known=LANGUAGES):
        raise RoutingRefused(problem)
    found, _ = CaseTaker.objects.select_for_update().get_or_create(
        person_id=person_id, defaults={"changed_at": now}
    )
    said = {"takes": takes, "most": most, "languages": sorted(languages), "categories": sorted(categories)}
    changes = {name: [getattr(found, name), value] for name, value in said.items()}
    for name, value in said.items():
        setattr(found, name, value)
    found.changed_at = now
    found.save(update_fields=[*said, "changed_at"])
    audit.record(
        "routing.taker_set", subject=("person", person_id), by=by, at=now,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    )  # fmt: skip
    return found


def seen(*, by: Actor, now: datetime) -> None:
    """A sign of somebody at the desk, kept at most once a minute and only of who takes cases. No record."""
    late = CaseTaker.objects.filter(person_id=by.id, takes=True).exclude(seen_at__gt=now - SEEN_AGAIN_AFTER)
    late.update(seen_at=now)


@transaction.atomic(durable=True)
def route(case_id: int, *, by: Actor, now: datetime) -> Routed | None:
    """Give a case that nobody owns, or whose owner is away, to whoever the rules say.

    Nobody there: it stays nobody's, and which team it waits for is written down once. None where nothing
    changes: no rule fits, somebody was faster, or it was said before.
    """
    by.needs(WORK)
    owned = None
    case = Case.objects.filter(pk=case_id).first()
    if case is not None:  # in the order in which giving a case to somebody locks
        owned = assignments.locked((SUBJECT, case_id), case.market, now)
        case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None or owned is None or case.state not in AT_WORK or view_of(SUBJECT, case_id) is not None:
        return None
    was = owned.owner_id
    if was is not None and was not in away_owners({was: case.market}, now):
        return None
    known = about(case)
    rule = rules.first_fitting(terms_in_order(), known)
    if rule is None or rule.team_id is None:
        return None
    but = had_it([case_id]).get(case_id, set()) | ({was} if was is not None else set())
    # One at a time for each person, so that none gets more than they may have.
    held = CaseTaker.objects.select_for_update().filter(takes=True, person__team_id=rule.team_id)
    list(held.order_by("pk").values_list("pk", flat=True))
    taker = rules.choose(takers_here([rule.team_id], now), rule.team_id, known, but=but)
    last = last_routed([case_id]).get(case_id)
    if taker is None:
        if was is not None or last is not None and (last.team_id, last.person_id) == (rule.team_id, None):
            return None
        return _kept(case, rule, by, now)
    assignments.give(owned, taker.person_id, now)
    return _kept(
        case, rule, by, now, person_id=taker.person_id, instead_of_id=was, open=taker.open + 1,
        most=taker.most, language=case.language if taker.languages else "",
    )  # fmt: skip


def _kept(case: Case, rule: rules.Terms, by: Actor, now: datetime, **said: Any) -> Routed:
    made = Routed.objects.create(
        case=case, market=case.market, rule_id=rule.rule_id, team_id=rule.team_id, at=now, **said
    )
    owner = {"owner_id": [made.instead_of_id, made.person_id]} if made.person_id else {}
    audit.record(
        "case.routed" if made.person_id else "case.routed_to_team",
        subject=(SUBJECT, case.pk), by=by, at=now, market=case.market,
        changes={"routing_rule_id": rule.rule_id, "team_id": rule.team_id, **owner},
    )  # fmt: skip
    return made
