"""Every address with a restricted case, as people who are not named for it: none tells anything of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client, TestCase, override_settings
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case
from paydesk.domain.risk import actions as risk
from paydesk.foundation.assignments.actions import add_note, assign
from paydesk.foundation.clocks.models import Clock
from paydesk.kernel.public_codes import code_of
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row
from tests.test_rights_of_addresses import addresses, undone

SECRET = "zzyxkwort"
BLIND = ("TL", "AU", "SU")
# Whose pages of one thing are about files, accounts and people: asked for a case's code they know none. Their
# lists are walked as any other.
OF_OTHER_THINGS = (
    "books/", "intake/", "reconcile/", "reconciliation/", "accounts/", "people/", "contracts/", "mailboxes/",
    "two-files/", "callbacks/", "in-doubt/", "reversal-requests/", "knowledge/", "texts/", "pending/",
)  # fmt: skip


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class RestrictedEverywhere(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        now = timezone.now()
        cls.people = {role: make_person(f"{role} Person", role, markets="GH") for role in (*BLIND, "RK")}
        contract = make_contract(customer_name="Ama Mensah")
        (cls.payment,) = receive_today(
            make_source_account(),
            row(1, "60.00", reference=contract.account_number, provider_ref="TXAB12345"),
        )

        def opened(word: str) -> Case:
            return cases.open_case(
                market="GH", channel="email", contact=f"{word}@mail.example", contact_name=f"{word} Name",
                subject=f"About {word}", text=f"TXAB12345 {word}", customer_id=contract.customer_id,
                is_complaint=True, by=WORKER, now=now,
            )  # fmt: skip

        cls.case, cls.other = opened(SECRET), opened("known")
        support, lead = cls.people["SU"].actor(), cls.people["TL"].actor()
        for case in (cls.case, cls.other):
            cases.confirm_link(case.links.get(kind="payment").pk, by=support, now=now)
        assign(("case", cls.case.pk), market="GH", owner_id=cls.people["TL"].pk, version=0, by=lead, now=now)
        add_note(
            ("case", cls.case.pk), market="GH", text=f"Note {SECRET}", today=now.date(), by=support, now=now
        )
        due = now + timedelta(hours=2)
        cases.make_commitment(cls.case.pk, text=f"Promised {SECRET}", due_at=due, by=support, now=now)
        risk.escalate(
            ("case", cls.case.pk), market="GH", kind="risk", severity="urgent", is_restricted=True,
            reason=f"Somebody of ours, {SECRET}", owner_id=cls.people["RK"].pk, by=support, now=now,
        )  # fmt: skip
        cls.code = code_of("CAS", cls.case.pk)

    def paths(self) -> list[str]:
        """Every address that can be opened, about the case where it takes a code, else about what is near."""
        clock = Clock.objects.filter(subject_kind="case", subject_id=self.case.pk).latest("pk")
        near: dict[str, Any] = {"payment": self.payment.pk, "payment_id": self.payment.pk}
        plain = {
            "kind": "csv",
            "form": "csv",
            "tab": "inbox",
            "day": "2026-03-02",
            "name": "GH",
            "place": "GH",
        }
        found = []
        for route, _, each in addresses():
            if each.pattern.converters and route.startswith(OF_OTHER_THINGS):
                continue
            path = route
            for key, converter in each.pattern.converters.items():
                value = self.code
                if route.startswith(("customers/", "reveal/")):
                    value = code_of("CUS", self.payment.customer_id or 0)
                elif key in near:
                    value = code_of("PAY", self.payment.pk)
                elif key.endswith("_id") or key in ("number", "code_number"):
                    value = str(self.case.pk)
                elif key in plain:
                    value = plain[key]
                elif route.startswith("clocks/") and key == "code":
                    value = code_of("CLK", clock.pk)
                name = type(converter).__name__
                for written in (f"<str:{key}>", f"<int:{key}>", f"<payment:{key}>", f"<{key}>"):
                    path = path.replace(written, value)
                if "Int" in name and not value.isdigit():
                    path = path.replace(value, "1")
            if "<" not in path and not path.startswith(("sign-out", "in/")):
                found.append(f"/{path}")
        return found

    def told(self, answer: HttpResponseBase) -> str:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return bytes(body).decode("utf-8", "replace").lower()

    def test_no_address_tells_anything_of_it(self) -> None:
        paths = self.paths()
        searched = [f"/cases/?view={view}&q={SECRET[:6]}" for view in ("team", "late", "mine", "waiting")]
        searched += [f"/cases/?view=team&open={code_of('CAS', self.other.pk)}", "/cases/export.csv?view=team",
                     "/clocks/?", "/trail/?subject_kind=case", f"/risk/?open={self.code}"]  # fmt: skip
        leaks, opened = [], 0
        for role in BLIND:
            looked_for = searched if role == "TL" else searched[:1] + searched[4:]
            client = Client(raise_request_exception=False)
            client.force_login(self.people[role])
            for path in (*(paths if role == "TL" else ()), *looked_for, f"/cases/{self.code}/"):
                with undone(client):
                    answer = client.get(path)
                    text = self.told(answer)
                opened += answer.status_code == 200
                if SECRET in text:
                    leaks.append(f"{role} {path}")
                if self.code.lower() in text and self.code not in path:
                    leaks.append(f"{role} {path} names its code")
        assert not leaks, leaks
        assert opened > 40, "pages were opened, not only refused"

    def test_the_named_see_it_and_each_look_is_in_the_trail(self) -> None:
        client = Client()
        client.force_login(self.people["RK"])
        assert SECRET in self.told(client.get(f"/cases/?view=team&open={self.code}"))
        assert SECRET in self.told(client.get("/cases/?view=team"))
        assert "Opened a restricted case".lower() in self.told(client.get("/trail/"))
