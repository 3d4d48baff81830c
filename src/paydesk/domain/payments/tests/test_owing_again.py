"""A small difference written off and owed again: by two people, linked, once; its contract runs again."""

from __future__ import annotations

import pytest
from django.test import TestCase

from paydesk.domain.contracts.models import Contract, CreditEvent, DueItem
from paydesk.domain.ledger.models import JournalEntry
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import (
    CorrectionRefused,
    approve_owing_again,
    approve_write_off,
    request_owing_again,
    request_write_off,
)
from paydesk.domain.payments.models import Allocation
from paydesk.domain.payments.queries import write_off_of, written_off_items
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, make_contract, make_source_account, receive, row

LEAD = Actor("person", 900_777, "Lead", rights_of(["TL"]), frozenset({"GH"}))


class OwingAgain(TestCase):
    def written_off(self, paid: str) -> DueItem:
        """The contract's last open item with a small rest, written off by two people."""
        contract = make_contract()
        receive(make_source_account(), row(1, paid, reference=contract.account_number))
        self.contract = contract
        item = DueItem.objects.filter(contract=contract, allocated_minor__gt=0).order_by("-due_on", "-id")[0]
        asked = request_write_off(item.pk, note="rest", by=ANALYST, now=NOON)
        return approve_write_off(asked.pk, by=LEAD, now=NOON)

    def state(self) -> str:
        return Contract.objects.get(pk=self.contract.pk).state

    def test_it_is_owed_again_by_two_and_once(self) -> None:
        item = self.written_off("149.90")
        assert item.amount_minor == item.allocated_minor
        assert written_off_items(self.contract.pk) == {item.pk}
        shown = previews.owe_again_effects(item.pk, by=ANALYST, now=NOON)
        assert shown.contracts
        assert written_off_items(self.contract.pk) == {item.pk}, "a preview changes nothing"
        asked = request_owing_again(item.pk, note="They pay it after all", by=ANALYST, now=NOON)
        with pytest.raises(SamePersonRefused):
            approve_owing_again(asked.pk, by=ANALYST, now=NOON)
        item = approve_owing_again(asked.pk, by=LEAD, now=NOON)
        assert item.amount_minor - item.allocated_minor == 10
        assert write_off_of(item.pk) is None
        off, back = Allocation.objects.filter(due_item=item, payment=None).order_by("pk")
        assert (back.reverses_id, back.amount_minor) == (off.pk, -10)
        undoing = JournalEntry.objects.get(pk=back.entry_id)
        assert (undoing.kind, undoing.reverses_id) == ("due_item.write_off_undone", off.entry_id)
        assert sum(CreditEvent.objects.filter(kind="write_off").values_list("amount_minor", flat=True)) == 0
        with pytest.raises(CorrectionRefused, match="undone already"):
            request_owing_again(item.pk, note="again", by=ANALYST, now=NOON)
        assert not [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]

    def test_a_contract_it_completed_runs_again_and_can_be_written_off_anew(self) -> None:
        item = self.written_off("299.95")
        assert self.state() == "completed"
        asked = request_owing_again(item.pk, note="", by=ANALYST, now=NOON)
        approve_owing_again(asked.pk, by=LEAD, now=NOON)
        assert self.state() == "active"
        again = request_write_off(item.pk, note="rest", by=ANALYST, now=NOON)
        approve_write_off(again.pk, by=LEAD, now=NOON)
        assert self.state() == "completed"
        assert not [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows]
