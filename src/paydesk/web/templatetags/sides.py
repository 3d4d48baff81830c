"""Side conversations on a case, and those that wait for somebody on their home."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import template
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.naming import naming
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.cases.side_queries import MOST, answered_to, asked_of, code, sides_of
from paydesk.domain.cases.side_rules import SIDE
from paydesk.domain.cases.states import OPEN
from paydesk.foundation.clocks.queries import earliest_of, standing
from paydesk.foundation.people.queries import names_of
from paydesk.web.access import gate
from paydesk.web.addresses import page_of
from paydesk.web.people_names import names_by_label

register = template.Library()
DELIVERIES = {
    "queued": ("moving", "leaves in a moment"),
    "sent": ("settled", "sent"),
    "failed": ("failed", "not delivered"),
}  # fmt: skip


@register.inclusion_tag("sides/_of_case.html", takes_context=True)
def sides_of_case(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% sides_of_case case %}`: what is asked aside, each with its clock, and the button to ask."""
    found, now = sides_of(case.pk), timezone.now()
    labels = {said.author for side in found for said in side.messages.all() if said.author}
    names = names_by_label(labels | {side.opened_by for side in found}) if found else {}
    asked = names_of({number for side in found for number in side.asked_ids}) if found else {}
    clocks = earliest_of("side", [side.pk for side in found]) if found else {}
    shown = [
        {
            "side": side,
            "code": code(side),
            "family": SIDE.family(side.state),
            "clock": standing(clocks[side.pk], now) if side.pk in clocks else None,
            "whom": side.address
            or ", ".join(asked[n] for n in side.asked_ids if n in asked)
            or "everybody there",
            "messages": [
                (said, names.get(said.author, "") or said.sender, DELIVERIES.get(said.delivery, ("", "")))
                for said in sorted(side.messages.all(), key=lambda each: (each.at, each.pk))
            ],
            "sent_key": uuid4().hex,
        }
        for side in found
    ]
    return {
        "csrf_token": context.get("csrf_token"),
        "sides": shown,
        "is_open": case.state in OPEN,
        "ask_url": reverse("sides:ask", args=[case_code(case)]),
        "work_gate": gate(context["actor"], "cases.work"),
    }


@register.inclusion_tag("sides/_of_me.html", takes_context=True)
def asked_of_me(context: dict[str, Any]) -> dict[str, Any]:
    """`{% asked_of_me %}`: notes that name this person, questions that wait for them, answers to theirs."""
    actor = context["actor"]
    if not actor.may("cases.work"):
        return {}
    named = list(naming(actor, timezone.now())[:MOST])
    by = names_by_label({each.message.author for each in named}) if named else {}
    return {
        "named": [(each, page_of("case", each.case.pk), by[each.message.author]) for each in named],
        "asked": [(side, code(side), page_of("case", side.case_id)) for side in asked_of(actor)[:MOST]],
        "answered": [(side, code(side), page_of("case", side.case_id)) for side in answered_to(actor)[:MOST]],
    }
