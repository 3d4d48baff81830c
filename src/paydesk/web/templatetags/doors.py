"""Parts of a case that come from the doors: chips for status pages, the pages given out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from paydesk.domain.cases.states import OPEN
from paydesk.domain.doors.queries import call_in_hand, chat_of_case, links_of_case, offers, script_for
from paydesk.domain.doors.rules import CALL_STATES
from paydesk.web.addresses import code_in
from paydesk.web.doors.chats import live_part

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

register = template.Library()
WORDS = {"case": "this case", "payment": "payment", "refund": "refund"}


@register.inclusion_tag("doors/_chips.html")
def status_chips(case: Case) -> dict[str, Any]:
    """`{% status_chips case %}` in the composer: one press puts a status page in; one query."""
    shown = [
        (offer, code_in(offer.kind, offer.object_id), WORDS[offer.kind])
        for offer in offers(case, timezone.now())
        if offer.kind in WORDS
    ]
    return {"case_code": code_in("case", case.pk), "offers": shown}


@register.inclusion_tag("doors/_given.html", takes_context=True)
def status_pages(context: Any, case: Case) -> dict[str, Any]:
    """`{% status_pages case %}`: what was given out, how often it was looked at; one query."""
    now = timezone.now()
    return {
        "csrf_token": context.get("csrf_token", ""),
        "given": [
            (link, code_in(link.kind, link.object_id), link.withdrawn_at is None and link.expires_at > now)
            for link in links_of_case(case.pk)
        ],
        "may": context["work_gate"].allowed,
        "is_open": case.state in OPEN,
    }


@register.inclusion_tag("doors/_chat_part.html", takes_context=True)
def chat_part(context: Any, case: Case, entries: Any) -> dict[str, Any]:
    """`{% chat_part case entries %}`: whether the visitor is there, and what they say as they say it.

    No query for a case of another channel, else one.
    """
    chat = chat_of_case(case.pk) if case.channel == "chat" else None
    if chat is None:
        return {"chat": None}
    after = max((entry.message.pk for entry in entries if entry.message), default=0)
    known = {"csrf_token": context.get("csrf_token", ""), "may": context["work_gate"].allowed}
    return known | live_part(case, chat, after, timezone.now())


@register.inclusion_tag("doors/_call_part.html", takes_context=True)
def call_part(context: Any, case: Case) -> dict[str, Any]:
    """`{% call_part case %}`: what to say, while one has somebody of this case on the phone.

    No query for a case that has no number, else one; two more during a call.
    """
    call = call_in_hand(case.pk, context["actor"], timezone.now()) if _may_ring(case) else None
    if call is None:
        return {"call": None}
    return {"call": call, "words": CALL_STATES[call.state].lower(), "script": script_for(case.category)}


def _may_ring(case: Case) -> bool:
    return case.channel == "phone" or case.contact.isdigit() or case.customer_id is not None
