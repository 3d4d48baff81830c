"""Why a row is what it is, on the screen: field by field, beside another row, of a match."""

from __future__ import annotations

import re

from paydesk.domain.reconciliation.actions import confirm_suggestion, match_by_hand
from paydesk.domain.reconciliation.models import Match, ReconciliationException, Run
from paydesk.domain.reconciliation.tests.days import (
    NEXT_DAY,
    call_back,
    hand_over,
    lost_by_intake,
    momo,
    portal_rows,
    run_day,
)
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import ANALYST

ONE_EACH = ("missing_at_provider", "missing_in_ledger")


class Explained(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = momo()
        # Two of ours have the amount of one of theirs, so no rule proposes either.
        ours = (("TX1", 1, "50.00"), ("TX3", 3, "70.00"), ("TX4", 4, "70.00"), ("A", 7, "31.00"))
        call_back(self.account, *ours, ("B", 8, "19.25"))
        hand_over(self.account, portal_rows(("TX1", 1, "50.00", "success")))
        lost_by_intake(
            self.account, portal_rows(("TX9", 400, "70.00", "success"), ("BULK", 7, "50.25", "success"))
        )
        run_day(self.account)

    def code(self, kind: str) -> str:
        return code_of("EXC", ReconciliationException.objects.filter(kind=kind).first().pk)

    def test_an_exception_says_what_each_field_is_worth_and_what_would_change_it(self):
        ours, theirs = self.code("missing_at_provider"), self.code("missing_in_ledger")
        text = self.text(f"/exceptions/?open={ours}")
        assert "Field by field" in text
        assert "A line of theirs of 70 GHS with its id or its reference" in text
        assert "on 5 of ours, 3 of theirs" in text  # the phone number they all share
        assert f"?other={theirs}" in text
        beside = self.text(f"/exceptions/{ours}/beside?other={theirs}")
        assert "Why the rules did not offer them" in beside
        assert "one character off" in beside  # TX3 and TX9
        assert "Match them" in beside
        assert "Both are of one side" in self.text(f"/exceptions/{ours}/beside?other={ours}")
        assert "Write the code of another exception" in self.text(f"/exceptions/{ours}/beside?other=TX9")

    def test_a_match_says_why_whoever_made_it(self):
        proposal = Match.objects.get(state="proposed")
        page = f"/reconciliation/matches/{proposal.pk}/"
        assert "2 lines come to 50.25 GHS" in self.text(page)
        confirm_suggestion(proposal.pk, by=ANALYST, now=NEXT_DAY)
        assert "Confirmed a suggested match" in self.text(page)
        ids = [ReconciliationException.objects.filter(kind=k).first().pk for k in ONE_EACH]
        match = match_by_hand(ids, reason="The telco says so.", by=ANALYST, now=NEXT_DAY)
        by_hand = self.text(f"/reconciliation/matches/{match.pk}/")
        assert "The telco says so." in by_hand
        assert "one character off" in by_hand
        run = Run.objects.get()
        rows = self.text(f"/reconciliation/runs/{run.pk}/rows?found=match&status=confirmed")
        found = re.search(r'href="(/reconciliation/runs/\d+/why\?group=\w+)"', rows)
        assert found
        why = self.text(found[1])
        assert "Provider id, amount, currency and status are the same" in why
        assert "+30.0" in why
        self.text(f"/reconciliation/runs/{run.pk}/why?group=L99", 404)
