"""Money that waits while its customer is late: paid, but still locked."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.models import Payment


def paid_but_late(found: QuerySet[Payment], *, on: date) -> QuerySet[Payment]:
    """Those of `found` whose customer has a running contract with something due before a day unpaid."""
    overdue = DueItem.objects.filter(
        contract__customer_id=OuterRef("customer_id"),
        contract__state__in=("active", "defaulted"),
        due_on__lt=on,
        allocated_minor__lt=F("amount_minor"),
    )
    return found.filter(Exists(overdue))
