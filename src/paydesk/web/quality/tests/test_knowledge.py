"""Knowledge and exams on the screen: written, published by a second person, cited, passed."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as case_actions
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.quality import actions
from paydesk.domain.quality.models import Article, ArticleVersion
from paydesk.foundation.people.models import Person
from paydesk.web.addresses import code_in
from paydesk.web.quality.tests.building import QUESTIONS, policy_in_force
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER


class Knowledge(OnTheRefundDesk):
    def deed(self, role: str, article: Article | int, name: str, status: int = 302, **said: object) -> str:
        number = article if isinstance(article, int) else article.pk
        return self.post(
            role, reverse("knowledge:act", args=[code_in("article", number), name]), said, status
        )

    def test_a_policy_is_written_published_by_another_one_found_and_read(self) -> None:
        self.post("SU", reverse("knowledge:new"), {
            "kind": "policy", "topic": "refunds", "market": "GH", "language": "en", "title": "Refunds",
            "text": "# When\n\nWhat was **paid twice**.", "notice_days": "5",
        })  # fmt: skip
        article = Article.objects.get()
        assert "Question 1" in self.deed(
            "SU", article, "exam", 409, text="Huh?", pass_percent=80, tries_a_day=3
        )
        self.deed("SU", article, "exam", text=QUESTIONS, pass_percent=80, tries_a_day=3)
        shown = self.get("TL", reverse("knowledge:list"), {"open": code_in("article", article.pk)})
        for text in ("<h3>When</h3>", "<strong>paid twice</strong>", "2 questions", "Publish…"):
            assert text in shown, text
        self.deed("TL", article, "edit", title="Refunds", text="Paid twice.", change="", notice_days=5)
        assert "somebody else who may publish it" in self.get("TL", reverse("knowledge:act", args=[
            code_in("article", article.pk), "publish"]))  # fmt: skip
        assert "takes two" in self.deed("TL", article, "publish", 409)
        self.deed("SU", article, "edit", title="Refunds", text="Paid twice.", change="", notice_days=5)
        self.deed("TL", article, "publish")
        assert ArticleVersion.objects.get().published_by == self.people["TL"].actor().label
        found = self.get("AU", reverse("knowledge:list"), {"q": "paid twice"})
        assert "Refunds" in found
        assert "No article matches" in self.get("AU", reverse("knowledge:list"), {"q": "nonsense"})

    def test_an_answer_cites_the_version_and_a_stale_one_is_stopped(self) -> None:
        now = timezone.now()
        live = policy_in_force(self.people, now)
        case = case_actions.open_case(
            market="GH", channel="email", text="My money?", contact="ama@mail.example", by=WORKER, now=now
        )
        offered = self.get("SU", reverse("knowledge:cite", args=[case_code(case)]), {"cite": "two"})
        assert f'data-fact="article.{live.article_id}" data-value="Refunds v1"' in offered
        assert "Cite an article" in self.get("SU", reverse("cases:inbox"), {"open": case_code(case)})

        def say(cited: str, key: str, status: int) -> str:
            version = Case.objects.values_list("version", flat=True).get(pk=case.pk)
            return self.post("SU", reverse("cases:say", args=[case_code(case)]), {
                "text": f"See {cited}.", "as": "answer", "version": str(version), "sent_key": key,
                "fact": f"article.{live.article_id}={cited}", "facts_at": timezone.now().isoformat(),
            }, status)  # fmt: skip

        say("Refunds v1", "one", 302)
        sent = Message.objects.get(case=case, direction="out")
        assert sent.facts == {f"article.{live.article_id}": "Refunds v1"}
        actions.begin_version(live.article_id, by=self.people["SU"].actor(), now=now)
        actions.publish(live.article_id, number=2, by=self.people["TL"].actor(), now=now)
        assert "is not so any more" in say("Refunds v1", "two", 409)

    def test_home_says_how_long_and_the_refusal_leads_to_the_exam(self) -> None:
        live = policy_in_force(self.people, timezone.now() - timedelta(days=3), governs=["refunds.entitle"])
        home = self.get("SU", "/")
        assert "Exam: Refunds v1" in home
        assert "2 days left" in home
        assert "No exam waits for you" in self.get("AU", "/exams/")
        for person in Person.objects.exclude(due_exams=[]):  # the notice is over
            person.due_exams[0]["withheld_from"] = (timezone.now() - timedelta(hours=1)).isoformat()
            person.save()
        path = reverse("refunds:ask", args=[self.payment.pk])
        refused = self.post("SU", path, self.said(amount="50.00"), 403)
        take = reverse("exams:take", args=[live.exam.pk])
        assert "Pass the exam of Refunds v1 first" in refused
        assert take in refused
        assert "How many people" in self.get("SU", take)
        self.post("SU", take, {"q0": "0", "q1": ["0", "1"]})
        last = live.exam.attempts.latest("pk")
        page = self.get("SU", take, {"try": last.pk})
        assert "Not passed" in page
        assert "Read again about" in page
        self.post("SU", take, {"q0": "1", "q1": ["0", "1"]})
        self.post("SU", path, self.said(amount="50.00"), 302)
        everybody = self.get("TL", reverse("exams:list"))
        assert "SU Person" in everybody
        assert "2 days left" in everybody
        export = b"".join(self.clients["TL"].get(reverse("exams:export", args=["csv"])).streaming_content)
        assert b"SU Person,Refunds,1,passed,2,100" in export
