"""What a file is: proposed by its name, said by a person; what has ended or is about to proves nothing."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions
from paydesk.domain.cases.actions.working import NotReadyRefused
from paydesk.domain.cases.document_kinds import (
    KINDS,
    MAY_END,
    SOON,
    missing_documents,
    problem_with_kind,
    proposed_kind,
    standing,
)
from paydesk.domain.cases.documents import missing_before, why_identity_does_not_count
from paydesk.domain.cases.models import Attachment, Case, Message
from paydesk.domain.cases.steps import CaseRefused
from paydesk.domain.cases.tests.test_life import AGENT, KENYAN, NOON, REVIEWER, WORKER, Cases, later, person
from paydesk.domain.triage.actions import edit_category
from paydesk.foundation.audit.queries import history
from paydesk.foundation.documents.steps import store
from paydesk.kernel.refused import NotAllowedRefused

TODAY = NOON.date()
LEAD = person(9, "TL")


@pytest.mark.parametrize(
    ("name", "content_type", "kind"),
    [
        ("passport_2026.pdf", "application/pdf", "identity"),
        ("Ghana Card.jpg", "image/jpeg", "identity"),
        ("kitambulisho.png", "image/png", "identity"),
        ("Screenshot_20260302-101112.png", "image/png", "screenshot"),
        ("screenshot.html", "text/html", ""),
        ("Relevé de compte mars.pdf", "application/pdf", "bank_statement"),
        ("risiti ya malipo.jpg", "image/jpeg", "proof_of_payment"),
        ("police abstract.pdf", "application/pdf", "police_report"),
        ("procuration.pdf", "application/pdf", "authority"),
        ("IMG_2211.jpg", "image/jpeg", ""),
        ("receiptless.txt", "text/plain", ""),
    ],
)
def test_a_kind_is_proposed_where_the_name_speaks_of_one(name: str, content_type: str, kind: str) -> None:
    assert proposed_kind(name, content_type) == kind


def test_the_last_day_still_counts_and_what_ends_within_thirty_days_is_soon() -> None:
    day = timedelta(days=1)
    assert [standing(TODAY + span, TODAY) for span in (-day, day * 0, SOON, SOON + day)] == [
        "expired", "soon", "soon", "",
    ]  # fmt: skip
    assert standing(None, TODAY) == ""


@pytest.mark.parametrize(
    ("kind", "ends", "bears_none", "problem"),
    [
        ("shoe", None, False, "from the list"),
        ("bank_statement", TODAY, False, "Only an identity document"),
        ("identity", None, False, "until when it is valid"),
        ("identity", TODAY, True, "one of both"),
        ("identity", TODAY, False, ""),
        ("identity", None, True, ""),
        ("authority", None, False, ""),
        ("police_report", None, False, ""),
    ],
)
def test_a_last_day_is_said_where_the_kind_has_one(
    kind: str, ends: date | None, bears_none: bool, problem: str
) -> None:
    said = problem_with_kind(kind, ends, bears_no_end=bears_none)
    assert (problem in said) if problem else said == ""


def test_what_is_missing_is_said_with_what_to_do() -> None:
    there = [("identity", TODAY), ("identity", TODAY - SOON), ("other", None)]
    missing = missing_documents(["identity", "police_report"], there, TODAY)
    assert list(missing) == ["identity", "police_report"]
    assert missing["identity"] == (
        "Identity document: expired or about to, so it does not count. Ask for one that holds longer."
    )
    assert missing["police_report"].startswith("Document missing: Police report. Ask for it")
    assert missing_documents(["identity"], [*there, ("identity", None)], TODAY) == {}


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class KindsOfFiles(Cases):
    def setUp(self) -> None:
        super().setUp()
        self.case = self.opened()
        self.file = self.with_file("passport.pdf")

    def with_file(self, name: str, case: Case | None = None) -> Attachment:
        document = store(
            BytesIO(name.encode()), filename=name, by=WORKER, now=NOON, retention="evidence", market="GH"
        )
        return Attachment.objects.create(
            message=Message.objects.filter(case=case or self.case).earliest("pk"),
            document_id=document.pk, name=name, content_type="application/pdf",
            size_bytes=document.size_bytes, sha256=document.sha256,
        )  # fmt: skip

    def said(self, kind: str = "identity", **fields: Any) -> Attachment:
        known = {"by": AGENT, "now": NOON, **fields}
        return actions.say_kind(known.pop("file", self.file).pk, kind=kind, **known)

    def asking_for(self, before: str, *kinds: str) -> None:
        edit_category(
            "other.general", group="other", words="General question", documents={before: kinds}, version=0,
            by=LEAD, now=NOON,
        )  # fmt: skip
        self.ready(self.case, now=NOON)
        self.answered(self.case)

    def test_a_person_says_what_it_is_and_the_trail_has_both_kinds(self) -> None:
        end = TODAY + timedelta(days=400)
        self.said("proof_of_payment")
        made = self.said("identity", expires_on=end)
        assert (made.document_kind, made.expires_on, made.typed_by) == ("identity", end, AGENT.label)
        records = history("case", self.case.pk).filter(verb="case.file_typed").order_by("pk")
        assert [each.changes for each in records] == [
            {"document_id": made.document_id, "kind": ["", "proof_of_payment"]},
            {
                "document_id": made.document_id, "kind": ["proof_of_payment", "identity"],
                "expires_on": ["", end.isoformat()],
            },
        ]  # fmt: skip
        self.said("identity", expires_on=end, by=person(5, "SU"))
        assert records.count() == 2
        made.refresh_from_db()
        assert made.typed_by == AGENT.label, "who says the same again has not said it"

    def test_what_is_refused_changes_nothing(self) -> None:
        for fields, problem in (
            ({"kind": "shoe"}, "from the list"),
            ({}, "until when it is valid"),
            ({"kind": "other", "by": KENYAN}, "no such file"),
        ):
            with pytest.raises(CaseRefused, match=problem):
                self.said(**fields)
        with pytest.raises(NotAllowedRefused):
            self.said("other", by=REVIEWER)
        Attachment.objects.update(sha256="")
        with pytest.raises(CaseRefused, match="taken out"):
            self.said("other")
        self.file.refresh_from_db()
        assert (self.file.document_kind, self.file.typed_at) == ("", None)

    def test_evidence_is_put_in_order_also_when_the_case_is_over(self) -> None:
        Case.objects.filter(pk=self.case.pk).update(state="closed", resolved_at=NOON, closed_at=NOON)
        assert self.said("other").document_kind == "other"

    def test_the_database_knows_the_kinds_and_which_of_them_end(self) -> None:
        end = {"document_kind": "identity", "typed_by": "x", "typed_at": NOON, "expires_on": TODAY}
        for fields in (
            {**end, "document_kind": "shoe", "expires_on": None},
            {**end, "typed_by": ""},
            {**end, "typed_at": None},
            {"typed_by": "x"},
            {"expires_on": TODAY},
            *({**end, "document_kind": kind} for kind in KINDS if kind not in MAY_END),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Attachment.objects.filter(pk=self.file.pk).update(**fields)
        Attachment.objects.filter(pk=self.file.pk).update(**end)

    def test_a_category_waits_for_its_documents_before_it_is_resolved(self) -> None:
        self.asking_for("resolve", "identity", "police_report")
        with pytest.raises(NotReadyRefused) as refused:
            actions.resolve(self.case.pk, by=AGENT, now=later(hours=2))
        assert refused.value.fields["missing"] == ["documents", "documents"]
        assert "Document missing: Identity document." in str(refused.value)
        self.said("identity", expires_on=TODAY - timedelta(days=1))
        self.said("police_report", file=self.with_file("abstract.pdf"))
        with pytest.raises(NotReadyRefused, match="expired or about to"):
            actions.resolve(self.case.pk, by=AGENT, now=later(hours=2))
        self.said("identity", expires_on=TODAY + timedelta(days=90))
        assert actions.resolve(self.case.pk, by=AGENT, now=later(hours=2)).state == "resolved"

    def test_what_was_taken_out_is_missing_and_what_came_with_a_merged_case_is_there(self) -> None:
        self.asking_for("risk", "police_report")
        self.case.refresh_from_db()
        other = self.opened("My report", external_id="x2")
        report = self.with_file("abstract.pdf", other)
        self.said("police_report", file=report)
        assert list(missing_before("risk", self.case, TODAY)) == ["police_report"]
        actions.merge(other.pk, into=self.case.pk, by=AGENT, now=NOON)
        assert missing_before("risk", self.case, TODAY) == {}
        Attachment.objects.filter(pk=report.pk).update(sha256="")
        assert list(missing_before("risk", self.case, TODAY)) == ["police_report"]

    def test_a_category_that_asks_for_nothing_asks_the_database_nothing(self) -> None:
        self.ready(self.case, now=NOON)
        self.case.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            assert missing_before("risk", self.case, TODAY) == {}
        assert not [each for each in asked.captured_queries if "cases_attachment" in each["sql"]]

    def test_an_identity_document_that_ends_proves_nobody(self) -> None:
        actions.sort_case(
            self.case.pk, customer_id=self.payment.customer_id, party_role="customer", by=AGENT, now=NOON
        )
        self.said("identity", expires_on=TODAY + timedelta(days=30))
        assert "does not count as proof" in why_identity_does_not_count(self.case.pk, TODAY)
        with pytest.raises(CaseRefused, match="does not count as proof"):
            actions.verify(self.case.pk, strong_way="document", by=AGENT, now=NOON)
        assert actions.verify(self.case.pk, strong_way="callback", by=AGENT, now=NOON).level == "strong"
        self.said("identity", file=self.with_file("voter.pdf"), bears_no_end=True)
        assert actions.verify(self.case.pk, strong_way="document", by=AGENT, now=NOON).level == "strong"
