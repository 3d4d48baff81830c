"""The chat and the telephone: said once, proved by facts or a code, answered where they are; who rings."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Attachment, Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.doors import actions, rules
from paydesk.domain.doors.models import Chat, Door, PhoneCall
from paydesk.foundation.clocks.models import Clock
from paydesk.web.public.tests.test_status import BROWSER
from paydesk.web.refunds.tests.desk import PHONE, OnTheRefundDesk
from tests.builders import receive_today, row

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
CARD = "4111 1111 1111 1111"


pytestmark = pytest.mark.usefixtures("nobody_came_before")


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class AtTheDoors(OnTheRefundDesk):
    def door(self, kind: str, **fields: Any) -> tuple[Door, str]:
        known = {"kind": kind, "name": kind, "market": "GH", **fields}
        return actions.add_door(**known, by=self.people["AD"].actor(), now=timezone.now())


class Chats(AtTheDoors):
    def setUp(self) -> None:
        super().setUp()
        self.widget, _ = self.door("chat", origins=["https://shop.example"])
        self.path = reverse("public:chat", args=[self.widget.key])
        self.visitor = Client(headers=BROWSER)
        self.secret = self.visitor.post(f"{self.path}/begin").json()["secret"]

    def say(self, key: str, text: str, status: int = 200, **said: str) -> dict[str, Any]:
        return self.send("say", status, key=key * 8, text=text, **said)

    def send(self, what: str, status: int = 200, **said: str) -> dict[str, Any]:
        answer = self.visitor.post(
            f"{self.path}/{what}", json.dumps(said), "application/json", headers={"X-Chat": self.secret}
        )
        assert answer.status_code == status, answer.content
        return answer.json()  # type: ignore[no-any-return]

    def look(self, what: str = "news", status: int = 200, **query: Any) -> dict[str, Any]:
        answer = self.visitor.get(f"{self.path}/{what}", query, headers={"X-Chat": self.secret})
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else {}

    def reply(self, case: Case, text: str, role: str = "SU") -> Message:
        case.refresh_from_db()
        return cases.reply(
            case.pk, text=text, sent_key=text, version=case.version, by=self.people[role].actor(),
            now=timezone.now(),
        )  # fmt: skip

    def test_what_is_said_is_the_case_once_in_order_without_a_card_number(self) -> None:
        assert not Case.objects.exists()
        self.say("a", f"I paid with {CARD}", name="Ama", contact="ama@example.com")
        self.say("b", "and it is not there")
        assert self.say("a", f"I paid with {CARD}")["id"] == Message.objects.earliest("pk").pk
        case = Case.objects.get()
        assert (case.channel, case.contact, case.contact_name) == ("chat", "ama@example.com", "Ama")
        told = self.look()
        assert [each["text"] for each in told["said"]] == [
            "I paid with **** **** **** 1111",
            "and it is not there",
        ]
        assert [each["key"] for each in told["said"]] == ["a" * 8, "b" * 8]
        assert not Message.objects.filter(text__contains="4111").exists()
        self.look(status=204, v=told["v"], after=told["said"][-1]["id"])
        self.say("c", " ", 409)
        self.say("x!", "no key", 400)
        self.secret = "another"
        self.look(status=404)
        self.say("d", "hello", 404)

    def send_file(self, key: str, name: str, content: bytes, status: int = 200) -> dict[str, Any]:
        answer = self.visitor.post(
            f"{self.path}/file", {"key": key * 8, "file": SimpleUploadedFile(name, content)},
            headers={"X-Chat": self.secret},
        )  # fmt: skip
        assert answer.status_code == status, answer.content
        return answer.json()  # type: ignore[no-any-return]

    def test_files_go_both_ways_by_the_rules_of_every_door(self) -> None:
        first = self.send_file("a", f"slip {CARD}.png", PICTURE)
        assert first["text"] == "Sent a file: slip **** **** **** 1111.png"
        assert self.send_file("a", f"slip {CARD}.png", PICTURE)["id"] == first["id"]
        case, kept = Case.objects.get(), Attachment.objects.get()
        assert (kept.message_id, kept.content_type, kept.message.direction) == (
            first["id"],
            "image/png",
            "in",
        )
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert reverse("cases:picture", args=[code(case), kept.pk]) in page
        refused = self.send_file("b", "photo.png", b"MZ not a picture", 409)
        assert (refused["code"], Attachment.objects.count()) == ("door.file", 1)
        self.send_file("c", "large.pdf", b"%PDF-1.4 " + b"0" * (6 * 1024 * 1024), 413)
        with patch.object(rules, "MOST_CHAT_FILES", 1):
            self.send_file("d", "second.png", PICTURE, 409)
        assert Message.objects.filter(case=case, direction="in").count() == 1, "nothing was said by these"
        cases.attach_file(
            case.pk, BytesIO(b"%PDF-1.4 statement"), filename="statement.pdf",
            by=self.people["SU"].actor(), now=timezone.now(),
        )  # fmt: skip
        self.reply(case, "Here is your statement")
        theirs, ours = self.look()["said"]
        assert [each["name"] for each in theirs["files"]] == ["slip ____ ____ ____ 1111.png"]
        (file,) = ours["files"]
        path = f"{self.path}/file/{file['id']}"
        found = self.visitor.get(path, headers={"X-Chat": self.secret})
        assert found.getvalue() == b"%PDF-1.4 statement"
        assert found["Content-Disposition"].startswith("attachment")
        other = self.visitor.post(f"{self.path}/begin").json()["secret"]
        for secret in (other, ""):
            assert self.visitor.get(path, headers={"X-Chat": secret}).status_code == 404

    def test_an_answer_goes_into_the_chat_while_they_are_there_and_by_mail_when_not(self) -> None:
        self.say("a", "Hello", contact="ama@example.com")
        case = Case.objects.get()
        answer = self.reply(case, "Good morning")
        assert (answer.channel, answer.delivery) == ("chat", "sent")
        assert not Clock.objects.filter(subject_id=case.pk, kind="first_response", ended_as="").exists()
        (last,) = [each for each in self.look()["said"] if each["ours"]]
        assert (last["text"], last["who"]) == ("Good morning", "SU")
        answer.refresh_from_db()
        assert answer.delivery == "delivered"
        assert self.look(after=last["id"])["said"] == []
        handed_over = self.reply(case, "I go on", "AN")
        assert [each["who"] for each in self.look(after=last["id"])["said"]] == ["AN"]
        Chat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
        by_mail = self.reply(case, "You were gone")
        assert (handed_over.channel, by_mail.channel, by_mail.delivery) == ("chat", "email", "queued")

    def test_two_right_facts_show_where_the_payment_is_and_wrong_ones_end(self) -> None:
        self.send("prove", 409, account_number="10482937", transaction_code="x")
        self.say("a", "Where is my payment?")
        assert "120.00 GHS" not in json.dumps(self.look("standing"))
        line = self.payment.statement_line
        right = {"account_number": "10482937", "transaction_code": line.provider_ref}
        assert "Two different" in self.send("prove", 409, account_number="10482937")["refused"]
        wrong = self.send("prove", 409, **{**right, "transaction_code": "TX0"})
        assert (
            wrong["refused"] == self.send("prove", 409, account_number="1", transaction_code="2")["refused"]
        )
        assert Case.objects.get().level == "unverified"
        self.send("prove", **right)
        case = Case.objects.get()
        assert (case.level, case.customer_id, case.party_role) == (
            "two_facts", self.payment.customer_id, "customer",
        )  # fmt: skip
        shown = json.dumps(self.look("standing"))
        assert "120.00 GHS" in shown
        assert PHONE not in shown
        assert "Ama" not in shown

    def test_who_proves_it_in_the_chat_is_not_known_by_mail_also_where_it_went_into_a_mail(self) -> None:
        self.say("a", "Where is my payment?", contact="ama@example.com")
        chatted, by, now = Case.objects.get(), self.people["SU"].actor(), timezone.now()
        mailed = cases.open_case(
            market="GH", channel="email", contact="ama@example.com", text="Where is it?", by=by, now=now
        )
        cases.merge(chatted.pk, into=mailed.pk, by=by, now=now)
        right = {"account_number": "10482937", "transaction_code": self.payment.statement_line.provider_ref}
        self.send("prove", **right)
        mailed.refresh_from_db()
        assert (mailed.level, mailed.level_channel) == ("two_facts", "chat")

    def test_after_three_wrong_tries_an_agent_asks(self) -> None:
        self.say("a", "Where is my payment?")
        line = row(2, "30.00", reference="10482937", occurred_at=timezone.now())
        (payment,) = receive_today(self.account, line)
        paid = f"{payment.value_on.isoformat()} 1.00"
        for _ in range(3):
            self.send("prove", 409, account_number="10482937", last_payment=paid)
        right = {"account_number": "10482937", "last_payment": paid.replace(" 1.00", " 30,00")}
        assert "An agent will ask you" in self.send("prove", 409, **right)["refused"]
        self.secret = self.visitor.post(f"{self.path}/begin").json()["secret"]
        self.say("b", "Again")
        self.send("prove", **right)

    def test_a_code_read_out_on_a_call_is_strong_and_works_once(self) -> None:
        self.say("a", "Hello")
        case = Case.objects.get()
        path = reverse("doors:code", args=[code(case)])
        assert "which customer" in self.post("SU", path, {}, 409)
        cases.sort_case(
            case.pk, customer_id=self.payment.customer_id, party_role="customer",
            by=self.people["SU"].actor(), now=timezone.now(),
        )  # fmt: skip
        answer = self.clients["SU"].post(path).content.decode()
        told = answer.partition('id="read-out">')[2].partition("<")[0]
        assert told.replace(" ", "").isdigit()
        self.send("prove", 409, code="000 000" if told != "000 000" else "111 111")
        self.send("prove", code=told)
        assert Case.objects.get().level == "strong"
        self.send("prove", 409, code=told)

    def test_the_agents_page_follows_the_chat_and_its_answer_is_not_stopped_by_what_it_shows(self) -> None:
        self.say("a", "Hello")
        case = Case.objects.get()
        page = self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert "In the chat" in page or "in the chat" in page
        first = Message.objects.get()
        path = reverse("doors:chat_news", args=[code(case)])
        case.refresh_from_db()
        self.say("b", "Are you there?")
        news = self.get("SU", f"{path}?after={first.pk}&v={case.version}.10")
        assert "Are you there?" in news
        assert f'name="version" value="{case.version + 1}"' in news
        cases.add_note(case.pk, text="x", by=self.people["AN"].actor(), now=timezone.now())
        self.say("c", "Hm")
        news = self.get("SU", f"{path}?after={first.pk + 1}&v={case.version + 1}.10")
        assert 'name="version"' not in news, "somebody else did something that is not shown"


class Telephone(AtTheDoors):
    def setUp(self) -> None:
        super().setUp()
        self.system, self.token = self.door("phone")

    def announce(self, status: int = 200, token: str = "", **told: str) -> dict[str, Any]:
        answer = Client().post(
            reverse("public:announce"), json.dumps(told), "application/json",
            headers={"Authorization": f"Bearer {token or self.token}"},
        )  # fmt: skip
        assert answer.status_code == status, answer.content
        return answer.json()  # type: ignore[no-any-return]

    def test_a_call_pops_up_is_taken_once_and_logged_with_its_script(self) -> None:
        rings = reverse("doors:rings")
        assert "Take the call" not in self.get("SU", rings)
        self.announce(call="1", event="ringing", **{"from": "+233 24 412 3456"})
        self.announce(call="1", event="ringing", **{"from": "0244123456"})
        call = PhoneCall.objects.get()
        assert call.number == PHONE
        page = self.get("SU", rings)
        assert "Take the call" in page
        assert self.clients["SU"].get(f"{rings}?v={call.pk}").status_code == 204
        self.get("AU", rings, status=403)
        self.post("SU", reverse("doors:take", args=[call.pk]))
        case = Case.objects.get()
        assert (case.channel, case.contact) == ("phone", PHONE)
        assert "Somebody else" in self.post("AN", reverse("doors:take", args=[call.pk]), {}, 409)
        assert "Take the call" not in self.get("AN", rings)
        self.announce(call="1", event="answered")
        opened = f"{reverse('cases:inbox')}?view=team&open={code(case)}"
        assert "On the phone" in self.get("SU", opened)
        assert "On the phone" not in self.get("AN", opened)
        self.announce(call="1", event="ended")
        self.announce(call="1", event="ringing")
        assert PhoneCall.objects.get().state == "ended"
        self.post(
            "SU", reverse("cases:act", args=[code(case), "call"]),
            {"called_us": "yes", "outcome": "answered", "text": "Asks for the balance"},
        )  # fmt: skip
        assert "On the phone" not in self.get("SU", opened)
        self.announce(call="2", event="ringing", **{"from": PHONE})
        again = PhoneCall.objects.latest("pk")
        self.post("SU", reverse("doors:take", args=[again.pk]))
        assert PhoneCall.objects.latest("pk").case_id == case.pk, "the open case of this number"

    def test_it_rings_for_one_agent_or_for_the_market_and_not_for_ever(self) -> None:
        self.announce(call="1", event="ringing", agent="su@desk.example", **{"from": ""})
        call = PhoneCall.objects.get()
        assert "withheld" in self.get("SU", reverse("doors:rings"))
        assert "Take the call" not in self.get("AN", reverse("doors:rings"))
        PhoneCall.objects.update(rang_at=timezone.now() - timedelta(minutes=3))
        assert "Take the call" not in self.get("SU", reverse("doors:rings"))
        self.announce(call="1", event="ended")
        assert PhoneCall.objects.get().state == "missed"
        page = self.get("AD", reverse("doors:calls"))
        assert "withheld" in page
        assert "Missed" in page or "missed" in page
        assert call.pk

    def test_only_its_token_announces_and_a_new_one_ends_the_old(self) -> None:
        self.announce(401, token="wrong", call="1", event="ringing")
        self.announce(409, call="1", event="sings")
        path = reverse("doors:renew", args=[self.system.pk])
        self.post("SU", path, {}, 403)
        page = self.clients["AD"].post(path).content.decode()
        fresh = page.partition('id="door-token">')[2].partition("<")[0]
        self.announce(401, call="1", event="ringing")
        self.announce(token=fresh, call="1", event="ringing", **{"from": PHONE})
        assert fresh not in self.get("AD", reverse("doors:list"))
        broken = Client().post(
            reverse("public:announce"), "[1", "application/json", headers={"Authorization": f"Bearer {fresh}"}
        )
        assert broken.status_code == 400

    def test_doors_are_set_up_on_the_screen_and_scripts_written(self) -> None:
        said = {
            "kind": "chat",
            "name": "Shop",
            "market": "GH",
            "language": "fr",
            "origins": "https://a.example",
        }
        page = self.post("AD", reverse("doors:add"), said, 200)
        assert "js/chat-widget.js" in page
        door = Door.objects.get(kind="chat")
        sites = reverse("doors:origins", args=[door.pk])
        assert "no address of a site" in self.post("AD", sites, {"origins": "http://b.example/x"}, 409)
        self.post("AD", sites, {"origins": "https://b.example http://127.0.0.1:81"})
        listed = self.get("AD", reverse("doors:list"))
        for text in ("https://b.example", "http://127.0.0.1:81", "Telephone system", "None was given out"):
            assert text in listed, text
        self.post("AD", reverse("doors:switch", args=[door.pk]))
        assert Client().get(reverse("public:chat", args=[door.key])).status_code == 404
        self.post("AD", reverse("doors:script", args=["refund"]), {"lines": "Say hello\n\nSay when"})
        scripts = self.get("AD", reverse("doors:scripts"))
        assert "Say when" in scripts
        assert "version 1" in scripts
        self.post("AD", reverse("doors:script", args=["refund"]), {"lines": ""})
        assert "Say when" not in self.get("AD", reverse("doors:scripts"))
