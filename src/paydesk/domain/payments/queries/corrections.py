"""Reads for putting things right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.payments.models import Allocation, Payment, ReversalRow
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

LOOKED_AT = "payment.revealed"  # stands in the trail of a payment, yet nothing happened to it
# What one key undoes while nothing else happened.
UNDOABLE = ("payment.identified", "payment.allocated", "payment.split", "payment.unapplied")


def undoable(payment: Payment, records: Sequence[AuditRecord], by: Actor) -> AuditRecord | None:
    """The last act on a payment if `by` may undo it: their own, and nothing happened since."""
    done = [r for r in records if r.subject_kind == "payment" and r.verb != LOOKED_AT]
    last = done[-1] if done else None
    if last is None or last.actor != by.label or last.verb not in UNDOABLE:
        return None
    changes: dict[str, Any] = last.changes
    return last if changes.get("version") == payment.version else None


@dataclass(frozen=True, slots=True)
class OwnReversal:
    """A reversal a person asked for and no row of the provider shows: its journal entry and amount."""

    entry_id: int
    amount_minor: int


def last_own_reversal(payment: Payment) -> OwnReversal | None:
    """Our last reversal of a payment that still stands; None where a provider's row shows it by now.

    Two queries for a payment of which something was taken back, none for any other.
    """
    if not payment.reversed_minor or payment.state not in ("received", "reversed"):
        return None
    undone = JournalEntry.objects.filter(kind="payment.reinstated", reverses_id=OuterRef("pk"))
    entry = (
        JournalEntry.objects.filter(cause_kind="payment", cause_id=payment.pk, kind="payment.reversed")
        .filter(~Exists(undone), idempotency_key__startswith=f"reversed:{payment.pk}:")
        .annotate(
            # The one credit of a reversal is the provider's account.
            taken=Sum("postings__amount_minor", filter=Q(postings__amount_minor__lt=0))
        )
        .order_by("-id")
        .first()
    )
    if entry is None:
        return None
    amount = -entry.taken
    proven = ReversalRow.objects.filter(payment=payment, state__in=("matched", "confirmed"))
    by_rows = proven.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return OwnReversal(entry.pk, amount) if amount <= payment.reversed_minor - by_rows else None


def applied_to(allocations: Sequence[Allocation], currency: str) -> dict[int, tuple[str, Money]]:
    """What stands of a payment on each contract: its account number and how much, by contract id."""
    sums: dict[int, int] = {}
    numbers: dict[int, str] = {}
    for each in allocations:
        contract = each.due_item.contract
        numbers[contract.pk] = contract.account_number
        sums[contract.pk] = sums.get(contract.pk, 0) + each.amount_minor
    return {pk: (numbers[pk], Money(minor, currency)) for pk, minor in sums.items() if minor}


def written_off_on(market: str, currency: str, now: datetime) -> Money:
    """What was written off as small differences in a market on this day (UTC); one query by index."""
    since = datetime.combine(now.date(), time.min, tzinfo=now.tzinfo)
    found = Allocation.objects.filter(
        payment=None,
        goodwill_id=None,
        at__gte=since,
        due_item__contract__market=market,
        due_item__contract__currency=currency,
    )
    return Money(found.aggregate(n=Sum("amount_minor"))["n"] or 0, currency)


def write_off_of(due_item_id: int) -> Allocation | None:
    """The newest write-off of a due item that stands; one query."""
    undone = Allocation.objects.filter(reverses_id=OuterRef("pk"))
    found = Allocation.objects.filter(payment=None, goodwill_id=None, reverses=None, due_item_id=due_item_id)
    return found.filter(~Exists(undone)).order_by("-pk").first()


def written_off_items(contract_id: int) -> frozenset[int]:
    """Ids of the due items of a contract that have a write-off which stands; one query."""
    undone = Allocation.objects.filter(reverses_id=OuterRef("pk"))
    found = Allocation.objects.filter(
        payment=None, goodwill_id=None, reverses=None, due_item__contract_id=contract_id
    )
    return frozenset(found.filter(~Exists(undone)).values_list("due_item_id", flat=True))
