"""Splitting a case at its page: what is asked, what stands on both, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case, CaseLink, Message
from paydesk.domain.cases.queries import code
from paydesk.web.cases.tests.at_the_inbox import ADDRESS, OnTheInbox
from tests.builders import WORKER


class Splitting(OnTheInbox):
    def wrote(self, case: Case, text: str = "And my <b>refund</b> never came") -> Message:
        at = timezone.now() - timedelta(minutes=2)
        return actions.receive_message(case.pk, channel="email", text=text, sender=ADDRESS, by=WORKER, now=at)

    def said(self, case: Case, *messages: Message, **more: Any) -> dict[str, Any]:
        case.refresh_from_db()
        chosen = {f"message_{each.pk}": "along" for each in messages}
        return {"subject": "The refund", "version": str(case.version), "sent_key": "s1", **chosen, **more}

    def split(self, case: Case, *messages: Message, status: int = 302, **more: Any) -> str:
        known = self.said(case, *messages, **more)
        return self.post("SU", reverse("cases:split", args=[code(case)]), known, status)

    def test_it_is_asked_for_each_message_and_link_and_stands_on_both(self) -> None:
        case = self.opened()
        link, second = CaseLink.objects.get(case=case), self.wrote(case)
        asked = self.get("SU", reverse("cases:split", args=[code(case)]))
        assert "And my &lt;b&gt;refund&lt;/b&gt; never came" in asked
        assert f'name="message_{second.pk}"' in asked
        assert f'name="link_{link.pk}"' in asked
        self.split(case, second, **{f"link_{link.pk}": "both"})
        child = Case.objects.get(parent=case)
        there, here = self.page("SU", child), self.page("SU", case)
        for words in ("It was split off", "said in", code(case)):
            assert words in there
        for words in ("Child cases", "split off into", code(child)):
            assert words in here
        assert "Split messages off into another case: " + code(child) in here
        assert [("Take the split back" in each) for each in (there, here)] == [True, False]

    def test_what_is_wrong_is_said_at_its_field_and_a_stale_page_is_refused(self) -> None:
        case = self.opened()
        second = self.wrote(case)
        assert "Say why" in self.split(case, second, status=422, starts_at="2026-03-02T12:00")
        assert "Choose at least one message" in self.split(case, status=409)
        version = str(case.version)
        self.wrote(case, "One more")
        assert "went on since you looked" in self.split(case, second, status=409, version=version)
        assert not Case.objects.filter(parent=case).exists()

    def test_who_only_looks_is_told_who_can_and_one_that_is_over_is_not_split(self) -> None:
        case = self.opened()
        second = self.wrote(case)
        self.post("AU", reverse("cases:split", args=[code(case)]), self.said(case, second), 403)
        Case.objects.filter(pk=case.pk).update(state="closed", resolved_at=timezone.now())
        assert "closed" in self.get("SU", reverse("cases:split", args=[code(case)]))
        assert "closed" in self.split(case, second, status=409)

    def test_it_is_taken_back_from_the_child(self) -> None:
        case = self.opened()
        self.split(case, self.wrote(case))
        child = Case.objects.get(parent=case)
        self.act("SU", child, "unsplit")
        assert "Child cases" not in self.page("SU", case)
        child.refresh_from_db()
        assert (child.state, child.merged_into_id) == ("merged", case.pk)
        self.act("SU", child, "part", status=409)

    def test_a_part_is_named_and_resolving_says_that_it_is_open(self) -> None:
        case, other = self.opened(), self.opened(contact="kofi@example.com", text="Else")
        assert "still open" not in self.get("SU", reverse("cases:act", args=[code(case), "resolve"]))
        self.act("SU", case, "child", code=code(other))
        assert "Child cases" in self.page("SU", case)
        assert "Its parent case is" in self.page("SU", other)
        asked = self.get("SU", reverse("cases:act", args=[code(case), "resolve"]))
        assert "Child cases are still open" in asked
        assert code(other) in asked
        assert 'type="submit">Resolve' in asked, "a warning, not a block"
        self.act("SU", other, "no-part")
        assert "Child cases" not in self.page("SU", case)
        self.act("SU", case, "child", status=409, code="CAS-1")
