"""What risk and retention offer on the page of a customer, to whoever has the right to it."""

from __future__ import annotations

from django.urls import reverse

from paydesk.kernel.actor import Actor
from paydesk.web.access import gate, gate_to_ask
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
        (
            "What we keep of them…",
            reverse("retention:person", args=[code]),
            gate(actor, "retention.export_person"),
        ),
        ("Forget them…", reverse("retention:forget", args=[code]), gate_to_ask(actor, "retention.erase")),
    )
    return [Act(label, address, "") for label, address, may in offered if may.allowed]
