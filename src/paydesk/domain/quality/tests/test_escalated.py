"""What was handed to risk or finance: drawn by rule, seen by who sees the case, scored by its own card."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import TestCase

from paydesk.domain.cases import actions as case_actions
from paydesk.domain.cases.models import Case
from paydesk.domain.quality import actions
from paydesk.domain.quality import review_rules as rules
from paydesk.domain.quality.actions.reviewing import ReviewRefused
from paydesk.domain.quality.escalated_queries import handed_on
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_queries import money_outcome, reviews
from paydesk.domain.risk import actions as risk
from paydesk.domain.risk.models import Escalation
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.models import Team
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.scorecards.queries import Period, figures, rows
from tests.browser.people import make_person
from tests.builders import WORKER

THEN = datetime(2026, 10, 14, 12, tzinfo=UTC)  # October is over
NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MARKS = {item.code: "yes" for item in rules.OF_ESCALATIONS}
WHY = "The wallet is in other hands, says the payer."


class OfEscalations(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            name: make_person(f"{name} Person", name[:2], email=f"{name}@d.example".lower(), markets="GH")
            for name in ("SU", "SU2", "QA", "TL", "RK", "FC", "AU")
        }
        cls.kenyan = make_person("Kenya", "QA", email="ke@d.example", markets="KE")

    def actor(self, name: str) -> Actor:
        return self.people[name].actor()

    def case(self, at: datetime = THEN, *, amount_minor: int | None = None) -> Case:
        case = case_actions.open_case(
            market="GH", channel="email", text="Not me!", contact="ama@mail.example", by=WORKER, now=at
        )
        Case.objects.filter(pk=case.pk).update(
            amount_minor=amount_minor, currency="GHS" if amount_minor else ""
        )
        return case

    def escalated(self, at: datetime = THEN, *, by: str = "SU", amount_minor=None, **fields) -> Escalation:
        """One that was raised at that time and decided an hour later."""
        case = self.case(at, amount_minor=amount_minor)
        made = risk.escalate(
            ("case", case.pk), market="GH", kind="risk", severity="high", reason=WHY,
            owner_id=self.people["RK"].pk, by=self.actor(by), now=at, **fields,
        )  # fmt: skip
        return risk.decide(
            made.pk,
            decision="confirmed",
            note="The operator says so too.",
            by=self.actor("RK"),
            now=at + HOUR,
        )

    def asked_aside(self, at: datetime = THEN, whom: str = "finance") -> int:
        case = self.case(at)
        side = case_actions.open_side(
            case.pk, with_whom=whom, subject="Was it settled?", text="Please look.", by=self.actor("SU"),
            now=at, asked_ids=[self.people["FC"].pk],
        )  # fmt: skip
        case_actions.close_side(side.pk, by=self.actor("SU"), now=at + HOUR)
        return side.pk

    def plan(self, **fields) -> None:
        actions.set_plan(rules.Plan(**fields), by=self.actor("QA"), now=THEN)

    def draw(self, now: datetime = NOW) -> int:
        return actions.sample_escalated(by=WORKER, now=now)

    def test_of_a_month_that_is_over_a_share_of_each_team_is_drawn_once(self):
        for name, people in (("North", ["SU"]), ("South", ["SU2"])):
            team = Team.objects.create(name=name)
            for each in people:
                self.people[each].team = team
                self.people[each].save()
        self.plan(month_percent=50, month_least=0)
        for _ in range(4):
            self.escalated()
        self.escalated(by="SU2")
        assert self.draw(THEN + HOUR * 2) == 0, "October goes on"
        assert self.draw() == 3
        by_agent = [each.agent.name for each in Review.objects.order_by("agent__name")]
        assert by_agent == ["SU Person", "SU Person", "SU2 Person"]
        assert {each.reason for each in Review.objects.all()} == {"month"}
        assert self.draw() == 0
        assert self.draw(NOW + timedelta(days=20)) == 0

    def test_a_number_is_drawn_where_the_share_is_less(self):
        self.plan(month_percent=0, month_least=2)
        for _ in range(3):
            self.escalated()
        assert (self.draw(), self.draw()) == (2, 0)

    def test_above_an_amount_all_are_drawn_as_soon_as_they_are_over(self):
        self.plan(amounts={"GHS": 500_00}, month_percent=0, month_least=0)
        large = self.escalated(NOW, amount_minor=500_00)
        self.escalated(NOW, amount_minor=499_99)
        assert self.draw(NOW + HOUR * 2) == 1
        (review,) = Review.objects.all()
        assert (review.escalated_id, review.reason) == (large.pk, "amount")
        with pytest.raises(ReviewRefused, match="not dropped"):
            actions.drop(review.pk, reason="no time", by=self.actor("QA"), now=NOW)

    def test_a_question_to_finance_counts_and_one_to_sales_does_not(self):
        side = self.asked_aside()
        self.asked_aside(whom="sales")
        assert self.draw() == 1
        assert Review.objects.get().escalated_id == side

    def test_what_is_not_decided_or_of_a_payment_alone_is_not_drawn(self):
        case = self.case()
        open_one = risk.escalate(
            ("case", case.pk), market="GH", kind="risk", severity="low", reason=WHY,
            owner_id=self.people["RK"].pk, by=self.actor("SU"), now=THEN,
        )  # fmt: skip
        assert self.draw() == 0
        with pytest.raises(ReviewRefused, match="decided"):
            actions.ask_review_of(("escalation", open_one.pk), by=self.actor("QA"), now=NOW)

    def test_a_restricted_one_is_drawn_only_where_somebody_named_may_score_it(self):
        made = self.escalated(is_restricted=True)
        assert self.draw() == 0
        risk.name_person(made.pk, self.people["QA"].pk, reason="Looks at it.", by=self.actor("RK"), now=THEN)
        assert self.draw() == 1
        assert reviews(self.actor("QA")).count() == 1
        assert reviews(self.actor("TL")).count() == 0
        review = Review.objects.get()
        with pytest.raises(ReviewRefused, match="no such review"):
            actions.score(review.pk, marks=MARKS, followed="yes", by=self.actor("TL"), now=NOW)
        actions.score(review.pk, marks=MARKS, followed="yes", by=self.actor("QA"), now=NOW)
        period = Period(THEN.date(), NOW.date())
        agents = [self.people["SU"].pk]
        assert len(rows(self.actor("QA"), "escalations", agents, period, NOW)) == 1
        assert rows(self.actor("TL"), "escalations", agents, period, NOW) == []

    def test_it_has_a_scorecard_of_its_own_and_a_figure_with_its_rows(self):
        self.escalated()
        self.draw()
        review = Review.objects.get()
        with pytest.raises(ReviewRefused, match="Not marked yet"):
            actions.score(
                review.pk, marks={item.code: "yes" for item in rules.DELIVERED}, followed="yes",
                by=self.actor("QA"), now=NOW,
            )  # fmt: skip
        actions.score(
            review.pk, marks=MARKS | {"complete": "no"}, followed="yes", by=self.actor("QA"), now=NOW
        )
        period, looker = Period(THEN.date(), NOW.date()), self.actor("TL")
        (card,) = figures(looker, [self.people["SU"]], period, NOW)
        assert (card.figures["escalations"].tenths, card.figures["qa"].tenths) == (730, None)
        (behind,) = rows(looker, "escalations", [self.people["SU"].pk], period, NOW)
        assert (behind.kind, behind.id, behind.value) == ("review", review.pk, 73)
        actions.set_scorecard(text="1 Right", of="escalation", by=self.actor("QA"), now=NOW)
        review.refresh_from_db()
        assert review.scorecard.version == 1
        with pytest.raises(ReviewRefused, match="cases or of escalations"):
            actions.set_scorecard(text="1 Right", of="refund", by=self.actor("QA"), now=NOW)

    def test_what_the_reviewer_sees_clocks_what_is_missing_and_money(self):
        self.escalated(amount_minor=80_00)
        self.draw()
        review = Review.objects.get()
        seen = handed_on(review, money_outcome(review.case, NOW))
        assert [(each.kind, each.is_late) for each in seen.clocks] == [
            ("escalation_acknowledge", False), ("escalation_decide", False)
        ]  # fmt: skip
        assert "Which customer it is" in seen.missing
        assert (str(seen.at_stake), str(seen.kept)) == ("80.00 GHS", "80.00 GHS")

    def test_chosen_by_hand_once_by_whoever_may(self):
        made = self.escalated()
        review = actions.ask_review_of(("escalation", made.pk), by=self.actor("QA"), now=NOW)
        assert actions.ask_review_of(("escalation", made.pk), by=self.actor("TL"), now=NOW) == review
        assert self.draw() == 0
        assert [each.verb for each in history("review", review.pk)] == ["review.asked"]
        with pytest.raises(ReviewRefused, match="no such escalation"):
            actions.ask_review_of(("escalation", made.pk), by=self.kenyan.actor(), now=NOW)
        with pytest.raises(NotAllowedRefused):
            actions.ask_review_of(("escalation", made.pk), by=self.actor("SU2"), now=NOW)
        mine = self.escalated(by="TL")
        own = actions.ask_review_of(("escalation", mine.pk), by=self.actor("TL"), now=NOW)
        with pytest.raises(ReviewRefused, match="own work"):
            actions.score(own.pk, marks=MARKS, followed="yes", by=self.actor("TL"), now=NOW)

    def test_the_work_on_the_case_is_looked_at_beside_it(self):
        made = self.escalated()
        actions.ask_review_of(("escalation", made.pk), by=self.actor("QA"), now=NOW)
        case_actions.log_call(
            made.subject_id, outcome="answered", text="Told.", called_us=False, by=self.actor("SU"), now=NOW
        )
        actions.ask_review(made.subject_id, by=self.actor("QA"), now=NOW)
        assert sorted(each.looks_at for each in Review.objects.all()) == ["case", "escalation"]

    def test_the_database_keeps_one_review_of_each(self):
        made = self.escalated()
        review = actions.ask_review_of(("escalation", made.pk), by=self.actor("QA"), now=NOW)
        review.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            review.save(force_insert=True)
        review.escalated_kind, review.escalated_id = "escalation", None
        with pytest.raises(IntegrityError), transaction.atomic():
            review.save(force_insert=True)

    def test_a_plan_beyond_a_hundred_is_refused(self):
        for fields in ({"month_percent": 101}, {"month_least": -1}):
            with pytest.raises(ReviewRefused, match="Of a month"):
                self.plan(**fields)
