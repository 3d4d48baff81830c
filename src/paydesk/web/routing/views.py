"""The lead's screen of routing, and the switch by which everybody takes cases or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.routing import actions
from paydesk.domain.routing.queries import (
    MANAGE,
    MOST_LATELY,
    WORK,
    may_be_set,
    people_of_teams,
    routed_lately,
    rule_by_id,
    rules_in_order,
    taker_of,
)
from paydesk.foundation.people.queries import all_markets, person_by_id
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.exports import exports
from paydesk.web.routing.forms import RuleForm, TakerForm, groups
from paydesk.web.routing.presence import here
from paydesk.web.routing.shown import conditions, skills, why
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.routing.models import RoutingRule
    from paydesk.foundation.people.models import Person

SEE = f"{MANAGE}:view"
EXPORTED_ROWS = 100_000
HEAD = ("Case", "At (UTC)", "Team", "Person", "Open cases", "At most", "Instead of", "Rule")


@require_safe
@needs(SEE)
def page(request: HttpRequest) -> HttpResponse:
    """One's own switch, the rules in order, who takes cases now, what was routed lately and why."""
    actor, now = actor_of(request), timezone.now()
    here(actor, now)
    tree, markets = current_tree()[1], {each.pk: each.name for each in all_markets()}
    categories = groups() | leaves(tree, retired=True)
    known = {
        "manage": gate(actor, MANAGE),
        "works": actor.may(WORK),
        "mine": taker_of(actor.id),
        "rules": [(each, conditions(each, categories, markets)) for each in rules_in_order()],
        "people": [
            {**each, "skills": skills(each["row"], categories)} for each in people_of_teams(actor, now)
        ],
        "lately": [
            (each, code_in("case", each.case.pk), page_of("case", each.case.pk), why(each))
            for each in routed_lately(actor)[:MOST_LATELY]
        ],
        "may_export": gate(actor, "export"),
    }
    return render(request, "routing/page.html", known)


@exports(SEE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What was routed, the latest first."""

    def rows() -> Iterator[list[Any]]:
        for each in routed_lately(actor_of(request))[:EXPORTED_ROWS]:
            yield [
                code_in("case", each.case.pk), f"{each.at:%Y-%m-%d %H:%M:%S}", each.team.name,
                each.person.name if each.person else "", each.open, each.most,
                each.instead_of.name if each.instead_of else "", each.rule.place,
            ]  # fmt: skip

    return list_download(f"routed-{timezone.localdate().isoformat()}", kind, HEAD, rows())


@require_POST
@needs(WORK)
def take(request: HttpRequest) -> HttpResponse:
    """Take cases from now on, or no more."""
    found = actions.take_cases(request.POST.get("on") == "1", by=actor_of(request), now=timezone.now())
    told = _("You take cases while you are at the desk.") if found.takes else _("You take no more cases.")
    return done(request, came_from(request, reverse("routing:page")), told)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def rule(request: HttpRequest, rule_id: int | None = None) -> HttpResponse:
    """One more rule, or another in the place of one."""
    actor, is_sent = actor_of(request), request.method == "POST"
    found = _rule(rule_id) if rule_id is not None else None
    form = RuleForm(actor, request.POST if is_sent else None, found, len(rules_in_order()))
    at = came_from(request, reverse("routing:page"))
    if is_sent and form.is_valid():
        actions.save_rule(rule_id, **form.said, by=actor, now=timezone.now())
        return done(request, at, "The rule is saved; it holds for cases that nobody owns yet.")
    known = {
        "form": form, "at": at, "here": request.path, "button": "Save the rule",
        "title": "Change a rule" if found else "Add a rule",
        "says": "What is left at “any” fits every case. Among who of the team is at work, whoever has the "
        "least to do gets it.",
    }  # fmt: skip
    return render(request, "routing/dialog.html", known, status=422 if is_sent else 200)


@require_POST
@needs(MANAGE)
def remove(request: HttpRequest, rule_id: int) -> HttpResponse:
    """No case is routed by it any more."""
    actions.remove_rule(_rule(rule_id).pk, by=actor_of(request), now=timezone.now())
    return done(request, came_from(request, reverse("routing:page")), "The rule is taken away.")


def _rule(rule_id: int) -> RoutingRule:
    found: RoutingRule | None = rule_by_id(rule_id)
    if found is None:
        raise Http404("There is no such rule, or not any more.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE)
def taker(request: HttpRequest, person_id: int) -> HttpResponse:
    """How somebody takes cases."""
    actor, is_sent = actor_of(request), request.method == "POST"
    person: Person | None = person_by_id(person_id)
    if person is None or not may_be_set(actor, person):
        raise Http404("Nobody of your markets has this account.")
    form = TakerForm(request.POST if is_sent else None, taker_of(person_id))
    at = came_from(request, reverse("routing:page"))
    if is_sent and form.is_valid():
        actions.set_taker(person_id, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, at, "It is saved.")
    known = {
        "form": form, "at": at, "here": request.path, "button": "Save", "title": person.name,
        "says": "Cases come to somebody while they are at the desk; what they have stays theirs.",
    }  # fmt: skip
    return render(request, "routing/dialog.html", known, status=422 if is_sent else 200)
