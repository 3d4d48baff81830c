"""The list of runs, taking files in, and one run on its way: its files, starting, stopping, deleting it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from paydesk.foundation.outbox.queries import worker_status
from paydesk.kernel.refused import Refused
from paydesk.matching.rules import default_rules
from paydesk.reporting.two_file_runs import queries
from paydesk.reporting.two_file_runs.actions import cancel_run, delete_run, start_run, swap_files, upload_file
from paydesk.reporting.two_file_runs.queries import RIGHT
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import unchanged
from paydesk.web.intake.views import asked_again
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.two_files.result_views import result_page
from paydesk.web.two_files.shown import ShownFile, ShownRun, progress_of, run_or_404, shown, versions


@needs(RIGHT)
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs, newest first, under the two places to drop files; asked with `?v=` it answers 204 while
    nothing in it changed."""
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    page = Page.of(queries.runs(actor_of(request))[start : start + PAGE_SIZE + 1], number)
    names = names_by_label(run.made_by for run in page)
    rows = [shown(run, names[run.made_by]) for run in page]
    version = versions(rows)
    same = unchanged(request, version)
    if same is not None:
        return same
    facts = {
        "page": page,
        "rows": rows,
        "poll": asked_again(request, version),
        "is_moving": any(row.moves for row in rows),
        "slots": [ShownFile(side, None) for side in ("left", "right")],
    }
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request, "two_files/_runs.html" if htmx and htmx.target == "runs" else "two_files/list.html", facts
    )


@require_POST
@needs(RIGHT)
def upload(request: HttpRequest) -> HttpResponseBase:
    """One file on one side, of a run that is named or of a new one."""
    sent = request.FILES.getlist("file")
    if len(sent) != 1:
        raise Refused("Put one file on each side: ours on the left, theirs on the right.", code="file.none")
    code = request.POST.get("run", "")
    actor = actor_of(request)
    run = upload_file(
        cast("BinaryIO", sent[0]),
        filename=str(sent[0].name),
        side=request.POST.get("side", ""),
        by=actor,
        now=timezone.now(),
        run_id=run_or_404(actor, code).pk if code else None,
    )
    address = reverse("two_files:page", args=[queries.code(run.pk)])
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    return HttpResponse(status=201) if code else HttpResponseClientRedirect(address)


@needs(RIGHT)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The run in its present state; while it moves, the page asks again and goes on by itself."""
    run = run_or_404(actor_of(request), code)
    each = named(run)
    if "v" in request.GET:
        return unchanged(request, each.version) or _moved_on(request, each)
    if run.state == "done":
        return result_page(request, each)
    return render(
        request, "two_files/page.html", {"each": each, "run": run, "tab": "files"} | _progress(each)
    )


def named(run: Any) -> ShownRun:
    """The run with the name of who made it."""
    return shown(run, names_by_label([run.made_by])[run.made_by])


def _moved_on(request: HttpRequest, each: ShownRun) -> HttpResponse:
    if each.run.state == "running":
        return render(request, "two_files/_running.html", {"each": each, "run": each.run} | _progress(each))
    return HttpResponseClientRefresh()


def _progress(each: ShownRun) -> dict[str, Any]:
    if each.run.state != "running":
        return {"worker": worker_status() if each.moves else None}
    passes = [rule.name for rule in default_rules().passes]
    return {"worker": worker_status(), **progress_of(each.run, passes)}


# Verbs


def _to(request: HttpRequest, code: str) -> HttpResponseBase:
    address = reverse("two_files:page", args=[code])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]


@require_POST
@needs(RIGHT)
def start(request: HttpRequest, code: str) -> HttpResponseBase:
    """Match the two files."""
    actor = actor_of(request)
    start_run(run_or_404(actor, code).pk, by=actor, now=timezone.now())
    return _to(request, code)


@require_POST
@needs(RIGHT)
def stop(request: HttpRequest, code: str) -> HttpResponseBase:
    """Stop a run that is going on; the files stay."""
    actor = actor_of(request)
    cancel_run(run_or_404(actor, code).pk, by=actor, now=timezone.now())
    return _to(request, code)


@require_POST
@needs(RIGHT)
def swap(request: HttpRequest, code: str) -> HttpResponseBase:
    """What was ours is theirs."""
    actor = actor_of(request)
    swap_files(run_or_404(actor, code).pk, by=actor, now=timezone.now())
    return _to(request, code)


@needs(RIGHT)
def delete(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say what goes, then delete it."""
    actor = actor_of(request)
    run = run_or_404(actor, code)
    if request.method == "POST":
        delete_run(run.pk, by=actor, now=timezone.now())
        messages.success(request, "Deleted, with its files and its result.")
        address = reverse("two_files:list")
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]
    blocked = "" if run.made_by == actor.label else "Only whoever made it deletes it before its time."
    return render(request, "two_files/delete.html", {"each": named(run), "run": run, "blocked": blocked})
