"""Payout files: the list, one with its refunds, its document, marking it as sent, what does not go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.refunds.actions import put_payout_file_aside, send_payout_file, take_refund_out
from paydesk.domain.refunds.payout_formats import FORMATS
from paydesk.domain.refunds.queries import float_of, payout_files, refunds_in
from paydesk.domain.refunds.stopped import refuse_stopped, stopped_among
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.audit.queries import history
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.web.access import Gate, actor_of, gate, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, document_of, done
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.deeds import Why, dialog_view
from paydesk.web.refunds.detail import FAMILIES, Event
from paydesk.web.refunds.filters import tabs_for
from paydesk.web.refunds.shown import ShownRefund, all_shown, file_or_404, file_shown
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.domain.refunds.models import PayoutFile

SEE, RELEASE = "payouts.release:view", "payouts.release"
NOT_MADE = "The file is made when a second person has released it."
TAKE_OUT = "Risk stops a refund in it: take that one out first, or put the file aside."
NEXT_STEPS = {
    "asked": "A second person looks at the refunds and lets the money go.",
    "released": "Download it, upload it at the provider or bank, then mark it as sent.",
    "sent": "Upload the provider's result file, or say of each refund what became of it.",
}


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def file_list(request: HttpRequest) -> HttpResponse:
    """Payout files, newest first."""
    actor, number = actor_of(request), page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(payout_files(actor)[start : start + PAGE_SIZE + 1])
    names = names_by_label({label for each in found for label in (each.asked_by, each.released_by) if label})
    rows = [(file_shown(each), names[each.asked_by], names.get(each.released_by, "")) for each in found]
    known = {
        "tab": "files",
        "tabs": tabs_for(actor),
        "page": Page.of(rows, number),
        "results": gate(actor, RELEASE),
    }
    return render(request, "refunds/files.html", known)


@require_safe
@needs(SEE)
def file_page(request: HttpRequest, code: str) -> HttpResponse:
    """One payout file: its refunds, who asked and released, and what comes next."""
    actor = actor_of(request)
    payout = file_or_404(actor, code)
    records = list(history("payout_file", payout.pk))
    approvals = list(approvals_of("payout_file", payout.pk))
    names = names_by_label({record.actor for record in records} | {payout.asked_by, payout.sent_by})
    notes = {each.pk: each.decision_note for each in approvals}
    _, there = float_of(payout.source_account)
    release, inside = gate(actor, RELEASE), list(refunds_in(payout))
    stopped = stopped_among(inside, timezone.now()) if payout.state in ("asked", "released") else {}
    known: dict[str, Any] = {
        "tab": "files",
        "tabs": tabs_for(actor),
        "each": file_shown(payout),
        "payout": payout,
        "rows": all_shown(inside),
        "stopped": stopped_lines(all_shown(inside), stopped),
        "format": FORMATS[payout.format].name,
        "there": there,
        "release": release,
        "approval": next((page_of("approval", each.pk) for each in approvals if each.state == "pending"), ""),
        "asked_by": names[payout.asked_by],
        "document_blocked": release.reason
        or ("" if payout.document_id else NOT_MADE)
        or (TAKE_OUT if stopped else ""),
        "acts": {"sent": payout.state == "released", "aside": payout.state == "released"},
        "take_out": _take_out(actor, payout) if payout.state in ("asked", "released") else None,
        "next_step": NEXT_STEPS.get(payout.state, ""),
        "events": [
            Event(
                record.at,
                FAMILIES.get(record.verb, "idle"),
                verb_words(record.verb),
                record.note or notes.get(record.changes.get("approval_id") or 0, ""),
                by=names[record.actor],
            )
            for record in records
        ]
        + [Event(at, "moving", "Sent", by=names[payout.sent_by]) for at in [payout.sent_at] if at],
    }
    return render(request, "refunds/file.html", known)


@require_safe
@needs(RELEASE)
def document(request: HttpRequest, code: str) -> HttpResponseBase:
    """The payout file itself, as it goes to the provider."""
    payout = file_or_404(actor_of(request), code)
    if payout.document_id is None or payout.state == "put_aside":
        raise Refused(NOT_MADE, code="payout_file.not_made")
    if payout.state == "released":  # later it is what left, and is looked at
        refuse_stopped(list(refunds_in(payout)), timezone.now())
    return document_of(payout.document_id)


def stopped_lines(rows: list[ShownRefund], why: dict[int, str]) -> list[tuple[str, str]]:
    """(code, why) of those that risk stops."""
    return [(row.code, why[row.refund.pk]) for row in rows if row.refund.pk in why]


def _seen(request: HttpRequest) -> int:
    """The version of the file the person had before them; without one, none that ever was."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1


@dialog_view
@needs(RELEASE)
def sent(request: HttpRequest, code: str) -> HttpResponse:
    """The file was uploaded: its refunds are on their way. Twice is once."""
    actor = actor_of(request)
    payout = file_or_404(actor, code)
    if request.method == "POST":
        send_payout_file(payout.pk, version=_seen(request), by=actor, now=timezone.now())
        text = f"{file_shown(payout).code} is sent. Bring the result file when the provider has one."
        return done(request, page_of("payout_file", payout.pk), text)
    blocked = "" if payout.state == "released" else f"This file is {file_shown(payout).word}."
    inside = list(refunds_in(payout))
    stopped = stopped_lines(all_shown(inside), stopped_among(inside, timezone.now()))
    known = {"each": file_shown(payout), "payout": payout, "blocked": blocked, "stopped": stopped}
    return render(request, "refunds/sent.html", known)


@dialog_view
@needs(RELEASE)
def put_aside(request: HttpRequest, code: str) -> HttpResponse:
    """The file will not be uploaded: its refunds go out with another one."""
    actor = actor_of(request)
    payout = file_or_404(actor, code)
    form = Why(request.POST if request.method == "POST" else None, auto_id="aside_%s")
    if request.method == "POST" and form.is_valid():
        put_payout_file_aside(
            payout.pk, note=form.cleaned_data["note"], version=_seen(request), by=actor, now=timezone.now()
        )
        text = "Put aside. Its refunds are free for another file."
        return done(request, came_from(request, page_of("payout_file", payout.pk)), text)
    blocked = "" if payout.state == "released" else f"This file is {file_shown(payout).word}."
    known = {"each": file_shown(payout), "payout": payout, "form": form, "blocked": blocked}
    return render(request, "refunds/put_aside.html", known, status=422 if request.method == "POST" else 200)


@dialog_view
@needs(RELEASE)
def take_out(request: HttpRequest, code: str, refund: str) -> HttpResponse:
    """One refund does not go out with this file: it is made, or asked for, again without it."""
    actor = actor_of(request)
    payout = file_or_404(actor, code)
    number = number_in("refund", refund)
    found = next((each for each in all_shown(refunds_in(payout)) if each.refund.pk == number), None)
    form = Why(request.POST if request.method == "POST" else None, auto_id="out_%s")
    here = page_of("payout_file", payout.pk)
    if request.method == "POST" and number is not None and form.is_valid():
        take_refund_out(
            payout.pk, number, note=form.cleaned_data["note"], version=_seen(request), by=actor,
            now=timezone.now(),
        )  # fmt: skip
        text = f"{refund} is free for another file."
        return done(request, came_from(request, here), text)
    if found is None:
        raise Http404("This refund is not in this file.")
    blocked = _take_out(actor, payout).reason
    known = {
        "each": file_shown(payout), "payout": payout, "row": found, "form": form, "blocked": blocked,
        "left": Money(payout.total_minor, payout.currency) - found.amount, "here": request.path,
    }  # fmt: skip
    return render(request, "refunds/take_out.html", known, status=422 if request.method == "POST" else 200)


def _take_out(actor: Actor, payout: PayoutFile) -> Gate:
    """May the actor take a refund out of this file? While it waits, only who put it together."""
    may = gate(actor, RELEASE)
    if not may.allowed:
        return may
    if payout.state not in ("asked", "released"):
        return Gate(False, f"This file is {file_shown(payout).word}.")
    if payout.count < 2:
        return Gate(False, "It is the only one in this file.")
    if payout.state == "asked" and payout.asked_by_id != actor.id:
        return Gate(False, "While it waits only who put it together changes it. Others can reject it.")
    return may
