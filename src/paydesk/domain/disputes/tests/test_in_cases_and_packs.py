"""A dispute where a case is worked or told of: its clock in the inbox, everything of it in a pack."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.due_first import due_first
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import cases as cases_seen_by
from paydesk.domain.cases.queries import counts, in_view
from paydesk.domain.disputes import queries
from paydesk.domain.disputes.tests.company import LATER, RISK, SUPPORT, Contested, days
from paydesk.domain.retention.actions import ask_for_pack
from paydesk.domain.retention.collecting import of_payment
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.documents.queries import open_document
from tests.builders import NOON

LONG_AFTER = NOON + timedelta(days=40)


class WithCases(Contested):
    def case(self) -> Case:
        return cases.open_case(market="GH", channel="phone", text="Not me", by=SUPPORT, now=NOON)


class Clocks(WithCases):
    def test_its_clock_is_the_cases_where_it_is_due_first_and_costs_no_statement_more(self):
        about, other = self.case(), self.case()
        ids = [about.pk, other.pk]
        with CaptureQueriesContext(connection) as without:
            before = due_first(ids)
        dispute = self.opened(case_id=about.pk, told_by=days(1))
        Clock.objects.filter(subject_kind="case").update(due_at=LONG_AFTER)
        with CaptureQueriesContext(connection) as asked:
            found = due_first(ids)
        assert (found[about.pk], found[other.pk]) == (self.clock(dispute), before[other.pk])
        assert (len(without), len(asked)) == (3, 3)
        Clock.objects.filter(subject_kind="case").update(due_at=NOON)
        assert due_first(ids)[about.pk].subject_kind == "case", "what is due first counts"

    def test_a_case_about_it_is_late_with_it_until_it_is_answered_and_only_when_that_is_sure(self):
        about, maybe = self.case(), self.case()
        dispute = self.opened(case_id=about.pk, told_by=days(1))
        link = cases.link(maybe.pk, kind="dispute", object_id=dispute.pk, by=SUPPORT, now=NOON)
        type(link).objects.filter(pk=link.pk).update(state="proposed")
        Clock.objects.filter(subject_kind="case").update(due_at=LONG_AFTER)
        then = NOON + timedelta(days=2)

        def late() -> list[int]:
            found = in_view(cases_seen_by(SUPPORT), "late", SUPPORT, then)
            assert counts(SUPPORT, then)["late"] == len(found)
            return [each.pk for each in found]

        assert late() == [about.pk]
        self.challenged(dispute)
        assert late() == []


class Packs(WithCases):
    def test_the_pack_of_its_case_has_notice_evidence_answer_and_decision_with_the_trail(self):
        case = self.case()
        dispute = self.challenged(self.opened(case_id=case.pk))
        self.came(self.debit())
        self.decided(dispute, "lost")
        pack = ask_for_pack("evidence", ("case", case.pk), reason="For the bank", by=RISK, now=LATER)
        with open_document(pack.document_id).file as file, zipfile.ZipFile(io.BytesIO(file.read())) as inside:
            told = {name: inside.read(name) for name in inside.namelist()}
        code = queries.code(dispute)
        assert told[f"{code}/delivery_proof"] == b"Signed by Ama."
        assert told[f"{code}/decision"] == b"Their letter."
        with zipfile.ZipFile(io.BytesIO(told[f"{code}/answer.zip"])) as answer:
            assert "dispute.json" in answer.namelist()
        (row,) = json.loads(told["disputes.json"])
        assert (row["reason_code"], row["state"]) == ("13.1", "lost")
        assert len(json.loads(told["dispute-evidence.json"])) == 3
        verbs = {each["verb"] for each in json.loads(told["audit-trail.json"])}
        assert verbs >= {"dispute.opened", "dispute.challenged", "dispute.decided"}
        kinds = {each["kind"] for each in json.loads(told["postings.json"])}
        assert {"dispute.debited", "dispute.lost"} <= kinds
        summary = told["summary.html"].decode()
        assert code in summary
        assert "dispute_deadline" in summary

    def test_the_pack_of_its_payment_has_it_and_that_of_another_does_not(self):
        assert "disputes.json" not in of_payment(self.payment).files
        self.opened()
        assert "disputes.json" in of_payment(self.payment).files
