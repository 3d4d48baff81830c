"""What a case shows of risk: buttons to escalate, to prove, to redact; lines of what is linked to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from paydesk.domain.risk.queries import enforcements, escalations
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.access import gate
from paydesk.web.risk.shown import ShownEnforcement, ShownEscalation

Line = tuple[str, Money | None, tuple[str, str], int | None]


@dataclass(frozen=True, slots=True)
class Button:
    """As the buttons of a case are shown; it has no key of its own."""

    name: str
    label: str
    key: str = ""


def buttons_of(code: str, actor: Actor) -> list[tuple[Button, str, str]]:
    """(button, address, why not) beside the case's own; a pack only for those who may have one."""
    found = [
        (
            Button("escalate", "Escalate"),
            reverse("risk:escalate", args=[code]),
            gate(actor, "risk.escalate").reason,
        ),
        (
            Button("redact", "Redact"),
            reverse("retention:redact", args=[code]),
            gate(actor, "cases.redact").reason,
        ),
    ]
    if actor.may("risk.evidence_pack"):
        found.append((Button("evidence", "Evidence pack"), reverse("risk:evidence", args=[code]), ""))
    return found


def escalation_lines(actor: Actor, numbers: Collection[int]) -> dict[int, Line]:
    """Escalations as lines of a case, as far as the actor may read them; one query."""
    rows = [ShownEscalation(row) for row in escalations(actor).filter(pk__in=list(numbers))]
    return {
        each.row.pk: (f"{each.row.owner.name} decides", None, (each.family, each.word), None) for each in rows
    }


def enforcement_lines(actor: Actor, numbers: Collection[int]) -> dict[int, Line]:
    """Holds, blocks and limits as lines of a case; one query."""
    rows: list[Any] = [ShownEnforcement(row) for row in enforcements(actor).filter(pk__in=list(numbers))]
    return {
        each.row.pk: (
            f"{each.measure}, {each.scope.lower()}, {each.appeal.lower()}".rstrip(", "),
            each.limit,
            (each.family, each.word),
            None,
        )
        for each in rows
    }
