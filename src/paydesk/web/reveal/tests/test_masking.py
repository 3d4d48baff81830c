"""What is masked for whom on every screen and in every export, and revealing it for a reason."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest import mock

from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.masking import REVEALS_AN_HOUR
from paydesk.foundation.people.models import Person, Reveal
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_contract, make_source_account, receive, row

NAME, PAYER, PHONE = "Akosua Boateng", "Kwabena Owusu-Ansah", "233244123456"
WHY = "Calling back about a payment"


class Masking(AtTheDesk):
    """A customer who paid, and a payer nobody knows; looked at by whoever."""

    def setUp(self) -> None:
        super().setUp()
        self.contract = make_contract(
            customer_name=NAME, account_number="10482937", phones=("0244123456",), deposit_minor=0
        )
        account = make_source_account()
        raw = {"Sender": PAYER, "MSISDN": PHONE, "Memo": f"from {PAYER}", "Till": "777001"}
        known, unknown = receive(
            account,
            row(1, "60.00", reference="10482937", msisdn="233201112223", payer_name=PAYER, raw=raw),
            row(2, "20.00", reference="nobody", msisdn="233201112224", payer_name=PAYER, raw=raw),
        )
        self.file = code_of("FIL", known.statement_line.file_id)
        self.customer = code_of("CUS", self.contract.customer_id)
        self.known, self.unknown = code_of("PAY", known.pk), code_of("PAY", unknown.pk)
        self.pages = [
            f"/customers/{self.customer}/",
            f"/contracts/{code_of('CON', self.contract.pk)}/",
            f"/payments/{self.known}/",
            f"/payments/{self.unknown}/",
        ]
        self.lists = [
            "/customers/", "/contracts/", "/payments/", "/unapplied/", f"/suspense/?open={self.unknown}",
            "/find?q=Akosua", "/find?q=Kwabena",
        ]  # fmt: skip
        self.exports = [
            "/customers/export.csv", "/contracts/export.csv", "/payments/export.csv", "/suspense/export.csv",
        ]  # fmt: skip

    def reveal(self, client: Client, path: str = "", reason: str = WHY) -> int:
        self.answer = client.post(path or f"/reveal/customer/{self.customer}/", {"reason": reason})
        return self.answer.status_code

    def test_the_auditor_reads_everything_and_no_name_or_number_in_clear(self):
        auditor = self.signed_in("AU")
        for path in (*self.pages, *self.lists, *self.exports):
            text = self.text(path, client=auditor)
            for hidden in ("Boateng", "Owusu", PHONE, "24 412 3456", "233201112223", "20 111 222"):
                assert hidden not in text, (hidden, path)
        assert "Akosua B•••" in self.text(self.pages[0], client=auditor)
        assert "+233 24 ••• ••56" in self.text(self.pages[0], client=auditor)

    def test_rows_as_they_stood_in_the_file_are_masked_likewise(self):
        auditor = self.signed_in("AU")
        text = self.text(f"/payments/{self.unknown}/", client=auditor)
        assert "777001" in text, "what is nobody's stays"
        assert PAYER in self.text(f"/payments/{self.unknown}/")
        lines = self.text(reverse("intake:lines", args=[self.file]), client=auditor)
        assert "Kwabena O•••" in lines
        assert "Owusu" not in lines

    def test_the_analyst_sees_names_everywhere_and_numbers_on_the_page_of_one(self):
        assert NAME in self.text("/customers/")
        assert "+233 24 ••• ••56" in self.text("/customers/")
        assert "+233 24 412 3456" in self.text(self.pages[0])
        assert "+233 24 ••• ••56" in self.text("/customers/export.csv")
        assert "Reveal" not in self.text(self.pages[0])

    def test_the_shop_sees_names_and_reveals_the_number(self):
        shop = self.signed_in("SD")
        text = self.text(self.pages[0], client=shop)
        assert NAME in text
        assert "+233 24 ••• ••56" in text
        assert self.reveal(shop) == 302
        assert "+233 24 412 3456" in self.text(self.pages[0], client=shop)
        assert AuditRecord.objects.get(verb="customer.revealed").changes["fields"] == ["phone"]

    def test_finding_by_the_whole_number_leads_there_for_everyone(self):
        answer = self.signed_in("AU").get("/find?q=0244123456")
        assert answer["Location"] == f"/customers/{self.customer}/"

    def test_a_reveal_lasts_for_this_person_and_customer_and_ten_minutes(self):
        auditor, controller = self.signed_in("AU"), self.signed_in("FC")
        other = make_contract(customer_name="Yaa Asantewaa", account_number="10480000")
        assert self.reveal(auditor) == 302
        for path in self.pages[:3]:
            assert NAME in self.text(path, client=auditor), path
        assert PAYER in self.text(self.pages[2], client=auditor), "and who sent their payment"
        assert NAME not in self.text(self.pages[0], client=controller)
        assert NAME not in self.text("/customers/", client=auditor), "lists stay masked"
        assert "Asantewaa" not in self.text(
            f"/customers/{code_of('CUS', other.customer_id)}/", client=auditor
        )
        later = timezone.now() + timedelta(minutes=11)
        with mock.patch("paydesk.web.sight.timezone.now", return_value=later):
            assert NAME not in self.text(self.pages[0], client=auditor)

    def test_the_trail_says_who_whose_which_and_why_and_nothing_personal(self):
        auditor = self.signed_in("AU")
        self.reveal(auditor)
        record = AuditRecord.objects.get(verb="customer.revealed")
        person = Person.objects.get(email="au-gh@desk.example")
        assert record.person_id == person.pk
        assert (record.subject_id, record.market) == (str(self.contract.customer_id), "GH")
        assert record.changes == {"fields": ["name", "phone"], "minutes": 10}
        assert record.note == WHY
        assert NAME not in json.dumps([record.changes, record.note])
        shown = self.text("/trail/", client=auditor)
        for words in ("Revealed a customer", WHY, self.customer):
            assert words in shown, words

    def test_the_payer_of_a_payment_nobody_knows_is_revealed_by_the_payment(self):
        auditor = self.signed_in("AU")
        assert self.reveal(auditor, f"/reveal/payment/{self.unknown}/") == 302
        assert PAYER in self.text(f"/payments/{self.unknown}/", client=auditor)
        assert AuditRecord.objects.get(verb="payment.revealed").note == WHY

    def test_the_file_as_it_came_is_opened_for_a_reason_by_whoever_may_not_see_all_of_it(self):
        original, auditor = reverse("intake:original", args=[self.file]), self.signed_in("AU")
        asked = auditor.get(original)
        assert asked["Location"] == f"/reveal/file/{self.file}/"
        assert "by you for 10 minutes" in self.text(asked["Location"], client=auditor)
        assert self.reveal(auditor, asked["Location"]) == 302
        assert self.answer["Location"] == f"/intake/{self.file}/"
        assert AuditRecord.objects.get(verb="file.revealed").changes["fields"] == ["original"]
        with mock.patch("paydesk.web.answers.open_document", side_effect=Http404) as opened:
            auditor.get(original)
            assert opened.called
            opened.reset_mock()
            self.signed_in("FC").get(original)
            assert not opened.called
        assert self.reveal(self.client, asked["Location"]) == 302
        assert AuditRecord.objects.filter(verb="file.revealed").count() == 1, (
            "who sees it all needs no reveal"
        )

    def test_no_reason_or_one_that_names_them_is_refused_beside_the_field(self):
        auditor = self.signed_in("AU")
        for reason in ("", "because", "Calling akosua about it", "Calling 0244 123 456 back", "x" * 300):
            assert self.reveal(auditor, reason=reason) == 422, reason
        assert "Say it in at most" in self.answer.content.decode()
        assert not Reveal.objects.exists()
        assert not AuditRecord.objects.filter(verb="customer.revealed").exists()

    def test_without_the_right_the_button_says_who_can(self):
        quality = self.signed_in("QA")
        text = self.text(self.pages[0], client=quality)
        assert "Your role cannot do this. Payments analyst" in text
        assert self.reveal(quality) == 403
        assert not Reveal.objects.exists()

    def test_another_market_is_not_there(self):
        assert self.reveal(self.signed_in("AU", markets="KE")) == 404
        assert self.client.get("/reveal/customer/CUS-NONSENSE/").status_code == 404
        assert self.client.get("/reveal/contract/x/").status_code == 404

    def test_revealing_one_after_another_is_stopped(self):
        auditor, now = self.signed_in("AU"), timezone.now()
        person = Person.objects.get(email="au-gh@desk.example")
        Reveal.objects.bulk_create(
            Reveal(
                person=person, subject_kind="customer", subject_id=n, at=now, until=now + timedelta(minutes=1)
            )
            for n in range(REVEALS_AN_HOUR)
        )
        assert self.reveal(auditor) == 409
        assert "Ask a team lead" in self.answer.content.decode()

    def test_it_comes_back_to_our_own_pages_only(self):
        auditor = self.signed_in("AU")
        answer = auditor.post(
            f"/reveal/customer/{self.customer}/", {"reason": WHY, "next": "https://elsewhere.example/"}
        )
        assert answer["Location"] == f"/customers/{self.customer}/"
