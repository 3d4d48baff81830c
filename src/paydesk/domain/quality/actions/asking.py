"""Asking customers how it was: after the case was resolved, again once at most; their answers are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.steps import count_up, say
from paydesk.domain.quality import csat_rules as rules
from paydesk.domain.quality.csat_links import address_of
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.quality.review_queries import person_in, with_agent
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import RestrictedView
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

MOST_AT_ONCE = 200
TEXTS = {
    "en": "How did we do with your case {code}? Tell us with one click; it takes a moment:\n{address}\n\n"
    "We remind you once at most. We never ask for your PIN or the number of your card.",
    "fr": "Comment avons-nous traité votre dossier {code} ? Dites-le nous en un clic :\n{address}\n\n"
    "Nous le rappelons une fois au plus. Nous ne demandons jamais votre PIN ni le numéro de votre carte.",
    "sw": "Tumeshughulikiaje kesi yako {code}? Tuambie kwa mbofyo mmoja:\n{address}\n\n"
    "Tutakukumbusha mara moja tu. Hatuombi kamwe PIN yako wala namba ya kadi yako.",
}


REMINDERS = {
    "en": "We asked how we did with your case {code} and did not hear from you. One click:\n{address}\n\n"
    "This is the last time we ask.",
    "fr": "Nous vous avions demandé votre avis sur votre dossier {code}. Un clic suffit :\n{address}\n\n"
    "Nous ne le demanderons plus.",
    "sw": "Tulikuuliza maoni yako kuhusu kesi {code}. Mbofyo mmoja unatosha:\n{address}\n\nHatutauliza tena.",
}
AUTHOR = "system:csat"


class CsatRefused(Refused):
    """This answer cannot be taken."""

    code = "csat.refused"


@transaction.atomic(durable=True)
def invite(*, address: str = "", by: Actor, now: datetime) -> int:
    """Ask about what was resolved DELAY ago or longer and not asked about yet; returns how many were asked.

    `address` is where the desk is reached from outside, else PAYDESK_ADDRESS; without one nobody is asked.
    Where nobody is asked for another reason, it is written down.
    """
    address = address or settings.PUBLIC_ADDRESS
    if not address:
        return 0
    asked = 0
    found = with_agent(
        Case.objects.select_for_update(of=("self",), skip_locked=True).filter(
            state__in=("resolved", "closed", "merged"), resolved_at__gt=now - rules.LOOKS_BACK,
            resolved_at__lte=now - rules.DELAY, csat_invitation=None,
        )
    )  # fmt: skip
    restricted = set(
        RestrictedView.objects.filter(subject_kind="case", ended_at=None).values_list("subject_id", flat=True)
    )
    for case in found.order_by("resolved_at", "pk")[:MOST_AT_ONCE]:
        why_not = rules.why_no_invitation(
            state=case.state, category=case.category, harms=case.harms, contact=case.contact
        )
        why_not = "fraud" if case.pk in restricted else why_not
        language = case.language[:2] if case.language[:2] in rules.LANGUAGES else "en"
        invitation = Invitation.objects.create(
            case=case, market=case.market, language=language, why_not=why_not,
            agent_id=person_in(case.agent),  # type: ignore[attr-defined]
            resolved_at=case.resolved_at, made_at=now, expires_at=now + rules.OPEN_FOR,
        )  # fmt: skip
        if not why_not:
            _send(case, invitation, address, now)
            asked += 1
        audit.record(
            "csat.not_asked" if why_not else "csat.asked", subject=("case", case.pk), by=by, at=now,
            market=case.market, changes={"why_not": why_not} if why_not else {},
        )  # fmt: skip
    return asked


@transaction.atomic(durable=True)
def remind(*, address: str = "", by: Actor, now: datetime) -> int:
    """Ask those again, once, who were asked REMIND_AFTER ago and have not answered; returns how many.

    Not whose case goes on, whose first message did not arrive, and whom a named few alone know of by now.
    """
    address = address or settings.PUBLIC_ADDRESS
    if not address:
        return 0
    again = Message.objects.filter(case=OuterRef("case"), author=AUTHOR, pk__gt=OuterRef("message"))
    found = Invitation.objects.select_for_update(of=("self",), skip_locked=True).filter(
        ~Exists(again), why_not="", answers=None, expires_at__gt=now,
        message__delivery__in=("sent", "delivered"),
        made_at__lte=now - rules.REMIND_AFTER, made_at__gt=now - rules.REMIND_WITHIN,
        case__state__in=("resolved", "closed"),
    )  # fmt: skip
    found = found.exclude(
        case__in=RestrictedView.objects.filter(subject_kind="case", ended_at=None).values("subject_id")
    )
    reminded = 0
    for invitation in found.select_related("case").order_by("made_at", "pk")[:MOST_AT_ONCE]:
        if "@" not in invitation.case.contact:
            continue  # erased meanwhile
        _say(invitation.case, invitation, REMINDERS, address, now)
        reminded += 1
        audit.record(
            "csat.reminded", subject=("case", invitation.case_id), by=by, at=now, market=invitation.market,
            changes={},
        )  # fmt: skip
    return reminded


def _send(case: Case, invitation: Invitation, address: str, now: datetime) -> None:
    invitation.message = _say(case, invitation, TEXTS, address, now)
    invitation.save(update_fields=["message"])


def _say(
    case: Case, invitation: Invitation, texts: Mapping[str, str], address: str, now: datetime
) -> Message:
    text = texts[invitation.language].format(code=code(case), address=address_of(invitation, address))
    count_up(case.pk)
    return say(
        case, direction="out", channel="email", author=AUTHOR, recipients=[case.contact], text=text,
        delivery="queued", leaves_at=now, is_automatic=True, at=now,
    )  # fmt: skip


@transaction.atomic(durable=True)
def record_answer(
    invitation_id: int, *, score: int, comment: str = "", by: Actor, now: datetime
) -> CsatAnswer:
    """Write down what a customer said. Within 72 hours of the first they may say otherwise; the last counts.

    Raises CsatRefused outside of one to five, and once it is closed.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id, why_not="")
    known = [rules.Said(each.at, each.score) for each in invitation.answers.all()]
    if score not in rules.SCORES:
        raise CsatRefused("Choose one of the five.")
    if not rules.is_open(known, expires_at=invitation.expires_at, now=now):
        raise CsatRefused("This was answered already, or asked too long ago.")
    answer = CsatAnswer.objects.create(
        invitation=invitation, score=score, at=now,
        comment=redacted(comment.strip())[: rules.LONGEST_COMMENT],
    )  # fmt: skip
    audit.record(
        "csat.answered", subject=("case", invitation.case_id), by=by, at=now, market=invitation.market,
        changes={"score": score},
    )  # fmt: skip
    return answer
