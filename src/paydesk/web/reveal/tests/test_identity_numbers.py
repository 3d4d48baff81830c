"""Numbers of documents: loaded with the customer, found whole, masked for all, revealed for a reason."""

from __future__ import annotations

import io
import json

import pytest
from django.db import IntegrityError, transaction

from paydesk.domain.contracts.contract_file import COLUMNS, read_contract_file, template_csv
from paydesk.domain.parties.models import Customer, CustomerIdentity
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.masking import masked_row
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_contract

DOCUMENT = "ZZX-712345678-9"  # invented; no country issues such a number
WHY = "The customer is here and shows an identity card"


class IdentityNumbers(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        contract = make_contract(
            customer_name="Akosua Boateng", identity_kind="national id", identity_number="zzx-712345678-9"
        )
        self.customer: Customer = contract.customer
        self.code = code_of("CUS", self.customer.pk)
        self.page = f"/customers/{self.code}/"

    def send(self, number: str, kind: str = "passport") -> int:
        self.answer = self.client.post(f"{self.page}identity/", {"kind": kind, "number": number})
        return self.answer.status_code

    def test_nobody_sees_the_number_on_a_page_a_list_or_in_an_export(self):
        for role in ("AN", "TL", "SU", "AU"):
            client = self.client if role == "AN" else self.signed_in(role)
            for path in (self.page, "/customers/", "/find?q=Akosua"):
                assert "71234567" not in self.text(path, client=client), (role, path)
            assert "•••89" in self.text(self.page, client=client)
        export = self.text("/customers/export.csv")
        assert "•••89" in export
        assert "71234567" not in export

    def test_it_is_revealed_for_a_reason_also_to_whoever_sees_names_and_phones(self):
        asked = self.text(f"/reveal/customer/{self.code}/")
        assert f"Identity numbers of {self.code} are shown to you" in asked
        assert self.client.post(f"/reveal/customer/{self.code}/", {"reason": "no"}).status_code == 422
        assert DOCUMENT not in self.text(self.page)
        assert self.client.post(f"/reveal/customer/{self.code}/", {"reason": WHY}).status_code == 302
        assert DOCUMENT in self.text(self.page)
        assert "•••89" in self.text("/customers/export.csv"), "lists stay masked"
        record = AuditRecord.objects.get(verb="customer.revealed")
        assert (record.changes["fields"], record.note) == (["identity"], WHY)
        assert DOCUMENT not in self.text(self.page, client=self.signed_in("TL")), "for this person alone"

    def test_a_reason_with_the_number_in_it_is_refused(self):
        with_it = {"reason": f"Comparing {DOCUMENT} with the card"}
        assert self.client.post(f"/reveal/customer/{self.code}/", with_it).status_code == 422

    def test_the_whole_number_finds_the_customer_and_a_part_does_not(self):
        for typed in (DOCUMENT, "ZZX7123456789"):
            answer = self.client.get("/find", {"q": typed})
            assert answer["Location"] == self.page, typed
            assert "Akosua" in self.text("/customers/", data={"text": typed}), typed
        assert "Akosua" not in self.text("/find?q=ZZX-7123456")
        assert "Akosua" not in self.text(f"/find?q={DOCUMENT}", client=self.signed_in("AN", markets="KE"))

    def test_a_number_is_recorded_once_and_removed_and_the_trail_does_not_hold_it(self):
        assert self.send("zzp 4455667") == 302
        assert self.send("ZZP4455667") == 422
        assert "recorded already" in self.answer.content.decode()
        for number, words in (
            ("12", "5 to 30"),
            ("4242 4242 4242 4242", "payment card"),
            ("ZZPASSPORT", "5 to"),
        ):
            assert self.send(number) == 422, number
            assert words in self.answer.content.decode(), number
        assert self.signed_in("CO").get(f"{self.page}identity/").status_code == 403
        passport = CustomerIdentity.objects.get(kind="passport")
        assert (passport.number, passport.key) == ("ZZP 4455667", "ZZP4455667")
        removed = self.client.post(f"{self.page}identity/{passport.pk}/remove/")
        assert removed.status_code == 302
        assert not CustomerIdentity.objects.filter(kind="passport").exists()
        records = AuditRecord.objects.filter(verb__startswith="customer.identity_").order_by("id")
        assert [record.changes for record in records] == [{"kind": "passport"}] * 2
        assert "4455667" not in json.dumps([[r.changes, r.note, r.subject_id] for r in records])
        other = make_contract(customer_name="Yaa Asantewaa")
        kept = CustomerIdentity.objects.get()
        elsewhere = f"/customers/{code_of('CUS', other.customer_id)}/identity/{kept.pk}/remove/"
        assert self.client.post(elsewhere).status_code == 404

    def test_a_kind_the_desk_does_not_know_and_a_key_of_other_letters_are_kept_out_of_the_table(self):
        for kind, key in (("loyalty_card", "ZZ12345"), ("passport", "zz 12345")):
            with pytest.raises(IntegrityError), transaction.atomic():
                CustomerIdentity.objects.create(customer=self.customer, kind=kind, number="x", key=key)


def test_the_file_of_contracts_has_it_in_two_columns_that_may_be_left_out():
    read = read_contract_file(io.BytesIO(template_csv().encode()))
    assert read.terms[0].identity_kind == "national_id"
    assert {each.name for each in COLUMNS if each.optional} >= {"identity_kind", "identity_number"}


def test_columns_of_a_file_that_hold_documents_are_hidden_whole():
    row = {"National ID": "ZZ1234567", "Passport No": "ZZ7", "Till": "777001"}
    assert masked_row(row) == {"National ID": "•••", "Passport No": "•••", "Till": "777001"}
