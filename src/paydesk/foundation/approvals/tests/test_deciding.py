"""Asking and deciding: another person, with the right, in time, once, on what was asked for."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import TestCase

from paydesk.foundation.approvals import queries, rules, steps
from paydesk.foundation.approvals.actions import (
    declare_relation,
    delegate,
    end_delegation,
    expire_undecided,
    reject_approval,
    set_limit,
    withdraw_approval,
)
from paydesk.foundation.approvals.models import Approval, Delegation, Limit
from paydesk.foundation.approvals.steps import ApprovalRefused, SamePersonRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import RIGHTS, roles_with
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import system
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, Refused, TransitionRefused
from tests.browser.people import make_person

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
KIND = "test.kind"


def ask(by: Person, subject: int = 1, **fields) -> Approval:
    values = {"right": "payments.move", "payload": {"to": 5}, "market": "GH", "now": NOON, **fields}
    return steps.ask(KIND, subject=("payment", subject), by=by.actor(), **values)


def decide(approval: Approval, by: Person, at: datetime = NOON) -> Approval:
    with transaction.atomic():
        return steps.decide(approval.pk, KIND, by=by.actor(), now=at)


class Deciding(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = {
            role: make_person(f"{role} Person", role, email=f"{role}@desk.example".lower(), markets="GH")
            for role in ("AN", "SU", "TL", "FC", "AD", "RK")
        }
        cls.maker, cls.lead = cls.people["SU"], cls.people["TL"]

    def test_another_person_with_the_right_decides_once(self):
        approval = ask(self.maker, note="Please")
        assert (approval.state, approval.flag, approval.right) == ("pending", "green", "payments.move:check")
        decided = decide(approval, self.lead)
        assert (decided.state, decided.decided_by_id, decided.decided_for_id) == (
            "approved",
            self.lead.pk,
            None,
        )
        with pytest.raises(TransitionRefused):
            decide(approval, self.lead)

    def test_the_same_is_asked_for_once_at_a_time(self):
        approval = ask(self.maker)
        with pytest.raises(ApprovalRefused, match="asked for already"):
            ask(self.people["AN"])
        decide(approval, self.lead)
        assert ask(self.maker).pk != approval.pk

    def test_reasons_to_look_make_it_amber(self):
        assert ask(self.maker, reasons=["Look"]).flag == "amber"

    def test_whoever_asked_does_not_decide_whatever_they_may_do(self):
        approval = ask(self.lead)
        with pytest.raises(SamePersonRefused):
            decide(approval, self.lead)
        with pytest.raises(SamePersonRefused):
            reject_approval(approval.pk, note="no", by=self.lead.actor(), now=NOON)

    def test_roles_markets_and_the_desk_itself_are_kept_out(self):
        approval = ask(self.maker)
        abroad = make_person("Kenya Lead", "TL", email="ke@desk.example", markets="KE")
        for person, why in (
            (self.people["AN"], "role does not decide"),
            (abroad, "do not work in market GH"),
        ):
            with pytest.raises(ApprovalRefused, match=why):
                decide(approval, person)
        with pytest.raises(ApprovalRefused, match="Only a person"), transaction.atomic():
            steps.decide(approval.pk, KIND, by=system("worker"), now=NOON)
        approval.refresh_from_db()
        assert approval.state == "pending"

    def test_a_payload_that_was_changed_is_not_carried_out(self):
        approval = ask(self.maker)
        Approval.objects.filter(pk=approval.pk).update(payload={"to": 6})
        with pytest.raises(ApprovalRefused, match="changed since"):
            decide(approval, self.lead)

    def test_what_nobody_decided_on_expires_and_lets_go(self):
        approval, let_go = ask(self.maker), []
        steps.when_closed(KIND, lambda ended, by, now: let_go.append((ended.pk, ended.state)))
        self.addCleanup(steps._closers.pop, KIND)
        late = NOON + rules.OPEN_FOR
        with pytest.raises(ApprovalRefused, match="in time"):
            decide(approval, self.lead, late)
        assert not queries.pending(self.lead.actor(), late).exists()
        assert (expire_undecided(late), expire_undecided(late)) == (1, 0)
        assert let_go == [(approval.pk, "expired")]

    def test_only_who_asked_takes_it_back_and_saying_no_needs_a_reason(self):
        approval = ask(self.maker)
        with pytest.raises(ApprovalRefused):
            withdraw_approval(approval.pk, by=self.lead.actor(), now=NOON)
        with pytest.raises(ApprovalRefused, match="Say why"):
            reject_approval(approval.pk, note=" ", by=self.lead.actor(), now=NOON)
        withdraw_approval(approval.pk, by=self.maker.actor(), now=NOON)
        with pytest.raises(TransitionRefused):
            reject_approval(approval.pk, note="no", by=self.lead.actor(), now=NOON)
        assert AuditRecord.objects.filter(verb__startswith="approval.").count() == 1

    def test_above_the_limit_the_row_above_decides(self):
        small, large = Money.of("500.00 GHS"), Money.of("500.01 GHS")
        assert ask(self.maker, 1, right="refunds.entitle", amount=small).right == "refunds.entitle:check"
        approval = ask(self.maker, 2, right="refunds.entitle", amount=large)
        assert approval.right == "refunds.entitle_above_limit:check"
        with pytest.raises(ApprovalRefused):
            decide(approval, self.lead)
        assert decide(approval, self.people["FC"]).state == "approved"

    def test_every_row_above_a_limit_has_another_who_decides_and_defaults_for_its_currencies(self):
        limited = [right for right in RIGHTS if f"{right}_above_limit" in RIGHTS]
        assert set(limited) == set(rules.DEFAULT_LIMITS)
        for right in limited:
            upto, above = roles_with(f"{right}:check"), roles_with(f"{right}_above_limit:check")
            assert "TL" in upto, right
            assert above == ["FC"], right
            assert queries.limit_of(right, "GH", "GHS").amount_minor > 0, right
            assert queries.limit_of(right, "GH", "XOF").amount_minor == 0, "no room without a setting"

    def test_sums_of_several_currencies_are_each_held_to_their_own_limit_and_never_added(self):
        admin = self.people["AD"].actor()
        for text in ("100.00 GHS", "100.00 KES"):
            set_limit("files.unpost", market="GH", limit=Money.of(text), by=admin, now=NOON)
        below = [Money.of("100.00 GHS"), Money.of("100.00 KES")]
        assert ask(self.maker, 1, right="files.unpost", amounts=below).right == "files.unpost:check"
        one_above = [Money.of("1.00 GHS"), Money.of("100.01 KES")]
        approval = ask(self.maker, 2, right="files.unpost", amounts=one_above)
        assert approval.right == "files.unpost_above_limit:check"
        assert approval.amount_minor is None, "there is no one amount to show"
        assert ask(self.maker, 3, right="files.unpost", amounts=below[:1]).amount_minor == 100_00

    def test_a_limit_is_set_per_market_by_an_administrator_and_recorded(self):
        admin = self.people["AD"].actor()
        limit = Money.of("20.00 GHS")
        set_limit("refunds.entitle", market="GH", limit=limit, by=admin, now=NOON)
        set_limit("refunds.entitle", market="GH", limit=Money.of("30.00 GHS"), by=admin, now=NOON)
        assert queries.limit_of("refunds.entitle", "GH", "GHS") == Money.of("30.00 GHS")
        assert queries.limit_of("refunds.entitle", "KE", "KES") == Money.of("5000.00 KES")
        approval = ask(self.maker, right="refunds.entitle", amount=Money.of("30.01 GHS"))
        assert approval.right == "refunds.entitle_above_limit:check"
        last = AuditRecord.objects.filter(verb="approval.limit_set").last()
        assert last is not None
        assert last.changes["amount_minor"] == [20_00, 30_00]
        for by, right in ((self.lead.actor(), "refunds.entitle"), (admin, "payments.identify")):
            with pytest.raises(Refused):
                set_limit(right, market="GH", limit=limit, by=by, now=NOON)
        assert Limit.objects.count() == 1

    def test_a_stand_in_decides_by_name_and_date_and_never_for_the_asking_person(self):
        analyst = self.people["AN"]
        approval = ask(self.maker)
        delegate(
            self.lead.pk,
            stands_in_id=analyst.pk,
            from_on=TODAY,
            through_on=TODAY,
            by=self.lead.actor(),
            now=NOON,
        )
        for at in (NOON - timedelta(1), NOON + timedelta(1)):
            assert queries.why_not(approval, analyst.actor(), at), at
        assert [a.pk for a in queries.to_decide(analyst.actor(), NOON)] == [approval.pk]
        own = ask(self.lead, 2)
        assert "third person" in (queries.why_not(own, analyst.actor(), NOON) or "")
        assert queries.count_to_decide(analyst.actor(), NOON) == 1
        decided = decide(approval, analyst)
        assert (decided.decided_by_id, decided.decided_for_id) == (analyst.pk, self.lead.pk)

    def test_who_is_back_takes_the_absence_away_again(self):
        analyst = self.people["AN"]
        made = delegate(
            self.lead.pk,
            stands_in_id=analyst.pk,
            from_on=TODAY,
            through_on=TODAY,
            by=self.lead.actor(),
            now=NOON,
        )
        with pytest.raises(NotAllowedRefused):
            end_delegation(made.pk, by=analyst.actor(), now=NOON)
        end_delegation(made.pk, by=self.lead.actor(), now=NOON)
        end_delegation(made.pk, by=self.lead.actor(), now=NOON)
        assert queries.why_not(ask(self.maker), analyst.actor(), NOON)
        assert AuditRecord.objects.filter(verb="approval.delegation_ended").count() == 1

    def test_absences_are_for_oneself_or_by_an_administrator_and_make_sense(self):
        analyst, lead = self.people["AN"], self.lead
        days = {"from_on": TODAY, "through_on": TODAY}
        with pytest.raises(NotAllowedRefused):
            delegate(lead.pk, stands_in_id=analyst.pk, by=analyst.actor(), now=NOON, **days)
        for stands_in, through in ((lead.pk, TODAY), (analyst.pk, TODAY - timedelta(1)), (0, TODAY)):
            with pytest.raises(ApprovalRefused):
                delegate(
                    lead.pk,
                    stands_in_id=stands_in,
                    from_on=TODAY,
                    through_on=through,
                    by=lead.actor(),
                    now=NOON,
                )
        delegate(lead.pk, stands_in_id=analyst.pk, by=self.people["AD"].actor(), now=NOON, **days)
        assert Delegation.objects.count() == 1

    def test_nobody_acts_on_an_account_they_are_close_to(self):
        lead = self.lead.actor()
        for _ in range(2):
            declare_relation(self.lead.pk, party=("customer", 7), by=lead, now=NOON)
        assert AuditRecord.objects.filter(verb="approval.relation_declared").count() == 1
        with pytest.raises(SamePersonRefused, match="close to this account"):
            steps.refuse_if_related(lead, "customer", [3, 7, None])
        steps.refuse_if_related(lead, "customer", [3, None])
        with pytest.raises(NotAllowedRefused):
            declare_relation(self.lead.pk, party=("customer", 8), by=self.maker.actor(), now=NOON)

    def test_the_database_itself_refuses_the_asking_person_and_two_at_a_time(self):
        approval = ask(self.maker)
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.filter(pk=approval.pk).update(
                state="approved", decided_by_id=self.maker.pk, decided_at=NOON
            )
        approval.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            approval.save(force_insert=True)


def test_two_people_at_once_decide_once(committed_db):
    maker = make_person("Maker", "SU", markets="GH")
    leads = [make_person(f"Lead{n}", "TL", markets="GH") for n in range(2)]
    with transaction.atomic():
        approval = ask(maker)
    outcomes, start = [], threading.Barrier(2)

    def decides(lead: Person) -> None:
        start.wait()
        try:
            with transaction.atomic():
                steps.decide(approval.pk, KIND, by=lead.actor(), now=NOON)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.1)")  # what is carried out takes its time
            outcomes.append("approved")
        except TransitionRefused:
            outcomes.append("second")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decides, args=[lead]) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "second"]
    approval.refresh_from_db()
    assert approval.state == "approved"
