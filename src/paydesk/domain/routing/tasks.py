"""What the worker does: routes what nobody owns, and what waits for an owner who is away.

By the clock, not by events: a case that comes costs nothing more, and whoever comes to work finds the cases
that wait. Without a rule one small question is all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from paydesk.domain.cases.models import Case
from paydesk.domain.routing import actions, rules
from paydesk.domain.routing.queries import (
    about,
    had_it,
    last_routed,
    nobodys,
    takers_here,
    terms_in_order,
    unanswered_of_others,
)
from paydesk.domain.routing.steps import away_owners
from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system

WORKER = system("worker")
AT_ONCE = 50


@housekeeping.every(5, "route cases")
def route_cases(now: datetime) -> int:
    """Cases that nobody owns; returns how many went to somebody or to a team."""
    if not (found := terms_in_order()):
        return 0
    return _route(
        found, [each for each in nobodys(now) if rules.is_due(each.channel, each.opened_at, now)], now
    )


@housekeeping.every(60, "route cases of who is away")
def route_for_the_absent(now: datetime) -> int:
    """Cases in which the customer waits and whose owner is away; returns how many went to somebody else."""
    if not (found := terms_in_order()):
        return 0
    waiting = unanswered_of_others(now - rules.STALE_AFTER)
    away = away_owners({each.owned_by: each.market for each in waiting if each.owned_by}, now)
    return _route(found, [each for each in waiting if each.owned_by in away], now)


def _route(terms: list[rules.Terms], cases: list[Case], now: datetime) -> int:
    """Those of which something would change are routed, one verb for each."""
    fitting = [(each, rules.first_fitting(terms, about(each))) for each in cases]
    wanted = [(case, rule.team_id) for case, rule in fitting if rule is not None and rule.team_id is not None]
    if not wanted:
        return 0
    takers = {each.person_id: each for each in takers_here({team for _, team in wanted}, now)}
    ids = [case.pk for case, _ in wanted]
    had, last, number = had_it(ids), last_routed(ids), 0
    for case, team in wanted:
        but = had.get(case.pk, set()) | {case.owned_by or 0}
        taker = rules.choose(takers.values(), team, about(case), but=but)
        before = last.get(case.pk)
        is_said = before is not None and (before.team_id, before.person_id) == (team, None)
        if taker is None and (is_said or case.owned_by is not None):
            continue
        if (made := actions.route(case.pk, by=WORKER, now=now)) is not None:
            number += 1
            if made.person_id in takers:
                one = takers[made.person_id]
                takers[one.person_id] = replace(one, open=one.open + 1, had_last_at=now)
        if number >= AT_ONCE:
            break
    return number
