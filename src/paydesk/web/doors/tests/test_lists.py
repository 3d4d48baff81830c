"""Chats, calls, forms and status pages: listed, filtered by the address, exported as shown."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.models import Case
from paydesk.domain.doors import actions
from paydesk.domain.doors.models import Chat, ProofTry, StatusLink, Visit
from paydesk.web.addresses import code_in
from paydesk.web.public.tests.test_chat import AtTheDoors
from paydesk.web.public.tests.test_status import BROWSER
from tests.builders import WORKER

pytestmark = pytest.mark.usefixtures("nobody_came_before")


class Lists(AtTheDoors):
    def shown(self, what: str, **asked: str) -> str:
        return self.get("TL", reverse(f"doors:{what}"), asked)

    def sheet(self, what: str, **asked: str) -> list[str]:
        answer = self.clients["TL"].get(reverse(f"doors:export_{what}", args=["csv"]), asked)
        return answer.getvalue().decode().splitlines()[1:]

    def test_each_list_is_filtered_by_the_address_and_exported_as_shown(self) -> None:
        now = timezone.now()
        for what in ("chats", "calls", "forms", "pages"):
            assert "empty" in self.shown(what)
        form, _ = self.door("form", name="Site form")
        case, link = actions.send_form(form, sent_key="1", text="Where is it?", by=WORKER, now=now)
        forms = {"all": {}, "here": {"door": str(form.pk), "state": "new"}, "not": {"state": "closed"}}
        for name, asked in forms.items():
            assert (code_in("case", case.pk) in self.shown("forms", **asked)) is (name != "not")
            assert len(self.sheet("forms", **asked)) == (name != "not")
        assert "Site form" in self.sheet("forms")[0]
        assert "Where is it?" not in self.get("AD", reverse("doors:forms")), "who works at no case reads none"

        assert len(self.sheet("pages", state="looked")) == 0
        looked = Visit.objects.create(link=link, at=now, device="phone")
        assert ",looked at," in self.sheet("pages", state="looked", market="GH")[0]
        (row,) = self.sheet("visits", state="phone", link=str(link.pk))
        assert row.startswith(f"{looked.at:%Y-%m-%d %H:%M:%S},phone,{code_in('case', case.pk)},")
        assert self.sheet("visits", state="unknown") == self.sheet("visits", link=str(link.pk + 1)) == []
        day = f"{timezone.localdate()}"
        early = self.get("SU", reverse("causes:pages"), {"since": day, "state": "too_early"})
        assert f"{reverse('causes:visits')}?link={link.pk}" in early
        assert self.sheet("pages", state="spared") == self.sheet("pages", state="wrote") == []
        assert code_in("case", case.pk) in self.get("SU", reverse("causes:visits"), {"link": str(link.pk)})
        StatusLink.objects.update(expires_at=now - timedelta(days=1))
        assert code_in("case", case.pk) in self.shown("pages", state="expired")
        assert self.sheet("pages", state="good") == self.sheet("pages", state="withdrawn") == []

        widget, _ = self.door("chat", name="Shop chat")
        path = reverse("public:chat", args=[widget.key])
        visitor = Client(headers=BROWSER)
        secret = visitor.post(f"{path}/begin").json()["secret"]
        assert self.sheet("chats") == [], "nothing was said"
        said = json.dumps({"key": "a" * 8, "text": "Hello"})
        visitor.post(f"{path}/say", said, "application/json", headers={"X-Chat": secret})
        chatted = Case.objects.get(channel="chat")
        (row,) = self.sheet("chats", state="there", door=str(widget.pk), since=f"{now:%Y-%m-%d}")
        assert row.startswith(f"{code_in('case', chatted.pk)},Shop chat,GH,there now,")
        assert row.endswith(",1,no,English")
        assert self.sheet("chats", state="proved") == []
        ProofTry.objects.create(chat=Chat.objects.get(), held=True, at=now)
        assert code_in("case", chatted.pk) in self.shown("chats", state="proved")

        system, _ = self.door("phone")
        for name, number in (("1", "233244000111"), ("2", "")):
            actions.announce_call(
                system, call_id=name, event="ringing", number=number, agent="", by=WORKER, now=now
            )  # fmt: skip
        assert "withheld" in self.shown("calls", state="nobody")
        assert len(self.sheet("calls", state="ringing", door=str(system.pk))) == 2
        assert self.sheet("calls", state="taken") == self.sheet("calls", until="2020-01-01") == []
        assert "233244000111" not in "".join(self.get("AD", reverse("doors:calls")).split())
