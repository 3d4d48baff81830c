"""What risk and retention offer on the page of a person, to whoever has the right to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from paydesk.domain.retention.queries import holds_on
from paydesk.kernel.actor import Actor
from paydesk.web.access import Gate, gate, gate_to_ask
from paydesk.web.payments.acts import Act


def acts_of_customer(code: str, actor: Actor) -> list[Act]:
    """Escalating, stopping, taking along and forgetting; what the role cannot do is not offered. No query."""
    offered = (
        ("Escalate…", reverse("risk:escalate", args=[code]), gate(actor, "risk.escalate")),
        (
            "Hold, block or limit…",
            f"{reverse('risk:enforce')}?party={code}",
            gate_to_ask(actor, "risk.restrict"),
        ),
        *_kept(code, actor),
    )
    return [Act(label, address, "") for label, address, may in offered if may.allowed]


def acts_of_seller(code: str, actor: Actor) -> list[Act]:
    """Taking along, holding and forgetting; what the role cannot do is not offered. No query."""
    return [Act(label, address, "") for label, address, may in _kept(code, actor) if may.allowed]


def _kept(code: str, actor: Actor) -> tuple[tuple[str, str, Gate], ...]:
    return (
        (
            "What we keep of them…",
            reverse("retention:person", args=[code]),
            gate(actor, "retention.export_person"),
        ),
        ("Legal hold…", f"{reverse('retention:hold')}?code={code}", gate(actor, "retention.hold")),
        ("Forget them…", reverse("retention:forget", args=[code]), gate_to_ask(actor, "retention.erase")),
    )


def held_notice(subject: tuple[str, int], actor: Actor) -> dict[str, Any] | None:
    """That a legal hold is on a person: since when, why and where it is lifted for who may read that. One
    query."""
    found = holds_on(subject)
    if not found:
        return None
    told: dict[str, Any] = {"at": found[0].placed_at, "why": "", "url": ""}
    if actor.may("retention.hold:view"):
        told |= {"why": found[0].reason, "url": f"{reverse('retention:overview')}#holds"}
    return told
