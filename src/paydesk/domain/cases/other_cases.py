"""Other cases that a text refers to by their code: linked to be confirmed, as payments are."""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.domain.cases.asks import Reference, codes_in, finds_references
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import CODE_PREFIX
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor


def register() -> None:
    """Make the finder known."""
    finds_references("cases", references_in)


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Cases by our code; one query, none where the text bears no such code. Somebody else's may be quoted."""
    known = codes_in(CODE_PREFIX, text)
    found = in_markets(Case.objects.filter(pk__in=known, market=market), by) if known else ()
    for case in found:
        yield Reference(("case", case.pk), "our code", known[case.pk], True, case.customer_id)
