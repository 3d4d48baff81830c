"""Exceptions that a case is about: as lines of its page, with what is done about them first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from paydesk.domain.reconciliation.queries import exceptions
from paydesk.kernel.actor import Actor
from paydesk.web.access import gate
from paydesk.web.reconciliation.deeds import DEEDS, why_not
from paydesk.web.reconciliation.shown import SEE, shown
from paydesk.web.reconciliation.story import DEED_FIRST

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import ReconciliationException


def exception_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    """(class and day, amount, state, id of the customer, what may be done) by id, for who sees exceptions;
    one query."""
    if not actor.may(SEE):
        return {}
    return {
        each.found.pk: (
            f"{each.words}, {each.found.source_account.name}, {each.found.day:%-d %b}",
            each.amount, (each.family, each.word),
            each.found.payment.customer_id if each.found.payment else None,
            _acts(actor, each.found, each.code),
        )
        for each in map(shown, exceptions(actor, pk__in=ids))
    }  # fmt: skip


def _acts(actor: Actor, found: ReconciliationException, code: str) -> list[tuple[str, str, str]]:
    """(label, address, why not) of what policy wants first, and of saying that it is solved."""
    names = (DEED_FIRST.get(found.kind, ""), "solved")
    deeds = [DEEDS[name] for name in names if name and not why_not(DEEDS[name], found)]
    return [
        (
            f"{deed.label}…", reverse("exceptions:act", args=[code, deed.name]),
            gate(actor, deed.right).reason,
        )
        for deed in deeds
    ]  # fmt: skip
