"""The answer that a colleague began: read, with what of it changed since, and taken over."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.domain.cases import actions
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.queries import code, link_pairs
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.deeds import dialog_view
from paydesk.web.cases.kept_draft import changed_in, drafts_for
from paydesk.web.cases.shown import WORK, case_or_404, shown


@dialog_view
@needs(WORK)
def others_draft(request: HttpRequest, public_code: str, person_id: int) -> HttpResponse:
    """Show what they wrote so far, then take it over as it was read."""
    actor, now = actor_of(request), timezone.now()
    case = case_or_404(actor, public_code)
    if request.method == "POST":
        try:
            read_at = datetime.fromisoformat(request.POST.get("read_at", ""))
        except ValueError:
            raise Refused("The form came without what you had read. Open the case again.") from None
        actions.take_over_draft(case.pk, of=person_id, read_at=read_at, by=actor, now=now)
        told = _("the draft is yours now.")
        return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: {told}")
    drafts = drafts_for(case.pk, actor.id)
    found = [(draft, name) for draft, name, _words in drafts.others if draft.person_id == person_id]
    if not found:
        raise Http404("There is no such draft any more.")
    ((draft, name),) = found
    facts = facts_for(case, link_pairs(case.pk), now, channel=channel_of_answer(case, now))
    known = {
        "each": shown(case), "case": case, "draft": draft, "name": name,
        "changed": changed_in(draft, facts, now), "writes": drafts.mine is not None,
        "at": came_from(request, page_of("case", case.pk)),
    }  # fmt: skip
    return render(request, "cases/others_draft.html", known)
