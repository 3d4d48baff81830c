"""The checklist of evidence: what was given for each line, and giving it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from paydesk.domain.cases.queries import cases, messages_of
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.disputes.actions import give_evidence
from paydesk.domain.disputes.queries import cases_about, evidence_of, wanted_of
from paydesk.domain.disputes.reason_codes import EVIDENCE
from paydesk.foundation.documents.queries import document_by_id
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, document_of, done
from paydesk.web.disputes.deeds import dialog_view, kept
from paydesk.web.disputes.forms import Give
from paydesk.web.disputes.shown import ANSWER, SEE, dispute_or_404, shown
from paydesk.web.language import spoken
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.views import version_in

if TYPE_CHECKING:
    from datetime import datetime

    from paydesk.domain.cases.models import Case
    from paydesk.domain.disputes.models import Dispute, Evidence

LONGEST_QUOTE = 70


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist. `what` is what was given, "" while nothing was."""

    kind: str
    words: str
    what: str
    how: str  # document, message, absent
    url: str
    give_url: str
    by: str
    at: datetime | None


def lines_of(dispute: Dispute) -> list[Line]:
    """The checklist as it stands; a query for the evidence and one for each document."""
    code, given = shown(dispute).code, evidence_of(dispute)
    names = names_by_label({one.by for one in given.values()})
    lines = []
    for kind in wanted_of(dispute, given):
        one = given.get(kind)
        what, how, url = _given(code, one) if one else ("", "", "")
        give_url = reverse("disputes:give", args=[code, kind])
        lines.append(
            Line(kind, EVIDENCE[kind], what, how, url, give_url, names[one.by] if one else "",
                 one.at if one else None)
        )  # fmt: skip
    return lines


def _given(code: str, one: Evidence) -> tuple[str, str, str]:
    if one.document_id is not None:
        document = document_by_id(one.document_id)
        name = document.file_name if document is not None else ""
        return name, "document", reverse("disputes:evidence", args=[code, one.kind])
    if one.message_id is not None:
        return _("A message of a case"), "message", ""
    return one.absent_because, "absent", ""


@dialog_view
@needs(SEE)
def give(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Ask for one piece of evidence, then keep it."""
    actor, now = actor_of(request), timezone.now()
    dispute = dispute_or_404(actor, code)
    if kind not in EVIDENCE:
        raise Http404("There is no such evidence.")
    each, is_sent, status = shown(dispute), request.method == "POST", 200
    form = Give(
        request.POST if is_sent else None, request.FILES if is_sent else None, initial={"kind": kind},
        of_cases=list(_of_cases(dispute, actor)), auto_id="give_%s",
    )  # fmt: skip
    if is_sent:
        status = 422
        actor.needs(ANSWER, market=dispute.market)
        if form.is_valid():
            said = form.cleaned_data
            what, _sep, number = said["of_case"].partition(":")
            try:
                document_id = kept(said["file"], dispute.market, actor, now)
                give_evidence(
                    dispute.pk, kind=said["kind"],
                    document_id=int(number) if what == "document" else document_id,
                    message_id=int(number) if what == "message" else None,
                    absent_because=said["absent_because"], version=version_in(request), by=actor, now=now,
                )  # fmt: skip
            except NotAllowedRefused:
                raise
            except Refused as refused:
                form.add_error(None, refused.text)
                status = 409
            else:
                told = f"{each.code}: {spoken(EVIDENCE[said['kind']])}"
                return done(request, came_from(request, each.url), told)
    known = {
        "each": each, "form": form, "kind": kind, "at": came_from(request, each.url),
        "blocked": gate(actor, ANSWER).reason
        or ("" if each.is_unanswered else _("This dispute is %s: look at it again.") % spoken(each.word)),
    }  # fmt: skip
    return render(request, "disputes/give.html", known, status=status)


def _of_cases(dispute: Dispute, actor: Actor) -> Iterator[tuple[str, str]]:
    """What cases about it hold that the actor may read: files, and messages from the outside."""
    for case in _cases(dispute, actor):
        for message in messages_of(case):
            for file in message.attachments.all():
                if not file.held_because:
                    yield f"document:{file.document_id}", f"{case_code(case)}: {file.name}"
            if message.is_public and message.text.strip():
                quote = " ".join(message.text.split())[:LONGEST_QUOTE]
                yield f"message:{message.pk}", f"{case_code(case)}, {message.at:%Y-%m-%d}: {quote}"


def _cases(dispute: Dispute, actor: Actor) -> list[Case]:
    if not actor.may("cases.work:view"):
        return []
    return list(cases(actor).filter(pk__in=cases_about(dispute)).order_by("pk"))


@require_safe
@needs(SEE)
@needs("documents:view")
def evidence(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """A document that was given, as it was stored."""
    one = evidence_of(dispute_or_404(actor_of(request), code)).get(kind)
    if one is None or one.document_id is None:
        raise Http404("There is no such document.")
    return document_of(one.document_id)
