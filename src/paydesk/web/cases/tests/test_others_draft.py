"""The answer that a colleague began, at the case and in the list: read, taken over, not written back."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.models import Case, Draft
from paydesk.domain.cases.queries import code
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from paydesk.web.refunds.tests.desk import HTMX

TEXT = "We looked into it, <b>Ama</b>."


class OthersDraft(OnTheInbox):
    def setUp(self) -> None:
        super().setUp()
        self.case = self.opened()
        self.opened_at = timezone.now().isoformat()

    def writes(self, role: str = "SU", status: int = 204, **said: Any) -> str:
        known = {"text": TEXT, "as": "answer", "facts_at": self.opened_at}
        return self.post(role, reverse("cases:draft", args=[code(self.case)]), {**known, **said}, status)

    @property
    def address(self) -> str:
        return reverse("cases:draft_of", args=[code(self.case), self.people["SU"].pk])

    def takes(self, role: str = "TL", status: int = 302) -> str:
        asked = self.get(role, self.address)
        read_at = re.search(r'name="read_at" value="([^"]+)"', asked)
        assert read_at
        return self.post(role, self.address, {"read_at": read_at.group(1)}, status)

    def list_(self, role: str) -> str:
        return self.get(role, f"{reverse('cases:inbox')}?view=team", {})

    def test_a_colleague_reads_it_takes_it_over_and_has_it_in_the_composer(self) -> None:
        self.writes()
        assert "SU Person began an answer" in self.page("TL", self.case)
        assert "began an answer" not in self.page("SU", self.case), "the author has it in the composer"
        assert "We looked into it, &lt;b&gt;Ama&lt;/b&gt;." in self.get("TL", self.address)
        self.takes()
        assert "We looked into it, &lt;b&gt;Ama&lt;/b&gt;.</textarea>" in self.page("TL", self.case)
        assert "TL Person took your draft over" in self.page("SU", self.case)

    def test_the_page_of_the_author_says_so_and_writes_nothing_back(self) -> None:
        self.writes()
        self.takes()
        assert "TL Person took your draft over" in self.writes(status=409, text="We looked into it. More")
        here = reverse("cases:here", args=[code(self.case)])
        assert "TL Person took your draft over" in self.post("SU", here, {}, 200)
        sent = {"text": TEXT, "as": "answer", "version": str(self.case.version), "sent_key": "k1",
                "facts_at": self.opened_at}  # fmt: skip
        refused = self.post("SU", reverse("cases:say", args=[code(self.case)]), sent, 409)
        assert "took your draft over" in refused
        assert Draft.objects.get(person_id=self.people["TL"].pk).text == TEXT
        assert not self.case.messages.filter(direction="out").exists()

    def test_a_note_stays_its_authors_and_who_may_not_work_the_case_reads_none(self) -> None:
        self.writes(**{"as": "note"})
        assert "began an answer" not in self.page("TL", self.case)
        self.get("TL", self.address, status=404)
        self.writes()
        assert "began an answer" not in self.page("AU", self.case)
        self.get("AU", self.address, status=403)

    def test_what_is_stale_or_bare_is_refused_and_ones_own_words_stay(self) -> None:
        self.writes()
        self.post("TL", self.address, {"read_at": "soon"}, 409)
        self.post("TL", self.address, {"read_at": self.opened_at}, 409)
        self.writes("TL", text="Mine")
        assert "You are writing here yourself" in self.get("TL", self.address)
        self.takes(status=409)
        assert Draft.objects.get(person_id=self.people["TL"].pk).text == "Mine"

    def test_a_row_says_that_a_draft_waits_by_the_statements_it_had(self) -> None:
        def counted() -> tuple[int, str]:
            with CaptureQueriesContext(connection) as asked:
                found = self.list_("SU")
            return len(asked), found

        counted()  # what a process asks once
        before, bare = counted()
        assert "draft-mark" not in bare
        self.writes()
        after, marked = counted()
        assert "An answer was begun: SU Person" in marked
        assert after == before
        live = reverse("cases:live")
        version = re.search(r"v=([0-9a-f]{16})", marked)
        assert version
        address = f"{live}?view=team&v={version.group(1)}"
        assert self.clients["SU"].get(address, headers=HTMX).status_code == 204
        self.takes()
        Case.objects.filter(pk=self.case.pk).update(version=self.case.version)
        answer = self.clients["SU"].get(address, headers=HTMX)
        assert "An answer was begun: TL Person" in answer.content.decode()
