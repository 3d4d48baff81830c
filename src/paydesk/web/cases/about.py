"""The cases about a thing, beside it on its own page."""

from __future__ import annotations

from typing import Any

from paydesk.domain.cases.queries import cases_about, code
from paydesk.domain.cases.states import CASE
from paydesk.kernel.actor import Actor
from paydesk.web.addresses import page_of


def case_rows(actor: Actor, kind: str, number: int) -> list[tuple[Any, str, str, str]]:
    """(case, its code, its address, family of its state) of the cases about a thing, for who sees cases."""
    if not actor.may("cases.work:view"):
        return []
    return [
        (each, code(each), page_of("case", each.pk), CASE.family(each.state))
        for each in cases_about(actor, kind, number)
    ]
