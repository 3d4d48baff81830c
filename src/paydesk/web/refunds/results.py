"""The provider's result file: handed over, kept, read, and shown row by row with what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from paydesk.domain.refunds.actions import ResultLine, read_results
from paydesk.domain.refunds.queries import number_in
from paydesk.foundation.documents.actions import store
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.refunds.deeds import dialog_view
from paydesk.web.refunds.files import RELEASE
from paydesk.web.refunds.filters import tabs_for

LARGEST = 5 * 1024 * 1024
OUTCOMES = {
    "rejected": ("failed", "not taken"),
    "failed": ("failed", "failed"),
    "pending": ("held", "not decided yet"),
    "paid": ("settled", "paid"),
    "known": ("idle", "known already"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file with what came of it."""

    line: ResultLine
    family: str
    word: str
    url: str


@dialog_view
@needs(RELEASE)
def results(request: HttpRequest) -> HttpResponse:
    """Take a result file; rows that cannot be taken say why and hold up no other."""
    actor = actor_of(request)
    known: dict[str, object] = {"tab": "results", "tabs": tabs_for(actor)}
    if request.method != "POST":
        return render(request, "refunds/results.html", known)
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Refused("Choose the result file first.", code="refund.no_file")
        if (upload.size or 0) > LARGEST:
            raise Refused(
                "A result file of refunds is at most 5 MB; this one is larger.", code="refund.too_large"
            )
        now = timezone.now()
        kept = store(cast("BinaryIO", upload), filename=str(upload.name), by=actor, now=now)
        upload.seek(0)
        lines = read_results(upload.read(), by=actor, now=now)
    except Refused as refused:
        known |= {"problem": refused.text, "name": upload.name if upload else ""}
        return render(request, "refunds/results.html", known, status=409)
    rows = [row_of(line) for line in lines]
    counts = Counter(line.outcome for line in lines)
    known |= {
        "name": upload.name,
        "kept": kept,
        "rows": sorted(rows, key=lambda row: list(OUTCOMES).index(row.line.outcome)),
        "counts": [(*OUTCOMES[outcome], counts[outcome]) for outcome in OUTCOMES if counts[outcome]],
        "read": True,
        "tabs": tabs_for(actor),
    }
    return render(request, "refunds/results.html", known)


def row_of(line: ResultLine) -> Row:
    number = next((n for word in line.reference.split() if (n := number_in(word)) is not None), None)
    ours = line.outcome != "rejected" or line.said.startswith("It says")
    url = page_of("refund", number) if number is not None and number < 2**63 and ours else ""
    return Row(line, *OUTCOMES[line.outcome], url)
