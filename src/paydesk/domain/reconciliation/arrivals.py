"""Which rows of a bank pay a settlement: found by reference, by batch, by amount alone, or by a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.domain.payments.models import SettlementBatch, TransitRow
from paydesk.domain.reconciliation.models import Settlement
from paydesk.kernel.money import Money

_NOT_IN_KEYS = re.compile(r"[^0-9A-Z]+")  # as payments_batch_key
HOW = {
    "reference": "by an id both rows name",
    "batch": "by the batch it names",
    "amount": "by the only such amount within a week",
    "hand": "by a person",
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A row of a bank that pays a settlement, or a part of it."""

    row: TransitRow

    @property
    def amount(self) -> Money:
        return Money(self.row.amount_minor, self.row.currency)

    @property
    def how(self) -> str:
        """How the two were found to belong together."""
        return HOW.get(self.row.found_by, self.row.found_by)


def arrivals_of(found: Sequence[Settlement]) -> dict[int, list[Arrived]]:
    """The rows of banks that pay each of these settlements, by its id; three queries however many."""
    arrived: dict[int, list[Arrived]] = {each.pk: [] for each in found}
    payouts = {line: each.pk for each in found for line in each.payout_line_ids}
    rows = TransitRow.objects.select_related("source_account", "statement_line", "partner")
    for row in rows.filter(partner__statement_line_id__in=list(payouts), state="matched", amount_minor__gt=0):
        assert row.partner is not None
        arrived[payouts[row.partner.statement_line_id]].append(Arrived(row))
    by_key: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for each in found:
        by_key[each.source_account_id, compared(each.batch_key), each.currency].append(each.pk)
    batches = SettlementBatch.objects.filter(
        source_account_id__in={key[0] for key in by_key}, batch_key__in={key[1] for key in by_key}
    )
    of_batch = {
        each.pk: by_key.get((each.source_account_id, each.batch_key, each.currency)) for each in batches
    }
    for row in rows.filter(batch_id__in=list(of_batch), state="matched", partner=None).order_by("id"):
        for pk in of_batch[row.batch_id] or ():
            arrived[pk].append(Arrived(row))
    return arrived


def compared(batch_key: str) -> str:
    """The id of a batch as it is compared with what a bank's row names."""
    return _NOT_IN_KEYS.sub("", batch_key.upper())
