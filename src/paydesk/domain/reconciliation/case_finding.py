"""Exceptions that a text refers to by their code, for cases that are about one."""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.domain.cases.asks import Reference, codes_in, finds_references
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

CODE_PREFIX = "EXC"


def register() -> None:
    """Make the finder known to cases."""
    finds_references("exceptions", references_in)


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Exceptions by our code; one query, none where the text bears no such code."""
    known = codes_in(CODE_PREFIX, text)
    if not known:
        return
    found = ReconciliationException.objects.filter(pk__in=known, market=market).select_related("payment")
    for each in in_markets(found, by):
        owner = each.payment.customer_id if each.payment else None
        yield Reference(("exception", each.pk), "our code", known[each.pk], True, owner)
