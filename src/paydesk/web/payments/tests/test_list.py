"""The payments list: who sees it, what narrows it, what it counts, what it hands out."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from unittest.mock import patch

import python_calamine
from django.db import connection

from paydesk.domain.payments.queries import totals_up_to
from paydesk.web.payments import export, views
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import NOON, TODAY, make_source_account, receive, row


def codes_in(page: str) -> list[str]:
    return re.findall(r'id="row-(PAY-\w+)"', page)


class PaymentsList(OnTheDesk):
    def test_an_analyst_sees_the_payments_of_their_markets_and_no_others(self):
        here = self.pay(reference="10482937")
        (elsewhere,) = receive(
            make_source_account(market="KE", currency="KES"), row(1, "9.00", currency="KES")
        )
        page = self.get("/payments/")
        assert codes_in(page) == [code(here)]
        assert "Ama Mensah" in page
        assert code(elsewhere) not in page

    def test_who_may_not_view_payments_gets_the_reason(self):
        answer = self.signed_in("AD").get("/payments/")
        assert answer.status_code == 403
        assert "Payments analyst" in answer.content.decode()

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        self.pay(reference="10482937")
        self.get("/payments/")
        with self.assertNumQueries(21):
            self.get("/payments/")
        receive(self.account, *[row(n, "5.00", reference="10482937") for n in range(1, 8)])
        with self.assertNumQueries(21):
            assert len(codes_in(self.get("/payments/"))) == 8

    def test_every_filter_of_the_address_narrows_the_list(self):
        other = make_source_account(name="Bank", provider="bank", identifier="GH1")
        applied = self.pay("50.00", reference="10482937")
        (unknown,) = receive(other, row(1, "70.00", booked_on=TODAY - timedelta(days=9), reference="nobody"))
        both = {code(applied), code(unknown)}
        expected = {
            "q=mensah": {code(applied)},
            "q=1048%202937": {code(applied)},
            f"q={code(unknown)}": {code(unknown)},
            "market=GH": both,
            f"source={other.pk}": {code(unknown)},
            "state=reversed": set(),
            "payer=unknown": {code(unknown)},
            "payer=known": {code(applied)},
            "applied=full": {code(applied)},
            "applied=none": {code(unknown)},
            "applied=part": set(),
            f"from={TODAY}": {code(applied)},
            f"to={TODAY - timedelta(days=1)}": {code(unknown)},
            "currency=GHS&min=60": {code(unknown)},
            "currency=GHS&max=1,000.00": both,
            "rule=account_number": {code(applied)},
            f"file={unknown.statement_line.file_id}": {code(unknown)},
            f"customer={self.contract.customer_id}": {code(applied)},
            f"contract={self.contract.pk}": {code(applied)},
        }
        for query, codes in expected.items():
            assert set(codes_in(self.get(f"/payments/?{query}"))) == codes, query

    def test_what_is_wrong_with_a_filter_is_said_and_the_rest_still_holds(self):
        make_source_account(currency="USD", identifier="usd")
        self.pay(reference="10482937")
        page = self.get("/payments/?min=5&from=yesterday&file=FIL-1&payer=unknown&source=x")
        for sentence in ("Choose a currency", "not a date like", "is not the code of a file", "valid choice"):
            assert sentence in page, sentence
        assert codes_in(page) == []

    def test_filters_at_work_stand_above_the_list_and_can_be_taken_out(self):
        page = self.get("/payments/?q=nobody&payer=unknown&sort=value")
        assert "No payment matches these filters." in page
        assert 'href="/payments/?q=nobody&amp;sort=value"' in page
        assert 'href="/payments/?sort=value">Clear filters' in page

    def test_totals_are_per_currency_and_are_not_counted_beyond_the_cap(self):
        self.pay("50.00", reference="10482937")
        self.pay("20.00", reference="nobody", line=2)
        page = self.get("/payments/")
        assert "70.00" in page
        assert "in 2 payments" in page
        with patch.object(views, "totals_up_to", lambda found: totals_up_to(found, most=1)):
            assert "More than 10,000 payments" in self.get("/payments/")

    def test_sorting_and_paging_stand_in_the_address(self):
        receive(self.account, *[row(n, f"{n}.00", reference="nobody") for n in range(1, 54)])
        first = codes_in(self.get("/payments/?sort=-amount"))
        second = codes_in(self.get("/payments/?sort=-amount&page=2"))
        assert (len(first), len(second)) == (50, 3)
        assert codes_in(self.get("/payments/?sort=amount"))[:3] == second[::-1]

    def test_a_fetched_pane_is_the_pane_alone_and_caches_keep_it_apart(self):
        answer = self.client.get("/payments/", headers={"HX-Request": "true", "HX-Target": "payments"})
        assert "<html" not in answer.content.decode()
        assert "HX-Request" in answer["Vary"]


class PaymentsExport(OnTheDesk):
    def test_csv_holds_exactly_what_is_filtered_and_no_formula(self):
        self.pay("50.00", reference="10482937", payer_name='=HYPERLINK("http://x")')
        self.pay("70.00", reference="nobody", line=2)
        answer = self.client.get("/payments/export.csv?payer=known")
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert len(rows) == 1
        assert rows[0]["Customer"] == "Ama Mensah"
        assert (rows[0]["Amount"], rows[0]["Applied amount"], rows[0]["Open"]) == ("50.00", "50.00", "0.00")
        assert rows[0]["Payer name as sent"].startswith("'=")

    def xlsx(self, query: str = "") -> tuple[list[list[object]], bytes]:
        answer = self.client.get(f"/payments/export.xlsx{query}")
        content = b"".join(answer.streaming_content)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return book.get_sheet_by_index(0).to_python(), content

    def test_xlsx_has_amounts_as_numbers_and_text_as_text(self):
        self.pay("50.00", reference="10482937", payer_name="=1+1")
        (head, cells), content = self.xlsx()
        found = dict(zip(head, cells, strict=True))
        assert found["Amount"] == 50
        assert found["Value date"] == TODAY
        assert found["Payer name as sent"] == "=1+1"
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet

    def test_an_empty_list_is_a_head_and_other_kinds_are_not_there(self):
        rows, _ = self.xlsx("?q=nobody")
        assert len(rows) == 1
        assert self.client.get("/payments/export.pdf").status_code == 404

    def test_a_workbook_that_would_be_too_large_is_refused_with_a_way_out(self):
        self.pay("50.00")
        self.pay("70.00", line=2)
        with patch.object(export, "MOST_IN_WORKBOOK", 1):
            answer = self.client.get("/payments/export.xlsx")
            assert answer.status_code == 409
            assert "take the CSV" in answer.content.decode()
            assert self.client.get("/payments/export.csv").status_code == 200

    def test_who_may_not_export_is_refused_and_told_so_on_the_list(self):
        client = self.signed_in("SD")
        assert client.get("/payments/export.csv").status_code == 403
        assert "Your role cannot do this" in client.get("/payments/").content.decode()


class PossibleDoubles(OnTheDesk):
    def test_they_are_a_filter_of_the_list_and_a_notice_on_the_page(self):
        first, second = (self.pay("20.00", line=n, reference="10482937", occurred_at=NOON) for n in (1, 2))
        with connection.cursor() as cursor:
            cursor.execute("SELECT payments_learn_from(0, 9000000000)")
        page = self.get("/payments/?double=1")
        assert code(second) in page
        assert code(first) not in page
        assert f'Perhaps paid twice: within five minutes of <a href="/payments/{code(first)}/"' in self.get(
            f"/payments/{code(second)}/"
        )
        self.client.post(f"/payments/{code(second)}/twice")
        assert code(second) not in self.get("/payments/?double=1")
        answered = self.get(f"/payments/{code(first)}/")
        assert "Paid twice on purpose, beside" in answered
        assert "said AN Person" in answered
        self.client.post(f"/payments/{code(first)}/twice", {"again": "1"})
        assert code(second) in self.get("/payments/?double=1")
        assert self.signed_in("AU").post(f"/payments/{code(first)}/twice").status_code == 403
