"""Policies in versions and the exams that rights wait for: by verbs, and around the ORM."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from paydesk.domain.cases.asks import named_facts
from paydesk.domain.quality import actions, queries, rules
from paydesk.domain.quality.markdown import as_html
from paydesk.domain.quality.models import ArticleVersion, Attempt
from paydesk.domain.quality.steps import ExamRefused, KnowledgeRefused
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.actions import set_roles
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.refused import NotAllowedRefused, WithheldRefused
from tests.browser.people import make_person

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
QUESTIONS = """
How many people does a refund take?
- one
* two

Which may be refunded?
* what was paid twice
* what was paid by mistake
- what was used
"""
RIGHT, WRONG = [{1}, {0, 1}], [{0}, {0, 1}]


def test_questions_are_read_from_what_a_person_writes_and_written_back():
    one, two = rules.questions_from_text(QUESTIONS)
    assert (one.options, one.right, one.several) == (("one", "two"), {1}, False)
    assert (two.right, two.several) == ({0, 1}, True)
    assert rules.questions_from_text(rules.questions_as_text([one, two])) == [one, two]
    for text, why in (
        ("", "at least one question"),
        ("Only this?", "two to 8 answers"),
        ("A?\n- x\n- y", "mark the right answer"),
        ("A?\n* x\n* y", "every answer is marked"),
        ("A?\n* x\n- x", "words of its own"),
        ("* x\n- y", "the question itself"),
    ):
        with pytest.raises(ValueError, match=why):
            rules.questions_from_text(text)


def test_rounding_never_lets_somebody_pass():
    questions = rules.questions_from_text("\n\n".join(f"Q{n}?\n* a\n- b" for n in range(3)))
    two_of_three = rules.result_of(questions, [frozenset({0}), frozenset({0}), frozenset({1})], 67)
    assert (two_of_three.percent, two_of_three.passed) == (66, False)
    assert rules.result_of(questions, [frozenset({0})] * 3, 100).passed


def test_markdown_shows_what_is_written_and_nothing_runs():
    html = as_html("# Refunds\n\n**Two** [people](https://desk.example)\n\n| a |\n|---|\n| b |")
    assert "<h3>Refunds</h3>" in html
    assert 'href="https://desk.example"' in html
    assert "<td>b</td>" in html
    unsafe = as_html("<script>x</script>\n\n[a](javascript:x) ![p](https://t.example/p.png)")
    assert "<script" not in unsafe
    assert 'href="java' not in unsafe
    assert "<img" not in unsafe


class Exams(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {role: make_person(f"{role} One", role, email=f"{role}@d.example".lower())
                      for role in ("QA", "TL", "SU", "AD", "AU")}  # fmt: skip

    def actor(self, role: str, at: datetime = NOON) -> Actor:
        with patch("paydesk.foundation.people.models.timezone.now", return_value=at):
            return Person.objects.get(pk=self.people[role].pk).actor()

    def policy(
        self, at: datetime = NOON, *, governs: tuple[str, ...] = ("refunds.entitle",)
    ) -> ArticleVersion:
        writer, second = self.actor("QA", at), self.actor("TL", at)
        draft = actions.begin_article(
            kind="policy", topic="refunds", title="Refunds", text="Two people.", by=writer, now=at
        )
        actions.write_exam(draft.article_id, text=QUESTIONS, pass_percent=100, by=writer, now=at)
        live = actions.publish(draft.article_id, number=1, by=second, now=at)
        actions.set_governed(draft.article_id, rows=governs, by=self.actor("AD", at), now=at)
        return live

    def test_a_policy_takes_two_and_what_was_published_stays_around_the_orm_too(self) -> None:
        writer = self.actor("TL")
        draft = actions.begin_article(
            kind="policy", topic="refunds", title="Refunds", text="One.", by=writer, now=NOON
        )
        with pytest.raises(KnowledgeRefused, match="takes two"):
            actions.publish(draft.article_id, number=1, by=writer, now=NOON)
        with pytest.raises(NotAllowedRefused):
            actions.publish(draft.article_id, number=1, by=self.actor("SU"), now=NOON)
        assert AuditRecord.objects.filter(verb="article.published").count() == 0
        actions.publish(draft.article_id, number=1, by=self.actor("QA"), now=NOON)
        for sql in (
            "UPDATE quality_article_version SET text = 'other'",
            "UPDATE quality_article_version SET state = 'draft', published_by = '', published_at = NULL",
            "DELETE FROM quality_article_version",
        ):
            with pytest.raises(DatabaseError, match="what it says stays"), transaction.atomic():
                connection.cursor().execute(sql)
        second = actions.begin_version(draft.article_id, by=writer, now=NOON)
        assert actions.begin_version(draft.article_id, by=writer, now=NOON).pk == second.pk
        actions.edit_draft(
            draft.article_id, title="Refunds", text="Two.", change="Two people", by=writer, now=NOON
        )
        actions.publish(draft.article_id, number=2, by=self.actor("QA"), now=NOON)
        states = list(ArticleVersion.objects.order_by("number").values_list("state", "text"))
        assert states == [("replaced", "One."), ("published", "Two.")]

    def test_a_citation_is_of_the_version_that_counts(self) -> None:
        live = self.policy()
        name = f"article.{live.article_id}"
        assert [fact.value for fact in named_facts([name, "article.x", "refund.state"], NOON)] == [
            "Refunds v1"
        ]
        actions.withdraw(live.article_id, reason="Wrong", by=self.actor("TL"), now=NOON)
        assert named_facts([name], NOON) == []

    def test_a_right_rests_after_the_notice_and_is_back_with_the_exam(self) -> None:
        live = self.policy()
        exam = live.exam
        late = NOON + timedelta(days=5, seconds=1)
        assert self.actor("TL").may("refunds.entitle:check"), "the notice runs"
        assert [due.days_left(NOON) for due in Person.objects.get(pk=self.people["SU"].pk).exams_to_pass] == [
            5
        ]
        lead = self.actor("TL", late)
        assert not lead.may("refunds.entitle:check")
        assert lead.may("refunds.entitle:view")
        assert not self.actor("SU", late).may("refunds.entitle_above_limit")
        with pytest.raises(WithheldRefused, match="Pass the exam of Refunds v1 first") as refused:
            lead.needs("refunds.entitle:check")
        assert refused.value.fields["exam_id"] == exam.pk
        with pytest.raises(WithheldRefused):
            self.actor("SU", late).needs_to_ask("refunds.entitle")
        assert not Person.objects.get(pk=self.people["AU"].pk).due_exams, "who only looks has nothing to pass"
        failed = actions.take_exam(exam.pk, answers=WRONG, by=lead, now=late)
        assert (failed.right, failed.passed) == (1, False)
        assert not self.actor("TL", late).may("refunds.entitle:check")
        passed = actions.take_exam(exam.pk, answers=RIGHT, by=lead, now=late)
        assert self.actor("TL", late).may("refunds.entitle:check")
        assert actions.take_exam(exam.pk, answers=WRONG, by=lead, now=late) == passed, (
            "passed once it stays so"
        )
        waiting = {(each.person.pk, each.due is None) for each in queries.standings(self.actor("QA", late))}
        assert waiting == {(self.people["TL"].pk, True), (self.people["SU"].pk, False)}
        with pytest.raises(DatabaseError), transaction.atomic():
            Attempt.objects.filter(pk=failed.pk).update(passed=True)
        exam.pass_percent = 1
        with pytest.raises(DatabaseError, match="exam of a version"), transaction.atomic():
            exam.save()

    def test_a_new_version_opens_it_again_with_its_notice(self) -> None:
        live = self.policy()
        actions.take_exam(live.exam.pk, answers=RIGHT, by=self.actor("SU"), now=NOON)
        later = NOON + timedelta(days=100)
        draft = actions.begin_version(live.article_id, by=self.actor("QA"), now=later)
        actions.edit_draft(
            live.article_id, title="Refunds", text="New", notice_days=2, by=self.actor("QA"), now=later
        )
        actions.publish(live.article_id, number=2, by=self.actor("TL", NOON), now=later)
        assert self.actor("SU", later).may("refunds.entitle")
        assert not self.actor("SU", later + timedelta(days=2)).may("refunds.entitle")
        with pytest.raises(ExamRefused, match="does not count any more"):
            actions.take_exam(live.exam.pk, answers=RIGHT, by=self.actor("QA"), now=later)
        actions.take_exam(draft.exam.pk, answers=RIGHT, by=self.actor("SU", later), now=later)
        assert self.actor("SU", later + timedelta(days=9)).may("refunds.entitle")

    def test_tries_are_counted_and_answers_are_whole(self) -> None:
        exam = self.policy().exam
        agent = self.actor("SU")
        with pytest.raises(ExamRefused, match="every question"):
            actions.take_exam(exam.pk, answers=[{1}], by=agent, now=NOON)
        with pytest.raises(ExamRefused, match="every question"):
            actions.take_exam(exam.pk, answers=[{7}, {0}], by=agent, now=NOON)
        for _ in range(3):
            actions.take_exam(exam.pk, answers=WRONG, by=agent, now=NOON)
        with pytest.raises(ExamRefused, match="tried 3 times"):
            actions.take_exam(exam.pk, answers=RIGHT, by=agent, now=NOON)
        assert actions.take_exam(exam.pk, answers=RIGHT, by=agent, now=NOON + timedelta(days=1)).passed

    def test_who_joins_or_changes_roles_later_passes_first(self) -> None:
        self.policy(NOON - timedelta(days=30))
        admin = self.actor("AD")
        auditor = self.people["AU"]
        Person.objects.filter(pk=auditor.pk).update(created_at=NOON - timedelta(days=1))
        set_roles(auditor.pk, ["SU"], by=admin, now=NOON)
        assert not self.actor("AU").may("refunds.entitle")
        set_roles(auditor.pk, ["AU"], by=admin, now=NOON)
        assert Person.objects.get(pk=auditor.pk).due_exams == []
        person = Person.objects.get(pk=self.people["SU"].pk)
        Person.objects.filter(pk=person.pk).update(due_exams=[])
        assert actions.ask_again(by=system("worker"), now=NOON) == 1

    def test_who_governs_is_said_by_an_administrator_and_needs_an_exam(self) -> None:
        draft = actions.begin_article(
            kind="policy", topic="payouts", title="Payouts", text="x", by=self.actor("QA"), now=NOON
        )
        actions.publish(draft.article_id, number=1, by=self.actor("TL"), now=NOON)
        with pytest.raises(KnowledgeRefused, match="has no exam"):
            actions.set_governed(draft.article_id, rows=["payouts.release"], by=self.actor("AD"), now=NOON)
        with pytest.raises(KnowledgeRefused, match="no rights"):
            actions.set_governed(draft.article_id, rows=["payments"], by=self.actor("AD"), now=NOON)
        with pytest.raises(NotAllowedRefused):
            actions.set_governed(draft.article_id, rows=[], by=self.actor("QA"), now=NOON)
