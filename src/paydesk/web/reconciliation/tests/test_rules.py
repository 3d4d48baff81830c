"""Rules and how well they match, on the screen: read, checked, adopted; what is taken apart counts."""

from __future__ import annotations

import re

from paydesk.domain.reconciliation import queries
from paydesk.domain.reconciliation.models import RuleProposal
from paydesk.domain.reconciliation.rule_texts import with_number
from paydesk.domain.reconciliation.tests.days import call_back, hand_over, momo, portal_rows, run_day
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import ANALYST, NOON


class RulesOnTheScreen(AtTheDesk):
    def test_rules_are_checked_with_the_line_asked_for_and_adopted_by_the_controller(self):
        momo()
        text = self.text("/reconciliation/rules/")
        assert "same_provider_id" in text
        assert "Weighs what two rows share" in text
        own = queries.rules_in_force()
        lead, controller = self.signed_in("TL"), self.signed_in("FC")
        wrong = {"text": own.text.replace("pass: derived", "pass: guesses"), "check": "yes"}
        answer = lead.post("/reconciliation/rules/edit", wrong)
        assert answer.status_code == 422
        line = own.text.splitlines().index("    pass: derived") + 1
        assert f"line {line}: there is no pass" in answer.content.decode()
        good = {"text": with_number(own.text, "likeness", "auto", 990), "note": "It is right."}
        checked = lead.post("/reconciliation/rules/edit", {**good, "check": "yes"}).content.decode()
        assert "auto: 990" in checked
        assert not Approval.objects.exists()
        assert self.client.post("/reconciliation/rules/edit", {**good, "ask": "yes"}).status_code == 403
        assert lead.post("/reconciliation/rules/edit", {**good, "ask": "yes"}).status_code == 302
        page = f"/approvals/{code_of('APR', Approval.objects.get().pk)}/"
        assert "auto: 990" in self.text(page, client=controller)
        assert controller.post(f"{page}approve").status_code in (200, 302)
        shown = self.text("/reconciliation/rules/")
        assert f"Rules {own.rules.version}.1" in shown
        assert "auto: 995" in self.text(f"/reconciliation/rules/?version={own.rules.version}")
        self.text("/reconciliation/rules/?version=99", 404)

    def test_a_proposal_says_what_speaks_for_it_and_the_number_of_matches_is_a_setting(self):
        change = {"shape": "phone_later", "rule": "likeness", "number": "minutes", "was": 120, "value": 360}
        proposal = RuleProposal.objects.create(
            **change, rules_version="3", match_ids=[1, 2, 3], days=4, agreed=9, contradicted=1, undecided=2,
            made_at=NOON,
        )  # fmt: skip
        lead = self.signed_in("TL")
        text = self.text("/reconciliation/rules/", client=lead)
        assert "The same phone number and amount, up to 360 minutes apart" in text
        assert "90.0 %" in text
        here = f"/reconciliation/rules/proposals/{proposal.pk}/refuse"
        assert self.client.post(here, {"note": "No."}).status_code == 403
        assert lead.post(here, {"note": "One bad day."}).status_code == 302
        assert "One bad day." in self.text("/reconciliation/rules/", client=lead)
        assert lead.post("/reconciliation/rules/learning", {"matches_needed": 5}).status_code == 302
        assert "<b>5</b> matches of one shape" in self.text("/reconciliation/rules/")

    def test_what_is_taken_apart_counts_against_the_rule_and_every_figure_opens_its_rows(self):
        account = momo()
        call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"))
        hand_over(account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "20.00", "success")))
        run = run_day(account)
        rows, _ = queries.rows_behind(run, found="match")
        group = rows[0]["group_id"]
        assert "Take it apart" in self.text(f"/reconciliation/runs/{run.pk}/why?group={group}")
        sent = {"group": group, "reason": "The id was used twice."}
        assert self.client.post(f"/reconciliation/runs/{run.pk}/apart", sent).status_code == 302
        run_day(account)
        (rule,) = queries.rules_over_time(ANALYST, since=run.day, until=run.day)
        assert (rule.matches, rule.taken_apart, rule.precision_tenths) == (2, 1, 500)
        (rate,) = queries.match_rate(ANALYST, since=run.day, until=run.day)
        assert (rate.alone, rate.open, rate.rate_tenths) == (1, 2, 333)
        (day,) = queries.days_of_rule(ANALYST, "same_provider_id", since=run.day, until=run.day)
        assert (day.matches, day.taken_apart) == (1, 1)
        text = self.text("/reconciliation/quality/")
        assert "over 90 days: 2" in text
        (aged,) = re.findall(r'href="(/exceptions/\?age=[^"]+)"', text)
        assert self.text(aged).count("data-row") == 2
        assert self.text("/exceptions/?age=0-1").count("data-row") == 0
