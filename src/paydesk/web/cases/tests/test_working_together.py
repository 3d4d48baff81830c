"""What helps at the inbox: what is next, several together and back, texts, files, who is here."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import docx
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Attachment, Case, CaseLink, Message, WaitingFile
from paydesk.domain.cases.queries import code
from paydesk.foundation.assignments.actions import assign
from paydesk.foundation.people.models import Person, Team
from paydesk.web.addresses import code_in
from paydesk.web.cases.tests.at_the_inbox import ADDRESS, OnTheInbox
from tests.builders import WORKER
from tests.pages import without_secrets

NEXT = re.compile(r'class="btn btn-primary"[^>]*>([^<]+)')


class Working(OnTheInbox):
    def next_of(self, case: Case) -> str:
        found = NEXT.search(self.page("SU", case))
        return unescape(found.group(1)).strip() if found else ""

    def known(self, case: Case, *, confirmed: bool = True) -> None:
        if confirmed:
            link = CaseLink.objects.get(case=case, kind="payment")
            self.press(case, "decide_link", link.pk, "confirm")
        self.press(case, "whose", customer=code_in("customer", self.payment.customer_id))
        self.act("SU", case, "verify", facts=["account_number", "last_payment"])

    def test_the_one_primary_button_is_what_policy_wants_next(self) -> None:
        case = self.opened()
        assert self.next_of(case).startswith("It is payment")
        link = CaseLink.objects.get(case=case, kind="payment")
        self.press(case, "decide_link", link.pk, "confirm")
        assert self.next_of(case) == "It is them"
        self.press(case, "whose", customer=code_in("customer", self.payment.customer_id))
        assert self.next_of(case) == "Verify…"
        self.act("SU", case, "verify", facts=["account_number", "last_payment"])
        page = self.page("SU", case)
        assert page[: page.index("<dialog")].count("btn-primary") == 1
        assert self.next_of(case) == "Answer"

    def test_several_are_sorted_put_off_and_tagged_together_and_back(self) -> None:
        first, second = self.opened(), self.opened(contact="b@example.org")
        codes = [code(first), code(second)]
        asked = self.get("SU", f"{reverse('cases:together', args=['sort'])}?code={codes[0]}&code={codes[1]}")
        assert "2 chosen" in asked
        later = timezone.localtime() + timedelta(days=2)
        for deed, said, words in (
            ("sort", {"category": "other.general"}, "Sorted."),
            ("tag", {"add": "Bank-holiday"}, "Tagged."),
            ("wait", {"waits_for": "internal", "until": f"{later:%Y-%m-%dT%H:%M}"}, "It comes back"),
        ):
            page = self.post("SU", reverse("cases:together", args=[deed]), {**said, "code": codes}, 200)
            assert words in page
            undo = re.search(r'name="undo" value="([0-9a-f]+)"', page)
            assert undo
            last = undo.group(1)
            if deed != "wait":
                assert "As it was before" in self.post(
                    "SU", reverse("cases:undo_together"), {"undo": last}, 200
                )
        first.refresh_from_db()
        assert (first.state, first.category, first.tags) == ("waiting", "", [])
        actions.add_note(first.pk, text="Looked", by=WORKER, now=timezone.now())
        page = self.post("SU", reverse("cases:undo_together"), {"undo": last}, 200)
        assert "It went on since" in page
        assert Case.objects.get(pk=second.pk).state == "in_progress"
        self.post("SU", reverse("cases:undo_together"), {"undo": last}, 409)

    def test_a_ready_text_comes_filled_in_their_language_and_what_is_open_is_named(self) -> None:
        case = self.opened()
        actions.save_ready_text(
            "", title="Where it is", then_wait_hours=24, by=self.people["TL"].actor(), now=timezone.now(),
            texts={
                "en": "Hello {customer.name}: {payment.amount} {refund.state}",
                "sw": "Habari {payment.amount}",
            },
        )  # fmt: skip
        ready = reverse("cases:ready", args=[code(case)])
        assert "{payment.amount}, {refund.state}: Nothing known fills it" in self.get("SU", ready)
        self.known(case)
        page = unescape(self.get("SU", ready))
        assert "Hello Ama Mensah: 120.00 GHS {refund.state}" in page
        assert json.dumps({"payment.amount": "120.00 GHS"}) in page
        assert "Habari 120.00 GHS" in self.get("SU", f"{ready}?language=sw")
        self.say(case, 409, text="It is {refund.state}")
        self.say(case, text="It is with you.", wait_hours="24", then_category="other.general")
        case.refresh_from_db()
        assert (Message.objects.get(case=case, direction="out").wait_hours, case.category) == (
            24,
            "other.general",
        )

    def test_the_language_they_are_answered_in_and_the_harm_are_said_later_too(self) -> None:
        case = self.opened()
        actions.save_ready_text(
            "", title="Where it is", texts={"en": "Hello", "sw": "Habari yako"},
            by=self.people["TL"].actor(), now=timezone.now(),
        )  # fmt: skip
        said = {"severity": "normal", "party_role": "unknown", "contact": ADDRESS}
        self.act("SU", case, "sort", 422, **said, language="xx")
        self.act("SU", case, "sort", **said, language="sw")
        assert "Habari yako" in self.get("SU", reverse("cases:ready", args=[code(case)]))
        assert ", in Swahili" in self.page("SU", case)
        self.act("SU", case, "sort", **said, harms=["vulnerable", "locked"], with_harms="1")
        assert 'value="vulnerable" class="form-check-input" id="deed_harms_1" checked' in self.get(
            "SU", reverse("cases:act", args=[code(case), "sort"])
        )
        self.act("SU", case, "sort", **said)  # a form without them leaves both as they are
        case.refresh_from_db()
        assert (case.language, case.harms) == ("sw", ["locked", "vulnerable"])

    def test_two_people_who_sort_at_once_do_not_take_back_what_the_other_one_said(self) -> None:
        case = self.opened()
        dialog = self.get("SU", reverse("cases:act", args=[code(case), "sort"]))
        shown = {"severity": "", "party_role": case.party_role, "contact": case.contact, "language": "en"}
        old = unescape(re.search(r'name="seen" value="([^"]+)"', dialog)[1])
        self.act("TL", case, "sort", **shown | {"severity": "urgent", "seen": old}, root_cause="none")
        self.act("SU", case, "sort", **shown, category="other.general", seen=old)
        case.refresh_from_db()
        assert (case.severity, case.root_cause, case.category) == ("urgent", "none", "other.general")
        told = self.act("SU", case, "sort", 409, **shown | {"severity": "high", "seen": old})
        assert "was changed by somebody else meanwhile" in told
        self.act("SU", case, "sort", **shown | {"severity": "urgent", "seen": old})  # both say the same
        case.refresh_from_db()
        assert (case.severity, case.category) == ("urgent", "other.general")

    def test_a_draft_that_is_shown_again_keeps_the_facts_that_stand_in_it(self) -> None:
        case = self.opened()
        self.known(case)
        draft = reverse("cases:draft", args=[code(case)])
        kept = 'name="fact" value="payment.amount=120.00 GHS"'
        self.post("SU", draft, {"text": "We have your 120.00 GHS.", "as": "answer"}, 204)
        assert kept in self.page("SU", case)
        self.post("SU", draft, {"text": "We have your 120.00 GHS.", "as": "note"}, 204)
        assert kept not in self.page("SU", case), "a note tells the customer nothing"
        now = timezone.now().isoformat()
        self.say(case, text="It is 120.00 GHS.", fact=["payment.amount=120.00 GHS"], facts_at=now)
        answer = Message.objects.get(case=case, direction="out")
        other = {"text": "It is 99.00 GHS.", "facts": {"payment.amount": "99.00 GHS"}}
        Message.objects.filter(pk=answer.pk).update(**other)
        self.press(case, "take_back", answer.pk)
        page = self.page("SU", case)
        assert 'name="fact" value="payment.amount=99.00 GHS"' in page, "what it told is looked up again"
        refused = self.say(
            case, 409, text="It is 99.00 GHS.", fact=["payment.amount=99.00 GHS"], facts_at=now, sent_key="k3"
        )
        assert "not so any more" in refused
        assert "What was paid was 99.00 GHS as of" in page
        assert "it is 120.00 GHS now" in page
        self.press(case, "renew", text="So: 99.00 GHS!", fact=["payment.amount=99.00 GHS"], facts_at=now)
        page = self.page("SU", case)
        assert ">So: 120.00 GHS!</textarea>" in page
        assert kept in page
        assert "as of" not in page.partition('class="pane-foot composer"')[2].partition("</form>")[0].replace(
            "Facts to put in, as of now", ""
        )

    def test_a_statement_a_letter_and_a_file_go_along_and_are_taken_along_with_a_record(self) -> None:
        case = self.opened()
        attach = reverse("cases:attach", args=[code(case)])
        word = BytesIO()
        page = docx.Document()
        page.add_paragraph("Dear {{ customer.name }}, {{ payment.amount }}")
        page.save(word)
        word.seek(0)
        letter = actions.save_letter(
            "Confirmed", "en", word, filename="c.docx", by=self.people["TL"].actor(), now=timezone.now()
        )
        assert "Nothing fills {{ payment.amount }}:" in unescape(
            self.post("SU", attach, {"kind": "letter", "letter": letter.pk}, 409)
        )
        self.known(case)
        contract = self.payment.contract
        days = {"since": str(contract.opened_on), "through": str(timezone.localdate())}
        self.post("SU", attach, {"kind": "statement", "contract": contract.pk, **days}, 302)
        self.post("SU", attach, {"kind": "letter", "letter": letter.pk}, 302)
        self.post("SU", attach, {"kind": "file", "file": BytesIO(b"")}, 422)
        kinds = list(WaitingFile.objects.order_by("pk").values_list("content_type", flat=True))
        assert kinds[0] == "application/pdf"
        assert kinds[1].endswith("wordprocessingml.document")
        self.say(case, text="Here they are.")
        sent = list(Attachment.objects.order_by("pk"))
        assert len(sent) == 2
        taken = self.clients["AU"].get(reverse("cases:download", args=[code(case), sent[0].pk]))
        assert b"".join(taken.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
        assert "attachment" in taken["Content-Disposition"]
        shown = self.clients["SU"].get(reverse("cases:picture", args=[code(case), sent[0].pk]))
        assert shown.status_code == 404

    def test_a_mail_as_it_was_sent_stands_in_a_frame_where_nothing_runs_or_loads(self) -> None:
        case = self.opened()
        html = '<b>Hi</b><script>alert(1)</script><img src="https://spy.example/x.gif">'
        html += '<a href="javascript:x">y</a>'
        said = actions.receive_message(
            case.pk,
            channel="email",
            text="Hi",
            full_text="Hi\n> old",
            html=html,
            by=WORKER,
            now=timezone.now(),
        )
        assert "Show full" in self.page("SU", case)
        frame = self.clients["SU"].get(reverse("cases:as_sent", args=[code(case), said.pk]))
        text = frame.content.decode()
        assert "<b>Hi</b>" in text
        assert "1 picture from elsewhere is not shown" in text
        for gone in ("script", "spy.example", "javascript"):
            assert gone not in text
        assert frame["Content-Security-Policy"].startswith("sandbox ")
        assert "default-src 'none'" in frame["Content-Security-Policy"]
        assert frame["X-Frame-Options"] == "SAMEORIGIN"

    def test_who_is_here_is_seen_and_the_list_comes_anew_only_when_something_changed(self) -> None:
        case = self.opened()
        here = reverse("cases:here", args=[code(case)])
        self.post("SU", f"{here}?v={case.version}-", {}, 204)
        assert "has this case open too" in self.post("AN", f"{here}?v={case.version}-", {}, 200)
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team")
        live = re.search(r'hx-get="(/cases/live\?[^"]+)"', page)
        assert live
        address = unescape(live.group(1))
        assert "has it open now" in page
        assert self.clients["SU"].get(address).status_code == 204
        counts = []
        for _ in range(2):
            self.opened(contact=ADDRESS)
            with CaptureQueriesContext(connection) as asked:
                rows = self.get("SU", address)
            counts.append(len(asked))
            assert 'hx-swap-oob="true"' in rows
        assert counts[0] == counts[1] <= 30, counts

    def test_the_lead_sees_who_has_what_and_what_will_be_late(self) -> None:
        case = self.opened()
        actions.make_commitment(
            case.pk,
            text="Call back",
            due_at=timezone.now() + timedelta(hours=2),
            by=WORKER,
            now=timezone.now(),
        )
        page = self.get("TL", reverse("home_team"))
        for words in ("Nobody yet", "Call back", "Who has how much", "Will be late unless somebody acts"):
            assert words in page, words
        assert "subtotal" not in page  # all are of one team
        for role, team in (("SU", "Phones"), ("AN", "Payments")):
            Person.objects.filter(pk=self.people[role].pk).update(team=Team.objects.create(name=team))
            for n in range(2 if role == "SU" else 1):
                taken = self.opened(contact=f"{role}{n}@mail.example".lower())
                who = self.people[role]
                assign(("case", taken.pk), market="GH", owner_id=who.pk, by=who.actor(), now=timezone.now())
        answer = self.clients["TL"].get(reverse("home_team"))
        teams = answer.context["teams"]
        sums = [(each.name, each.open, [mate.load.open for mate in each.mates]) for each in teams]
        assert sums == [("Payments", 1, [1]), ("Phones", 2, [2]), ("", 1, [1])]
        assert without_secrets(answer).count('class="subtotal"') == 2
        assert "Your cases" in self.get("SU", "/")

    def test_ready_texts_are_written_changed_and_retired_on_their_screen(self) -> None:
        said = {"title": "Thanks", "text_en": "Thank you {customer.name}"}
        self.post("SU", reverse("ready_texts:new"), said, 403)
        self.post("TL", reverse("ready_texts:new"), {**said, "text_en": "{payment.colour}"}, 409)
        self.post("TL", reverse("ready_texts:new"), said, 302)
        self.post("TL", reverse("ready_texts:edit", args=["thanks"]), {**said, "text_fr": "Merci"}, 302)
        assert "English, French" in self.get("SU", reverse("ready_texts:list"))
        assert "Version 2" in self.get("SU", reverse("ready_texts:edit", args=["thanks"]))
        self.post("TL", reverse("ready_texts:retire", args=["thanks"]), {}, 302)
        assert "Thanks" not in self.get("SU", reverse("ready_texts:list"))
