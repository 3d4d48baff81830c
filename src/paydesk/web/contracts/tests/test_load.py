"""Loading contracts from a file: kept, looked at, confirmed; the same document, the same person."""

from __future__ import annotations

from io import BytesIO
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from python_calamine import CalamineWorkbook

from paydesk.domain.contracts.contract_file import COLUMNS
from paydesk.domain.parties.models import CustomerIdentity
from paydesk.foundation.audit.queries import trail
from paydesk.kernel.actor import system
from paydesk.web.contracts import load_views
from paydesk.web.customers.tests.desk import AtTheDesk, body
from tests.builders import make_contract

HEAD = ",".join(column.name for column in COLUMNS)


def line(ref: str, number: str, **changes: str) -> str:
    cells = {column.name: column.example for column in COLUMNS}
    cells |= {"customer_ref": ref, "account_number": number, "phones": "", **changes}
    return ",".join(cells.values())


class LoadContracts(AtTheDesk):
    def upload(self, *lines: str, name: str = "contracts.csv") -> HttpResponse:
        content = "\n".join([HEAD, *lines]).encode()
        return self.client.post("/contracts/load/", {"file": SimpleUploadedFile(name, content)})

    def preview(self, *lines: str) -> str:
        answer = self.upload(*lines)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def made(self) -> int:
        return sum(record.changes["made"] for record in trail(system("tests"), verb="contracts.loaded"))

    def test_a_file_is_looked_at_before_anything_is_made(self):
        make_contract(account_number="10480001", customer_ref="C-1", price_minor=145000, deposit_minor=25000)
        address = self.preview(
            line("C-1", "10480001"),
            line("C-2", "10480002"),
            line("C-3", "10480003", price="a lot"),
            line("C-4", "10480002"),
            line("C-5", "10480005", market="KE"),
        )
        before = self.made()
        text = self.text(address)
        for words in (
            "Load 1 contract", "Known already", "price: ", "stands in row 3 as well",
            "does not work in market KE", "1,450.00",
        ):  # fmt: skip
            assert words in text, words
        assert self.made() == before
        rejected = self.text(f"{address}rejected.csv").splitlines()
        assert [row.split(",")[0] for row in rejected] == ["Line", "4", "5", "6"]

    def test_known_contracts_bring_the_identity_numbers_of_their_customers(self):
        self.client.post(self.preview(line("C-1", "10480001", identity_kind="", identity_number="")))
        address = self.preview(line("C-1", "10480001", identity_number="GHA-712345678-9"))
        text = self.text(address)
        assert "Add 1 identity number" in text
        assert "712345678" not in text, "nobody sees the number without a reveal"
        assert self.client.post(address).status_code == 302
        assert "1 identity number added" in self.text(address)
        assert CustomerIdentity.objects.count() == 1

    def test_confirming_loads_what_was_looked_at_once_and_leads_to_it(self):
        address = self.preview(line("C-1", "10480001"), line("C-2", "10480002"))
        answer = self.client.post(address)
        assert (answer.status_code, answer["Location"]) == (302, address)
        assert self.made() == 2
        assert self.client.post(address).status_code == 302
        assert self.made() == 2, "confirmed twice, loaded once"
        text = self.text(address)
        assert "2 contracts made from this file by AN Person" in text
        assert "/contracts/CON-" in text
        assert "10480002" in self.text("/contracts/")

    def test_a_large_file_goes_in_by_parts_and_goes_on_by_itself(self):
        address = self.preview(*[line(f"C-{n}", f"1048{n:04}") for n in range(5)])
        with patch.object(load_views, "PART_ROWS", 2), patch.object(load_views, "SECONDS_A_REQUEST", 0):
            answers = []
            while self.made() < 5:
                with patch.object(load_views.time, "monotonic", side_effect=[0, -1, 1]):
                    answers.append(self.client.post(address, headers={"HX-Request": "true"}))
        assert "2 of 5 contracts" in answers[0].content.decode()
        assert 'hx-trigger="load, submit"' in answers[0].content.decode()
        assert "4 of 5 contracts" in answers[1].content.decode()
        assert answers[2]["HX-Redirect"] == address

    def test_what_is_no_table_of_contracts_is_said_beside_the_field(self):
        for content, words in (
            (b"", "empty"),
            (b"name,amount\nx,1\n", "account_number"),
            (HEAD.encode(), "no row below"),
        ):
            file = SimpleUploadedFile("contracts.csv", content)
            answer = self.client.post("/contracts/load/", {"file": file})
            assert answer.status_code == 422, words
            assert words in answer.content.decode(), words

    def test_more_rows_than_the_limit_are_refused_in_words(self):
        with patch.object(load_views, "MOST_ROWS", 1):
            answer = self.upload(line("C-1", "10480001"), line("C-2", "10480002"))
        assert answer.status_code == 422
        assert "more than 1 rows" in answer.content.decode()

    def test_nobody_else_opens_or_confirms_somebodys_file(self):
        address = self.preview(line("C-1", "10480001"))
        other = self.signed_in("TL")
        self.text(address, 404, client=other)
        assert other.post(address).status_code == 404
        assert self.made() == 0

    def test_who_may_only_look_neither_uploads_nor_loads(self):
        finance = self.signed_in("FC")
        assert "Your role cannot do this" in self.text("/contracts/load/", client=finance)
        file = SimpleUploadedFile("contracts.csv", b"x")
        assert finance.post("/contracts/load/", {"file": file}).status_code == 403
        self.text("/contracts/load/", 403, client=self.signed_in("SU"))

    def test_the_templates_are_files_that_load(self):
        book = body(self.client.get("/contracts/load/template.xlsx"))
        rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
        assert rows[0] == [column.name for column in COLUMNS]
        for name, content in (
            ("t.xlsx", book),
            ("t.csv", body(self.client.get("/contracts/load/template.csv"))),
        ):
            answer = self.client.post("/contracts/load/", {"file": SimpleUploadedFile(name, content)})
            assert answer.status_code == 302
            text = self.text(answer["Location"])
            assert "Ama Mensah" in text
            assert "Load 1 contract" in text
