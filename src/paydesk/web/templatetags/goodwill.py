"""What was given to the customer of a case already, beside the button that gives something."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.domain.goodwill.queries import given_before
from paydesk.web.cases.proving import proof_missing
from paydesk.web.goodwill.giving import VERB, why_not_from

register = template.Library()


@register.inclusion_tag("goodwill/_of_case.html", takes_context=True)
def goodwill_of(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% goodwill_of case %}`: refunds, goodwill and chargebacks about the same, and the button to give."""
    blocked, missing = why_not_from(case, context["actor"]), proof_missing(case, VERB)
    if missing is not None and not missing.url:
        blocked = blocked or missing.why
    return {
        "earlier": given_before(case.pk, timezone.now()),
        "is_open": case.state in OPEN,
        "give_url": missing.url if missing else reverse("goodwill:give", args=[code(case)]),
        "blocked": blocked,
        "needs": missing.why if missing else "",
        "layout": context.get("layout"),
    }
