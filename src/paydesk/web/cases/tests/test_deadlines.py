"""Deadlines on the screen: a complaint that is none, by two people; what is over."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.foundation.approvals.models import Approval
from paydesk.web.addresses import code_in
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from tests.builders import WORKER


class Deadlines(OnTheInbox):
    def test_a_complaint_is_none_when_a_second_person_says_so(self) -> None:
        case = self.opened(is_complaint=True)
        page = self.page("SU", case)
        for words in (
            "Resolve the complaint",
            "it never pauses",
            "No complaint…",
            "Finish it, waits included",
        ):
            assert words in page, words
        assert "ask for under More" in self.get("SU", reverse("cases:act", args=[code(case), "sort"]))
        self.act("SU", case, "sort", category="other.general", severity="normal", party_role="customer")
        assert Case.objects.get().is_complaint, "a box that is switched off says nothing"
        assert "This field is required" in self.act("SU", case, "no-complaint", 422)
        self.act("SU", case, "no-complaint", reason="A question of price")
        asked = code_in("approval", Approval.objects.get().pk)
        evidence = self.get("TL", reverse("approvals:page", args=[asked]))
        for words in ("Resolve the complaint", "out of the count", "A question of price"):
            assert words in evidence, words
        self.post("TL", reverse("approvals:approve", args=[asked]), {}, 302)
        assert not Case.objects.get().is_complaint
        assert "No complaint…" not in self.page("SU", case)

    def test_what_is_closed_offers_nothing_but_says_why(self) -> None:
        case = self.opened()
        long_ago = timezone.now() - timedelta(days=3)
        Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=long_ago)
        actions.close_resolved(by=WORKER, now=timezone.now())
        page = self.page("SU", case)
        assert "nothing of it changes any more but its tags" in page
        for gone in ("It is this", 'name="as" value="note"', "/act/sort"):
            assert gone not in page, gone
