"""The incident a case is in, on its page."""

from __future__ import annotations

from typing import Any

from django import template

from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.incidents.queries import code, incident_of_case, last_told_at
from paydesk.web.incidents.shown import SEE, WORK

register = template.Library()
SEVERAL = 2  # others about the same thing, so that an incident is worth proposing


@register.inclusion_tag("incidents/_of_case.html", takes_context=True)
def incident_of(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% incident_of case %}`: two queries, none for whoever may not see incidents."""
    actor = context["actor"]
    found = incident_of_case(actor, case.pk) if actor.may(SEE) else None
    if found is None:
        others = [other.code for other in context.get("others", ())]
        may = len(others) >= SEVERAL and actor.may(WORK)
        return {"propose": " ".join([case_code(case), *others]) if may else ""}
    return {"incident": found, "code": code(found), "told": last_told_at(found)}
