"""Policies: by when each kind of thing is due, what pauses it and who hears of it, in versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.foundation.clocks.actions import SETTINGS, set_policy
from paydesk.foundation.clocks.kinds import Kind, kind_named, kinds, never_pauses
from paydesk.foundation.clocks.previews import policy_moves
from paydesk.foundation.clocks.queries import policies as policies_now
from paydesk.foundation.clocks.queries import policy_as_it_is, terms_of, versions_of_policy
from paydesk.foundation.clocks.rules import CUSTOMER, LADDER, Step, Terms, hours_words, pause_words
from paydesk.foundation.people.queries import all_markets
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.clocks.calendars import names_of_calendars
from paydesk.web.clocks.moves import seen_or_moves
from paydesk.web.contracts.forms import day_input
from paydesk.web.people_names import names_by_label

if TYPE_CHECKING:
    from paydesk.foundation.clocks.models import PolicyVersion

RIGHT = "clocks:view"
ALL = "all"  # the market of a policy for all, in an address
MOST_STEPS, MOST_PAUSES = 6, 3
HOUR = 3600
UNITS = {
    "percent": "% of the time is used",
    "before": "min before it is due",
    "after": "min after it was due",
}
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def terms_words(row: PolicyVersion, calendars: Mapping[str, str]) -> str:
    """ "by closing time, 1 day later, by the calendar of the market"."""
    named = calendars.get(row.calendar, row.calendar)
    where = f"by the calendar {named}" if row.calendar else "by the calendar of its market"
    return f"{terms_of(row).words}, {where}"


def steps_words(terms: Terms) -> list[str]:
    return [f"{step.words}: {LADDER[step.to]}" for step in terms.steps]


def pauses_words(terms: Terms) -> list[str]:
    return [
        f"{pause_words(reason)}, {hours_words(most)} of open time at most"
        for reason, most in terms.pauses.items()
    ]


@require_safe
@needs(RIGHT)
def policies(request: HttpRequest) -> HttpResponse:
    """Every kind of clock with what holds for all markets, and below it the markets with their own."""
    now, calendars = timezone.now(), names_of_calendars()
    own = [each for each in policies_now(now) if each.market]
    rows = []
    for kind in kinds():
        row = policy_as_it_is(kind.name, "", now)
        rows.append(_listed(kind, row, calendars, ALL))
        rows += [_listed(kind, each, calendars, each.market) for each in own if each.kind == kind.name]
    return render(request, "clocks/policies.html", {"tab": "policies", "rows": rows})


def _listed(kind: Kind, row: PolicyVersion, calendars: Mapping[str, str], place: str) -> dict[str, Any]:
    terms = terms_of(row)
    return {
        "kind": kind,
        "row": row,
        "place": place,
        "where": calendars.get(row.market, row.market) if row.market else "all markets",
        "words": terms_words(row, calendars),
        "pauses": pauses_words(terms),
        "steps": len(terms.steps),
    }


def _kind_or_404(name: str, place: str) -> tuple[Kind, str]:
    """The kind and the market ("" for all) of an address."""
    market = "" if place == ALL else place
    if market and market not in {name for name in names_of_calendars() if len(name) == 2}:
        raise Http404("There is no such market.")
    try:
        return kind_named(name), market
    except KeyError:
        raise Http404("There is no such kind of clock.") from None


@require_safe
@needs(RIGHT)
def policy(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """One policy: what it promises, its pauses and steps, and its versions."""
    kind, market = _kind_or_404(name, place)
    now, calendars = timezone.now(), names_of_calendars()
    row = policy_as_it_is(name, market, now)
    versions = versions_of_policy(name, market)
    makers = names_by_label({each.made_by for each in versions})
    terms = terms_of(row)
    return render(
        request,
        "clocks/policy.html",
        {
            "tab": "policies",
            "kind": kind,
            "row": row,
            "place": place,
            "where": calendars.get(market, market) if market else "all markets",
            "is_inherited": bool(market) and row.market != market,
            "words": terms_words(row, calendars),
            "pauses": pauses_words(terms),
            "steps": steps_words(terms),
            "grace": hours_words(terms.grace_seconds),
            "versions": [
                {
                    "row": each,
                    "by": makers[each.made_by],
                    "words": terms_words(each, calendars),
                    "more": [*pauses_words(terms_of(each)), *steps_words(terms_of(each))],
                    "is_ahead": each.holds_from is not None and each.holds_from > now,
                    "is_in_force": each.pk == row.pk,
                }
                for each in versions
            ],
            "markets": [
                (code, words) for code, words in calendars.items() if len(code) == 2 and code != market
            ]
            + ([(ALL, "all markets")] if market else []),
            "may_change": gate(actor_of(request), SETTINGS),
        },
    )


class PolicyForm(forms.Form):
    """What is promised, in fields: the target, the calendar, what pauses it, who hears of it when."""

    unit = forms.ChoiceField(
        label="Due",
        choices=[("minutes", "after minutes of open time"), ("days", "at the end of business days")],
    )
    number = forms.IntegerField(label="How many", min_value=0, max_value=100_000)
    cut_off = forms.TimeField(
        label="Cut-off of a day", required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Empty: closing time. Only with business days.",
    )  # fmt: skip
    calendar = forms.ChoiceField(required=False, label="Counted by")
    grace_hours = forms.IntegerField(
        label="May be opened again within hours", min_value=0, max_value=8760,
        help_text="So long after its end the clock goes on when the thing is opened again.",
    )  # fmt: skip
    from_on = forms.DateField(
        label="Holds from", widget=day_input(),
        help_text="Today: at once, also for clocks that run and are not late. A later day: for clocks that "
        "start then.",
    )  # fmt: skip
    source = forms.CharField(label="Where the rule comes from", required=False, max_length=200)

    def __init__(self, said: Any, row: PolicyVersion, today: Any) -> None:
        self.pauses_kept = 0 if never_pauses(row.kind) else MOST_PAUSES
        terms = terms_of(row)
        days = terms.target_days is not None
        first: dict[str, Any] = {
            "unit": "days" if days else "minutes",
            "number": terms.target_days if days else (terms.target_seconds or 0) // 60,
            "cut_off": terms.cut_off,
            "calendar": row.calendar,
            "grace_hours": terms.grace_seconds // HOUR,
            "from_on": today,
            "source": row.source,
        }
        super().__init__(said, initial=first, auto_id="pol_%s")
        self.row, self.today = row, today
        calendars: Any = self.fields["calendar"]
        calendars.choices = [("", "the calendar of its market"), *names_of_calendars().items()]
        for place in range(self.pauses_kept):
            self._pause_fields(place, list(terms.pauses.items()))
        for place in range(MOST_STEPS):
            self._step_fields(place, terms.steps)

    def _pause_fields(self, place: int, pauses: list[tuple[str, int]]) -> None:
        reason, most = pauses[place] if place < len(pauses) else ("", None)
        known = dict.fromkeys([CUSTOMER, *(each for each, _ in pauses)])
        self.fields[f"pause_{place}"] = forms.ChoiceField(
            label="Pauses while", required=False, initial=reason,
            choices=[("", "–"), *((each, pause_words(each)) for each in known)],
        )  # fmt: skip
        self.fields[f"most_{place}"] = forms.IntegerField(
            label="hours of open time at most", required=False, min_value=1, max_value=8760,
            initial=None if most is None else max(most // HOUR, 1),
        )  # fmt: skip

    def _step_fields(self, place: int, steps: tuple[Step, ...]) -> None:
        step = steps[place] if place < len(steps) else None
        number, unit = None, "percent"
        if step is not None and step.percent is not None:
            number = step.percent
        elif step is not None and step.minutes is not None:
            number, unit = abs(step.minutes), "before" if step.minutes < 0 else "after"
        self.fields[f"at_{place}"] = forms.IntegerField(
            label="Step at", required=False, min_value=0, max_value=100_000, initial=number
        )
        self.fields[f"unit_{place}"] = forms.ChoiceField(
            label="of what", required=False, choices=list(UNITS.items()), initial=unit
        )
        self.fields[f"to_{place}"] = forms.ChoiceField(
            label="goes to",
            required=False,
            choices=list(LADDER.items()),
            initial=step.to if step else "owner",
        )

    @property
    def plain(self) -> list[Any]:
        return [self[name] for name in ("unit", "number", "cut_off", "calendar")]

    @property
    def pauses(self) -> list[tuple[Any, Any]]:
        return [(self[f"pause_{n}"], self[f"most_{n}"]) for n in range(self.pauses_kept)]

    @property
    def steps(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"at_{n}"], self[f"unit_{n}"], self[f"to_{n}"]) for n in range(MOST_STEPS)]

    @property
    def last(self) -> list[Any]:
        return [self[name] for name in ("grace_hours", "from_on", "source")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if self.errors:
            return said
        if said["from_on"] < self.today:
            self.add_error("from_on", "This day is past. What was promised then stays as it was.")
        try:
            said["terms"] = self._terms(said)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return said

    def _terms(self, said: dict[str, Any]) -> Terms:
        days = said["unit"] == "days"
        pauses = {
            said[f"pause_{n}"]: said[f"most_{n}"] * HOUR
            for n in range(MOST_PAUSES)
            if said.get(f"pause_{n}") and said.get(f"most_{n}")
        }
        cut_off: time | None = said["cut_off"] if days else None
        return Terms(
            target_seconds=None if days else said["number"] * 60,
            target_days=said["number"] if days else None,
            cut_off=cut_off,
            pauses=pauses,
            steps=tuple(self._steps(said)),
            grace_seconds=said["grace_hours"] * HOUR,
        )

    def _steps(self, said: dict[str, Any]) -> list[Step]:
        """The steps that are filled in; one that stood there before keeps its key, so that it fires once."""
        known = {
            (step.percent, step.minutes, step.to): step.key for step in reversed(terms_of(self.row).steps)
        }
        found = []
        for place in range(MOST_STEPS):
            number = said.get(f"at_{place}")
            if number is None:
                continue
            unit, to = said[f"unit_{place}"], said[f"to_{place}"]
            percent = number if unit == "percent" else None
            minutes = None if unit == "percent" else -number if unit == "before" else number
            key = known.get((percent, minutes, to)) or f"{unit}_{number}_{to}"
            found.append(Step(key, to, percent=percent, minutes=minutes))
        return found


@dialog_view
@needs(SETTINGS)
def change(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """A new version, at once or from a day to come."""
    kind, market = _kind_or_404(name, place)
    now = timezone.now()
    row = policy_as_it_is(name, market, now)
    zone = timezone.get_current_timezone()
    if market:
        zone = ZoneInfo(next(m.time_zone for m in all_markets() if m.pk == market))
    today = timezone.localdate(timezone=zone)
    form = PolicyForm(request.POST if request.method == "POST" else None, row, today)
    back = came_from(request, reverse("clocks:policy", args=[name, place]))
    known = {"tab": "policies", "form": form, "kind": kind, "place": place, "row": row, "at": back}
    known["where"] = names_of_calendars().get(market, market) if market else "all markets"
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        from_on = said["from_on"]
        holds_from = datetime.combine(from_on, time(0), zone) if from_on > today else None
        more = {
            "market": market, "calendar": said["calendar"], "source": said["source"],
            "holds_from": holds_from, "by": actor_of(request), "now": now,
        }  # fmt: skip
        moves = seen_or_moves(request, lambda: policy_moves(name, said["terms"], **more))
        if moves is not None:
            known |= moves
            return render(request, "clocks/change_policy.html", known)
        new = set_policy(name, said["terms"], **more)
        since = f" from {from_on:%-d %b %Y} on" if holds_from else ""
        return done(request, back, f"{kind.words}: version {new.version} holds{since}.")
    return render(request, "clocks/change_policy.html", known, status=422 if form.is_bound else 200)
