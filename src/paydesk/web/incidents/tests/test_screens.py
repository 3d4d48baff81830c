"""What many cases say, on the screen: suggestions, escalations, the tree, incidents, causes, improvements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CategoryTree, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.improvements.models import Improvement
from paydesk.domain.incidents.models import Broadcast, Incident
from paydesk.domain.incidents.queries import code as incident_code
from paydesk.domain.incidents.tasks import look_for_incidents, tell_everybody
from paydesk.domain.triage import actions as triage
from paydesk.domain.triage.models import CategoryModel
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER, receive, row

SAID = "Mobile money says declined when I pay you, since this morning"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Noticing(OnTheRefundDesk):
    def opened(self, text: str = SAID, number: int = 0, **fields: Any) -> Case:
        known = {"market": "GH", "channel": "email", "contact": f"w{number}@mail.example", "by": WORKER}
        now = timezone.now() - timedelta(minutes=30 - number)
        return cases.open_case(text=text, **{**known, "now": now, **fields})

    def page(self, role: str, case: Case) -> str:
        return self.get(role, f"{reverse('cases:inbox')}?view=team&open={code(case)}")

    def test_a_suggestion_is_taken_with_one_press_and_an_escalation_is_seen(self) -> None:
        earlier = self.opened("My refund has not come", 1)
        model = CategoryModel.objects.create(
            state="ready", asked_by="system:worker", asked_at=timezone.now(), learnt_at=timezone.now(),
            document_id=1, cases=40, figures={"accuracy": 912, "ece": 19}, threshold=880,
            gates=[{"category": "refund.late", "labelled": 40, "filled": 30, "right": 29, "is_open": True},
                   {"category": "paying.twice", "labelled": 9, "filled": 0, "right": 0, "is_open": False}],
        )  # fmt: skip
        case = self.opened("Where is my refund", 2, harms=["vulnerable"])
        top = [{"category": "refund.late", "confidence": 612, "words": ["refund"],
                "similar": [[earlier.pk, 700]]}]  # fmt: skip
        triage.keep_suggestion(
            case.pk, model_id=model.pk, top=top, fill="", why="Unsure: 61% sure.", by=WORKER,
            now=timezone.now(),
        )  # fmt: skip
        triage.raise_escalations(by=WORKER, now=timezone.now())
        page = self.page("SU", case)
        for text in (
            "61.2 %",
            "Refund: Refund has not come",
            code(earlier),
            "Escalate at once",
            'hotkey="7"',
        ):
            assert text in page, text
        self.post("SU", reverse("categories:take", args=[code(case)]), {"category": "refund.late"}, 302)
        assert Case.objects.get(pk=case.pk).category == "refund.late"
        seen = reverse("categories:seen", args=[code(case), case.escalations.get().pk])
        self.post("SU", seen, {}, 302)
        page = self.page("AU", case)
        assert "seen by" in page
        assert "chosen" in page
        shown = self.get("SU", reverse("categories:model"))
        for text in ("91.2 %", "96.6 %", "30 cases are needed", "88.0 %"):
            assert text in shown, text
        self.post("SU", reverse("categories:learn"), {}, 302)
        assert "It is being learnt now" in self.get("AU", reverse("categories:model"))

    def test_the_tree_is_changed_in_versions_and_old_ones_can_be_looked_at(self) -> None:
        said = {"words": "Paid two times", "group": "refund", "checks": "One\nTwo", "required": ["amount"],
                "version": "0"}  # fmt: skip
        self.post("TL", reverse("categories:edit", args=["paying.twice"]), said, 302)
        page = self.get("SU", reverse("categories:tree"))
        for text in ("Version 1", "Paid two times moved from Paying to Refund.", "One; Two"):
            assert text in page, text
        assert "Charged twice" in self.get("SU", reverse("categories:tree") + "?version=0")
        stale = self.post("TL", reverse("categories:new_group"), {"words": "Tax", "version": "0"}, 409)
        assert "version 1" in stale
        self.post("TL", reverse("categories:group", args=["paying"]), {"words": "Pay", "version": "1"}, 302)
        assert CategoryTree.objects.count() == 2

    def test_an_incident_from_the_proposal_to_the_last_case(self) -> None:
        found = [self.opened(f"{SAID} {number}", number) for number in range(8)]
        look_for_incidents(timezone.now())
        incident = Incident.objects.get()
        name = incident_code(incident)
        assert name in self.page("SU", found[0])
        listed = reverse("incidents:list") + f"?tab=proposed&open={name}"
        assert "Open the incident" in self.get("SU", listed)
        self.post("SU", reverse("incidents:act", args=[name, "adopt"]), {"title": "Wallet is down"}, 302)
        opened = reverse("incidents:list") + f"?tab=open&open={name}"
        assert "Yours" in self.get("SU", opened)
        self.post(
            "SU", reverse("incidents:act", args=[name, "name"]),
            {"title": "Wallet is down", "root_cause": "provider_outage"}, 302,
        )  # fmt: skip
        self.post("SU", reverse("incidents:tell", args=[name]), {"text": "It works again."}, 302)
        draft = Broadcast.objects.get()
        look = reverse("incidents:look", args=[name, draft.pk])
        assert "Tell 8 people" in self.get("SU", look)
        self.post("SU", reverse("incidents:send", args=[name, draft.pk]), {}, 302)
        tell_everybody({"broadcast_id": draft.pk})
        assert "8 told" in self.get("SU", opened)
        assert Message.objects.filter(direction="out").count() == 8
        self.post("SU", reverse("incidents:take_off", args=[name, code(found[7])]), {}, 302)
        self.post("SU", reverse("incidents:act", args=[name, "close"]), {"reason": "Over"}, 302)
        finish = reverse("incidents:finish", args=[name])
        assert "7 of its cases" in self.get("SU", finish)
        said = {"name_cause": "on", "resolve": "on", "money_outcome": "none"}
        assert "0 resolved, 7 not" in self.post("SU", finish, said, 200)
        done = Case.objects.filter(root_cause="provider_outage", money_outcome="none")
        assert done.count() == 7
        for kind in ("csv", "xlsx"):
            self.download("SU", reverse("incidents:export", args=[kind]) + "?tab=done")
            self.download("SU", reverse("incidents:export_cases", args=[name, kind]))
        self.post("AU", reverse("incidents:act", args=[name, "reopen"]), {}, 403)

    def download(self, role: str, address: str) -> bytes:
        answer = self.clients[role].get(address)
        assert answer.status_code == 200, address
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    def test_one_is_proposed_by_hand_and_a_lead_opens_it(self) -> None:
        case = self.opened()
        form = reverse("incidents:propose")
        assert code(case) in self.get("SU", f"{form}?case={code(case)}")
        said = {"title": "Late", "why": "They say it", "cases": "shoe"}
        assert "no code of a case" in self.post("SU", form, said, 409)
        self.post("SU", form, {**said, "cases": code(case)}, 302)
        name = incident_code(Incident.objects.get())
        adopt = reverse("incidents:act", args=[name, "adopt"])
        assert "Team lead" in self.get("SU", adopt)
        self.post("SU", adopt, {"title": "Late"}, 403)
        self.post("TL", adopt, {"title": "Late"}, 302)
        assert "Late" in self.get("SU", reverse("incidents:list"))

    def test_causes_open_their_rows_and_export(self) -> None:
        case = self.opened(f"Where is it {code_in('payment', self.payment.pk)}")
        cases.sort_case(case.pk, root_cause="fx", by=WORKER, now=timezone.now())
        day = timezone.localdate().isoformat()
        address = reverse("causes:page") + f"?since=2026-01-01&until={day}"
        with CaptureQueriesContext(connection) as asked:
            page = self.get("SU", address)
        assert len(asked) <= 45, len(asked)
        assert "Exchange rate" in page
        rows = page.split('data-label="Cases"><a href="')[1].split('"')[0].replace("&amp;", "&")
        assert code(case) in self.get("SU", rows)
        for name in ("export", "export_rows"):
            days = f"?since=2026-01-01&until={day}"  # the case was opened before midnight, or after
            sheet = self.download("SU", reverse(f"causes:{name}", args=["csv"]) + days)
            assert b"Exchange rate" in sheet

    def test_an_improvement_is_proposed_voted_for_and_decided(self) -> None:
        case = self.opened()
        form = reverse("improvements:propose")
        said = {"title": "Ask for the code", "market": "GH", "problem": "It is missing", "expected": "Fewer",
                "root_cause": "not_received", "evidence": code(case)}  # fmt: skip
        assert "no code of a case" in self.post("SU", form, {**said, "evidence": "shoe"}, 409)
        self.post("SU", form, said, 302)
        name = code_in("improvement", Improvement.objects.get().pk)
        self.post("AN", reverse("improvements:vote", args=[name]), {}, 302)
        page = self.get("SU", reverse("improvements:list") + f"?open={name}")
        assert "2 for it" in page
        assert "Not received" in page
        self.post("TL", reverse("improvements:act", args=[name, "accept"]), {"note": "Good"}, 302)
        now = timezone.now()
        days = [now - timedelta(days=12), now - timedelta(hours=1)]
        receive(
            self.account, *(row(n, "1.00", occurred_at=at) for n, at in enumerate(days, start=50)), now=now
        )
        done = {"done_at": f"{timezone.localtime() - timedelta(days=9):%Y-%m-%dT%H:%M}"}
        self.post("TL", reverse("improvements:act", args=[name, "done"]), done, 302)
        assert "per 1,000 payments" in self.get("TL", reverse("improvements:act", args=[name, "measure"]))
        self.post("TL", reverse("improvements:act", args=[name, "measure"]), {"measured": "Fewer"}, 302)
        measured = Improvement.objects.get()
        assert (measured.before, measured.since) == (0, 0)
        self.download("SU", reverse("improvements:export", args=["csv"]) + "?tab=over")
        self.post("SU", reverse("improvements:act", args=[name, "again"]), {}, 403)
