"""Reads about pending payments and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from paydesk.domain.callbacks.models import PendingPayment, StatusAnswer
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import StatementLine
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money


def pending_payments(actor: Actor, filters: Mapping[str, Any] | None = None) -> QuerySet[PendingPayment]:
    """Payments that are not final, in the actor's markets, the longest waiting first; one query."""
    found = PendingPayment.objects.select_related("source_account__provider").filter(**(filters or {}))
    return in_markets(found, actor, field="source_account__market").order_by("heard_at", "pk")


def count_stale(actor: Actor) -> int:
    """How many payments a provider left without an answer: a person has them."""
    stale = PendingPayment.objects.filter(state="stale")
    return in_markets(stale, actor, field="source_account__market").count()


def pending_for(actor: Actor, pending_id: int) -> PendingPayment:
    """One that the actor may see; raises PendingPayment.DoesNotExist otherwise."""
    return pending_payments(actor).get(pk=pending_id)


def answers_about(pending: PendingPayment) -> QuerySet[StatusAnswer]:
    """What was asked and answered, the newest first; one query."""
    return pending.answers.order_by("-pk")


@dataclass(frozen=True, slots=True)
class Became:
    """The statement line of a message, and the payment it made, if it made one."""

    line: StatementLine
    payment: Payment | None


def what_it_became(actor: Actor, message: Message) -> Became | None:
    """What a message that was understood is in the books; two queries at most."""
    if message.became_kind != "line" or message.became_id is None:
        return None
    lines = StatementLine.objects.select_related("payment", "file", "source_account").filter(
        pk=message.became_id
    )
    line = in_markets(lines, actor, field="source_account__market").first()
    return Became(line, getattr(line, "payment", None)) if line else None


def amounts_of(actor: Actor, messages: Sequence[Message]) -> dict[int, Money]:
    """The amounts of the lines that messages became or met, by message; one query, none without lines."""
    lines = {m.became_id for m in messages if m.became_kind == "line" and m.became_id}
    if not lines:
        return {}
    found = StatementLine.objects.filter(pk__in=lines, amount_minor__isnull=False)
    amounts = {
        pk: Money(minor, currency)
        for pk, minor, currency in in_markets(found, actor, field="source_account__market").values_list(
            "pk", "amount_minor", "currency"
        )
    }
    return {m.pk: amounts[m.became_id] for m in messages if m.became_id in amounts}
