"""Other cases that a case is about, as lines of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paydesk.domain.cases.queries import cases
from paydesk.domain.cases.states import CASE
from paydesk.foundation.people.restricted import readable
from paydesk.kernel.actor import Actor


def case_lines(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    """(subject, no amount, state, id of the customer) of each case the actor may read; one query."""
    return {
        each.pk: (each.subject, None, (CASE.family(each.state), each.state), each.customer_id)
        for each in readable(cases(actor), actor).filter(pk__in=list(ids))
    }
