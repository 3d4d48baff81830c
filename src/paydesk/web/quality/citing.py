"""Articles beside the composer of a case: found by words, put into the answer as "Refunds v3"."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from paydesk.domain.quality.case_answers import fact_name
from paydesk.domain.quality.queries import citable
from paydesk.domain.quality.rules import KINDS, LANGUAGES, cited
from paydesk.web.access import actor_of, needs
from paydesk.web.cases.shown import SEE as SEE_CASES
from paydesk.web.cases.shown import case_or_404


@require_safe
@needs("knowledge:view")
@needs(SEE_CASES)
def cite(request: HttpRequest, public_code: str) -> HttpResponse:
    """Articles of the case's market that have the words, in its customer's language first."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    text = request.GET.get("cite", "")[:100]
    found = [
        (each, fact_name(each.pk), cited(version.title, version.number), KINDS[each.kind],
         LANGUAGES[each.language], version)
        for each in citable(actor, market=case.market, language=case.language, text=text)
        for version in each.live  # type: ignore[attr-defined]
    ]  # fmt: skip
    return render(request, "quality/_citable.html", {"found": found, "text": text})
