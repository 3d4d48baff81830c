"""A case goes to risk: raised, acknowledged in time, decided by another person; who sees it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.asks import blocks_of
from paydesk.domain.cases.queries import case_for, link_pairs
from paydesk.domain.risk import actions, queries
from paydesk.domain.risk.actions.escalating import EscalationRefused
from paydesk.domain.risk.models import Escalation
from paydesk.domain.triage.actions import edit_category
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.clocks.models import Clock
from paydesk.foundation.people.actions.accounts import deactivate
from paydesk.foundation.people.restricted import RestrictedRefused
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import NOON, WORKER

WHY = "A payer says that somebody else used her wallet."


class Escalating(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            name: make_person(f"{name} Person", name[:2], markets="GH") for name in ("SU", "TL", "RK", "RK2")
        }
        cls.by: dict[str, Actor] = {name: person.actor() for name, person in cls.people.items()}
        cls.case = cases.open_case(
            market="GH",
            channel="email",
            contact="ama@mail.example",
            text="It was not me",
            by=WORKER,
            now=NOON,
        )

    def escalated(self, **fields: object) -> Escalation:
        known: dict[str, object] = {
            "market": "GH", "kind": "risk", "severity": "urgent", "reason": WHY,
            "owner_id": self.people["RK"].pk, "by": self.by["SU"], "now": NOON,
        }  # fmt: skip
        return actions.escalate(("case", self.case.pk), **{**known, **fields})  # type: ignore[arg-type]

    def test_it_is_raised_acknowledged_and_decided_within_its_clocks(self) -> None:
        made = self.escalated()
        due = dict(Clock.objects.filter(subject_kind="escalation").values_list("kind", "due_at"))
        assert due["escalation_acknowledge"] == NOON + timedelta(hours=1)
        assert blocks_of(link_pairs(self.case.pk)), "the case stays open while nobody decided"
        actions.acknowledge(made.pk, by=self.by["RK2"], now=NOON)
        made = actions.decide(
            made.pk, decision="confirmed", note="The device was new to us.", document_ids=[7, 7],
            by=self.by["RK2"], now=NOON,
        )  # fmt: skip
        assert (made.state, made.owner, made.document_ids) == ("decided", self.people["RK2"], [7])
        assert set(Clock.objects.filter(subject_kind="escalation").values_list("ended_as")) == {("met",)}
        assert not blocks_of(link_pairs(self.case.pk))
        verbs = (
            AuditRecord.objects.filter(subject_kind="escalation")
            .order_by("id")
            .values_list("verb", flat=True)
        )
        assert list(verbs) == ["escalation.raised", "escalation.acknowledged", "escalation.decided"]
        assert WHY not in str(list(AuditRecord.objects.values_list("changes")))
        again = actions.reopen(made.pk, reason="New facts", by=self.by["RK"], now=NOON)
        assert (again.state, again.decision) == ("acknowledged", "")

    def test_what_is_refused_changes_nothing(self) -> None:
        for fields, text in (
            ({"reason": "bad"}, "Say in a sentence"),
            ({"owner_id": self.people["TL"].pk}, "Choose an owner"),
            ({"kind": "police"}, "Choose what is escalated"),
            ({"market": "KE", "by": WORKER}, "another market"),
        ):
            with pytest.raises(EscalationRefused, match=text):
                self.escalated(**fields)
        assert not Escalation.objects.exists()
        made = self.escalated(by=self.by["RK"])
        with pytest.raises(EscalationRefused, match="already and not decided"):
            self.escalated()
        with pytest.raises(EscalationRefused, match="You raised it"):
            actions.decide(made.pk, decision="settled", note="I say it is fine.", by=self.by["RK"], now=NOON)
        with pytest.raises(NotAllowedRefused):
            actions.acknowledge(made.pk, by=self.by["TL"], now=NOON)

    def test_what_is_missing_is_said_by_kind(self) -> None:
        missing = queries.missing_of("risk", ("case", self.case.pk), NOON.date())
        assert missing == [
            "A confirmed link to the payment it is about", "The amount it is about", "Which customer it is",
        ]  # fmt: skip
        assert "The letter or document as a file" in queries.missing_of(
            "regulator", ("case", self.case.pk), NOON.date()
        )

    def test_documents_of_the_category_come_before_risk_save_where_it_is_urgent(self) -> None:
        edit_category(
            "fraud.unauthorised", group="fraud", words="Not theirs", documents={"risk": ["police_report"]},
            version=0, by=self.by["TL"], now=NOON,
        )  # fmt: skip
        cases.sort_case(self.case.pk, category="fraud.unauthorised", by=self.by["SU"], now=NOON)
        about = ("case", self.case.pk)
        assert queries.missing_of("risk", about, NOON.date())[-1] == "Police report"
        assert "Police report" not in queries.missing_of("legal", about, NOON.date())
        with pytest.raises(EscalationRefused, match=r"Police report\. Ask for it.*choose Urgent") as refused:
            self.escalated(severity="high")
        assert refused.value.fields["missing"] == ["police_report"]
        assert not Escalation.objects.exists()
        self.escalated(severity="high", kind="legal")
        self.escalated(severity="urgent")

    def test_restricted_it_is_seen_by_the_named_alone_also_not_by_who_raised_it(self) -> None:
        made = self.escalated(is_restricted=True)
        for name in ("SU", "TL", "RK2"):
            with pytest.raises(RestrictedRefused):
                case_for(self.by[name], self.case.pk)
            assert not queries.escalations(self.by[name]).exists()
        (stub,) = queries.restricted_ones(self.by["RK2"])
        assert (stub.severity, stub.owner) == ("urgent", "RK Person")
        with pytest.raises(RestrictedRefused):
            actions.acknowledge(made.pk, by=self.by["RK2"], now=NOON)
        with pytest.raises(RestrictedRefused):
            actions.name_person(made.pk, self.people["RK2"].pk, reason="me", by=self.by["RK2"], now=NOON)
        actions.name_person(made.pk, self.people["TL"].pk, reason="knows", by=self.by["RK"], now=NOON)
        assert case_for(self.by["TL"], self.case.pk)
        actions.unname_person(made.pk, self.people["TL"].pk, by=self.by["RK"], now=NOON)
        with pytest.raises(RestrictedRefused):
            case_for(self.by["TL"], self.case.pk)
        with pytest.raises(EscalationRefused, match="nobody would see it"):
            actions.unname_person(made.pk, self.people["RK"].pk, by=self.by["RK"], now=NOON)
        actions.end_restriction(made.pk, reason="Decided", by=self.by["RK"], now=NOON)
        assert case_for(self.by["SU"], self.case.pk)

    def test_risk_takes_over_once_nobody_named_is_left(self) -> None:
        made = self.escalated(is_restricted=True)
        admin = make_person("AD Person", "AD").actor()
        deactivate(self.people["RK"].pk, by=admin, now=NOON)
        actions.name_person(made.pk, self.people["RK2"].pk, reason="he left", by=self.by["RK2"], now=NOON)
        assert case_for(self.by["RK2"], self.case.pk)
