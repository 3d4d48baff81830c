"""What customers said about the work: score, comment, case and who did it, with how many answered at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.quality.csat_queries import invitations, response_of
from paydesk.domain.quality.csat_rules import DEFINITION, SATISFIED, SCORES, WHY_NOT
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.scorecards.queries import seen_people
from paydesk.reporting.scorecards.rules import percent
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.quality.scorecards import SEE
from paydesk.web.workbook import check_fits, list_download

if TYPE_CHECKING:
    from paydesk.domain.quality.csat_models import Invitation

EVERYBODY = "scorecards.everybody:view"
HEAD = (
    "Case", "Market", "Resolved (UTC)", "Agent", "Score of 5", "In words", "Comment", "Said (UTC)",
    "Asked (UTC)", "Why not asked",
)  # fmt: skip
OUTCOMES = {
    "answered": "Answered",
    "satisfied": "Satisfied (4 or 5)",
    "unsatisfied": "Not satisfied",
    "commented": "With a comment",
    "silent": "Did not answer",
    "not_asked": "Not asked",
}


class SaidFilters(AddressFilters):
    """What stands in the address: what became of it, the score, whose work, market, days of the case."""

    outcome = forms.ChoiceField(required=False, label="Answer", choices=[ANY, *OUTCOMES.items()])
    score = forms.ChoiceField(
        required=False, choices=[ANY, *((str(each), f"{each}: {words}") for each, words in SCORES.items())]
    )
    agent = forms.ChoiceField(required=False)
    market = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, label="Resolved from", widget=day_input())
    until = forms.DateField(required=False, label="Resolved to", widget=day_input())

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        super().__init__(request)
        self.people = {person.pk: person.name for person in seen_people(actor, timezone.now())}
        fields: dict[str, Any] = self.fields
        fields["agent"].choices = [ANY, *((str(pk), name) for pk, name in self.people.items())]
        fields["market"].choices = [ANY, *((each.pk, each.name) for each in markets_of(actor))]

    def found(self, actor: Actor) -> QuerySet[Invitation]:
        """Those of people whose figures the actor sees; who sees everybody's sees what is nobody's too."""
        said = dict(self.wanted)
        names = {"agent": "agent_id", "since": "resolved_at__date__gte", "until": "resolved_at__date__lte"}
        lookups = {names.get(name, name): value for name, value in said.items()}
        people = None if actor.may(EVERYBODY) else self.people.keys()
        return invitations(actor, people, **lookups)


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def said(request: HttpRequest) -> HttpResponse:
    """The newest first, above them what share answered and what share of these is satisfied."""
    actor, number = actor_of(request), page_number(request)
    filters = SaidFilters(request, actor)
    found, start = filters.found(actor), (number - 1) * PAGE_SIZE
    response = response_of(found)
    known = {
        "at": "said",
        "filters": filters,
        "page": Page.of(map(_shown, found[start : start + PAGE_SIZE + 1]), number),
        "response": response,
        "rate": percent(_tenths(response.answered, response.asked)),
        "satisfied": percent(_tenths(response.satisfied, response.answered)),
        "definition": DEFINITION,
        "may_export": gate(actor, "export"),
        "here": request.path,
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    return render(request, f"quality/{'_said' if target == 'said' else 'said'}.html", known)


def _tenths(part: int, whole: int) -> int | None:
    """Tenths of a percent, None of nothing."""
    return (part * 2000 + whole) // (2 * whole) if whole else None


def _shown(each: Invitation) -> tuple[Invitation, str, str, str, str]:
    """(invitation, case code, its address, family and words of the score)."""
    score: int | None = each.score  # type: ignore[attr-defined]
    family = "settled" if (score or 0) >= SATISFIED else "failed" if (score or 3) < 3 else "held"
    family = "idle" if score is None else family
    words = WHY_NOT.get(each.why_not, "no answer") if score is None else f"{score}, {SCORES[score].lower()}"
    return each, code_in("case", each.case_id), page_of("case", each.case_id), family, words


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What is shown with the filters of the address, all of it."""
    actor = actor_of(request)
    found = SaidFilters(request, actor).found(actor)
    check_fits(found, kind, "answers")
    return list_download(f"satisfaction-{timezone.localdate().isoformat()}", kind, HEAD, _cells(found))


def _cells(found: QuerySet[Any]) -> Iterator[list[Any]]:
    for each in found.iterator(chunk_size=1000):
        yield [
            code_in("case", each.case_id), each.market, f"{each.resolved_at:%Y-%m-%d %H:%M:%S}",
            each.agent.name if each.agent else "", each.score, SCORES.get(each.score, ""), each.comment,
            f"{each.said_at:%Y-%m-%d %H:%M:%S}" if each.said_at else None,
            "" if each.why_not else f"{each.made_at:%Y-%m-%d %H:%M:%S}", WHY_NOT.get(each.why_not, ""),
        ]  # fmt: skip
