"""One act on several exceptions: shown before, done one by one, said per row what went. Never money."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from paydesk.domain.reconciliation import queries
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.queues.bulk import chosen, each_of, known_of, said
from paydesk.web.queues.subjects import Subject
from paydesk.web.reconciliation.deeds import DEEDS, dialog_view, initial_of, why_not
from paydesk.web.reconciliation.shown import SEE, shown

TOGETHER = ("timing", "provider", "solved", "reopen")


@dialog_view
@needs(SEE)
def act(request: HttpRequest, deed: str) -> HttpResponse:
    """Wait for, resolve in words, or open again all that is chosen."""
    if deed not in TOGETHER:
        raise Http404("There is no such act on several.")
    actor, now = actor_of(request), timezone.now()
    one = DEEDS[deed]
    subjects = [each for each in chosen(request) if each.kind == "exception"]
    form = one.form(
        request.POST if request.method == "POST" else None, auto_id="bulk_%s", initial=initial_of()
    )
    if request.method == "POST" and form.is_valid():
        actor.needs(one.right)
        versions = {each.pk: each.version for each in queries.exceptions(actor, pk__in=_ids(subjects))}

        def do(subject: Subject) -> str:
            seen = request.POST.get(f"v-{subject.code}", "")
            version = int(seen) if seen.isdigit() else versions[subject.number]
            one.do(subject.number, **form.cleaned_data, version=version, by=actor, now=now)
            return one.told

        return said(request, one.label, each_of(subjects, do))
    rows: list[tuple[Any, str]] = [(shown(each.thing), why_not(one, each.thing)) for each in subjects]
    known = known_of(request, subjects) | {
        "deed": one, "form": form, "rows": rows, "able": sum(not why for _, why in rows),
        "blocked": gate(actor, one.right).reason, "noun": "Exception",
    }  # fmt: skip
    return render(request, "reconciliation/bulk.html", known, status=422 if request.method == "POST" else 200)


def _ids(subjects: list[Subject]) -> list[int]:
    return [each.number for each in subjects]
