"""Small answers: nothing changed, confirmed, downloads that a spreadsheet opens safely."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

from django.http import HttpResponse
from django.test import RequestFactory

from paydesk.web.answers import confirmed, csv_download, unchanged
from paydesk.web.paging import LAST_PAGE, Page, page_number


def read(download) -> list[list[str]]:
    text = b"".join(download.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


class TestDownload:
    def test_rows_come_under_their_head_and_survive_commas_and_line_breaks(self):
        download = csv_download(
            "payments.csv", ["Payer", "Text"], [["Mensah, Akosua", "a\nb"], ["Ọkáfọ̀r", '"x"']]
        )
        assert download["Content-Disposition"] == 'attachment; filename="payments.csv"'
        assert read(download) == [["Payer", "Text"], ["Mensah, Akosua", "a\nb"], ["Ọkáfọ̀r", '"x"']]

    def test_text_that_a_spreadsheet_would_run_is_made_plain(self):
        rows = read(
            csv_download("x.csv", ["Text", "Amount"], [["=HYPERLINK(1)", Decimal("-12.50")], ["@SUM", 3]])
        )
        assert rows[1:] == [["'=HYPERLINK(1)", "-12.50"], ["'@SUM", "3"]]

    def test_it_streams(self):
        def endless():
            number = 0
            while True:
                number += 1
                yield [number]

        lines = iter(csv_download("x.csv", ["No"], endless()).streaming_content)
        assert [next(lines) for _ in range(3)] == ["\ufeffNo\r\n".encode(), b"1\r\n", b"2\r\n"]


class TestLive:
    def test_the_version_one_shows_already_is_answered_with_nothing(self):
        request = RequestFactory().get("/intake/", {"v": "12"})
        answer = unchanged(request, 12)
        assert answer is not None
        assert answer.status_code == 204
        assert unchanged(request, 13) is None
        assert unchanged(RequestFactory().get("/intake/"), 12) is None

    def test_a_confirmation_rides_on_the_answer(self):
        answer = confirmed(HttpResponse("x"), "Applied 120.00 GHS.")
        assert json.loads(answer["HX-Trigger"]) == {"toast": {"text": "Applied 120.00 GHS."}}


class TestPage:
    def test_it_reads_one_row_more_than_it_shows(self):
        rows = iter(range(1000))
        page = Page.of(rows, 1)
        assert (len(page), page.has_next, page.first, page.last) == (50, True, 1, 50)
        assert next(rows) == 51

    def test_an_empty_page(self):
        page = Page.of([], 3)
        assert (len(page), page.has_next, page.first, page.total) == (0, False, 0, None)

    def test_a_page_number_is_taken_from_the_address_only_if_it_is_one(self):
        def at(text: str) -> int:
            return page_number(RequestFactory().get("/", {"page": text}))

        assert [at("3"), at(""), at("-2"), at("0"), at("x"), at("²"), at("9" * 30)] == [
            3,
            1,
            1,
            1,
            1,
            1,
            LAST_PAGE,
        ]
