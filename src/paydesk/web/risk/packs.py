"""Packs of evidence about a case or payment: asked for with a reason, taken along as one file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.retention import actions
from paydesk.domain.retention.queries import pack_for, packs_of
from paydesk.domain.risk.queries import missing_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, document_of, done
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.subjects import subject_or_404
from paydesk.web.risk import forms as asked

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
PACK = "risk.evidence_pack"


@dialog_view
@needs("risk.evidence_pack:view")
def evidence(request: HttpRequest, code: str) -> HttpResponse:
    """The packs of a case or payment, and a new one; what is missing in it is said before."""
    actor, is_sent = actor_of(request), request.method == "POST"
    subject = subject_or_404(actor, code)
    if subject.kind not in ("case", "payment"):
        raise Http404("A pack is made of a case or a payment.")
    form = asked.Evidence(request.POST if is_sent else None, auto_id="deed_%s")
    here, back = reverse("risk:evidence", args=[code]), came_from(request, page_of(*subject.link))
    if is_sent and form.is_valid():
        pack = actions.ask_for_pack(
            "evidence", subject.link, reason=form.cleaned_data["reason"], by=actor, now=timezone.now()
        )
        told = "The pack is made." if pack.state == "made" else "The pack is being made; look again soon."
        return done(request, back, f"{subject.code}: {told}")
    packs = packs_of(actor, *subject.link)
    names = names_by_label({each.asked_by for each in packs})
    known = {
        "form": form, "here": here, "at": back, "code": subject.code,
        "packs": [(each, names[each.asked_by]) for each in packs],
        "missing": missing_of("risk", subject.link, timezone.localdate()),
        "blocked": gate(actor, PACK).reason,
    }  # fmt: skip
    return render(request, "risk/evidence.html", known, status=422 if is_sent else 200)


@require_safe
@needs(PACK)
def download(request: HttpRequest, pack_id: int) -> HttpResponseBase:
    """The file; who took it along is in the trail."""
    actor = actor_of(request)
    try:
        pack_for(actor, pack_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such pack in your markets.") from None
    return document_of(actions.hand_out(pack_id, by=actor, now=timezone.now()))
