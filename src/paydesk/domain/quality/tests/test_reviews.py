"""Reviews, calibration and what customers say: the rules, then the verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import TestCase, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.domain.cases import actions as case_actions
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.quality import actions, csat_rules, review_queries
from paydesk.domain.quality import review_rules as rules
from paydesk.domain.quality.actions.asking import CsatRefused
from paydesk.domain.quality.actions.reviewing import ReviewRefused
from paydesk.domain.quality.csat_links import invitation_behind, token_of
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.quality.review_models import Review
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import WORKER

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MARKS = {item.code: "yes" for item in rules.DELIVERED}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["yes", "partly", "no", "none"]), min_size=7, max_size=7))
def test_a_score_is_between_its_marks_and_a_critical_failure_is_nothing(said):
    marks = {item.code: mark for item, mark in zip(rules.DELIVERED, said, strict=True)}
    if set(said) == {"none"}:
        with pytest.raises(ValueError, match="nothing is left"):
            rules.score_of(rules.DELIVERED, marks)
        return
    score = rules.score_of(rules.DELIVERED, marks)
    failed = [item.code for item in rules.DELIVERED if item.critical and marks[item.code] == "no"]
    assert list(score.failed) == failed
    worth = [rules.WORTH[mark] for mark in said if mark in rules.WORTH]
    assert score.percent == 0 if failed else min(worth) <= score.percent <= max(worth)


def test_weights_count_and_what_does_not_apply_is_left_out():
    items = rules.items_from_text("3! Verified\n1 Polite\n2 Cause")
    assert rules.items_from_text(rules.items_as_text(items)) == items
    marks = {"i1": "yes", "i2": "no", "i3": "none"}
    assert rules.score_of(items, marks).percent == 75
    apart = rules.differences(items, marks, {"i1": "partly", "i2": "no", "i3": "yes"})
    assert [each.apart for each in apart] == [50, 0, None]
    for text, why in (("Polite", "Line 1"), ("0 x", "Line 1"), ("1 x\n1 x", "same"), ("", "one to 20")):
        with pytest.raises(ValueError, match=why):
            rules.items_from_text(text)


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(1, 10_000), max_size=60), st.integers(0, 100))
def test_a_share_is_drawn_once_and_asking_again_draws_no_more(ids, share):
    drawn = rules.drawn(ids, [], share)
    assert len(drawn) == rules.share_needed(len(ids), share)
    assert rules.drawn(ids, drawn, share) == []
    assert set(drawn) <= ids
    assert not share or not ids or drawn, "a share above nothing sees everybody"


def test_the_last_answer_within_the_window_of_the_first_counts():
    said = [csat_rules.Said(NOON + hours * HOUR, score) for hours, score in ((0, 1), (71, 5), (73, 2))]
    assert csat_rules.counts(said) == said[1]
    assert csat_rules.counts([]) is None
    assert csat_rules.is_open(said, expires_at=NOON, now=NOON + 72 * HOUR)
    assert not csat_rules.is_open(said, expires_at=NOON + 999 * HOUR, now=NOON + 73 * HOUR)
    assert not csat_rules.is_open([], expires_at=NOON, now=NOON)
    for fields, why in (
        ({}, ""), ({"state": "merged"}, "merged"), ({"category": "fraud.unauthorised"}, "fraud"),
        ({"category": "other.no_case"}, "spam"), ({"harms": ["regulator"]}, "regulator"),
        ({"contact": "233244123456"}, "no_address"),
    ):  # fmt: skip
        known = {"state": "closed", "category": "", "harms": [], "contact": "a@b.example", **fields}
        assert csat_rules.why_no_invitation(**known) == why


@override_settings(PUBLIC_ADDRESS="https://desk.example")
class Reviews(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            name: make_person(f"{name} Person", name[:2], email=f"{name}@d.example".lower(), markets="GH")
            for name in ("SU", "QA", "TL", "QA2", "AU")
        }

    def actor(self, name: str) -> Actor:
        return self.people[name].actor()

    def resolved(self, at: datetime = NOON, *, by: str = "SU", **sorting: object) -> Case:
        """A case that `by` answered and resolved at that time."""
        agent, before = self.actor(by), at - HOUR
        case = case_actions.open_case(
            market="GH",
            channel="email",
            text="Where is it?",
            contact="ama@mail.example",
            by=WORKER,
            now=before,
        )
        known = {"category": "other.general", "root_cause": "none", "money_outcome": "none", **sorting}
        case_actions.sort_case(case.pk, **known, by=agent, now=before)
        case_actions.log_call(
            case.pk, outcome="answered", text="Told them.", called_us=False, by=agent, now=before
        )
        Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=at)
        return Case.objects.get(pk=case.pk)

    def scored(self, marks: dict[str, str] | None = None, coaching: str = "Well done.") -> Review:
        self.resolved()
        actions.sample(by=WORKER, now=NOON)
        review = Review.objects.get()
        return actions.score(
            review.pk, marks=marks or MARKS, followed="yes", coaching=coaching, by=self.actor("QA"), now=NOON
        )

    def test_all_of_some_kinds_and_a_share_of_each_week_are_chosen_once(self) -> None:
        actions.set_plan(
            rules.Plan(20, {"GHS": 500_00}, ["fraud.unauthorised"], True), by=self.actor("QA"), now=NOON
        )
        plain = [self.resolved() for _ in range(6)]
        large = self.resolved()
        Case.objects.filter(pk=large.pk).update(amount_minor=500_00, currency="GHS")
        again = self.resolved()
        Case.objects.filter(pk=again.pk).update(reopens=1)
        self.resolved(by="TL", category="fraud.unauthorised")
        untouched = self.resolved()
        Message.objects.filter(case=untouched).update(author="system:x")
        assert actions.sample(by=WORKER, now=NOON) == 3, "what is chosen anyway counts in the share of eight"
        reasons = dict(Review.objects.values_list("case_id", "reason"))
        assert (reasons.pop(large.pk), reasons.pop(again.pk)) == ("amount", "reopened")
        assert list(reasons.values()) == ["category"]
        assert actions.sample(by=WORKER, now=NOON + HOUR) == 0
        for _ in range(3):
            self.resolved()
        assert actions.sample(by=WORKER, now=NOON + HOUR) == 1
        assert Review.objects.get(reason="share").case_id not in (large.pk, again.pk)
        assert len(plain) == 6

    def test_a_critical_item_makes_it_nothing_and_asks_for_a_word_to_the_agent(self) -> None:
        self.resolved()
        actions.sample(by=WORKER, now=NOON)
        review = Review.objects.get()
        said = {"marks": {**MARKS, "identity": "no"}, "followed": "no", "now": NOON}
        with pytest.raises(ReviewRefused, match="critical item failed"):
            actions.score(review.pk, **said, by=self.actor("QA"))
        with pytest.raises(ReviewRefused, match="Not marked yet"):
            actions.score(review.pk, marks={}, followed="yes", by=self.actor("QA"), now=NOON)
        with pytest.raises(NotAllowedRefused):
            actions.score(review.pk, **said, by=self.actor("SU"))
        scored = actions.score(review.pk, **said, coaching="Verify first.", by=self.actor("QA"))
        assert (scored.percent, scored.critical_failed, scored.state) == (0, True, "scored")
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(percent=90)

    def test_nobody_scores_their_own_work(self) -> None:
        self.resolved(by="TL")
        actions.sample(by=WORKER, now=NOON)
        review = Review.objects.get()
        with pytest.raises(ReviewRefused, match="own work"):
            actions.score(review.pk, marks=MARKS, followed="yes", by=self.actor("TL"), now=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(reviewer_id=self.people["TL"].pk)

    def test_the_agent_appeals_once_and_a_third_person_settles(self) -> None:
        review = self.scored({**MARKS, "tone": "no"})
        assert review.percent == 94
        with pytest.raises(ReviewRefused, match="whoever did the work"):
            actions.answer_review(review.pk, kind="answer", text="x", by=self.actor("TL"), now=NOON)
        assert not review_queries.reviews(self.actor("TL")).exclude(pk=review.pk).exists()
        actions.answer_review(review.pk, kind="appeal", text="It was polite.", by=self.actor("SU"), now=NOON)
        with pytest.raises(ReviewRefused, match="possible once"):
            actions.answer_review(review.pk, kind="answer", text="And", by=self.actor("SU"), now=NOON)
        said = {"marks": MARKS, "followed": "yes", "note": "It was.", "now": NOON}
        with pytest.raises(ReviewRefused, match="third person"):
            actions.settle(review.pk, **said, by=self.actor("QA"))
        settled = actions.settle(review.pk, **said, by=self.actor("TL"))
        assert (settled.state, settled.first_percent, settled.percent) == ("settled", 94, 100)

    def test_two_calibrate_blind_and_it_counts_for_nobody(self) -> None:
        case = self.resolved()
        lead, one, two = self.actor("TL"), self.actor("QA"), self.actor("QA2")
        for ids in ([one.id, one.id], [one.id, self.people["SU"].pk]):
            with pytest.raises(ReviewRefused):
                actions.calibrate(case.pk, reviewer_ids=ids, by=lead, now=NOON)
        made = actions.calibrate(case.pk, reviewer_ids=[one.id, two.id], by=lead, now=NOON)
        first, second = Review.objects.filter(calibration=made).order_by("reviewer_id")
        with pytest.raises(ReviewRefused, match="somebody else's"):
            actions.score(second.pk, marks=MARKS, followed="yes", by=one, now=NOON)
        actions.score(first.pk, marks=MARKS, followed="yes", by=one, now=NOON)
        assert [each.pk for each in review_queries.reviews(two)] == [second.pk], "blind"
        assert review_queries.reviews(lead).count() == 0
        assert review_queries.calibration_of(one, made.pk) is None
        actions.score(second.pk, marks={**MARKS, "tone": "no"}, followed="yes", by=two, now=NOON)
        found = review_queries.calibration_of(lead, made.pk)
        assert found is not None
        assert [each.percent for each in found[1]] == [100, 94]
        assert review_queries.reviews(self.actor("SU")).count() == 0

    def test_scorecards_have_versions_and_a_scored_review_keeps_its_own(self) -> None:
        review = self.scored()
        assert review.scorecard is not None
        with pytest.raises(NotAllowedRefused):
            actions.set_scorecard(text="1 Polite", by=self.actor("TL"), now=NOON)
        made = actions.set_scorecard(text="1 Polite", by=self.actor("QA"), now=NOON)
        assert (made.version, review.scorecard.version) == (2, 1)
        assert [item.words for item in review_queries.current_items()] == ["Polite"]
        with pytest.raises(DatabaseError), transaction.atomic():
            made.delete()

    def test_a_customer_is_asked_once_and_the_last_answer_counts(self) -> None:
        case = self.resolved()
        fraud = self.resolved(category="fraud.unauthorised")
        assert actions.invite(by=WORKER, now=NOON + HOUR) == 0, "some hours later"
        later = NOON + 5 * HOUR
        assert actions.invite(by=WORKER, now=later) == 1
        assert actions.invite(by=WORKER, now=later) == 0
        asked = Invitation.objects.get(case=case)
        assert asked.agent_id == self.people["SU"].pk
        assert asked.message is not None
        assert f"https://desk.example/how/{token_of(asked)}" in asked.message.text
        assert asked.message.is_automatic
        assert Invitation.objects.get(case=fraud).why_not == "fraud"
        assert invitation_behind(token_of(asked)) == asked
        assert invitation_behind(token_of(asked)[:-1] + "x") is None
        assert invitation_behind(token_of(Invitation.objects.get(case=fraud))) is None
        Message.objects.filter(pk=asked.message.pk).update(delivery="sent")
        days = [timedelta(days=n) for n in (2, 3, 4, 9)]
        assert [actions.remind(by=WORKER, now=later + each) for each in days] == [0, 1, 0, 0], "once, in time"
        again = Message.objects.filter(case=case).latest("pk")
        assert (again.recipients, again.is_automatic) == ([case.contact], True)
        assert token_of(asked) in again.text
        Message.objects.filter(pk=again.pk).update(author="x")
        for hours, score in ((1, 1), (2, 5)):
            actions.record_answer(asked.pk, score=score, by=WORKER, now=later + hours * HOUR)
        assert actions.remind(by=WORKER, now=later + days[1]) == 0, "who answered is not reminded"
        said = [csat_rules.Said(each.at, each.score) for each in asked.answers.all()]
        assert len(said) == 2
        counted = csat_rules.counts(said)
        assert counted is not None
        assert counted.score == 5
        for score, at in ((6, later + HOUR), (3, later + 80 * HOUR)):
            with pytest.raises(CsatRefused):
                actions.record_answer(asked.pk, score=score, by=WORKER, now=at)
        with pytest.raises(DatabaseError), transaction.atomic():
            CsatAnswer.objects.update(score=5)
