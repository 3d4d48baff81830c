"""Figures of people and teams with their definitions; every figure opens its rows; both can be exported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from paydesk.foundation.people.models import Person
from paydesk.reporting.scorecards.queries import Period, Row, Scorecard, figures, rows, seen_people
from paydesk.reporting.scorecards.rules import FIGURES, OUTCOMES, Counted, percent, summed
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import PAGES, code_in, page_of
from paydesk.web.contracts.forms import AddressFilters, day_input
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.workbook import list_download

SEE = "scorecards:view"
LONGEST_DAYS = 366
HEAD = (
    "Person", "Team", "From", "To", "Figure", "Percent", "Counts", "Good", "Of", "Response percent",
    "Rows",
)  # fmt: skip
ROWS_HEAD = ("Person", "Figure", "At (UTC)", "How it counts", "Kind", "Code", "Value")


class PeriodForm(AddressFilters):
    first = forms.DateField(required=False, label="From", widget=day_input())
    last = forms.DateField(required=False, label="To", widget=day_input())
    person = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        said, today = request.GET.copy(), timezone.localdate()
        for name, day in (("first", today - timedelta(days=27)), ("last", today)):
            said[name] = said.get(name) or day.isoformat()
        self.data = said

    @property
    def period(self) -> Period:
        """What was asked for, else the last 28 days; never longer than a year."""
        wanted, today = self.wanted, timezone.localdate()
        last = min(wanted.get("last") or today, today)
        first = min(wanted.get("first") or last - timedelta(days=27), last)
        return Period(max(first, last - timedelta(days=LONGEST_DAYS)), last)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one person, with the address of its rows."""

    counted: Counted
    url: str

    @property
    def share(self) -> str:
        return percent(self.counted.tenths)

    @property
    def response(self) -> str:
        return percent(self.counted.response_tenths)

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """(words, number, address) of every outcome that is counted."""
        figure, counts = self.counted.figure, self.counted.counts
        if not counts:
            return []
        return [
            (OUTCOMES[outcome], counts.get(outcome, 0), f"{self.url}&outcome={outcome}")
            for outcome in (*figure.good, *figure.bad, *figure.beside)
            if counts.get(outcome) or figure.name == "timeliness"  # met, breached, waived, merged: always all
        ]


@require_safe
@needs(SEE)
def board(request: HttpRequest) -> HttpResponse:
    """Everybody the person may see, a row each, and all of them together; figures with their definitions."""
    cards, period, form = _cards(request)
    together = _summed(cards, period)
    query = urlencode({"first": period.first.isoformat(), "last": period.last.isoformat()})
    known = {
        "at": "figures", "figures": list(FIGURES.values()), "teams": _by_team(cards, period),
        "together": together,
        "period": period, "form": form, "query": query, "alone": len(cards) == 1,
    }  # fmt: skip
    return render(request, "quality/figures.html", known)


def _by_team(cards: list[Scorecard], period: Period) -> list[tuple[str, list[Cell], list[Any]]]:
    """(team, its sums, its people with their figures); one without a name where all are of one."""
    of: dict[tuple[str, int | None], list[Scorecard]] = {}
    for card in cards:
        team = card.person.team
        of.setdefault((team.name if team else "", team.pk if team else None), []).append(card)
    several = len(of) > 1
    return [
        (
            name if several else "", _summed(theirs, period, team_id) if several and name else [],
            [
                (card.person, [Cell(each, _rows_url(period, figure, person=card.person.pk))
                               for figure, each in card.figures.items()])
                for card in theirs
            ],
        )
        for (name, team_id), theirs in sorted(of.items(), key=lambda each: (not each[0][0], each[0][0]))
    ]  # fmt: skip


def _summed(cards: list[Scorecard], period: Period, team_id: int | None = None) -> list[Cell]:
    """Every figure of these people together, with the address of its rows."""
    whose = {} if team_id is None else {"team": team_id}
    return [
        Cell(
            summed({card.person.pk: card.figures[name] for card in cards}, figure),
            _rows_url(period, name, **whose),
        )
        for name, figure in FIGURES.items()
    ]


def _cards(request: HttpRequest) -> tuple[list[Scorecard], Period, PeriodForm]:
    actor, now = actor_of(request), timezone.now()
    form = PeriodForm(request)
    return figures(actor, seen_people(actor, now), form.period, now), form.period, form


def _rows_url(period: Period, name: str, **whose: int) -> str:
    said = {"first": period.first.isoformat(), "last": period.last.isoformat(), **whose}
    return f"{reverse('scorecards:rows', args=[name])}?{urlencode(said)}"


@require_safe
@needs(SEE)
def behind(request: HttpRequest, figure: str) -> HttpResponse:
    """The rows behind one figure."""
    people, period, outcome = _asked(request, figure)
    number = page_number(request)
    found = rows(
        actor_of(request), figure, people.keys(), period, timezone.now(), outcome=outcome, most=PAGE_SIZE + 1,
        skip=(number - 1) * PAGE_SIZE,
    )  # fmt: skip
    known = {
        "at": "figures", "figure": FIGURES[figure], "outcome": OUTCOMES.get(outcome, ""), "period": period,
        "page": Page.of(_shown(found, people), number), "query": request.GET.urlencode(),
        "who": next(iter(people.values())).name if len(people) == 1 else "",
        "board": f"{reverse('scorecards:figures')}?"
        + urlencode({"first": period.first.isoformat(), "last": period.last.isoformat()}),
    }  # fmt: skip
    return render(request, "quality/figure_rows.html", known)


def _asked(request: HttpRequest, figure: str) -> tuple[dict[int, Person], Period, str]:
    """Whose rows, of when, which; 404 for a figure or a person that is not there for whoever looks."""
    if figure not in FIGURES:
        raise Http404("There is no such figure.")
    people = {person.pk: person for person in seen_people(actor_of(request), timezone.now())}
    wanted, team = request.GET.get("person", ""), request.GET.get("team", "")
    if wanted or team:
        people = {
            pk: person for pk, person in people.items()
            if wanted in ("", str(pk)) and team in ("", str(person.team_id))
        }  # fmt: skip
        if not people:
            raise Http404("There is nobody like that whose figures you see.")
    outcome = request.GET.get("outcome", "")
    return people, PeriodForm(request).period, outcome if outcome in OUTCOMES else ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: Row
    name: str
    words: str
    code: str
    url: str

    @property
    def value(self) -> int | None:
        """A score, also of nothing; None where rows are only counted."""
        return self.row.value if self.row.kind == "review" or self.row.value else None


def _shown(found: Iterable[Row], people: dict[int, Person]) -> Iterable[ShownRow]:
    for row in found:
        has_page = row.kind in PAGES
        yield ShownRow(
            row, people[row.agent_id].name, OUTCOMES[row.outcome],
            code_in(row.kind, row.id) if has_page else f"{row.kind.replace('_', ' ')} {row.id}",
            page_of(row.kind, row.id) if has_page else "",
        )  # fmt: skip


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The figures of everybody the person may see, one line a person and figure, with the counts in them."""
    cards, period, _ = _cards(request)
    table = (
        [
            card.person.name, card.person.team.name if card.person.team else "", period.first, period.last,
            FIGURES[name].words, percent(counted.tenths),
            "; ".join(f"{OUTCOMES[outcome]} {number}" for outcome, number in sorted(counted.counts.items())),
            counted.numerator, counted.denominator,
            percent(counted.response_tenths) if name == "csat" else "",
            request.build_absolute_uri(_rows_url(period, name, person=card.person.pk)),
        ]
        for card in cards
        for name, counted in card.figures.items()
    )  # fmt: skip
    return list_download(f"figures-{period.last.isoformat()}", kind, HEAD, table)


@exports(SEE)
def export_rows(request: HttpRequest, figure: str, kind: str) -> HttpResponseBase:
    """The rows behind one figure."""
    people, period, outcome = _asked(request, figure)
    found = rows(actor_of(request), figure, people.keys(), period, timezone.now(), outcome=outcome)
    table: Any = (
        [each.name, FIGURES[figure].words, f"{each.row.at:%Y-%m-%d %H:%M:%S}", each.words, each.row.kind,
         each.code, each.value]
        for each in _shown(found, people)
    )  # fmt: skip
    return list_download(f"{figure}-{_day(period.last)}", kind, ROWS_HEAD, table)


def _day(day: date) -> str:
    return day.isoformat()
