"""Closing days is decided in the inbox as on its own screen."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from paydesk.foundation.approvals.models import Approval
from paydesk.reporting.books.actions import ask_to_close
from paydesk.reporting.books.models import DayClosing
from paydesk.reporting.books.queries.days import closed_through
from paydesk.web.approvals.tests.desk import WithALead


class Days(WithALead):
    def test_days_asked_to_be_closed_are_closed_by_the_lead_from_the_inbox(self):
        day = timezone.now().date() - timedelta(5)
        ask_to_close("GH", day, reason="Month end", by=self.analyst().actor(), now=timezone.now())
        approval = Approval.objects.get()
        shown = self.as_lead.get(self.path(approval)).content.decode()
        for words in ("Close days", "Month end", "Close through", "no day yet"):
            assert words in shown, words
        assert self.post(self.client, self.path(approval, "approve")).status_code == 409
        assert self.post(self.as_lead, self.path(approval, "approve")).status_code == 200
        assert (closed_through("GH"), DayClosing.objects.get().state) == (day, "done")
