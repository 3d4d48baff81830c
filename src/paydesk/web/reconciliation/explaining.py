"""Why two rows were not put together, and why the rows of a match were: each on a page or in a dialog."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.states import MATCH
from paydesk.foundation.audit.queries import history
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in
from paydesk.web.answers import came_from
from paydesk.web.people_names import names_by_label
from paydesk.web.reconciliation.days import Proposal
from paydesk.web.reconciliation.results import as_shown, run_or_404
from paydesk.web.reconciliation.shown import CONFIRM, SEE, day_url, exception_or_404, shown
from paydesk.web.reconciliation.why import why_of
from paydesk.web.trail.words import verb_words

STATE_WORDS = {"confirmed": "matched", "proposed": "suggested", "revoked": "taken apart"}


@require_safe
@needs(SEE)
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """Two exceptions compared field by field: why the rules did not offer them as one payment."""
    actor = actor_of(request)
    found = exception_or_404(actor, code)
    asked = request.GET.get("other", "").strip()
    other, problem = None, ""
    if asked:
        if number_in("exception", asked) is None:
            problem = "Write the code of another exception, such as EXC-000001Y."
        else:
            other = exception_or_404(actor, asked)
    why = why_of(queries.why_not_offered(found, other)) if other else None
    if other and why is None:
        problem = _incomparable(found, other)
    known = {
        "each": shown(found), "found": found, "other": shown(other) if other else None, "asked": asked,
        "why": why, "problem": problem, "at": came_from(request, shown(found).url),
        "may_confirm": gate(actor, CONFIRM),
        "candidates": [shown(each) for each in queries.likely_partners(actor, found, most=8)],
    }  # fmt: skip
    return render(request, "reconciliation/beside.html", known)


def _incomparable(found: Any, other: Any) -> str:
    if bool(found.left_key) == bool(found.right_key):
        return f"{shown(found).code} has rows of both sides already, or none."
    if bool(other.left_key) == bool(found.left_key):
        return "Both are of one side: only a row of the ledger and one of the provider can be one payment."
    return "The rows of one of these days are not kept any more. Run the day again."


@require_safe
@needs(SEE)
def match_page(request: HttpRequest, match_id: int) -> HttpResponse:
    """A match that a person made or decides on: its rows, why they belong together, what became of it."""
    actor = actor_of(request)
    try:
        match = queries.match_for(actor, match_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such match in your markets.") from None
    records = list(history("match", match.pk))
    names = names_by_label({r.actor for r in records} | {match.made_by, match.decided_by} - {""})
    decided = names[match.decided_by] if match.decided_by else ""
    known = {
        "title": f"{match.source_account.name}, {match.day:%-d %b %Y}",
        "back": day_url(match.source_account_id, match.day),
        "each": Proposal.of(match),
        "state": (MATCH.family(match.state), STATE_WORDS.get(match.state, match.state)),
        "why": why_of(queries.why_matched(match), actor=decided),
        "events": [(r.at, verb_words(r.verb), r.note, names[r.actor]) for r in records],
        "may_confirm": gate(actor, CONFIRM),
        "may_unmatch": gate(actor, "matching.unmatch"),
    }
    return render(request, "reconciliation/match_page.html", known)


@require_safe
@needs(SEE)
def group(request: HttpRequest, run_id: int) -> HttpResponse:
    """A match in the result of a run: its rows and why."""
    run = run_or_404(request, run_id)
    wanted = request.GET.get("group", "")
    rows, told = queries.match_in_run(run, wanted) if wanted else ([], {})
    if not rows:
        raise Http404("There is no such match in this run.")
    account = run.source_account
    known = {
        "title": f"{account.name}, {run.day:%-d %b %Y}",
        "back": f"{reverse('reconciliation:rows', args=[run.pk])}?found=match&rule={rows[0]['rule']}",
        "rows": [as_shown(each, account.currency) for each in rows],
        "run": run,
        "group": wanted,
        "state": ("settled", "confirmed") if rows[0]["status"] == "confirmed" else ("held", "suggested"),
        "why": why_of(told) if told else None,
        "sums": [
            sum((Money(row[f"{side}_minor"] or 0, account.currency) for row in _once(rows, side)),
                Money(0, account.currency))
            for side in ("left", "right")
        ],
        "may_unmatch": gate(actor_of(request), "matching.unmatch"),
    }  # fmt: skip
    return render(request, "reconciliation/group.html", known)


def _once(rows: list[dict[str, Any]], side: str) -> list[dict[str, Any]]:
    """Each row of a side once: in a match of several to several it stands beside each of the other."""
    return list({row[f"{side}_id"]: row for row in rows if row[f"{side}_id"]}.values())
