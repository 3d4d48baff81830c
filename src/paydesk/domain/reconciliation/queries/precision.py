"""How well rules match, over time: what they matched, and what people took apart later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from paydesk.domain.reconciliation.models import Day, Match, ReconciliationException
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

# Bands of days an exception is open, as those of unapplied cash: up to so many days; None for more.
AGES: Sequence[tuple[str, int, int | None]] = (
    ("0-1", 0, 1), ("2-7", 2, 7), ("8-30", 8, 30), ("31-90", 31, 90), ("over 90", 91, None),
)  # fmt: skip


@dataclass(slots=True)
class RuleOverTime:
    """One rule in a span of days: what it matched alone, what people took apart of it, what it suggested and
    what they said to that. `by_day` are (matches alone, taken apart)."""

    name: str
    matches: int = 0
    taken_apart: int = 0
    suggested: int = 0
    confirmed: int = 0
    rejected: int = 0
    by_day: dict[date, tuple[int, int]] = field(default_factory=dict)

    @property
    def precision_tenths(self) -> int | None:
        """Matches that stand, in tenths of a per cent, rounded down; None where there are none."""
        return (self.matches - self.taken_apart) * 1_000 // self.matches if self.matches else None

    @property
    def accepted_tenths(self) -> int | None:
        """Suggestions that people confirmed of those they decided on, in tenths of a per cent."""
        decided = self.confirmed + self.rejected
        return self.confirmed * 1_000 // decided if decided else None


def rules_over_time(actor: Actor, *, since: date, until: date) -> list[RuleOverTime]:
    """Every rule that matched or suggested something in the span, the busiest first; three queries.

    Matches alone are those of the newest run of each day; what was taken apart counts on the day of its rows.
    """
    found: dict[str, RuleOverTime] = {}
    for day, counts in _counts(actor, since, until):
        for each in counts:
            if each["found"] != "match":
                continue
            rule = found.setdefault(each["rule"], RuleOverTime(each["rule"]))
            if each["status"] == "confirmed":
                rule.matches += each["groups"]
                alone, apart = rule.by_day.get(day, (0, 0))
                rule.by_day[day] = (alone + each["groups"], apart)
    decided = (
        in_markets(Match.objects.filter(day__range=(since, until)).exclude(rule="by_hand"), actor)
        .values_list("rule", "day", "state")
        .annotate(count=Count("id"))
        .order_by("rule", "day", "state")
    )
    for name, day, state, count in decided:
        rule = found.setdefault(name, RuleOverTime(name))
        if state == "revoked":
            # The runs since then do not count it any more, because it is none.
            rule.taken_apart += count
            rule.matches += count
            alone, apart = rule.by_day.get(day, (0, 0))
            rule.by_day[day] = (alone + count, apart + count)
        elif state == "confirmed":
            rule.confirmed += count
        elif state == "rejected":
            rule.rejected += count
        elif state == "proposed":
            rule.suggested += count
    return sorted(found.values(), key=lambda rule: (-rule.matches, rule.name))


@dataclass(frozen=True, slots=True)
class RateOfDay:
    """Rows of ours of one day: matched by rules alone, by people, and open. Counts, of all accounts."""

    day: date
    alone: int
    by_people: int
    open: int

    @property
    def rate_tenths(self) -> int | None:
        """What rules matched alone, in tenths of a per cent; None where the day has no rows."""
        total = self.alone + self.by_people + self.open
        return self.alone * 1_000 // total if total else None


def match_rate(actor: Actor, *, since: date, until: date) -> list[RateOfDay]:
    """Every day of the span, oldest first; three queries. A day that was not run has no rows."""
    alone: dict[date, int] = {}
    for day, counts in _counts(actor, since, until):
        alone[day] = alone.get(day, 0) + sum(
            each["groups"] for each in counts if each["found"] == "match" and each["status"] == "confirmed"
        )
    span = {"day__range": (since, until)}
    by_people = _by_day(in_markets(Match.objects.filter(state="confirmed", **span), actor))
    still = ReconciliationException.objects.filter(state__in=UNSOLVED, **span)
    open_ones = _by_day(in_markets(still, actor))
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    return [RateOfDay(d, alone.get(d, 0), by_people.get(d, 0), open_ones.get(d, 0)) for d in days]


def _by_day(found: object) -> dict[date, int]:
    return dict(found.values_list("day").annotate(count=Count("id")).order_by())  # type: ignore[attr-defined]


def _counts(actor: Actor, since: date, until: date) -> list[tuple[date, list[dict[str, object]]]]:
    found = in_markets(Day.objects.filter(day__range=(since, until), run__isnull=False), actor)
    return [(day, summary.get("counts", [])) for day, summary in found.values_list("day", "run__summary")]


@dataclass(frozen=True, slots=True)
class RunOfRule:
    """What one rule did on one day of an account: its run, and how many matches."""

    account: str
    day: date
    run_id: int
    status: str
    matches: int
    taken_apart: int


def days_of_rule(actor: Actor, rule: str, *, since: date, until: date) -> list[RunOfRule]:
    """The days on which a rule matched or suggested something, newest first, one row by status."""
    apart = {
        (account_id, day): count
        for account_id, day, count in in_markets(
            Match.objects.filter(rule=rule, state="revoked", day__range=(since, until)), actor
        )
        .values_list("source_account_id", "day")
        .annotate(count=Count("id"))
        .order_by()
    }
    days = in_markets(Day.objects.filter(day__range=(since, until), run__isnull=False), actor)
    found = []
    for account_id, name, day, run_id, summary in days.values_list(
        "source_account_id", "source_account__name", "day", "run_id", "run__summary"
    ).order_by("-day", "source_account__name"):
        for each in summary.get("counts", []):
            if (each["found"], each["rule"]) == ("match", rule) and each["status"] != "apart":
                gone = apart.get((account_id, day), 0) if each["status"] == "confirmed" else 0
                found.append(RunOfRule(name, day, run_id, each["status"], each["groups"], gone))
    return found


def taken_apart_by_people(actor: Actor, rule: str, *, since: date, until: date) -> list[Match]:
    """Matches of a rule that people took apart or rejected, newest first."""
    found = Match.objects.select_related("source_account").prefetch_related("members")
    found = found.filter(rule=rule, state__in=["revoked", "rejected"], day__range=(since, until))
    return list(in_markets(found, actor).order_by("-decided_at", "-id")[:200])


@dataclass(frozen=True, slots=True)
class Aged:
    """Unsolved exceptions of one age: how many, and money at risk by currency in minor units."""

    name: str
    count: int
    first: date | None
    last: date | None


def exceptions_by_age(actor: Actor, today: date) -> list[Aged]:
    """Unsolved exceptions by the age of their day, the youngest first; one query."""
    found = dict(
        in_markets(ReconciliationException.objects.filter(state__in=UNSOLVED), actor)
        .values_list("day")
        .annotate(count=Count("id"))
        .order_by()
    )
    told = []
    for name, least, most in AGES:
        last = today - timedelta(days=least) if least else None
        first = today - timedelta(days=most) if most is not None else None
        count = sum(
            n for day, n in found.items() if (last is None or day <= last) and (first is None or day >= first)
        )
        told.append(Aged(name, count, first, last))
    return told
