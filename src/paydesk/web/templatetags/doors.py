"""Parts of a case that come from the doors: chips for status pages, the pages given out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from paydesk.domain.cases.states import OPEN
from paydesk.domain.doors.queries import links_of_case, offers
from paydesk.web.addresses import code_in

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

register = template.Library()
WORDS = {"case": "this case", "payment": "payment", "refund": "refund"}


@register.inclusion_tag("doors/_chips.html")
def status_chips(case: Case) -> dict[str, Any]:
    """`{% status_chips case %}` in the composer: one press puts a status page in; one query."""
    shown = [
        (offer, code_in(offer.kind, offer.object_id), WORDS[offer.kind])
        for offer in offers(case)
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
