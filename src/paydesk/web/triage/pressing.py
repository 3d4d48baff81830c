"""One press: take a suggestion, have the model learnt now, say that an escalation is seen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from paydesk.domain.cases.actions import sort_case
from paydesk.domain.cases.queries import code
from paydesk.domain.triage import actions
from paydesk.domain.triage.queries import escalations_of
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import WORK, case_or_404, shown
from paydesk.web.triage.views import LEARN


@require_POST
@needs(WORK)
def take(request: HttpRequest, public_code: str) -> HttpResponse:
    """The category of a case is the one that was suggested."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    sorted_case = sort_case(
        case.pk, category=request.POST.get("category", ""), by=actor, now=timezone.now()
    )  # fmt: skip
    told = f"{code(case)}: {shown(sorted_case).category}."
    return done(request, came_from(request, page_of("case", case.pk)), told)


@require_POST
@needs("clocks.acknowledge")
def seen(request: HttpRequest, public_code: str, escalation_id: int) -> HttpResponse:
    """Somebody has seen why this case goes to risk at once, and acts."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    if escalation_id not in [each.pk for each in escalations_of(case.pk)]:
        raise Http404("There is no such escalation.")
    actions.acknowledge_escalation(escalation_id, by=actor, now=timezone.now())
    return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: seen by you.")


@require_POST
@needs(LEARN)
def learn(request: HttpRequest) -> HttpResponse:
    """Have the categories learnt anew from resolved cases; the worker does it."""
    actions.ask_to_learn(by=actor_of(request), now=timezone.now())
    told = "It is being learnt: up to half a minute for 10,000 cases."
    return done(request, reverse("categories:model"), told)
