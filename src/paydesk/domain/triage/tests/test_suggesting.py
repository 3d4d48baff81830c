"""Categories learnt from resolved cases, suggested on new ones, filled in where earned; what is grave."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.actions.working import NotReadyRefused
from paydesk.domain.cases.models import Case, CategoryTree, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.marketplace.models import Withdrawal
from paydesk.domain.parties.models import Party
from paydesk.domain.triage import actions, learnt, queries, tasks
from paydesk.domain.triage.models import CategoryModel, Escalation, Suggestion
from paydesk.domain.triage.steps import TriageRefused
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused, NotAllowedRefused
from tests.builders import WORKER, make_contract

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SAID = {
    "refund.late": "Where is my refund? You wrote that the {thing} money is sent back and it has not come.",
    "account.locked": "My {thing} phone is locked though I paid this morning, please unlock it.",
}
THINGS = ("blue", "red", "old", "new", "small", "large", "first", "second", "third", "other", "same")


def person(number: int, role: str) -> Actor:
    return Actor("person", 940_000 + number, f"Person {number}", rights_of([role]), frozenset({"GH"}))


AGENT, LEAD, AUDITOR = person(1, "SU"), person(2, "TL"), person(3, "AU")


def opened(text: str, **fields) -> Case:
    known = {"market": "GH", "channel": "email", "contact": "ama@example.com", "by": WORKER, "now": NOON}
    return cases.open_case(text=text, **{**known, **fields})


def resolved(wanted: list[tuple[str, int]]) -> None:
    """As they were resolved long ago; through the tables, because so many take the verbs too long."""
    texts = [SAID[name].format(thing=THINGS[n % 11]) + f" {THINGS[n // 11]}" for name, n in wanted]
    made = Case.objects.bulk_create(
        Case(
            market="GH", channel="email", subject=text[:60], state="resolved", resolved_at=NOON,
            category=category, opened_at=NOON, opened_by="x", level="unverified",
        )
        for (category, _), text in zip(wanted, texts, strict=True)
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(case=case, direction="in", channel="email", text=text, at=NOON)
        for case, text in zip(made, texts, strict=True)
    )


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Learning(TestCase):
    @classmethod
    def setUpTestData(cls):
        dice = random.Random(7)
        wanted = [(category, n) for category in SAID for n in range(32)]
        dice.shuffle(wanted)
        resolved(wanted)

    def learn(self) -> CategoryModel:
        asked = actions.ask_to_learn(by=AGENT, now=NOON)
        assert actions.ask_to_learn(by=LEAD, now=NOON) == asked
        return learnt.learn(asked.pk, by=WORKER, now=NOON)

    def test_a_model_is_learnt_kept_as_arrays_and_fills_in_what_was_earned(self):
        model = self.learn()
        assert (model.state, model.cases, model.figures["accuracy"]) == ("ready", 64, 1000)
        assert [gate["is_open"] for gate in model.gates] == [True, True]
        assert [each.verb for each in history("category_model", model.pk)] == [
            "categories.asked_to_learn", "categories.learnt",
        ]  # fmt: skip
        case = opened(SAID["refund.late"].format(thing="last"))
        tasks.look_at_case({"case_id": case.pk})
        case.refresh_from_db()
        said = Suggestion.objects.get(case=case)
        assert (case.category, said.fill, said.filled_at is not None) == ("refund.late", "refund.late", True)
        assert case.state == "triaged"
        first = queries.suggested_for(AGENT, said)[0]
        assert first.confidence > 900
        assert {each.case.category for each in first.similar} == {"refund.late"}
        elsewhere = Actor("person", 1, "x", rights_of(["SU"]), frozenset({"KE"}))
        assert queries.suggested_for(elsewhere, said)[0].similar == ()
        tasks.look_at_case({"case_id": case.pk})
        assert Suggestion.objects.filter(case=case).count() == 1

    def test_what_is_unsure_stays_open_and_what_a_person_chose_is_never_changed(self):
        self.learn()
        case = opened("Good morning, I have a question about something else entirely")
        tasks.look_at_case({"case_id": case.pk})
        case.refresh_from_db()
        assert (case.category, case.suggestion.fill) == ("", "")
        assert case.suggestion.why.startswith("Unsure")
        sorted_case = opened(SAID["account.locked"].format(thing="blue"))
        cases.sort_case(sorted_case.pk, category="other.general", by=AGENT, now=NOON)
        tasks.look_at_case({"case_id": sorted_case.pk})
        sorted_case.refresh_from_db()
        assert sorted_case.category == "other.general"
        assert sorted_case.suggestion.top[0]["category"] == "account.locked"

    def test_a_retired_category_teaches_nothing_and_is_not_suggested(self):
        self.learn()
        actions.edit_category(
            "account.locked", group="account", words="Locked though paid", retired=True, version=0,
            by=LEAD, now=NOON,
        )  # fmt: skip
        case = opened(SAID["account.locked"].format(thing="red"))
        tasks.look_at_case({"case_id": case.pk})
        said = Suggestion.objects.get(case=case)
        assert (said.fill, [each["category"] for each in said.top]) == ("", ["refund.late"])
        failed = learnt.learn(actions.ask_to_learn(by=WORKER, now=NOON).pk, by=WORKER, now=NOON)
        assert failed.state == "failed"
        assert "32 resolved cases" in failed.problem
        current = queries.current_model()
        assert current is not None
        assert current.cases == 64

    def test_cases_of_before_are_asked_about_and_it_is_counted_what_held(self):
        case = opened(SAID["refund.late"].format(thing="red"))
        assert tasks.suggest_for_the_rest(NOON) == 0
        self.learn()
        assert tasks.suggest_for_the_rest(NOON) == 1
        assert tasks.suggest_for_the_rest(NOON) == 0
        Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=NOON)
        kept = queries.kept_since(LEAD, NOON - timedelta(days=1))
        assert (kept.resolved, kept.suggested, kept.first_right, kept.filled_right) == (65, 1, 1, 1)
        assert kept.one_of_three == 1

    def test_at_night_it_is_asked_for_once(self):
        assert tasks.learn_at_night(NOON + timedelta(hours=14, minutes=5))
        assert not tasks.learn_at_night(NOON + timedelta(hours=14, minutes=10))
        with pytest.raises(NotAllowedRefused):
            actions.ask_to_learn(by=AUDITOR, now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            CategoryModel.objects.create(asked_by="x", asked_at=NOON)


class TheTree(TestCase):
    def test_a_version_is_made_by_who_may_and_a_stale_one_is_refused(self):
        known = {"group": "paying", "words": "Charged two times", "checks": ["Compare both"], "by": LEAD}
        made = actions.edit_category("paying.twice", **known, required=["amount"], version=0, now=NOON)
        assert (made.version, history("category_tree", 1)[0].note) == (
            1, "Charged twice is now Charged two times. Charged two times has another checklist. "
            "Charged two times asks for other fields.",
        )  # fmt: skip
        with pytest.raises(ChangedRefused, match="version 1"):
            actions.edit_group("paying", words="Payments", version=0, by=LEAD, now=NOON)
        with pytest.raises(NotAllowedRefused):
            actions.edit_group("paying", words="Payments", version=1, by=AGENT, now=NOON)
        with pytest.raises(TriageRefused, match="already"):
            actions.edit_group("paying", words="Refund", version=1, by=LEAD, now=NOON)
        assert actions.edit_group("", words="Tax", version=1, by=LEAD, now=NOON).tree["tax"]["words"] == "Tax"
        assert CategoryTree.objects.count() == 2

    def test_a_case_keeps_the_checklist_it_was_sorted_by_and_required_fields_block_resolving(self):
        case = opened("You took it twice")
        cases.sort_case(
            case.pk, category="paying.twice", root_cause="none", money_outcome="none", by=AGENT, now=NOON
        )
        actions.edit_category(
            "paying.twice", group="paying", words="Charged twice", checks=[], required=["amount", "customer"],
            version=0, by=LEAD, now=NOON,
        )  # fmt: skip
        with pytest.raises(NotReadyRefused) as refused:
            cases.resolve(case.pk, by=AGENT, now=NOON)
        assert "Both payments compared" in refused.value.text
        later = opened("And again twice")
        cases.sort_case(
            later.pk, category="paying.twice", root_cause="none", money_outcome="none", by=AGENT, now=NOON
        )
        with pytest.raises(NotReadyRefused) as refused:
            cases.resolve(later.pk, by=AGENT, now=NOON)
        assert refused.value.fields["missing"] == ["customer", "amount", "reply"]


class ToRiskAtOnce(TestCase):
    def test_an_order_and_a_withdrawal_are_of_the_same_seller(self):
        seller = Party.objects.create(
            market="GH", kind="seller", name="Kofi", external_ref="S-1", opened_at=NOON, created_by="test"
        )
        known = {"market": "GH", "party": seller, "amount_minor": 100, "currency": "GHS"}
        things = [("seller", seller.pk)]
        things += [
            ("withdrawal", Withdrawal.objects.create(external_ref=f"W-{n}", requested_at=NOON, **known).pk)
            for n in range(2)
        ]
        numbers = []
        for kind, number in things:
            case = opened("My payout is not there", party_role="seller")
            cases.link(case.pk, kind=kind, object_id=number, by=AGENT, now=NOON)
            numbers.append(case.pk)
        several = {each.case_id: each.on_same_merchant for each in queries.cases_to_judge(NOON)}
        assert several == dict.fromkeys(numbers, 3)

    def test_each_reason_is_raised_once_and_seen_by_a_person(self):
        customer = make_contract().customer_id
        grave = opened("A letter of the regulator", harms=["regulator"])
        cases.link(grave.pk, kind="payment", object_id=1, by=AGENT, now=NOON)
        for _ in range(3):
            seller = opened("My payout is not there", party_role="seller", customer_id=customer)
        opened("Just a question")
        assert actions.raise_escalations(by=WORKER, now=NOON) == 4
        assert actions.raise_escalations(by=WORKER, now=NOON) == 0
        assert queries.escalations_of(seller.pk)[0].reason == "several"
        cases.sort_case(grave.pk, root_cause="unauthorised", by=AGENT, now=NOON)
        assert tasks.raise_what_is_grave(NOON) == 1
        first, second = queries.escalations_of(grave.pk)
        assert {first.reason, second.reason} == {"regulator", "unauthorised"}
        seen = actions.acknowledge_escalation(first.pk, by=LEAD, now=NOON)
        assert (seen.seen_by, actions.acknowledge_escalation(first.pk, by=AGENT, now=NOON).seen_by) == (
            LEAD.label, LEAD.label,
        )  # fmt: skip
        assert [each.case_id for each in queries.unseen_escalations(LEAD)].count(grave.pk) == 1
        with pytest.raises(NotAllowedRefused):
            actions.acknowledge_escalation(second.pk, by=AUDITOR, now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            Escalation.objects.create(case=grave, reason="bored", raised_at=NOON)
        assert code(grave)
