"""The inbox of approvals: look, approve one or all green ones, reject, take back; what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.refunds.actions import ChecksChangedRefused, look_again
from paydesk.foundation.approvals import queries
from paydesk.foundation.approvals.actions import reject_approval, withdraw_approval
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, Refused, TransitionRefused
from paydesk.web.access import actor_of, gate, needs, who_decides
from paydesk.web.addresses import number_in
from paydesk.web.answers import came_from, done
from paydesk.web.approvals.evidence import STALE
from paydesk.web.approvals.inbox import (
    MOST_TOGETHER,
    Row,
    batches,
    blocked_for,
    evidence_of,
    filters_of,
    in_inbox,
    in_order,
    lookups,
    rows_of,
    sums_of,
    waiting,
)
from paydesk.web.approvals.kinds import KINDS
from paydesk.web.approvals.words import decided_words
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import rows_work, work_of
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from paydesk.foundation.approvals.models import Approval

RIGHT = "payments:view"
EXPORTED_ROWS = 50_000
HEAD = (
    "Approval", "What", "About", "Market", "Amount", "Currency", "By policy", "Reasons", "Asked by",
    "Asked at (UTC)", "Note", "State", "Decided by", "In place of", "Decided at (UTC)", "Answer", "Owner",
    "Next step", "Next step on",
)  # fmt: skip
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


class AlreadyDecidedRefused(Refused):
    """Somebody was quicker; nothing is done twice."""

    code = "approval.decided"


class Answer(forms.Form):
    """What who decides says to whoever asked."""

    note = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, said: QueryDict | None, *, label: str, required: bool) -> None:
        super().__init__(said, auto_id="answer_%s")
        self.fields["note"].label, self.fields["note"].required = label, required


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, also where that is nothing; None while only looking."""
    return request.POST if request.method == "POST" else None


def approval_or_404(actor: Actor, code: str) -> Approval:
    number = number_in("approval", code)
    try:
        return queries.approval_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such approval in your markets.") from None


# Looking


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, grouped by batch; one opened beside the list."""
    actor, now = actor_of(request), timezone.now()
    filters = filters_of(request, actor)
    rows, more, by_age = waiting(actor, now, filters)
    groups = batches(rows, actor)
    known = {
        "tab": "inbox",
        "filters": filters,
        "batches": groups,
        "any_green": any(batch.greens for batch in groups),
        "count": len(rows),
        "more": more,
        "ages": by_age,
        "sums": sums_of(rows),
        "at": request.get_full_path(),
    }
    target = request.htmx.target  # type: ignore[attr-defined]
    if target != "approvals-list":
        known |= opened(request, in_order(groups), filters.address)
    templates = {"approvals-list": "approvals/_list.html", "detail": "approvals/_detail.html"}
    return render(request, templates.get(target or "", "approvals/inbox.html"), known)


def opened(request: HttpRequest, rows: Sequence[Row], address: str) -> dict[str, Any]:
    """The approval that is open beside the list. One that is decided makes way for the next in it."""
    back = f"{reverse('approvals:inbox')}?{address}"
    code = request.GET.get("open", "")
    if not code:
        return {"back": back, "open_code": ""}
    asked = approval_or_404(actor_of(request), code)
    row = next((each for each in rows if each.approval.pk == asked.pk), None)
    gone = None
    if row is None:
        (gone,) = rows_of([asked], actor_of(request))
        row = next((each for each in rows if each.approval.pk > asked.pk), rows[0] if rows else None)
    if row is None:
        return {"back": back, "open_code": "", "gone": gone}
    return one(request, row) | {"back": back, "open_code": row.code, "gone": gone}


def one(request: HttpRequest, row: Row) -> dict[str, Any]:
    """Everything about one approval: its facts, evidence, effects, and what this person may do with it."""
    approval, actor, now = row.approval, actor_of(request), timezone.now()
    is_open = approval.state == APPROVAL.start
    return evidence_of(request, approval) | {
        "row": row,
        "approval": approval,
        "is_open": is_open,
        "blocked": blocked_for(approval, actor, now) if is_open else "",
        "decided_words": "" if is_open else decided_words(approval),
        "work": work_of(actor, subject_of("approval", approval)) if is_open else None,
        "at_query": f"?{urlencode({'at': request.get_full_path()})}",
        "decides": who_decides(approval.right) if is_open else "",
    }


@require_safe
@needs(RIGHT)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One approval on a page of its own, also after it was decided."""
    actor = actor_of(request)
    (row,) = rows_of([approval_or_404(actor, code)], actor)
    return render(request, "approvals/page.html", {"tab": ""} | one(request, row))


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def asked(request: HttpRequest) -> HttpResponse:
    """What this person asked for and what became of it, newest first."""
    return table(request, "asked", queries.asked_by(actor_of(request)))


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided in the person's markets, newest first."""
    filters = filters_of(request, actor_of(request))
    return table(request, "decided", queries.decided(actor_of(request)).filter(**lookups(filters)))


def table(request: HttpRequest, tab: str, found: QuerySet[Approval]) -> HttpResponse:
    """A page of approvals as a table; constant queries."""
    actor, number = actor_of(request), page_number(request)
    start = (number - 1) * PAGE_SIZE
    rows = rows_of(list(found[start : start + PAGE_SIZE + 1]), actor)
    known = {
        "tab": tab,
        "page": Page.of(rows, number),
        "filters": filters_of(request, actor),
        "may_export": gate(actor, "export"),
    }
    part = request.htmx.target == "approvals-table"  # type: ignore[attr-defined]
    return render(request, "approvals/_table.html" if part else "approvals/table.html", known)


@require_safe
@needs(RIGHT)
@needs("export")
def export(request: HttpRequest, tab: str, kind: str) -> HttpResponseBase:
    """One of the lists as CSV or XLSX, by the filters of the address."""
    actor, now = actor_of(request), timezone.now()
    filters = filters_of(request, actor)
    lists: dict[str, Callable[[], QuerySet[Approval]]] = {
        "inbox": lambda: in_inbox(actor, now, filters),
        "asked": lambda: queries.asked_by(actor).filter(**lookups(filters)),
        "decided": lambda: queries.decided(actor).filter(**lookups(filters)),
    }
    if kind not in ("csv", "xlsx") or tab not in lists:
        raise Http404
    found = list(lists[tab]()[:EXPORTED_ROWS])
    waits = [(each.pk, each.asked_at.date()) for each in found if each.state == APPROVAL.start]
    works = rows_work("approval", waits, timezone.localdate())
    name = f"approvals-{tab}-{timezone.localdate().isoformat()}"
    return list_download(name, kind, HEAD, (cells(row) for row in rows_of(found, actor, (), works)))


def cells(row: Row) -> list[Cell]:
    each = row.approval
    return [
        row.code, row.words.one, row.thing, each.market, row.amount.amount if row.amount else None,
        each.currency, each.flag, " ".join(each.reasons), row.by, f"{each.asked_at:%Y-%m-%d %H:%M:%S}",
        each.note, each.state, row.decided_by, row.decided_for,
        f"{each.decided_at:%Y-%m-%d %H:%M:%S}" if each.decided_at else None, each.decision_note,
        row.work.owner.name if row.work.owner else "", row.work.next_step, row.work.next_step_on,
    ]  # fmt: skip


# Deciding


@dialog_view
@needs(RIGHT)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Ask with the amount and the reasons to look, then carry out what was asked for."""
    actor = actor_of(request)
    approval = approval_or_404(actor, code)
    (row,) = rows_of([approval], actor)
    form = Answer(sent(request), label="A word to whoever asked", required=False)
    if request.method == "POST" and form.is_valid():
        carry_out(approval, actor, form.cleaned_data["note"])
        return done(request, back_to(request, row.code), f"Approved: {row.words.one.lower()}, {row.thing}.")
    return confirmation(request, row, form, "approvals/approve.html")


@dialog_view
@needs(RIGHT)
def reject(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the reason, then say no."""
    actor = actor_of(request)
    approval = approval_or_404(actor, code)
    (row,) = rows_of([approval], actor)
    form = Answer(sent(request), label="Why not, for whoever asked", required=True)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        calmly(approval, actor, lambda: reject_approval(approval.pk, note=note, by=actor, now=timezone.now()))
        return done(request, back_to(request, row.code), f"Rejected: {row.words.one.lower()}, {row.thing}.")
    return confirmation(request, row, form, "approvals/reject.html")


@dialog_view
@needs(RIGHT)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what one asked for oneself."""
    actor = actor_of(request)
    approval = approval_or_404(actor, code)
    (row,) = rows_of([approval], actor)
    if request.method == "POST":
        calmly(approval, actor, lambda: withdraw_approval(approval.pk, by=actor, now=timezone.now()))
        return done(request, back_to(request, row.code), "Taken back. Nothing was done.")
    return confirmation(request, row, None, "approvals/withdraw.html")


def confirmation(request: HttpRequest, row: Row, form: Answer | None, template: str) -> HttpResponse:
    approval, actor = row.approval, actor_of(request)
    is_open = approval.state == APPROVAL.start
    blocked = blocked_for(approval, actor, timezone.now()) if is_open else said_by(approval, actor)
    known = {"row": row, "approval": approval, "form": form, "at": back_to(request, row.code)}
    return render(
        request, template, known | {"blocked": blocked}, status=422 if request.method == "POST" else 200
    )


def back_to(request: HttpRequest, code: str) -> str:
    """The list or page the dialog was opened on; of the inbox, with what was open there."""
    return came_from(request, f"{reverse('approvals:inbox')}?{urlencode({'open': code})}")


def carry_out(approval: Approval, actor: Actor, note: str) -> None:
    """The domain's own verb, in its own transaction, with a calm sentence for who comes second."""
    kind = KINDS.get(approval.kind)
    if kind is None:
        raise Refused(
            "This kind of approval cannot be decided on a screen yet.", code="approval.unknown_kind"
        )
    calmly(
        approval, actor, lambda: kind.approve(approval.pk, by=actor, now=timezone.now(), note=note.strip())
    )


def calmly(approval: Approval, actor: Actor, act: Callable[[], object]) -> None:
    """Run a decision; who comes second is told who was first, who comes to something changed what to do."""
    try:
        act()
    except TransitionRefused:
        approval.refresh_from_db()
        if approval.state == APPROVAL.start:
            raise  # not the approval but the thing is in another state by now
        raise AlreadyDecidedRefused(said_by(approval, actor)) from None
    except ChangedRefused:
        raise Refused(STALE, code="approval.stale") from None
    except ChecksChangedRefused:
        look_again(approval.pk, by=actor, now=timezone.now())
        raise


def said_by(approval: Approval, actor: Actor) -> str:
    """Who decided and when: "Kofi Boateng approved it at 10:32 on 22 Nov. Nothing was done twice."."""
    if approval.state == "expired" or approval.decided_at is None:
        return "Nobody decided on this in time. It can be asked for again."
    label = approval.decided_by
    who = "You" if label == actor.label else names_by_label([label])[label]
    local = timezone.localtime(approval.decided_at)
    when = f"at {local:%H:%M} on {local.day} {local:%b}"
    return f"{who} {decided_words(approval)} {when}. Nothing was done twice."


# Several at once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several."""

    row: Row
    problem: str


@dialog_view
@needs(RIGHT)
def approve_many(request: HttpRequest) -> HttpResponse:
    """Approve the green ones that are named, each for itself, and say which went through."""
    actor = actor_of(request)
    said = request.POST if request.method == "POST" else request.GET
    codes = list(dict.fromkeys(said.getlist("id")))[:MOST_TOGETHER]
    rows = rows_of([approval_or_404(actor, code) for code in codes], actor)
    if request.method == "POST":
        outcomes = [Outcome(row, try_one(row, actor)) for row in rows]
        known: dict[str, Any] = {
            "went": [each for each in outcomes if not each.problem],
            "not_went": [each for each in outcomes if each.problem],
        }
        known["sums"] = sums_of(each.row for each in known["went"])
        return render(request, "approvals/result.html", known)
    now = timezone.now()
    looked = [Outcome(row, why_not_together(row, actor, now)) for row in rows]
    going = [each.row for each in looked if not each.problem]
    staying = [each for each in looked if each.problem]
    known = {"going": going, "staying": staying, "sums": sums_of(going)}
    return render(request, "approvals/approve_many.html", known)


def why_not_together(row: Row, actor: Actor, now: datetime) -> str:
    """Why this one is not approved with others."""
    if row.approval.state != APPROVAL.start:
        return said_by(row.approval, actor)
    if row.approval.flag != "green":
        return "Amber: look at it by itself."
    return blocked_for(row.approval, actor, now)


def try_one(row: Row, actor: Actor) -> str:
    """Approve one of several in its own transaction; what it was refused with, "" if it went through."""
    refused = why_not_together(row, actor, timezone.now())
    if refused:
        return refused
    try:
        carry_out(row.approval, actor, "")
    except Refused as problem:
        return problem.text
    return ""
