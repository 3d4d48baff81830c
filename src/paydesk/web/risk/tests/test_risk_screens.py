"""Risk on the screen: escalated from a case, restricted, decided, held and lifted; packs; retention."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.retention.actions import apply_schedule
from paydesk.domain.retention.models import Erasure, LegalHold, Pack, Redaction
from paydesk.domain.risk.models import Enforcement, Escalation
from paydesk.domain.triage.actions import raise_escalations
from paydesk.domain.triage.queries import escalations_of
from paydesk.web.addresses import code_in, page_of
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.browser.people import make_person
from tests.builders import WORKER

WHY = "A payer says that somebody else used her wallet."


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class RiskScreens(OnTheRefundDesk):
    def setUp(self) -> None:
        super().setUp()
        self.case = cases.open_case(
            market="GH", channel="email", contact="ama@mail.example", contact_name="Ama Zzyx",
            text="It was not me, says zzyx", customer_id=self.payment.customer_id, by=WORKER,
            now=timezone.now(),
        )  # fmt: skip

    def escalated(self, **said: Any) -> Escalation:
        known = {"kind": "risk", "severity": "urgent", "owner": self.people["RK"].pk, "reason": WHY}
        self.post("SU", reverse("risk:escalate", args=[code(self.case)]), {**known, **said})
        return Escalation.objects.latest("pk")

    def act(self, role: str, each: Any, deed: str, status: int = 302, **said: Any) -> str:
        kind = "escalation" if isinstance(each, Escalation) else "enforcement"
        return self.post(role, reverse("risk:act", args=[code_in(kind, each.pk), deed]), said, status)

    def shown(self, role: str, address: str) -> str:
        answer = self.clients[role].get(address, follow=True)
        return str(answer.content.decode())

    def test_a_case_is_escalated_acknowledged_and_decided(self) -> None:
        assert "Missing for fraud" in self.get("SU", reverse("risk:escalate", args=[code(self.case)]))
        each = self.escalated()
        page = self.shown("SU", reverse("cases:page", args=[code(self.case)]))
        assert code_in("escalation", each.pk) in page
        assert WHY in self.shown("RK", reverse("risk:page", args=[code_in("escalation", each.pk)]))
        self.act("TL", each, "acknowledge", 409)
        self.act("RK", each, "acknowledge")
        self.act("RK", each, "decide", decision="confirmed", note="The device was new to us.")
        each.refresh_from_db()
        assert each.state == "decided"
        assert "Confirmed" in self.get(
            "RK", reverse("risk:list"), {"tab": "decided", "open": code_in("escalation", each.pk)}
        )

    def test_what_the_desk_fears_is_next_stands_in_the_form_and_is_taken_up_with_it(self) -> None:
        cases.sort_case(self.case.pk, harms=["unauthorised", "staff"], by=WORKER, now=timezone.now())
        cases.link(self.case.pk, kind="payment", object_id=self.payment.pk, by=WORKER, now=timezone.now())
        raise_escalations(by=WORKER, now=timezone.now())
        address = reverse("risk:escalate", args=[code(self.case)])
        page = self.shown("SU", reverse("cases:page", args=[code(self.case)]))
        assert f'class="btn btn-primary" href="{address}"' in page
        assert page.count(f' href="{address}"') == 1
        form = self.get("SU", address)
        for text in ('value="urgent" selected', "did not authorise it", "One of our own people", "RK Person",
                     'id="deed_is_restricted" checked'):  # fmt: skip
            assert text in form, text
        self.escalated(is_restricted="on")
        assert {each.seen_by for each in escalations_of(self.case.pk)} == {self.people["SU"].actor().label}
        assert "this goes to risk at once" not in self.shown("SU", page_of("case", self.case.pk))

    def test_from_a_customer_and_a_payment_whoever_may_escalates_stops_exports_and_forgets(self) -> None:
        customer = code_in("customer", self.payment.customer_id)
        offered = {
            role: [
                name
                for name in ("risk/escalate", "risk/enforce", "retention/person", "retention/forget")
                if f"/{name}" in self.get(role, page_of("customer", self.payment.customer_id))
            ]
            for role in ("SU", "TL", "SD", "AU")
        }
        assert offered == {
            "SU": ["risk/escalate", "risk/enforce", "retention/forget"],
            "TL": ["risk/escalate", "risk/enforce", "retention/person", "retention/forget"],
            "SD": ["risk/escalate"],
            "AU": [],
        }
        chosen = self.get("SU", reverse("risk:escalate", args=[customer]))
        for thing in (code(self.case), code_in("payment", self.payment.pk)):
            assert reverse("risk:escalate", args=[thing]) in chosen
        for role, is_there in (("SU", True), ("AU", False)):
            page = self.get(role, page_of("payment", self.payment.pk))
            assert (f"/risk/escalate/{code_in('payment', self.payment.pk)}" in page) is is_there

    def test_restricted_its_page_says_so_and_nothing_else(self) -> None:
        each = self.escalated(is_restricted="on")
        address = reverse("cases:page", args=[code(self.case)])
        for role in ("SU", "TL", "AU"):
            page = self.get(role, address, status=403)
            assert "Restricted." in page
            assert "zzyx" not in page.lower()
        assert "restricted" in self.shown("RK", address)
        overseen = self.get("TL", reverse("risk:list"))
        assert code_in("escalation", each.pk) in overseen
        assert code(self.case) not in overseen
        self.act("RK", each, "name", person=str(self.people["FC"].pk), reason="finance")
        assert self.clients["FC"].get(address).status_code == 302

    def test_a_pack_is_made_and_taken_along_with_a_reason(self) -> None:
        address = reverse("risk:evidence", args=[code(self.case)])
        self.post("RK", address, {"reason": ""}, 422)
        self.post("RK", address, {"reason": "For the police"})
        pack = Pack.objects.get()
        assert reverse("risk:pack", args=[pack.pk]) in self.get("RK", address)
        answer = self.clients["RK"].get(reverse("risk:pack", args=[pack.pk]))
        inside = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert "manifest.json" in inside.namelist()
        assert self.clients["SU"].get(address).status_code == 403

    def test_somebody_is_held_appeals_and_is_let_go_by_another(self) -> None:
        said = {
            "party": code_in("customer", self.payment.customer_id), "market": "GH", "kind": "hold",
            "scope": "money_out", "reason": "fraud_suspected", "note": "Three wallets, one device",
            "until": (timezone.localdate() + timedelta(days=5)).isoformat(),
        }  # fmt: skip
        self.post("SU", reverse("risk:enforce"), said)
        each = Enforcement.objects.get()
        assert "risk decides" in self.get("RK", reverse("risk:list"), {"tab": "in_force"})
        self.act("RK", each, "set")
        self.act("SU", each, "appeal", case=code(self.case))
        other = make_person("Rita Risk", "RK", email="rita@desk.example", markets="GH")
        self.people["RK2"] = other
        self.act("RK", each, "grant", 409, note="They are right about it.")
        self.act("RK2", each, "grant", note="They are right about it.")
        each.refresh_from_db()
        assert (each.state, each.appeal) == ("lifted", "granted")
        self.post("RK", reverse("risk:enforce"), {**said, "party": "0244123456", "scope": "identification"})
        page = self.get("RK", reverse("risk:list"), {"tab": "in_force"})
        assert "phone ending 3456" in page
        for tab in ("in_force", "ended"):
            assert (
                self.clients["RK"].get(reverse("risk:export", args=["csv"]), {"tab": tab}).status_code == 200
            )

    def test_words_are_taken_out_and_somebody_forgotten_by_two_people(self) -> None:
        message = Message.objects.get()
        said = {"what": f"message-{message.pk}", "words": "says zzyx", "reason": "A third person"}
        address = reverse("retention:redact", args=[code(self.case)])
        self.post("SU", address, {**said, "words": ""}, 422)
        self.post("SU", address, said)
        made = Redaction.objects.get()
        overview = reverse("retention:overview")
        assert "A third person" in self.get("RK", overview)
        self.post("RK", reverse("retention:answer_redaction", args=[made.pk, "redact"]))
        assert "[redacted]" in Message.objects.get().text
        forget = reverse("retention:forget", args=[code_in("customer", self.payment.customer_id)])
        assert "Cases of theirs are open" in self.get("SU", forget)
        self.post("SU", forget, {"reason": "By letter, with ID"}, 409)
        assert not Erasure.objects.exists()

    def test_a_hold_a_rule_and_a_night_stand_on_the_page(self) -> None:
        overview = reverse("retention:overview")
        self.post(
            "RK", reverse("retention:hold"), {"code": code(self.case), "reason": "Asked for by the court"}
        )
        day = {
            "data_class": "packs",
            "market": "GH",
            "keep_days": "10",
            "source": "Board, 3 March",
            "source_on": "2026-03-02",
        }
        self.post("AD", reverse("retention:set"), day)
        apply_schedule(by=WORKER, now=timezone.now())
        page = self.get("AD", overview)
        for text in ("Asked for by the court", "Board, 3 March", "Company policy", "Night"):
            assert text in page, text
        hold = LegalHold.objects.get()
        self.post("RK", reverse("retention:lift", args=[hold.pk]), {"reason": "Over now"}, 409)
        self.post("FC", reverse("retention:lift", args=[hold.pk]), {"reason": "Over now"})
        assert self.clients["AU"].get(reverse("retention:export", args=["csv"])).status_code == 200

    def test_what_we_keep_of_a_person_is_asked_for(self) -> None:
        address = reverse("retention:person", args=[code_in("customer", self.payment.customer_id)])
        self.post("RK", address, {"reason": "By letter, with ID"})
        assert Pack.objects.get().kind == "person"
        assert Case.objects.exists()
