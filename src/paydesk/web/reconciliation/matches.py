"""Suggested matches confirmed or rejected, rows matched by hand, a person's match taken apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.reconciliation import actions, queries
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import number_in
from paydesk.web.answers import came_from, done
from paydesk.web.reconciliation.days import Proposal
from paydesk.web.reconciliation.results import run_or_404
from paydesk.web.reconciliation.shown import CONFIRM, SEE, day_url, shown
from paydesk.web.reconciliation.why import why_of

LONGEST = 500
MOST = 50
dialog_view: Any = require_http_methods(["GET", "HEAD", "POST"])
DEEDS = {
    "confirm": (
        "Confirm the match", "Confirm", "matching.confirm", "Its rows are matched, locked against rules.",
    ),
    "reject": (
        "Reject the match", "Reject", "matching.confirm",
        "These rows are never proposed together again. The next run shows them as exceptions.",
    ),
    "revoke": ("Take the match apart", "Take it apart", "matching.unmatch", "Its exceptions open again."),
}  # fmt: skip


class Why(forms.Form):
    reason = forms.CharField(
        label="Why; without names or numbers of customers",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@dialog_view
@needs(SEE)
def act(request: HttpRequest, match_id: int, deed: str) -> HttpResponse:
    """Decide on a suggested match, or take a person's match apart."""
    actor, now = actor_of(request), timezone.now()
    if deed not in DEEDS:
        raise Http404("There is no such act.")
    try:
        match = queries.match_for(actor, match_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such match in your markets.") from None
    title, button, right, says = DEEDS[deed]
    is_sent = request.method == "POST"
    form = Why(request.POST if is_sent else None) if deed == "revoke" else None
    back = day_url(match.source_account_id, match.day)
    if is_sent and (form is None or form.is_valid()):
        version = int(request.POST.get("version") or 0) or None
        if deed == "confirm":
            actions.confirm_suggestion(match.pk, version=version, by=actor, now=now)
        elif deed == "reject":
            actions.reject_suggestion(match.pk, version=version, by=actor, now=now)
        else:
            assert form is not None
            actions.revoke_match(
                match.pk, reason=form.cleaned_data["reason"], version=version, by=actor, now=now
            )
        return done(request, came_from(request, back), f"{title}: done.")
    known = {
        "title": title, "button": button, "says": says, "proposal": Proposal.of(match), "form": form,
        "here": reverse("reconciliation:match", args=[match.pk, deed]), "at": came_from(request, back),
        "blocked": gate(actor, right).reason, "version": match.version,
    }  # fmt: skip
    return render(request, "reconciliation/match.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(SEE)
def apart(request: HttpRequest, run_id: int) -> HttpResponse:
    """Take a match apart that a rule made alone: from the next run on its rows are exceptions."""
    actor, now = actor_of(request), timezone.now()
    run = run_or_404(request, run_id)
    group = (request.POST if request.method == "POST" else request.GET).get("group", "")
    is_sent = request.method == "POST"
    form = Why(request.POST if is_sent else None)
    back = day_url(run.source_account_id, run.day)
    if is_sent and form.is_valid():
        actions.take_apart(run.pk, group, reason=form.cleaned_data["reason"], by=actor, now=now)
        return done(request, back, "Taken apart. Run the day again: its rows are exceptions then.")
    known = {
        "title": "Take the match apart", "form": form, "group": group, "at": back,
        "here": reverse("reconciliation:apart", args=[run.pk]),
        "blocked": gate(actor, "matching.unmatch").reason,
    }  # fmt: skip
    return render(request, "reconciliation/apart.html", known, status=422 if is_sent else 200)


@dialog_view
@needs(SEE)
def by_hand(request: HttpRequest) -> HttpResponse:
    """Match the rows of several exceptions: `code` names each."""
    actor, now = actor_of(request), timezone.now()
    is_sent = request.method == "POST"
    codes = (request.POST if is_sent else request.GET).getlist("code")[:MOST]
    ids = [number for code in codes if (number := number_in("exception", code)) is not None]
    found = list(queries.unsolved(actor, pk__in=ids))
    if not found:
        raise Http404("None of these waits in your markets.")
    form = Why(request.POST if is_sent and "reason" in request.POST else None)
    back = reverse("exceptions:list")
    if is_sent and form.is_valid():
        actions.match_by_hand(
            [each.pk for each in found], reason=form.cleaned_data["reason"], by=actor, now=now
        )
        return done(request, came_from(request, back), f"{len(found)} exceptions are matched.")
    known = {
        "found": [shown(each) for each in found], "form": form, "at": came_from(request, back),
        "blocked": gate(actor, CONFIRM).reason, "here": reverse("exceptions:match"),
        "why": why_of(queries.why_not_offered(found[0], found[1])) if len(found) == 2 else None,
    }  # fmt: skip
    return render(request, "reconciliation/by_hand.html", known, status=422 if form.is_bound else 200)
