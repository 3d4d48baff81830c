"""One case as its page shows it: everything that is known of it, what is next, who else is at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.cases import actions
from paydesk.domain.cases.asks import blocks_of
from paydesk.domain.cases.categories import ROOT_CAUSES, checks_of, leaves
from paydesk.domain.cases.desk import CaseNow, case_now, waiting_files
from paydesk.domain.cases.family_queries import elsewhere_of, family_of
from paydesk.domain.cases.hearing import facts_for
from paydesk.domain.cases.identity import level_on
from paydesk.domain.cases.queries import (
    SUBJECT,
    can_be_mailed,
    cases_of_customer,
    code,
    commitments_of,
    current_tree,
    knows_who,
    links_of,
    messages_of,
    others_about_the_same,
    tree_of,
    unchecked,
)
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.rules import MONEY_OUTCOMES, UNDO_SECONDS
from paydesk.domain.cases.states import OPEN, OVER
from paydesk.domain.routing.queries import routed_of
from paydesk.domain.triage.queries import escalations_of, to_act_on
from paydesk.domain.triage.rules import ESCALATES
from paydesk.foundation.audit.queries import histories, history
from paydesk.foundation.people.queries import names_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.answers import unchanged
from paydesk.web.cases.acts import acts_of
from paydesk.web.cases.file_kinds import papers_of
from paydesk.web.cases.kept_draft import changed_in, drafts_for, facts_in
from paydesk.web.cases.links import of_customer, owners_of, shown_links
from paydesk.web.cases.next_button import next_button
from paydesk.web.cases.own_fields import fields_on
from paydesk.web.cases.shown import SEE, WORK, case_or_404, shown
from paydesk.web.cases.story import story_of
from paydesk.web.clocks.chips import Chip, chips_of
from paydesk.web.language import spoken
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.routing.shown import why_it_is_here
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from paydesk.domain.cases.asks import Link
    from paydesk.domain.cases.models import Case, Message
    from paydesk.foundation.audit.models import AuditRecord

MOST_DONE = 100  # of what a case is about, the newest


def _done(case: Case, about: Sequence[tuple[str, int]]) -> list[AuditRecord]:
    """What was done to the case, and since it was opened to what it is about; two queries."""
    subjects: dict[str, list[int | str]] = {}
    for kind, number in about:
        subjects.setdefault(kind, []).append(number)
    since = histories(subjects).filter(at__gte=case.opened_at)[:MOST_DONE] if subjects else ()
    return [*history("case", case.pk), *since]


def known_here(case: Case, now: Any) -> str:
    """How well whoever is writing is known on the channel on which they are answered."""
    return level_on(case.level, case.level_channel, channel_of_answer(case, now))


def opened(request: HttpRequest) -> dict[str, Any]:
    """The case that is open beside the list; nothing where none is."""
    wanted = request.GET.get("open", "")
    return page_of_case(request, case_or_404(actor_of(request), wanted)) if wanted else {"open_code": ""}


def page_of_case(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Everything about one case; the number of queries does not depend on what was said."""
    actor, now = actor_of(request), timezone.now()
    words, today = leaves(current_tree()[1], retired=True), timezone.localdate()
    each = shown(case, words)
    found = links_of(case.pk)
    pairs = [(link.kind, link.object_id) for link in found]
    side = of_customer(case, actor, today)
    links = shown_links(found, case, actor, today, side)
    owners = owners_of(found, actor) if case.customer_id is None else []
    confirmed = [(link.kind, link.object_id) for link in found if link.state == "confirmed"]
    facts = [
        (fact, why)
        for fact, why in facts_for(case, confirmed, now, channel=channel_of_answer(case, now))
        if not (why and case.party_role == "third_party")  # to them nothing is even offered
    ]
    missing, own = unchecked(case), fields_on(case, looking(request))
    checks = checks_of(tree_of(case.category_version), case.category)
    flags, messages, drafts = escalations_of(case.pk), messages_of(case), drafts_for(case.pk, actor.id)
    draft, family = drafts.mine, family_of(actor, case)
    before = list(cases_of_customer(actor, case.customer_id)[:6]) if case.customer_id else []
    following = next_button(
        case, actor, links=links, owners=owners, facts=facts, unchecked=missing,
        blocks=blocks_of(confirmed) if case.state in OPEN else (), level=known_here(case, now),
        knows=knows_who(case, confirmed),
        answer_leaves=any(each.delivery == "queued" and not each.is_automatic for each in messages),
        flags=[ESCALATES[each.reason] for each in to_act_on(flags)],
    )  # fmt: skip
    routed = routed_of(case.pk)
    acts, more_acts = acts_of(
        case, actor, but=following.name if following else "",
        no_payment=not any(kind == "payment" for kind, _ in confirmed),
    )  # fmt: skip
    return {
        "next": following,
        "flags": flags,
        "they_wrote": they_wrote(case, messages),
        "made_up": any(each.sender_check == "failed" for each in messages),
        "acts": acts,
        "more_acts": more_acts,
        "open_code": each.code,
        "each": each,
        "case": case,
        "is_open": case.state in OPEN,
        "over": OVER.get(case.state, ""),
        "chips": _chips(actor, case, confirmed, now),
        "work": work_of(actor, subject_of("case", case)),
        "why_here": why_it_is_here(routed, case.owned_by),
        "at_query": "",
        "links": links,
        "facts": facts,
        "facts_at": now.isoformat(),
        "entries": story_of(case, messages, _done(case, confirmed), elsewhere_of(case.pk), routed),
        "parent": shown(family.parent, words) if family.parent else None,
        "children": [shown(child, words) for child in family.children],
        "others": [shown(other, words) for other in others_about_the_same(actor, case, pairs, before)],
        "before": [shown(other, words) for other in before if other.pk != case.pk],
        "commitments": commitments_of(case.pk),
        "own": own,
        "own_empty": [field.label for field in own if not field.words and not field.is_missing],
        "papers": papers_of(case, today),
        "checks": [(check, check not in missing) for check in checks],
        "cause": ROOT_CAUSES.get(case.root_cause, ""),
        "outcome": MONEY_OUTCOMES.get(case.money_outcome, ""),
        "draft": draft,
        "drafts": drafts,
        "draft_facts": facts_in(draft, facts),
        "draft_changed": changed_in(draft, facts, now),
        "waiting": waiting_files(case.pk, actor.id),
        "sent_key": uuid4().hex,
        "undo_seconds": UNDO_SECONDS,
        "no_answer": why_no_answer(case),
        "no_mailbox": "@" in case.contact and not can_be_mailed(case.market),
        "work_gate": gate(actor, WORK),
        "owners": owners,
        "side": side,
        "into": code_in("case", case.merged_into_id) if case.merged_into_id else "",
        "follows": code_in("case", case.follows_id) if case.follows_id else "",
    }


def they_wrote(case: Case, messages: Sequence[Message]) -> str:
    """What waits for an answer, where the subject does not say it already; it is read first."""
    if case.unanswered_since is None or case.state not in OPEN:
        return ""
    said = [each.text for each in messages if each.direction == "in" and each.is_public and each.text.strip()]
    text = " ".join(said[-1].split()) if said else ""
    return "" if text in ("", " ".join(case.subject.split())) else text


def why_no_answer(case: Case) -> str:
    """Why nobody can answer in writing now; "" where somebody can."""
    if case.state not in OPEN:
        return _("This case is %s: open it again to answer.") % spoken(case.state)
    if not case.contact and case.channel != "chat":
        return "No address of theirs is known: log a call, or add one under Sort."
    if "@" not in case.contact and case.channel != "chat":
        return "They reached us by phone: call them and log the call, or add an e-mail address under Sort."
    return ""


@require_safe
@needs(SEE)
def page(request: HttpRequest, public_code: str) -> HttpResponse:
    """A case by its code alone: the inbox with it open."""
    case = case_or_404(actor_of(request), public_code)
    view = "team" if case.state in OPEN else "done"
    return redirect(f"{reverse('cases:inbox')}?{urlencode({'view': view, 'open': code(case)})}")


@require_safe
@needs(SEE)
def news(request: HttpRequest, public_code: str) -> HttpResponse:
    """Whether the case went on since it was shown, who looks at it and who writes; 204 if nothing is new.

    Asked by everybody all the time: where nothing is restricted to others and nothing is new, one query
    tells.
    """
    actor, number = actor_of(request), number_in("case", public_code)
    state = case_now(number, actor.id, timezone.now()) if number is not None and number < 2**63 else None
    is_open_to_them = actor.hidden is not None and SUBJECT not in actor.hidden
    if state is not None and is_open_to_them and actor.sees(state.market):
        same = unchanged(request, version_of(state, actor))
        if same is not None:
            return same
    return _news(request, case_or_404(actor, public_code))


@require_POST
@needs(SEE)
def here(request: HttpRequest, public_code: str) -> HttpResponse:
    """As `news`, said by somebody who has the case open: the others see that they do."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    actions.look_at(case.pk, by=actor, now=timezone.now())
    return _news(request, case)


def version_of(state: CaseNow, actor: Actor) -> str:
    """The version of the case, who else writes at it, who else only looks: "12-3.5-7"."""
    writing = state.writing - {actor.id}
    looking = state.here - writing - {actor.id}
    people = ".".join(map(str, sorted(writing))) + "-" + ".".join(map(str, sorted(looking)))
    return f"{state.version}-{people.strip('-')}"


def _news(request: HttpRequest, case: Case) -> HttpResponse:
    actor = actor_of(request)
    state = case_now(case.pk, actor.id, timezone.now())
    if state is None:
        raise Http404
    version = version_of(state, actor)
    if (same := unchanged(request, version)) is not None:
        return same
    writing, others = state.writing - {actor.id}, (state.writing | state.here) - {actor.id}
    others |= {state.took_over} - {None}
    names = names_of(set(others)) if others else {}
    seen = request.GET.get("v", "").split("-")[0]
    known = {
        "each": shown(case), "case": case, "version": version, "went_on": seen != str(state.version),
        "writing": sorted(names[who] for who in writing if who in names),
        "looking": sorted(names[who] for who in state.here - writing - {actor.id} if who in names),
        "took_over": names.get(state.took_over, ""),
        "url": page_of("case", case.pk),
    }  # fmt: skip
    return render(request, "cases/_news.html", known)


def _chips(actor: Actor, case: Case, about: Sequence[Link], now: datetime) -> list[Chip]:
    """The clocks of a case, and beside them those that run for a dispute it is about."""
    of_disputes = [chips_of(actor, kind, number, now) for kind, number in about if kind == "dispute"]
    running = [chip for chips in of_disputes for chip in chips if chip.is_open]
    return [*running, *chips_of(actor, "case", case.pk, now)]
