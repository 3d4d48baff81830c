"""One file: how far it is, what posting it would bring, what it brought, its rows and its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from paydesk.domain.payments.actions import confirm_file, request_unpost
from paydesk.domain.payments.kept_rows import kept_rows_of_file
from paydesk.domain.payments.queries import files_with_same_rows, results_of_file
from paydesk.domain.statements import queries
from paydesk.domain.statements.actions import discard_file
from paydesk.domain.statements.states import WORKING
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.outbox.queries import worker_status
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import document_of, unchanged
from paydesk.web.intake import wording
from paydesk.web.intake.line_views import line_rows
from paydesk.web.intake.mapping_views import mapping_page
from paydesk.web.intake.one_file import file_of, to_file, trail_of
from paydesk.web.intake.results import Result, kinds_of, post_label, settlements_of
from paydesk.web.links import rows_at
from paydesk.web.people_names import names_by_label
from paydesk.web.sight import looking


@needs("files.import:view")
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The file in its present state; while it moves, the page asks again and goes on by itself."""
    found = file_of(request, code)
    if "v" in request.GET:
        return unchanged(request, found.revision) or _moved_on(request, found)
    return _PAGES[found.state](request, found)


def _moved_on(request: HttpRequest, found: Any) -> HttpResponse:
    if found.state not in WORKING:
        return HttpResponseClientRefresh()
    return render(request, "intake/_moving.html", {"file": found} | _progress(found))


def _moving(request: HttpRequest, found: Any) -> HttpResponse:
    return _page(request, found, "intake/moving.html", _progress(found))


def _progress(found: Any) -> dict[str, Any]:
    if found.state == "unposting":
        done = total = 0
    elif found.state == "posting":
        done, total = found.rows_done, found.line_count
    else:
        done, total = found.bytes_read, found.size_bytes
    return {"done": done, "total": total, "worker": worker_status()}


def _previewed(request: HttpRequest, found: Any) -> HttpResponse:
    seen = queries.preview(found)
    account = found.source_account
    return _page(
        request,
        found,
        "intake/previewed.html",
        {
            "seen": seen,
            "post_label": post_label(seen),
            "balance_notes": [wording.balance(note) for note in seen.balance_notes],
            "kinds": kinds_of(seen),
            "settlements": settlements_of(seen),
            "continuity": wording.continuity(found, seen),
            "statements": list(queries.statements_in(found)[:20]),
            "first_lines": line_rows(queries.staged_lines(found)[:10], account),
            "first_rejected": list(queries.rejected_lines(found)[:10]),
        },
    )


def _posted(request: HttpRequest, found: Any) -> HttpResponse:
    return _page(
        request,
        found,
        "intake/posted.html",
        {
            "result": Result.of(found.pk, results_of_file(found.pk), kept_rows_of_file(found.pk)),
            "first_rejected": list(queries.rejected_lines(found)[:10]),
            "unpost_blocked": why_not_unposted(request, found),
            "asked": asked_to_unpost(found),
            "payments_url": rows_at("payments:list", file=found.pk),
            "suspense_url": rows_at("payments:list", file=found.pk, payer="unknown"),
            "open_url": rows_at("payments:list", file=found.pk, payer="known", applied="none"),
        },
    )


def why_not_unposted(request: HttpRequest, found: Any) -> str:
    """Why this file cannot be asked to be un-posted, and who can; "" when it can."""
    if found.callbacks_on:
        return "Callbacks cannot be handed over again: put their payments right one by one."
    if asked_to_unpost(found):
        return "Un-posting it is asked for already."
    return gate(actor_of(request), "files.unpost").reason


def asked_to_unpost(found: Any) -> Any:
    """The approval that waits about this file, with the name of whoever asked; None where none does."""
    approval = pending_about("file", [found.pk]).get(found.pk)
    if approval is None:
        return None
    return {
        "by": names_by_label([approval.asked_by])[approval.asked_by],
        "at": approval.asked_at,
        "note": approval.note,
        "url": page_of("approval", approval.pk),
    }


def _stopped(request: HttpRequest, found: Any) -> HttpResponse:
    others = files_with_same_rows(found) if found.state == "unposted" else []
    return _page(request, found, "intake/stopped.html", {"others": others})


_PAGES = {
    "uploaded": _moving,
    "reading": _moving,
    "mapping_needed": mapping_page,
    "previewed": _previewed,
    "posting": _moving,
    "posted": _posted,
    "unposting": _moving,
    "unposted": _stopped,
    "refused": _stopped,
    "discarded": _stopped,
}


def _page(request: HttpRequest, found: Any, template: str, facts: dict[str, Any]) -> HttpResponse:
    return render(request, template, {"file": found, "tab": "file"} | trail_of(found) | facts)


@needs("documents:view")
def original(request: HttpRequest, code: str) -> HttpResponseBase:
    """The file as it was handed over, to save and never to run.

    It holds every payer's name and number: who may not see both says first why they need it.
    """
    found, eyes = file_of(request, code), looking(request)
    if eyes.sight.hides() and eyes.until(("file", found.pk)) is None:
        return redirect("reveal:one", "file", code)
    return document_of(found.document_id)


# Verbs


@needs("files.import")
def post(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask with the amounts, then post."""
    found = file_of(request, code)
    if request.method == "POST":
        confirm_file(found.pk, seen=request.POST.get("seen"), by=actor_of(request), now=timezone.now())
        messages.success(request, f"{found.filename} is being posted.")
        return to_file(request, found)
    mark = queries.seen_mark(
        found
    )  # before the preview: rows that come in between make it untrue, not unseen
    seen = queries.preview(found)
    facts = {
        "file": found,
        "seen": seen,
        "mark": mark,
        "post_label": post_label(seen),
        "other_rows": seen.new - seen.payments,
        "continuity": wording.continuity(found, seen),
    }
    return render(request, "intake/post.html", facts)


@needs("files.unpost")
def unpost(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say what would be undone, ask for the reason, then ask a second person."""
    found = file_of(request, code)
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        request_unpost(found.pk, note=reason, by=actor_of(request), now=timezone.now())
        messages.success(request, "Asked. A second person decides on it.")
        return to_file(request, found)
    facts = {
        "file": found,
        "result": Result.of(found.pk, results_of_file(found.pk), []),
        "others": files_with_same_rows(found),
        "blocked": "" if found.state == "posted" else "Only a posted file can be un-posted.",
    }
    facts["blocked"] = facts["blocked"] or why_not_unposted(request, found)
    return render(request, "intake/unpost.html", facts)


@needs("files.import")
def discard(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask for the reason, then put the file aside."""
    found = file_of(request, code)
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        discard_file(found.pk, reason=reason, by=actor_of(request), now=timezone.now())
        messages.success(request, f"{found.filename} is put aside.")
        return to_file(request, found)
    return render(request, "intake/discard.html", {"file": found})
