"""Reviews, figures and what customers say, on the screen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as case_actions
from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.quality import actions
from paydesk.domain.quality.csat_links import token_of
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.quality.review_models import Review, SamplingPlan, Scorecard
from paydesk.domain.quality.review_rules import DELIVERED, OF_ESCALATIONS
from paydesk.domain.refunds.actions import approve_refund, request_refund
from paydesk.domain.risk import actions as risk
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person, Team
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import PHONE, OnTheRefundDesk
from tests.browser.people import make_person
from tests.builders import WORKER, ghs

MARKS = {f"mark-{item.code}": "yes" for item in DELIVERED}


@override_settings(PUBLIC_ADDRESS="https://desk.example")
class ReviewsOnTheScreen(OnTheRefundDesk):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.people["QA"] = make_person("QA Person", "QA", email="qa@desk.example", markets="GH")

    def resolved(self, hours_ago: int = 6, **sorting: Any) -> Case:
        at, by = timezone.now() - timedelta(hours=hours_ago), self.people["SU"].actor()
        case = case_actions.open_case(
            market="GH", channel="email", text="Paid twice!", contact="ama@mail.example", by=WORKER, now=at
        )
        case_actions.link(case.pk, kind="payment", object_id=self.payment.pk, by=by, now=at)
        CaseLink.objects.filter(case=case).update(state="confirmed")
        known = {"category": "refund.wanted", "root_cause": "none", "money_outcome": "refunded", **sorting}
        case_actions.sort_case(case.pk, **known, by=by, now=at)
        case_actions.log_call(case.pk, outcome="answered", text="Told.", called_us=False, by=by, now=at)
        Case.objects.filter(pk=case.pk).update(state="resolved", resolved_at=at)
        return Case.objects.get(pk=case.pk)

    def refunded(self) -> None:
        now = timezone.now() - timedelta(hours=5)
        request_refund(
            self.payment.pk, amount=ghs("50.00"), reason="overpaid", note="x", payee_kind="payer",
            payee_name="Ama Mensah", payee_account=PHONE, rail="mobile_money", by=self.people["SU"].actor(),
            now=now,
        )  # fmt: skip
        approve_refund(Approval.objects.latest("pk").pk, by=self.people["TL"].actor(), now=now)

    def test_a_review_shows_the_money_is_scored_appealed_and_settled(self) -> None:
        self.resolved()
        self.refunded()
        actions.sample(by=WORKER, now=timezone.now())
        review = Review.objects.get()
        code = code_in("review", review.pk)
        listed = self.get("QA", reverse("reviews:list"), {"open": code})
        for text in (
            "SU Person",
            "What became of the money",
            "Agreed to give back",
            "2050",
            "50.00",
            "Told.",
        ):
            assert text in listed, text
        assert "Nothing waits to be looked at" in self.get("SU", reverse("reviews:list"))
        self.get("SU", reverse("reviews:page", args=[code]), status=404)
        mark = reverse("reviews:mark", args=[code, "score"])
        failed = {**MARKS, "mark-identity": "no", "followed": "no"}
        assert "critical item failed" in self.post("QA", mark, failed, 409)
        self.post("QA", mark, {**failed, "text": "Verify first."})
        mine = self.get("SU", reverse("reviews:list"), {"open": code})
        for text in ("Verify first.", "Critical item failed", "Appeal…"):
            assert text in mine, text
        behind = self.get("QA", reverse("scorecards:rows", args=["qa"]))
        assert '<td data-label="Value" class="r num">0</td>' in behind, "a score of nothing is told"
        self.post("SU", reverse("reviews:act", args=[code, "appeal"]), {"text": "They were verified."})
        settle = reverse("reviews:mark", args=[code, "settle"])
        said = {**MARKS, "followed": "yes", "text": "Seen in the call."}
        assert "third person" in self.post("QA", settle, said, 409)
        self.post("TL", settle, said)
        assert "0 % → 100 %" in self.get("AU", reverse("reviews:list"), {"tab": "done", "open": code})

    def test_two_calibrate_and_the_difference_is_shown(self) -> None:
        case = self.resolved()
        said = {
            "code": code_in("case", case.pk),
            "first": self.people["QA"].pk,
            "second": self.people["TL"].pk,
        }
        self.post("QA", reverse("reviews:choose"), said)
        for role, tone in (("QA", "yes"), ("TL", "no")):
            review = Review.objects.get(reviewer_id=self.people[role].pk)
            path = reverse("reviews:mark", args=[code_in("review", review.pk), "score"])
            self.post(role, path, {**MARKS, "mark-tone": tone, "followed": "none"})
        shown = self.get("QA", reverse("reviews:list"), {"tab": "done", "open": code_in("review", review.pk)})
        for text in ("6 points apart", "94 %", "100 %"):
            assert text in shown, text

    def test_scorecard_and_plan_are_set_in_versions(self) -> None:
        self.post("QA", reverse("reviews:scorecard"), {"text": "3! Verified\n1 Polite"})
        assert "Line 1" in self.post("QA", reverse("reviews:scorecard"), {"text": "Polite"}, 409)
        said = {"share_percent": "10", "amounts": "500.00 GHS", "reopened": "on"}
        self.post("QA", reverse("reviews:plan"), {**said, "month_percent": "30", "month_least": "3"})
        assert "is no amount" in self.post("QA", reverse("reviews:plan"), {
            "share_percent": "10", "amounts": "many"}, 422)  # fmt: skip
        assert Scorecard.objects.get().version == 1
        plan = SamplingPlan.objects.get().plan
        assert plan == {
            "share_percent": 10, "amounts": {"GHS": 50000}, "categories": [], "reopened": True,
            "month_percent": 30, "month_least": 3,
        }  # fmt: skip
        assert "Your role cannot" in self.get("TL", reverse("reviews:plan"))

    def test_what_was_handed_to_risk_is_chosen_shown_and_scored_by_its_own_card(self) -> None:
        now, case = timezone.now(), self.resolved()
        Case.objects.filter(pk=case.pk).update(state="in_progress", amount_minor=80_00, currency="GHS")
        officer = self.people["RK"]
        made = risk.escalate(
            ("case", case.pk), market="GH", kind="risk", severity="high", reason="The wallet was taken over.",
            owner_id=officer.pk, by=self.people["SU"].actor(), now=now,
        )  # fmt: skip
        risk.decide(made.pk, decision="confirmed", note="The operator says so.", by=officer.actor(), now=now)
        code = code_in("escalation", made.pk)
        self.post("QA", reverse("reviews:choose"), {"code": code})
        self.post("SU", reverse("reviews:choose"), {"code": code}, 403)
        review = code_in("review", Review.objects.get().pk)
        page = self.get("QA", reverse("reviews:list"), {"about": "escalation", "open": review})
        for text in (
            "What was handed on", "The wallet was taken over.", "in time", "At stake", "80.00",
            "Still missing:", "Which customer it is", "It was right to escalate it, and to them",
        ):  # fmt: skip
            assert text in page, text
        assert "No review here matches" in self.get("QA", reverse("reviews:list"), {"about": "case"})
        marks = {f"mark-{item.code}": "yes" for item in OF_ESCALATIONS}
        self.post("QA", reverse("reviews:mark", args=[review, "score"]), {**marks, "followed": "yes"})
        assert "100 %" in self.get("SU", reverse("reviews:list"), {"open": review})
        figure = self.get("SU", reverse("scorecards:rows", args=["escalations"]))
        assert review in figure
        card = f"{reverse('reviews:scorecard')}?of=escalation"
        assert "It was right to escalate it" in self.get("QA", card)
        self.post("QA", card, {"text": "1! Right"})
        assert [(each.of, each.version) for each in Scorecard.objects.order_by("pk")] == [
            ("escalation", 1), ("escalation", 2)
        ]  # fmt: skip

    def test_looking_records_nothing_and_the_last_answer_counts(self) -> None:
        self.resolved()
        actions.invite(by=WORKER, now=timezone.now())
        path = reverse("csat:how", args=[token_of(Invitation.objects.get())])
        visitor = self.client
        assert b"How did we do" in visitor.get(path).content
        assert b"Comment avons-nous" in visitor.get(path, {"lang": "fr"}).content
        assert CsatAnswer.objects.count() == 0
        assert visitor.post(path, {"score": "9"}).status_code == 422
        assert b"Thank you" in visitor.post(path, {"score": "2", "comment": "4111 1111 1111 1111"}).content
        visitor.post(path, {"score": "5"})
        assert list(CsatAnswer.objects.order_by("pk").values_list("score", flat=True)) == [2, 5]
        assert "4111 1111" not in CsatAnswer.objects.earliest("pk").comment
        assert visitor.get(path[:-1] + "x").status_code == 404
        Invitation.objects.update(made_at=timezone.now() - timedelta(days=40),
                                  expires_at=timezone.now() - timedelta(days=10))  # fmt: skip
        assert b"Send" in visitor.get(path).content, "open while the first answer is younger than 72 hours"

    def test_what_customers_said_is_listed_with_its_response_rate_and_exported(self) -> None:
        case, silent = self.resolved(), self.resolved(6)
        fraud = self.resolved(7, category="fraud.unauthorised")
        actions.invite(by=WORKER, now=timezone.now())
        asked = Invitation.objects.get(case=case)
        for score, comment in ((5, "Quick"), (2, "On second thoughts, slow")):
            actions.record_answer(
                asked.pk, score=score, comment=comment, by=WORKER,
                now=timezone.now() + timedelta(hours=score < 3),
            )  # fmt: skip
        path = reverse("scorecards:said")
        page = self.get("QA", path)
        for text in (
            "50.0 %",
            "1 of 2 asked",
            "1 not asked",
            "0.0 %",
            "On second thoughts",
            "2, bad",
            "Fraud",
        ):
            assert text in page, text
        assert "Quick" not in page, "the last answer counts"
        codes = [code_in("case", each.pk) for each in (case, silent, fraud)]
        for asked_for, there in (
            ({"outcome": "unsatisfied"}, (True, False, False)), ({"outcome": "silent"}, (False, True, False)),
            ({"outcome": "not_asked"}, (False, False, True)), ({"score": "5"}, (False, False, False)),
            ({"until": "2020-01-01"}, (False, False, False)),
            ({"agent": str(asked.agent_id), "score": "2"}, (True, False, False)),
        ):  # fmt: skip
            page = self.get("QA", path, asked_for)
            assert tuple(each in page for each in codes) == there, asked_for
        assert codes[0] in self.get("SU", path), "their own"
        assert codes[0] not in self.get("AN", path)
        sheet = self.clients["QA"].get(
            reverse("scorecards:export_said", args=["csv"]), {"outcome": "answered"}
        )
        head, row = sheet.getvalue().decode().splitlines()
        assert row.startswith(f"{codes[0]},GH,")
        assert ',2,Bad,"On second thoughts, slow",' in row

    def test_figures_have_their_counts_their_rows_and_their_readers(self) -> None:
        self.resolved(24 * 9)
        again = self.resolved(24 * 8)  # the same payment within the window of the first
        self.resolved(6, category="other.no_case")
        self.refunded()
        actions.invite(by=WORKER, now=timezone.now())
        actions.sample(by=WORKER, now=timezone.now())
        for review in Review.objects.all():
            actions.score(
                review.pk, marks={item.code: "yes" for item in DELIVERED}, followed="yes",
                by=self.people["QA"].actor(), now=timezone.now(),
            )  # fmt: skip
        board = self.get("QA", reverse("scorecards:figures"))
        for text in ("SU Person", "TL Person", "at the first contact", "came again", "left out", "50.0 %",
                     "100.0 %", "cases resolved", "stands", "not asked", "7 days"):  # fmt: skip
            assert text in board, text
        shares = re.findall(r"<(\w+)[^<>]*>(?:<b>|response <span[^<>]*>)?\d+\.\d %", board)
        assert len(shares) > 2, board
        assert set(shares) == {"a"}  # none without its rows
        assert "subtotal" not in board
        phones = Team.objects.create(name="Phones")
        Person.objects.filter(pk=self.people["SU"].pk).update(team=phones)
        board = self.get("QA", reverse("scorecards:figures"))
        assert board.count('class="subtotal"') == 1  # the others are of none
        of_team = self.get("QA", reverse("scorecards:rows", args=["fcr"]), {"team": phones.pk})
        assert "SU Person" in of_team
        self.get("QA", reverse("scorecards:rows", args=["fcr"]), {"team": phones.pk + 1}, 404)
        own = self.get("SU", reverse("scorecards:figures"))
        assert "TL Person" not in own
        who = {"person": self.people["TL"].pk}
        self.get("SU", reverse("scorecards:rows", args=["fcr"]), who, 404)
        rows = self.get("QA", reverse("scorecards:rows", args=["fcr"]), {"outcome": "first"})
        assert code_in("case", again.pk) in rows
        assert "exactly one contact" in rows
        for path in (
            reverse("scorecards:export", args=["csv"]),
            reverse("scorecards:export_rows", args=["volume", "xlsx"]),
        ):  # fmt: skip
            answer = self.clients["QA"].get(path)
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content)
