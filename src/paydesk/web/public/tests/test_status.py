"""The status page: signed, withdrawn, expired; what it shows to whom; who counts as having looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.domain.doors import actions
from paydesk.domain.doors.addresses import link_behind, token_of
from paydesk.domain.doors.models import StatusLink, Visit
from paydesk.domain.doors.queries import deflection
from paydesk.domain.doors.steps import DoorRefused
from paydesk.web.addresses import code_in
from paydesk.web.public import limits
from paydesk.web.refunds.tests.desk import PHONE, OnTheRefundDesk
from tests.builders import WORKER

BROWSER = {"User-Agent": "Mozilla/5.0"}


pytestmark = pytest.mark.usefixtures("nobody_came_before")


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class StatusPages(OnTheRefundDesk):
    def opened(self, *, verified: bool = True, ago: timedelta = timedelta(minutes=5), **fields: Any) -> Case:
        now = timezone.now() - ago
        known = {"market": "GH", "channel": "email", "contact": "ama@example.com", "text": "Where is it?"}
        case = cases.open_case(**{**known, **fields}, by=WORKER, now=now)
        if verified:
            customer = self.payment.customer_id
            cases.sort_case(case.pk, customer_id=customer, party_role="customer", by=WORKER, now=now)
            cases.verify(case.pk, facts=["account_number", "last_payment"], by=WORKER, now=now)
        case.refresh_from_db()
        return case

    def about(self, case: Case, kind: str, number: int) -> str:
        cases.link(case.pk, kind=kind, object_id=number, by=WORKER, now=timezone.now())
        path = reverse("doors:give", args=[code(case), code_in(kind, number)])
        answer = self.clients["SU"].post(path)
        assert answer.status_code == 200, answer.content
        address = answer.json()["address"]
        assert address.startswith("http://testserver/s/")
        return address.removeprefix("http://testserver")

    def look(self, address: str, status: int = 200, **headers: str) -> str:
        answer = Client(headers={**BROWSER, **headers}).get(address)
        assert answer.status_code == status, answer.content
        assert not answer.cookies
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
        return answer.content.decode()

    def test_a_refund_is_followed_from_asked_to_sent_without_a_word_about_the_person(self) -> None:
        case, refund = self.opened(), self.asked("50.00")
        address = self.about(case, "refund", refund.pk)
        page = self.look(address)
        for text in (
            "We look into your refund",
            "50.00 GHS",
            "You hear from us by",
            code_in("refund", refund.pk),
        ):
            assert text in page, text
        for secret in ("Ama", PHONE, PHONE[3:], "10482937"):
            assert secret not in page, secret
        self.decided("refund", refund.pk, "TL")
        self.sent(self.now(refund))
        assert "Your refund was sent" in self.look(address)
        assert "Votre remboursement a été envoyé" in self.look(f"{address}?lang=fr")
        assert "Marejesho yako yametumwa" in self.look(f"{address}?lang=sw")
        assert self.about(case, "refund", refund.pk) == address, "the same page is given again"

    def test_a_payment_is_told_to_whoever_is_verified_and_a_case_to_anybody(self) -> None:
        case = self.opened()
        page = self.look(self.about(case, "payment", self.payment.pk))
        assert "120.00 GHS" in page
        assert "Transaction code" in page
        stranger = self.opened(verified=False, contact="other@example.com")
        cases.link(stranger.pk, kind="payment", object_id=self.payment.pk, by=WORKER, now=timezone.now())
        refused = self.post(
            "SU", reverse("doors:give", args=[code(stranger), code_in("payment", self.payment.pk)]), {}, 409
        )
        assert "not verified by two facts" in refused
        of_case = self.look(self.about(stranger, "case", stranger.pk))
        assert "We have your message" in of_case
        assert "120.00" not in of_case
        shown = self.get("SU", f"{reverse('cases:inbox')}?view=team&open={code(case)}")
        assert "Status page: payment" in shown
        assert "looked at 1 time" in shown

    def test_only_our_signature_opens_and_not_for_ever_nor_once_withdrawn(self) -> None:
        case = self.opened()
        address = self.about(case, "case", case.pk)
        link = StatusLink.objects.get()
        letters, _, signature = token_of(link).partition("-")
        for wrong in (
            f"{letters}-{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}", letters,
            f"{letters}-", "é-x" * 9,
            f"zzzzzzzzzzzz-{signature}", f"1{letters}-{signature}",
        ):  # fmt: skip
            self.look(reverse("public:status", args=[wrong]), 404)
        assert link_behind(token_of(link), link.expires_at) is None
        with self.settings(SECRET_KEY="another-key-of-the-desk", SECRET_KEY_FALLBACKS=[]):
            assert link_behind(token_of(link), timezone.now()) is not None, "made under this key"
            self.look(address, 404)
        self.post("SU", reverse("doors:withdraw", args=[link.pk]))
        self.look(address, 404)
        with pytest.raises(DoorRefused):
            actions.give_status_page(
                case.pk, kind="refund", object_id=1, by=self.people["SU"].actor(), now=timezone.now()
            )

    def test_a_person_who_looks_is_counted_once_and_a_program_is_not(self) -> None:
        case = self.opened()
        address = self.about(case, "case", case.pk)
        self.look(address, **{"User-Agent": "Mozilla/5.0 (compatible; LinkPreview/1.0)"})
        self.look(address, **{"Sec-Purpose": "prefetch"})
        assert not Visit.objects.exists()
        self.look(address, **{"User-Agent": "Mozilla/5.0 (Linux; Android 13) Mobile"})
        self.look(address)
        assert Visit.objects.get().device == "phone"

    def test_who_looked_and_did_not_write_within_seven_days_was_spared(self) -> None:
        now = timezone.now()
        by = self.people["SU"].actor()
        before = now - timedelta(days=9)
        opened = [
            self.opened(verified=False, ago=timedelta(days=10), contact=f"{n}@example.com").pk for n in "abcd"
        ]
        seen, wrote, lately, unseen = (
            actions.give_status_page(pk, kind="case", object_id=pk, by=by, now=before) for pk in opened
        )
        for link, days in ((seen, 8), (wrote, 8), (lately, 1)):
            actions.note_visit(link.pk, by=WORKER, now=now - timedelta(days=days))
        cases.receive_message(
            wrote.case_id, channel="email", text="Still nothing", sender="b@example.com", by=WORKER,
            now=now - timedelta(days=3),
        )  # fmt: skip
        found = deflection(by, now - timedelta(days=30), now)
        assert (found.given, found.looked, found.spared, found.wrote, found.too_early) == (4, 3, 1, 1, 1)
        assert unseen.visits.count() == 0
        assert deflection(self.people["SU"].actor(), now, now).given == 0

    def test_one_address_may_not_try_for_ever(self) -> None:
        for _ in range(limits.LOOKS.most):
            Client().get("/s/0-x", REMOTE_ADDR="198.51.100.7")
        assert Client().get("/s/0-x", REMOTE_ADDR="198.51.100.7").status_code == 429
        assert Client().get("/s/0-x", REMOTE_ADDR="198.51.100.8").status_code == 404
