"""Picking a ready text while one writes: filled with the facts of the case, what is open named."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.desk import ready_texts
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.web.access import actor_of, needs
from paydesk.web.cases.filling import filling_of, offers
from paydesk.web.cases.shown import WORK, case_or_404, shown


@require_safe
@needs(WORK)
def pick(request: HttpRequest, public_code: str) -> HttpResponse:
    """The ready texts for a case, in the language of whoever wrote unless another is asked for."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else case.language
    words = leaves(current_tree()[1])
    found = offers(ready_texts(case.market), case, filling_of(case, actor, timezone.now()), language)
    rows = [
        {
            "offer": offer,
            "facts": json.dumps(dict(offer.filled.facts)),
            "then_category": words.get(offer.text.then_category, ""),
            "left": _by_reason(offer.filled.left),
        }
        for offer in found
    ]
    known = {"each": shown(case, words), "case": case, "rows": rows, "language": language,
             "languages": list(LANGUAGES.items())}  # fmt: skip
    return render(request, "cases/ready.html", known)


def _by_reason(left: Mapping[str, str]) -> list[tuple[str, str]]:
    """Open places with one reason stand together."""
    found: dict[str, list[str]] = {}
    for name, why in left.items():
        found.setdefault(why, []).append(f"{{{name}}}")
    return [(", ".join(names), why) for why, names in found.items()]
