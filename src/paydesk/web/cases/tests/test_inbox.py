"""The inbox on the screen: a call and a mail about a payment, from the first word to resolved."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case, CaseLink, Message
from paydesk.domain.cases.queries import code
from paydesk.web.addresses import code_in
from paydesk.web.cases.tests.at_the_inbox import ADDRESS, OnTheInbox
from paydesk.web.refunds.tests.desk import PHONE
from tests.builders import WORKER


class Inbox(OnTheInbox):
    def test_a_mail_is_linked_verified_answered_with_a_fact_and_resolved(self) -> None:
        case = self.opened()
        page = self.page("SU", case)
        for text in ("It is this", "our code", ADDRESS, "Answer for the first time", "not sorted"):
            assert text in page, text
        link = CaseLink.objects.get(case=case, kind="payment")
        self.press(case, "decide_link", link.pk, "confirm")
        page = self.page("SU", case)
        assert "Payer known" in page
        assert "Verify who asks in a strong way first" in page
        assert "It is them" in page
        self.press(case, "whose", customer=code_in("customer", self.payment.customer_id))
        self.act("SU", case, "verify", facts=["account_number", "last_payment"])
        page = self.page("SU", case)
        assert 'data-fact="payment.amount"' in page
        amount = "120.00 GHS"
        assert amount in page
        self.say(
            case, text=f"We have your {amount}.", fact=[f"payment.amount={amount}"],
            facts_at=timezone.now().isoformat(),
        )  # fmt: skip
        (answer,) = Message.objects.filter(case=case, direction="out")
        assert (answer.delivery, answer.facts) == ("queued", {"payment.amount": amount})
        actions.mark_sent(answer.pk, external_id="<x>", by=WORKER, now=timezone.now())
        assert "Say why it happened" in self.act("SU", case, "resolve", 409)
        self.act(
            "SU", case, "sort", category="other.general", root_cause="none", money_outcome="none",
            severity="normal", party_role="customer", contact=ADDRESS,
        )  # fmt: skip
        self.act("SU", case, "resolve")
        assert "Open again" in self.page("SU", case)

    def test_a_call_is_opened_logged_promised_and_waits(self) -> None:
        self.post(
            "SU", reverse("cases:open"),
            {"channel": "phone", "market": "GH", "contact": f"0{PHONE[3:]}", "text": "Phone is locked",
             "harms": ["locked"]},
            302,
        )  # fmt: skip
        case = Case.objects.get()
        assert (case.contact, case.severity) == (PHONE, "normal")
        back = timezone.localtime() + timedelta(hours=4)
        self.act(
            "SU", case, "call", called_us="no", outcome="call_back", text="In the evening",
            call_back_at=f"{back:%Y-%m-%dT%H:%M}",
        )  # fmt: skip
        assert "Call back" in self.page("SU", case)
        self.press(case, "keep_promise", case.commitments.get().pk)
        self.act("SU", case, "call", called_us="no", outcome="answered", text="Told them")
        self.act("SU", case, "wait", waits_for="customer")
        page = self.get("SU", f"{reverse('cases:inbox')}?view=waiting")
        assert "Waits for the customer" in page or "waits for the customer" in page
        self.press(case, "take_up")
        assert Case.objects.get().state == "in_progress"

    def test_what_went_on_is_told_and_a_stale_answer_keeps_its_text(self) -> None:
        case = self.opened()
        news = reverse("cases:news", args=[code(case)])
        assert self.clients["SU"].get(f"{news}?v={case.version}-").status_code == 204
        seen = case.version
        actions.receive_message(case.pk, channel="email", text="More", by=WORKER, now=timezone.now())
        assert "The case went on" in self.get("SU", f"{news}?v={seen}-")
        case.version = seen
        page = self.post(
            "SU", reverse("cases:say", args=[code(case)]),
            {"text": "Hello", "as": "answer", "version": str(seen), "sent_key": "k"}, 409,
        )  # fmt: skip
        assert "Your text is kept" in page
        self.post("SU", reverse("cases:draft", args=[code(case)]), {"text": "Hel", "as": "answer"}, 204)
        assert ">Hel</textarea>" in self.page("SU", case)
        assert "is writing at this case" in self.get("AN", f"{news}?v=0-")

    def test_a_note_is_kept_a_card_number_is_refused_and_an_answer_can_be_taken_back(self) -> None:
        case = self.opened()
        self.say(case, text="Asked Momo", **{"as": "note"})
        assert "Note, among us" in self.page("SU", case)
        refused = self.post(
            "SU", reverse("cases:open"),
            {"channel": "phone", "market": "GH", "text": "card 4111 1111 1111 1111"}, 422,
        )  # fmt: skip
        assert "never keep" in refused
        self.say(case, sent_key="k2")
        late = {"text": "We look into it.", "as": "answer", "sent_key": "k2"}
        self.post("SU", reverse("cases:draft", args=[code(case)]), late, 204)
        assert "We look into it.</textarea>" not in self.page("SU", case)
        answer = Message.objects.get(case=case, direction="out")
        self.press(case, "take_back", answer.pk)
        assert "We look into it.</textarea>" in self.page("SU", case)

    def test_a_second_case_on_the_payment_is_seen_and_merged(self) -> None:
        first, second = self.opened(), self.opened(text=f"Again {self.ref}")
        assert code(first) in self.page("SU", second)
        self.act("SU", second, "merge", code=code(first))
        assert "It is part of" in self.page("SU", second)
        self.act("SU", second, "part")
        assert "It is part of" not in self.page("SU", second)

    def test_reviewers_read_and_do_nothing_and_every_filter_and_export_holds(self) -> None:
        case = self.opened()
        assert "Where is it?" in self.page("AU", case)
        in_sight, menu = self.page("TL", case).split('id="case-more"')
        review = f"{reverse('reviews:choose')}?case={code(case)}"
        assert review in menu
        assert "Escalate…" in menu
        assert "Escalate…" not in in_sight
        assert f'value="{code(case)}"' in self.get("TL", review)
        assert "Review this case" not in self.page("SU", case)
        self.post("AU", reverse("cases:say", args=[code(case)]), {"text": "x", "as": "note"}, 403)
        for query in ("view=new", "view=done", "q=Where", f"q={code(case)}", "channel=email&severity=normal"):
            assert self.clients["SU"].get(f"{reverse('cases:inbox')}?{query}").status_code == 200, query
        assert code(case) in self.get("SU", f"{reverse('cases:inbox')}?view=team&q=Where")
        assert code(case) not in self.get("SU", f"{reverse('cases:inbox')}?view=team&q=elsewhere")
        sheet = self.clients["SU"].get(reverse("cases:export", args=["csv"]) + "?view=team")
        assert code(case).encode() in b"".join(sheet.streaming_content)  # type: ignore[attr-defined]

    def test_the_list_and_the_page_cost_as_many_queries_however_much_there_is(self) -> None:
        case = self.opened()
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                self.page("SU", case)
            counts.append(len(asked))
            for n in range(4):
                self.opened(contact=f"{n}@example.org")
                actions.add_note(case.pk, text=f"Note {n}", by=WORKER, now=timezone.now())
        assert counts[1] <= counts[0] + 1, counts  # the words of what stands beside
        with CaptureQueriesContext(connection) as asked:
            sheet = self.clients["SU"].get(reverse("cases:export", args=["csv"]) + "?view=team")
            assert b"".join(sheet.streaming_content).count(b"CAS-") == 9  # type: ignore[attr-defined]
        assert len(asked) <= 10, len(asked)
        assert counts[0] <= 80, counts
