"""The days and the queue of exceptions on the screen: run, opened, owned, matched, adjusted, signed."""

from __future__ import annotations

import pytest

from paydesk.domain.cases.actions import resolve
from paydesk.domain.cases.actions.working import NotReadyRefused
from paydesk.domain.cases.asks import blocks_of, facts_about
from paydesk.domain.cases.models import Case
from paydesk.domain.reconciliation.actions import perform_run, resolve_exception
from paydesk.domain.reconciliation.models import Match, ReconciliationException, Run
from paydesk.domain.reconciliation.tests.days import (
    DAY,
    WORKER,
    call_back,
    hand_over,
    momo,
    portal_rows,
    run_day,
)
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.assignments.models import Assignment
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import ANALYST, NOON


class Reconciled(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = momo()
        call_back(self.account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"), ("TX3", 3, "70.00"))
        hand_over(self.account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "19.50", "success")))
        self.day = f"/reconciliation/{self.account.pk}/{DAY.isoformat()}/"

    def code(self, kind: str) -> str:
        return code_of("EXC", ReconciliationException.objects.get(kind=kind).pk)

    def test_a_day_is_run_from_its_page_and_every_figure_opens_its_rows(self):
        assert "was not run yet" in self.text(self.day)
        assert self.client.post(f"{self.day}run").status_code == 302
        asked = Run.objects.get()
        assert "waits for a worker" in self.text(self.day)
        perform_run(asked.pk, by=WORKER, now=NOON)
        text = self.text(self.day)
        assert "Amounts differ" in text
        assert "Not at the provider" in text
        assert "2 exceptions without an owner." in text
        rows = self.text(f"/reconciliation/runs/{asked.pk}/rows?found=match")
        assert "50.00" in rows
        assert len(self.text(f"/reconciliation/runs/{asked.pk}/rows.csv?found=match").splitlines()) == 2
        assert "all of it is suspense" in text
        assert self.client.get(f"{self.day}report.pdf").content.startswith(b"%PDF-")
        assert self.client.get(f"{self.day}report.xlsx").content.startswith(b"PK")
        over = self.text(f"/reconciliation/?until={DAY.isoformat()}")
        assert f'href="{self.day}"' in over
        assert "2 Mar: open, 3 rows, 2 exceptions" in over

    def test_exceptions_are_found_owned_waited_for_and_exported(self):
        run_day(self.account)
        assert self.text("/exceptions/").count("data-row") == 2
        assert self.text("/exceptions/?kind=amount_mismatch").count("data-row") == 1
        assert self.text("/exceptions/?q=TX3").count("data-row") == 1
        assert self.text("/exceptions/?whose=mine").count("data-row") == 0
        assert len(self.text("/exceptions/export.csv").splitlines()) == 3
        code = self.code("missing_at_provider")
        opened = self.text(f"/exceptions/?open={code}")
        assert "Your id: TX3" in opened
        assert self.client.post(f"/work/{code}/take", {"version": 0}).status_code == 302
        assert Assignment.objects.get().subject_kind == "exception"
        assert self.text("/exceptions/?whose=mine").count("data-row") == 1
        act = f"/exceptions/{code}/timing"
        assert "opens again by itself" in self.text(act)
        assert (
            self.client.post(act, {"until": "2000-01-01", "reason": "late", "version": 1}).status_code == 409
        )
        assert ReconciliationException.objects.get(kind="missing_at_provider").state == "open"
        self.text("/exceptions/", 403, client=self.signed_in("CO"))
        assert self.text("/exceptions/", client=self.signed_in("AN", "KE")).count("data-row") == 0

    def test_from_an_exception_to_its_case_and_to_what_puts_it_right(self):
        run_day(self.account)
        found = ReconciliationException.objects.get(kind="amount_mismatch")
        code = self.code("amount_mismatch")
        address = f"/cases/open?about={code}"
        assert address in self.text(f"/exceptions/?open={code}")
        assert f'value="{code}"' in self.text(address)
        said = {
            "about": code, "channel": "by_hand", "market": "GH", "text": "The telco kept half a cedi.",
            "contact": "", "contact_name": "",
        }  # fmt: skip
        assert self.client.post("/cases/open", said).status_code == 302
        case = Case.objects.get()
        assert (case.amount_minor, case.currency, case.customer_id) == (
            abs(found.amount_minor), "GHS", found.payment.customer_id,
        )  # fmt: skip
        page = self.text(f"/cases/?view=team&open={code_of('CAS', case.pk)}")
        assert "Amounts differ" in page
        assert f"/exceptions/{code}/adjust?case=" in page
        assert code_of("CAS", case.pk) in self.text(f"/exceptions/?open={code}")
        assert blocks_of([("exception", found.pk)]) == [f"Exception {code} is not explained yet."]
        with pytest.raises(NotReadyRefused, match="not explained yet"):
            resolve(case.pk, by=ANALYST, now=NOON)
        told = {fact.name: fact.value for fact in facts_about([("exception", found.pk)], NOON)}
        assert told["exception.state"].endswith("finding out why")
        resolve_exception(found.pk, how="chased", reason="They paid it.", by=ANALYST, now=NOON)
        assert blocks_of([("exception", found.pk)]) == []

    def test_a_difference_goes_through_a_second_person_with_both_rows_beside_it(self):
        run_day(self.account)
        code = self.code("amount_mismatch")
        sent = {"adjust_as": "fee", "reason": "The telco kept it.", "version": 1}
        assert self.client.post(f"/exceptions/{code}/adjust", sent).status_code == 302
        approval = Approval.objects.get()
        page = f"/approvals/{code_of('APR', approval.pk)}/"
        lead = self.signed_in("TL")
        text = self.text(page, client=lead)
        assert "provider fees (5010)" in text
        assert "Side by side" in text
        assert lead.post(f"{page}approve").status_code in (302, 200)
        assert Match.objects.get().residual_as == "fee"
        assert "Adjusted: provider fee" in self.text("/exceptions/?tab=done").replace(
            "adjusted:", "Adjusted:"
        )

    def test_rows_are_matched_by_hand_only_where_both_sides_come_to_the_same(self):
        run_day(self.account)
        codes = [self.code("amount_mismatch"), self.code("missing_at_provider")]
        asked = f"/exceptions/match?code={codes[0]}&code={codes[1]}"
        assert "Both sides must come to the same." in self.text(asked)
        sent = {"code": codes, "reason": "They look alike."}
        assert self.client.post("/exceptions/match", sent).status_code == 409
        assert not Match.objects.exists()
        self.text("/exceptions/match", 404)
