"""A payment counts from an earlier day: by two people, with a replay, telling the days in between; undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import TestCase

from paydesk.domain.contracts.models import CreditEvent
from paydesk.domain.ledger.models import ClosedPeriod
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import CorrectionRefused, approve_backdating, request_backdating
from paydesk.domain.payments.models import Allocation, Payment
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, TODAY, make_contract, make_source_account, receive, row

LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))
CONTROLLER = Actor("person", 900003, "Controller", rights_of(["FC"]), frozenset({"GH"}))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Backdating(TestCase):
    """50.00 a week is due from 8 February; 50.00 came on that day, on 20 and on 25 February."""

    def setUp(self) -> None:
        self.contract = make_contract(account_number="10482937", deposit_minor=0, price_minor=200_00)
        self.days = [date(2026, 2, 8), date(2026, 2, 20), date(2026, 2, 25)]
        self.first, self.second, self.third = receive(
            make_source_account(),
            *(row(n, "50.00", reference="10482937", booked_on=on) for n, on in enumerate(self.days, 1)),
        )

    def paid_for(self, payment: Payment) -> set[date]:
        live: dict[date, int] = {}
        for part in Allocation.objects.filter(payment=payment).select_related("due_item"):
            live[part.due_item.due_on] = live.get(part.due_item.due_on, 0) + part.amount_minor
        return {on for on, minor in live.items() if minor}

    def ask(self, payment: Payment, on: date, by: Actor = ANALYST) -> Approval:
        return request_backdating(payment.pk, counts_on=on, note="The provider was down", by=by, now=NOW)

    def test_what_came_later_is_laid_on_again_and_the_days_in_between_were_not_late(self) -> None:
        wanted = date(2026, 2, 14)
        effects = previews.backdate_effects(self.third.pk, counts_on=wanted, by=ANALYST, now=NOW)
        (effect,) = effects.contracts
        assert effect.was_late is not None
        before, after = effect.was_late
        assert (before.late_days, before.most) == (6, 4), "16 to 19 February, and 23 and 24"
        assert (after.late_days, after.most) == (0, 0)
        assert effect.before == effect.after, (
            "today it stands the same: only who paid what, and when, changes"
        )
        self.third.refresh_from_db()
        assert self.third.counts_on is None, "looking changes nothing"

        approve_backdating(self.ask(self.third, wanted).pk, by=LEAD, now=NOW)
        self.third.refresh_from_db()
        assert (self.third.counts_from, self.third.value_on) == (wanted, self.days[2]), "its row stays"
        assert self.paid_for(self.third) == {date(2026, 2, 15)}
        assert self.paid_for(self.second) == {date(2026, 2, 22)}
        by_day: dict[date, int] = {}
        for event in CreditEvent.objects.filter(contract=self.contract):
            by_day[event.value_on] = by_day.get(event.value_on, 0) + event.amount_minor
        assert {on for on, minor in by_day.items() if minor} == {self.days[0], wanted, self.days[1]}
        record = AuditRecord.objects.get(verb="payment.backdated")
        assert record.changes["counts_from"] == ["2026-02-25", "2026-02-14"]
        assert [f.name for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

        # The day of its own row takes it back.
        approve_backdating(self.ask(self.third, self.days[2]).pk, by=LEAD, now=NOW)
        self.third.refresh_from_db()
        assert self.third.counts_on is None
        assert self.paid_for(self.third) == {date(2026, 2, 22)}

    def test_it_needs_a_day_that_can_be_a_reason_and_another_person(self) -> None:
        for on, words in (
            (self.days[2], "already"),
            (self.days[2] + timedelta(days=1), "never from a later one"),
            (self.days[2] - timedelta(days=93), "At most 92 days"),
        ):
            with pytest.raises(CorrectionRefused, match=words):
                self.ask(self.third, on)
        with pytest.raises(CorrectionRefused, match="Say what shows it"):
            request_backdating(self.third.pk, counts_on=self.days[0], note=" ", by=ANALYST, now=NOW)
        with pytest.raises(NotAllowedRefused):
            self.ask(self.third, self.days[0], by=LEAD)
        asked = self.ask(self.third, self.days[0])
        assert asked.reasons, "it contradicts the provider's row, so it is looked at by itself"
        both = Actor("person", ANALYST.id, "Both", rights_of(["AN", "TL"]), frozenset({"GH"}))
        with pytest.raises(SamePersonRefused):
            approve_backdating(asked.pk, by=both, now=NOW)
        self.third.refresh_from_db()
        assert self.third.counts_on is None

    def test_in_a_closed_period_a_controller_decides(self) -> None:
        ClosedPeriod.objects.create(
            market="GH", closed_through=TODAY - timedelta(days=10), closed_by="x", closed_at=NOW
        )
        asked = self.ask(self.third, self.days[0])
        assert "closed period" in " ".join(asked.reasons)
        with pytest.raises(ApprovalRefused):
            approve_backdating(asked.pk, by=LEAD, now=NOW)
        approve_backdating(asked.pk, by=CONTROLLER, now=NOW)
        self.third.refresh_from_db()
        assert self.third.counts_from == self.days[0]
