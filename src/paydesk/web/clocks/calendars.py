"""Calendars: the opening hours and holidays of each market, in versions; changed from a day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.foundation.clocks.actions import SETTINGS, set_calendar
from paydesk.foundation.clocks.kinds import ROUND_THE_CLOCK
from paydesk.foundation.clocks.previews import calendar_moves
from paydesk.foundation.clocks.queries import calendar_as_it_is, versions_of_calendar
from paydesk.foundation.people.queries import all_markets
from paydesk.kernel.business_time import WEEKDAYS
from paydesk.kernel.clock_changes import next_clock_change
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.clocks.moves import seen_or_moves
from paydesk.web.clocks.pasted_days import lines_of, read_days, read_open_days, read_spans
from paydesk.web.contracts.forms import day_input
from paydesk.web.people_names import names_by_label

if TYPE_CHECKING:
    from paydesk.foundation.clocks.models import CalendarVersion

RIGHT = "clocks:view"
DAY_NAMES = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
HOLIDAYS_SHOWN = 24
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


def names_of_calendars() -> dict[str, str]:
    """Every calendar there is or may be, in words; one query."""
    return {market.pk: market.name for market in all_markets()} | {ROUND_THE_CLOCK: "Round the clock"}


def hours_words(hours: dict[str, list[str]]) -> str:
    """ "Monday to Friday 08:00-17:00": days with the same hours together."""
    runs: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        said = " and ".join(hours.get(day, ()))
        if runs and runs[-1][1] == said:
            runs[-1][0].append(DAY_NAMES[day])
        else:
            runs.append(([DAY_NAMES[day]], said))
    told = [
        f"{days[0] if len(days) == 1 else f'{days[0]} to {days[-1]}'} {said}" for days, said in runs if said
    ]
    return "; ".join(told) or "never open"


def change_words(zone: str) -> str:
    """When the clocks of a zone are moved next, as a sentence."""
    found = next_clock_change(zone, timezone.now())
    if found is None:
        return "The clocks are not moved here."
    minutes = abs(int(found.by.total_seconds())) // 60
    local = found.at.astimezone(ZoneInfo(zone))
    way = "forward" if found.is_forward else "back"
    return (
        f"The clocks go {way} by {minutes} min on {local:%-d %B %Y}; "
        f"opening hours stay at the local time, so that day is {minutes} min "
        f"{'shorter' if found.is_forward else 'longer'} only where the desk is open then."
    )


def _named(name: str) -> str:
    try:
        return names_of_calendars()[name]
    except KeyError:
        raise Http404("There is no such calendar.") from None


@require_safe
@needs(RIGHT)
def calendars(request: HttpRequest) -> HttpResponse:
    """The calendars as they are now, each with its next holiday."""
    now, today = timezone.now(), timezone.localdate().isoformat()
    rows = []
    for name, words in names_of_calendars().items():
        row = calendar_as_it_is(name, now)
        ahead = sorted(day for day in row.holidays if day >= today)
        next_day = date.fromisoformat(ahead[0]) if ahead else None
        rows.append(
            {
                "row": row,
                "words": words,
                "hours": hours_words(row.hours),
                "next_on": next_day,
                "next_name": row.holidays[ahead[0]] if ahead else "",
            }
        )
    return render(request, "clocks/calendars.html", {"tab": "calendars", "rows": rows})


@require_safe
@needs(RIGHT)
def calendar(request: HttpRequest, name: str) -> HttpResponse:
    """One calendar: its week, its days, its versions with what changed."""
    words, now, today = _named(name), timezone.now(), timezone.localdate().isoformat()
    row = calendar_as_it_is(name, now)
    versions = versions_of_calendar(name)
    makers = names_by_label({each.made_by for each in versions})
    ahead = [(date.fromisoformat(day), text) for day, text in sorted(row.holidays.items()) if day >= today]
    special = [(date.fromisoformat(day), f"closed: {text}") for day, text in row.closed_days.items()]
    special += [(date.fromisoformat(day), f"open {', '.join(spans)}") for day, spans in row.open_days.items()]
    return render(
        request,
        "clocks/calendar.html",
        {
            "tab": "calendars",
            "row": row,
            "words": words,
            "week": [(DAY_NAMES[day], ", ".join(row.hours.get(day, ()))) for day in WEEKDAYS],
            "earlier": [
                (date.fromisoformat(each["until"]), hours_words(each["hours"])) for each in row.earlier
            ],
            "change": change_words(row.zone),
            "holidays": ahead[:HOLIDAYS_SHOWN],
            "more_holidays": max(len(ahead) - HOLIDAYS_SHOWN, 0),
            "special": sorted((each for each in special if each[0].isoformat() >= today), key=lambda d: d[0]),
            "versions": [
                (each, makers[each.made_by], what_changed(each, before))
                for each, before in zip(versions, [*versions[1:], None], strict=False)
            ],
            "may_change": gate(actor_of(request), SETTINGS),
            "is_fixed": name == ROUND_THE_CLOCK,
        },
    )


def what_changed(row: CalendarVersion, before: CalendarVersion | None) -> str:
    """What a version brought, in words."""
    if before is None:
        return f"The first: {row.source}." if row.source else "The first."
    told = []
    if row.zone != before.zone:
        told.append(f"time zone {row.zone}")
    if row.hours != before.hours:
        since = f" from {row.earlier[-1]['until']} on" if row.earlier else ""
        told.append(f"{hours_words(row.hours)}{since}")
    for key, words in (("holidays", "holiday"), ("closed_days", "closed day"), ("open_days", "open day")):
        now, was = getattr(row, key), getattr(before, key)
        added = sorted(day for day in now if now[day] != was.get(day))
        gone = sorted(day for day in was if day not in now)
        for days, verb in ((added, "added"), (gone, "taken out")):
            if days:
                shown = ", ".join(days[:4]) + (f" and {len(days) - 4} more" if len(days) > 4 else "")
                told.append(f"{words}{'s' if len(days) > 1 else ''} {verb}: {shown}")
    return "; ".join(told) or "its source"


class CalendarForm(forms.Form):
    """A week of hours and the days that are not like it, as text; what is past is not asked for."""

    from_on = forms.DateField(label="New hours hold from", widget=day_input())
    holidays = forms.CharField(
        label="Public holidays from today on", required=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "form-control code"}),
        help_text="One a line, such as 2026-12-25 Christmas Day. Paste a list over it: dates may be written "
        "2026-12-25, 25.12.2026, 25/12/2026 or 25 Dec 2026.",
    )  # fmt: skip
    closed_days = forms.CharField(
        label="Closed against the rule", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as 2026-12-31 Stock count.",
    )  # fmt: skip
    open_days = forms.CharField(
        label="Open against the rule", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as 2026-12-26 09:00-12:00; it counts on a holiday, too.",
    )  # fmt: skip
    source = forms.CharField(label="Where the holidays come from", required=False, max_length=200)

    def __init__(self, said: Any, row: CalendarVersion, today: date) -> None:
        first: dict[str, Any] = {"from_on": today, "source": row.source}
        for key in ("holidays", "closed_days", "open_days"):
            days = [(day, said_of) for day, said_of in getattr(row, key).items() if day >= today.isoformat()]
            first[key] = lines_of(days)
        super().__init__(said, initial=first, auto_id="cal_%s")
        self.row, self.today = row, today
        for day in WEEKDAYS:
            self.fields[day] = forms.CharField(
                label=DAY_NAMES[day], required=False, max_length=120,
                initial=", ".join(row.hours.get(day, ())),
                widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "closed"}),
            )  # fmt: skip
        self.order_fields([*WEEKDAYS, "from_on", "holidays", "closed_days", "open_days", "source"])

    @property
    def week(self) -> list[Any]:
        return [self[day] for day in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        hours = {}
        for day in WEEKDAYS:
            try:
                if spans := read_spans(said.get(day, "")):
                    hours[day] = spans
            except ValueError as problem:
                self.add_error(day, str(problem))
        said["hours"] = hours
        for key, read in (("holidays", read_days), ("closed_days", read_days), ("open_days", read_open_days)):
            kept = {d: v for d, v in getattr(self.row, key).items() if d < self.today.isoformat()}
            try:
                said[key] = kept | dict(read(said.get(key, "")))  # type: ignore[operator]
            except ValueError as problem:
                self.add_error(key, str(problem))
        return said


@dialog_view
@needs(SETTINGS)
def change(request: HttpRequest, name: str) -> HttpResponse:
    """A new version: other hours from a day on, other days from today on."""
    words, now = _named(name), timezone.now()
    if name == ROUND_THE_CLOCK:
        raise Http404("This calendar is what its name says.")
    row = calendar_as_it_is(name, now)
    today = timezone.localdate(timezone=ZoneInfo(row.zone))
    form = CalendarForm(request.POST if request.method == "POST" else None, row, today)
    back = came_from(request, reverse("clocks:calendar", args=[name]))
    if request.method == "POST" and form.is_valid():
        keys = ("hours", "holidays", "closed_days", "open_days", "source", "from_on")
        said = {key: form.cleaned_data[key] for key in keys} | {"by": actor_of(request), "now": now}
        if moves := seen_or_moves(request, lambda: calendar_moves(name, **said)):
            known = {"tab": "calendars", "form": form, "row": row, "words": words, "at": back, **moves}
            return render(request, "clocks/change_calendar.html", known)
        new = set_calendar(name, **said)
        text = "Nothing was different." if new.version == row.version else (
            f"{words}: version {new.version}. Open clocks are planned by it."
        )  # fmt: skip
        return done(request, back, text)
    known = {"tab": "calendars", "form": form, "row": row, "words": words, "at": back}
    return render(request, "clocks/change_calendar.html", known, status=422 if form.is_bound else 200)
