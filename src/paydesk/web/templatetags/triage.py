"""What the desk thinks of a case, on its page: suggestions to take, why it goes to risk at once."""

from __future__ import annotations

from typing import Any

from django import template

from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.domain.triage.queries import escalations_of, suggested_for, suggestion_of
from paydesk.domain.triage.rules import ESCALATES
from paydesk.web.access import gate
from paydesk.web.people_names import names_by_label
from paydesk.web.triage.views import per_cent

register = template.Library()
FIRST_KEY = 7  # 7, 8 and 9 take the three suggestions


@register.inclusion_tag("triage/_suggestions.html", takes_context=True)
def suggestions(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% suggestions case %}`: up to three categories with how sure the desk is, and the cases like it."""
    found = suggestion_of(case.pk) if case.state in OPEN else None
    if found is None:
        return {}
    shown = [
        (number, each, per_cent(each.confidence), [(code(like.case), like) for like in each.similar])
        for number, each in enumerate(suggested_for(context["actor"], found), start=FIRST_KEY)
    ]
    why = found.why
    for _, each, *_ in shown:  # it was written down with the codes of the categories
        why = why.replace(each.category, f"“{each.words_of_category}”")
    return {
        "csrf_token": context.get("csrf_token"),
        "code": code(case),
        "case": case,
        "why": why,
        "top": shown,
        "is_taken": bool(case.category),
        "was_filled": found.filled_at is not None and found.fill == case.category,
        "work_gate": gate(context["actor"], "cases.work"),
    }


@register.inclusion_tag("triage/_escalations.html", takes_context=True)
def escalations(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% escalations case %}`: why it goes to risk at once, and who has seen it."""
    found = context["flags"] if "flags" in context else escalations_of(case.pk)
    names = names_by_label({each.seen_by for each in found if each.seen_by})
    return {
        "csrf_token": context.get("csrf_token"),
        "code": code(case),
        "found": [(each, ESCALATES[each.reason], names.get(each.seen_by, "")) for each in found],
        "next": context.get("next"),
        "may_see": gate(context["actor"], "clocks.acknowledge"),
        "may_escalate": gate(context["actor"], "risk.escalate"),
    }
