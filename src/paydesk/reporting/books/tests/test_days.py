"""Days are closed by two people; what comes later is booked on an open day and keeps its value date."""

from datetime import timedelta

import pytest
from django.test import TestCase

from paydesk.domain.ledger.models import ClosedPeriod, JournalEntry
from paydesk.domain.ledger.steps import PeriodClosedRefused
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.approvals.steps import SamePersonRefused, end
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, Refused, TransitionRefused
from paydesk.reporting.books.actions import (
    DayClosingRefused,
    approve_days,
    ask_to_close,
    ask_to_reopen,
    decide_day_closing,
    withdraw_day_closing,
)
from paydesk.reporting.books.models import DayClosing
from paydesk.reporting.books.queries.days import closed_through
from paydesk.reporting.books.tests.histories import post
from paydesk.reporting.provider_cash.missing import missing_through
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, TODAY, make_contract, make_source_account, receive, row

YESTERDAY = TODAY - timedelta(days=1)
GH = frozenset({"GH"})
LEAD = Actor("person", 900003, "Lead", rights_of(["TL"]), GH)
CONTROLLER = Actor("person", 900004, "Controller", rights_of(["FC"]), GH)
BOTH = Actor("person", 900001, "Analyst", rights_of(["AN", "TL", "FC"]), GH)  # the analyst, with more roles


class Days(TestCase):
    def setUp(self):
        make_market("GH")

    def ask(self, day=YESTERDAY, by=ANALYST, **more):
        return ask_to_close("GH", day, by=by, now=NOON, **({"reason": "month end"} | more))

    def close(self, day=YESTERDAY):
        return decide_day_closing(self.ask(day).pk, approve=True, by=CONTROLLER, now=NOON)

    def test_one_asks_and_another_closes_on_record(self):
        closing = self.ask()
        assert closed_through("GH") is None
        decide_day_closing(closing.pk, approve=True, by=LEAD, now=NOON)
        assert closed_through("GH") == YESTERDAY
        assert list(AuditRecord.objects.order_by("id").values_list("verb", "actor")) == [
            ("days.asked_to_close", ANALYST.label),
            ("days.closed", LEAD.label),
        ]

    def test_the_list_of_approvals_approves_and_rejects_as_well(self):
        closing = self.ask()
        end(closing.approval_id, "reject", by=LEAD, now=NOON)
        closing.refresh_from_db()
        assert (closing.state, closing.decided_by) == ("refused", LEAD.label)
        again = self.ask()
        assert approve_days(again.approval_id, by=LEAD, now=NOON, note="fine").state == "done"
        assert closed_through("GH") == YESTERDAY

    def test_who_asked_cannot_decide_also_with_every_role(self):
        closing = self.ask()
        with pytest.raises(SamePersonRefused, match="yourself"):
            decide_day_closing(closing.pk, approve=True, by=BOTH, now=NOON)
        assert closed_through("GH") is None

    def test_rights_and_markets(self):
        closing = self.ask()
        elsewhere = Actor("person", 9, "Elsewhere", rights_of(["FC"]), frozenset({"KE"}))
        for by in (Actor("person", 8, "Other analyst", rights_of(["AN"]), GH), elsewhere):
            with pytest.raises(Refused):
                decide_day_closing(closing.pk, approve=True, by=by, now=NOON)
        for by in (LEAD, CONTROLLER, elsewhere):
            with pytest.raises(NotAllowedRefused):
                self.ask(by=by)
        with pytest.raises(NotAllowedRefused):
            ask_to_reopen("GH", YESTERDAY, reason="wrong file", by=ANALYST, now=NOON)
        assert DayClosing.objects.count() == 1

    def test_a_decision_is_taken_once_and_one_request_waits_at_a_time(self):
        closing = self.ask()
        with pytest.raises(DayClosingRefused, match="waits"):
            self.ask()
        assert decide_day_closing(closing.pk, approve=False, by=LEAD, now=NOON).state == "refused"
        with pytest.raises(TransitionRefused):
            decide_day_closing(closing.pk, approve=True, by=LEAD, now=NOON)
        assert closed_through("GH") is None
        mine = self.ask()
        with pytest.raises(Refused, match="Only who asked"):
            withdraw_day_closing(mine.pk, by=Actor("person", 7, "Other", rights_of(["AN"]), GH), now=NOON)
        assert withdraw_day_closing(mine.pk, by=ANALYST, now=NOON).state == "withdrawn"

    def test_days_that_are_not_over_or_closed_already_are_refused(self):
        with pytest.raises(DayClosingRefused, match="not over"):
            self.ask(TODAY)
        self.close()
        with pytest.raises(DayClosingRefused, match="closed already"):
            self.ask()
        with pytest.raises(DayClosingRefused, match="not closed"):
            ask_to_reopen("GH", TODAY, reason="x", by=LEAD, now=NOON)

    def test_what_is_not_ready_needs_a_reason(self):
        receive(make_source_account(), row(1, "7.00", booked_on=TODAY - timedelta(days=9)))
        with pytest.raises(DayClosingRefused, match="Not everything is ready"):
            self.ask(reason=" ")
        assert self.ask().open_points["old_items"] == 1

    def test_days_nobody_handed_over_are_named(self):
        account = make_source_account()
        receive(account, row(1, "7.00", booked_on=YESTERDAY))
        first = NOON - timedelta(days=5)
        SourceFile.objects.update(
            state="posted", posted_at=NOON, covers_from=first, covers_to=first + timedelta(hours=9)
        )
        (missing,) = missing_through(ANALYST, "GH", YESTERDAY, NOON)
        assert (missing.account, missing.days) == (account, [TODAY - timedelta(days=n) for n in (4, 3, 2, 1)])
        assert not missing_through(ANALYST, "GH", first.date(), NOON)
        assert self.ask().open_points["accounts_with_gaps"] == 1

    def test_what_comes_for_a_closed_day_is_booked_on_the_open_day_and_keeps_its_value_date(self):
        make_contract(account_number="10482937")
        self.close()
        (payment,) = receive(make_source_account(), row(1, "7.00", reference="10482937", booked_on=YESTERDAY))
        entries = JournalEntry.objects.filter(cause_kind="payment", cause_id=payment.pk)
        assert set(entries.values_list("booked_on", "value_on")) == {(TODAY, YESTERDAY)}
        with pytest.raises(PeriodClosedRefused):
            post(("GH", ("1020", "2010"), (1, 1), 500, 1, 0))

    def test_days_are_opened_again_by_two_others_and_take_postings(self):
        self.close()
        closing = ask_to_reopen("GH", YESTERDAY, reason="a wrong file", by=LEAD, now=NOON)
        with pytest.raises(Refused):
            decide_day_closing(closing.pk, approve=True, by=ANALYST, now=NOON)
        decide_day_closing(closing.pk, approve=True, by=CONTROLLER, now=NOON)
        assert closed_through("GH") == YESTERDAY - timedelta(days=1)
        post(("GH", ("1020", "2010"), (1, 1), 500, 1, 0))
        assert ClosedPeriod.objects.get(pk="GH").closed_by == CONTROLLER.label
