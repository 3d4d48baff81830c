"""One clock on the screen: its sums, pausing it and letting it go on, another due time, a second person."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks import steps
from paydesk.foundation.clocks.actions import set_policy
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.clocks.rules import Terms
from paydesk.kernel.actor import system
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_source_account, receive, row

SUMS = r"8 h round the clock; 2 h 1\d min used; 5 h 4\d min left."


class OneClock(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.now = timezone.now()  # of this test: the whole suite takes longer than the sums may be off
        set_policy(
            "identification",
            Terms(target_seconds=8 * 3600, pauses={"customer": 36_000}),
            calendar="24x7",
            by=system("tests"),
            now=self.now - timedelta(days=2),
        )
        (self.payment,) = receive(
            make_source_account(),
            row(1, "9.00", reference="?"),
            now=self.now - timedelta(hours=2, minutes=12),
        )
        self.lead = self.signed_in("TL")

    @property
    def clock(self) -> Clock:
        return Clock.objects.get(subject_id=self.payment.pk, subject_kind="payment")

    def at(self, act: str = "", clock: Clock | None = None) -> str:
        return f"/clocks/{code_of('CLK', (clock or self.clock).pk)}/{act}"

    def test_the_page_tells_what_ran_and_by_which_rule(self):
        text = self.text(self.at())
        assert re.search(SUMS, text)
        assert f"/payments/{code_of('PAY', self.payment.pk)}/" in text
        assert "/clocks/policies/identification/all/" in text
        assert self.client.get("/clocks/CLK-0000000/").status_code == 404
        assert self.signed_in("AN", "KE").get(self.at()).status_code == 404, "of another market"

    def test_it_is_paused_with_a_reason_and_goes_on(self):
        assert "Why, without names" in self.text(self.at("pause"))
        assert self.client.post(self.at("pause"), {"reason": "customer", "note": ""}).status_code == 422
        assert (
            self.client.post(self.at("pause"), {"reason": "customer", "note": "Asked them"}).status_code
            == 302
        )
        text = self.text(self.at())
        assert "paused, waiting for the customer" in text
        assert "Asked them" in text
        assert "Go on" in text
        assert self.client.post(self.at("resume")).status_code == 302
        assert (self.clock.paused_at, ClockPause.objects.get().note) == (None, "Asked them")

    def test_a_lead_sets_another_due_time_in_the_zone_of_its_calendar_and_an_analyst_does_not(self):
        assert self.client.get(self.at("due")).status_code == 403
        day = (self.now + timedelta(days=3)).date()
        said = {"due_at": f"{day}T15:30", "reason": "Agreed with the branch"}
        assert self.lead.post(self.at("due"), said).status_code == 302
        assert self.clock.due_at.isoformat() == f"{day}T15:30:00+00:00"
        assert "set by hand" in self.text(self.at())

    def test_it_is_taken_out_of_the_count(self):
        assert self.lead.post(self.at("waive"), {"reason": "A test of the provider"}).status_code == 302
        assert self.clock.ended_as == "waived"
        assert "Taken out of the count: A test of the provider" in self.text(self.at())

    def test_where_the_time_comes_from_outside_a_second_person_decides_in_the_inbox(self):
        with transaction.atomic():
            steps.start_clocks(
                "reversal_request", "reversal_request", {1: self.now}, market="GH", now=self.now
            )
        clock = Clock.objects.get(kind="reversal_request")
        day = (self.now + timedelta(days=30)).date()
        assert "a second person decides" in self.text(self.at("due", clock), client=self.lead)
        said = {"due_at": f"{day}T12:00", "reason": "They gave us more time"}
        assert self.lead.post(self.at("due", clock), said).status_code == 302
        approval = Approval.objects.get(kind="clock.set_due")
        code = code_of("APR", approval.pk)
        assert "waits for a second person" in self.text(self.at(clock=clock))
        controller = self.signed_in("FC")
        assert "Would be due" in self.text(f"/approvals/{code}/", client=controller)
        assert controller.post(f"/approvals/{code}/approve", {"note": ""}).status_code == 302
        clock.refresh_from_db()
        assert clock.due_at.date() == day

    def test_the_payment_page_shows_its_clock_with_the_sums(self):
        text = self.text(f"/payments/{code_of('PAY', self.payment.pk)}/")
        assert re.search(f'href="{self.at()}" title="{SUMS}"', text)
