"""What was given to the customer of a case already, beside the button that gives something."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.web.goodwill.giving import given_before, why_not_from

register = template.Library()


@register.inclusion_tag("goodwill/_of_case.html", takes_context=True)
def goodwill_of(context: dict[str, Any], case: Any) -> dict[str, Any]:
    """`{% goodwill_of case %}`: refunds, goodwill and chargebacks about the same, and the button to give."""
    return {
        "earlier": given_before(case, timezone.now()),
        "is_open": case.state in OPEN,
        "give_url": reverse("goodwill:give", args=[code(case)]),
        "blocked": why_not_from(case, context["actor"]),
        "layout": context.get("layout"),
    }
