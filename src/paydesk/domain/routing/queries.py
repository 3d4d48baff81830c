"""Reads about routing: the rules in order, who is at work with how much, what was routed, what is to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from paydesk.domain.cases.clocks import SUBJECT
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.rules import SEVERITIES
from paydesk.domain.cases.states import AT_WORK
from paydesk.domain.routing.models import CaseTaker, Routed, RoutingRule
from paydesk.domain.routing.rules import HERE_WITHIN, MOST_OPEN, About, Taker, Terms
from paydesk.foundation.assignments.queries import TAKE
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.authority import roles_with
from paydesk.foundation.people.models import Person, Team
from paydesk.foundation.people.queries import in_markets
from paydesk.foundation.people.restricted import is_covered
from paydesk.kernel.actor import Actor

WORK, MANAGE = "cases.work", "routing.manage"
MOST_LOOKED_AT, MOST_LATELY = 1_000, 50


def rules_in_order() -> list[RoutingRule]:
    """The rules that count, teams and mailboxes loaded; one query."""
    found = RoutingRule.objects.filter(removed_at=None).select_related("team", "mailbox")
    return list(found.order_by("place", "id"))


def rule_by_id(rule_id: int) -> RoutingRule | None:
    """A rule that counts; None where it was taken away."""
    return RoutingRule.objects.filter(pk=rule_id, removed_at=None).first()


def terms_in_order() -> list[Terms]:
    """The rules as decisions read them; one query."""
    return [
        Terms(
            each.pk, each.team_id, each.market, each.channel, each.category, each.language,
            SEVERITIES.index(each.severity) if each.severity else 0, each.mailbox_id, each.complaints_alone,
        )
        for each in RoutingRule.objects.filter(removed_at=None).order_by("place", "id")
    ]  # fmt: skip


def about(case: Case) -> About:
    """What rules look at in a case."""
    return About(
        case.market, case.channel, case.category, case.language, SEVERITIES.index(case.severity),
        case.mailbox_id, case.is_complaint,
    )  # fmt: skip


def loads_of(person_ids: Collection[int]) -> dict[int, int]:
    """How many open cases in which we are to act each of these people has; one query."""
    rows = Case.objects.filter(owned_by__in=person_ids, state__in=AT_WORK).order_by()
    return dict(rows.values("owned_by").annotate(n=Count("pk")).values_list("owned_by", "n"))


def here(now: datetime) -> Q:
    """Who takes cases and was at the desk lately, of CaseTaker."""
    return Q(takes=True, seen_at__gte=now - HERE_WITHIN)


def takers_here(team_ids: Collection[int], now: datetime) -> list[Taker]:
    """Who of these teams is at work and takes cases; six queries, one where nobody is."""
    found = CaseTaker.objects.filter(here(now), person__is_active=True, person__team_id__in=team_ids)
    return _takers(list(found.select_related("person").prefetch_related("person__roles", "person__markets")))


def _takers(rows: Collection[CaseTaker]) -> list[Taker]:
    if not rows:
        return []
    ids = [row.person_id for row in rows]
    loads = loads_of(ids)
    last = Routed.objects.filter(person_id__in=ids).order_by().values("person_id")
    had = dict(last.annotate(last=Max("at")).values_list("person_id", "last"))
    takers = []
    for row in rows:
        actor = row.person.actor()
        if actor.may(TAKE) and actor.may(WORK):
            takers.append(
                Taker(
                    row.person_id, row.person.team_id, loads.get(row.person_id, 0), row.most, actor.markets,
                    tuple(row.languages), tuple(row.categories), had.get(row.person_id),
                )
            )  # fmt: skip
    return takers


def nobodys(now: datetime) -> list[Case]:
    """Cases in which we are to act and that nobody owns, the longest waiting first, at most MOST_LOOKED_AT;
    what named people alone see is left to them. One query."""
    found = Case.objects.filter(state__in=AT_WORK, owned_by=None).exclude(is_covered(SUBJECT))
    return list(_in_turn(found))


def unanswered_of_others(since: datetime) -> list[Case]:
    """Cases somebody owns in which the customer waits since before `since`; one query."""
    found = Case.objects.filter(state__in=AT_WORK, owned_by__isnull=False, unanswered_since__lt=since)
    return list(_in_turn(found.exclude(is_covered(SUBJECT))))


def _in_turn(found: QuerySet[Case]) -> QuerySet[Case]:
    """Only what routing looks at, in the order of the inbox."""
    seen = found.only(
        "market", "channel", "category", "language", "severity", "mailbox", "is_complaint", "opened_at",
        "owned_by",
    )  # fmt: skip
    return seen.order_by("unanswered_since", "opened_at", "id")[:MOST_LOOKED_AT]


def last_routed(case_ids: Iterable[int]) -> dict[int, Routed]:
    """What was decided last of each of these cases that was routed; one query."""
    rows = Routed.objects.filter(case_id__in=list(case_ids)).order_by("case_id", "-id").distinct("case_id")
    return {row.case_id: row for row in rows}


def had_it(case_ids: Iterable[int]) -> dict[int, set[int]]:
    """The people each of these cases was routed to so far; one query."""
    found: dict[int, set[int]] = {}
    rows = Routed.objects.filter(case_id__in=list(case_ids), person__isnull=False)
    for case_id, person_id in rows.values_list("case_id", "person_id"):
        found.setdefault(case_id, set()).add(person_id)
    return found


def signs_of(person_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these people who ever took cases was seen last; one query."""
    rows = CaseTaker.objects.filter(person_id__in=person_ids, seen_at__isnull=False)
    return {person_id: at for person_id, at in rows.values_list("person_id", "seen_at") if at}


def closed_accounts(person_ids: Collection[int]) -> set[int]:
    """Those of these people who work here no more; one query."""
    return set(Person.objects.filter(pk__in=person_ids, is_active=False).values_list("pk", flat=True))


# What the screen shows


def taker_of(person_id: int | None) -> CaseTaker | None:
    """How somebody takes cases; None where they never did."""
    return CaseTaker.objects.filter(person_id=person_id).first()


def people_of_teams(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Who of a team may work on cases in the actor's markets, with `takes`, `here`, `open` and `most`; by
    team and name. Three queries."""
    found = Person.objects.filter(is_active=True, team__isnull=False, roles__role__in=roles_with(WORK))
    if actor.markets is not None:
        found = found.filter(Q(works_in_all_markets=True) | Q(markets__in=sorted(actor.markets)))
    people = list(found.distinct().select_related("team").order_by("team__name", "name", "id"))
    ids = [each.pk for each in people]
    rows = {row.person_id: row for row in CaseTaker.objects.filter(person_id__in=ids)}
    loads = loads_of(ids)
    shown = []
    for each in people:
        row = rows.get(each.pk)
        is_here = (
            row is not None and row.takes and row.seen_at is not None and row.seen_at >= now - HERE_WITHIN
        )
        shown.append(
            {
                "person": each, "row": row, "takes": row is not None and row.takes, "here": is_here,
                "open": loads.get(each.pk, 0), "most": row.most if row else MOST_OPEN,
            }
        )  # fmt: skip
    return shown


def routed_lately(actor: Actor) -> QuerySet[Routed]:
    """What was routed in the actor's markets, of cases they may see, the latest first; one query."""
    found = in_markets(Routed.objects.select_related("case", "team", "person", "instead_of", "rule"), actor)
    return found.filter(case_id__in=in_markets(Case.objects.order_by(), actor).values("pk")).order_by("-id")


def routed_of(case_id: int) -> list[Routed]:
    """What was decided of one case, the latest first, at most MOST_LATELY; one query, none where nothing."""
    if not has_any((SUBJECT, case_id), Routed):
        return []
    found = Routed.objects.filter(case_id=case_id).select_related("team", "person", "instead_of")
    return list(found.order_by("-id")[:MOST_LATELY])


def teams_to_choose() -> list[Team]:
    """Every team, by name; one query."""
    return list(Team.objects.order_by("name"))


def may_be_set(actor: Actor, person: Person) -> bool:
    """Whether somebody works in a market of the actor's."""
    theirs = person.actor()
    if actor.markets is None or theirs.markets is None:
        return True
    return bool(actor.markets & theirs.markets)
