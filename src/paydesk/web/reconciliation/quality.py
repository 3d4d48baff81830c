"""How well it matches: the rate by day, the precision of every rule, the age of what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from paydesk.domain.reconciliation import queries
from paydesk.web.access import actor_of, needs
from paydesk.web.reconciliation.shown import SEE

SPANS = {"14": 14, "30": 30, "90": 90}


def per_cent(tenths: int | None) -> str:
    """Tenths of a per cent: 998 is "99.8 %"."""
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in the table, with its trend and the address of its rows."""

    rule: Any
    precision: str
    accepted: str
    trend: list[int]
    url: str


@require_safe
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """The rate by day, every rule's precision, the ages of exceptions; of one rule its days."""
    actor, today = actor_of(request), timezone.localdate()
    days = SPANS.get(request.GET.get("days", ""), 30)
    since, name = today - timedelta(days=days - 1), request.GET.get("rule", "")
    rules = queries.rules_over_time(actor, since=since, until=today)
    known: dict[str, Any] = {
        "tab": "quality", "days": days, "spans": list(SPANS.values()), "since": since, "today": today,
        "lines": [_line(rule, since, days) for rule in rules if not name or rule.name == name],
        "rule": name,
    }  # fmt: skip
    if name:
        known |= {
            "runs": queries.days_of_rule(actor, name, since=since, until=today),
            "apart": queries.taken_apart_by_people(actor, name, since=since, until=today),
        }
        return render(request, "reconciliation/quality_rule.html", known)
    rates = queries.match_rate(actor, since=since, until=today)
    ages = queries.exceptions_by_age(actor, today)
    known |= {
        "rates": [
            (each, per_cent(each.rate_tenths), _overview(each.day))
            for each in reversed(rates)
            if each.rate_tenths is not None
        ],
        "columns": [(f"{e.day:%-d %b}", (e.alone, e.by_people, e.open)) for e in rates],
        "ages": [(each, _aged_url(each)) for each in ages],
        "age_parts": [(f"{each.count} of {each.name} days", each.count) for each in ages],
        "open_count": sum(each.count for each in ages),
        "needs_looking": [rule for rule in rules if rule.taken_apart],
    }
    return render(request, "reconciliation/quality.html", known)


def _line(rule: Any, since: date, days: int) -> RuleLine:
    trend = []
    for place in range(days):
        alone, apart = rule.by_day.get(since + timedelta(days=place), (0, 0))
        if alone:
            trend.append((alone - apart) * 1_000 // alone)
    return RuleLine(
        rule, per_cent(rule.precision_tenths), per_cent(rule.accepted_tenths), trend,
        f"?{urlencode({'rule': rule.name, 'days': days})}",
    )  # fmt: skip


def _overview(day: date) -> str:
    return f"{reverse('reconciliation:overview')}?until={day.isoformat()}"


def _aged_url(age: Any) -> str:
    return f"{reverse('exceptions:list')}?{urlencode({'age': age.name})}"
