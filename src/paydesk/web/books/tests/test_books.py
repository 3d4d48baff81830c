"""The controller's screens: figures with the rows behind them, by role and market."""

import csv
import io
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from paydesk.domain.payments.actions import apply_payment
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.books.actions import sum_up_postings
from paydesk.reporting.books.models import DailySum, DayClosing, JournalCopy, JournalExport
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import ANALYST, make_contract, make_source_account, receive, row
from tests.pages import without_secrets

PATHS = (
    "/books/", "/books/account/2010/", "/books/account/1020/{account}/", "/books/tie-out/",
    "/books/tie-out/1100/", "/books/aged/unapplied/", "/books/aged/suspense/", "/books/aged/receivable/",
    "/books/days/", "/books/journal/",
)  # fmt: skip


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


class OnTheBooks(OnTheDesk):
    """Three payments of yesterday: 25.00 on a contract, 7.00 in suspense, 9.00 unapplied."""

    def setUp(self) -> None:
        super().setUp()
        self.paid, self.unknown, self.unapplied = receive(
            self.account,
            row(1, "25.00", reference="10482937", booked_on=yesterday()),
            row(2, "7.00", reference="who?", payer_name="KOFI", booked_on=yesterday()),
            row(3, "9.00", reference="what?", booked_on=yesterday()),
            now=timezone.now(),
        )
        apply_payment(
            self.unapplied.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST,
            now=timezone.now(),
        )  # fmt: skip
        self.analyst, self.client = self.client, self.signed_in("FC")

    def cells(self, answer) -> list[list[str]]:
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))


class Books(OnTheBooks):
    def test_the_trial_balance_shows_each_account_and_leads_to_its_rows(self):
        for summed in (False, True):
            if summed:
                sum_up_postings(timezone.now())
                assert DailySum.objects.exists()
            page = self.get("/books/")
            assert "✓</i>Balances" in page
            for figure in ("41.00", "275.00", "9.00", "7.00", "300.00"):
                assert figure in page, (summed, figure)
        keys = self.get("/books/account/1020/?currency=GHS")
        assert "Momo collections, Momo" in keys
        postings = self.get(f"/books/account/1020/{self.account.pk}/?currency=GHS")
        for payment in (self.paid, self.unknown, self.unapplied):
            assert f'href="/payments/{code(payment)}/"' in postings

    def test_what_is_open_on_the_fx_position_is_said_by_currency_and_row(self):
        dollars = make_source_account(name="Dollar account", currency="USD")
        receive(dollars, row(1, "-40.00", kind="conversion", currency="USD", booked_on=yesterday()))
        receive(
            self.account,
            row(1, "480.00", kind="conversion", provider_ref="FX1", booked_on=yesterday()),
            row(2, "-13.00", kind="conversion", booked_on=yesterday()),
            row(3, "-99.00", kind="conversion", status="failed"),
        )
        tied = self.get("/books/tie-out/")
        assert "Everything ties" in tied
        for open_there in ("40.00", "467.00"):
            assert open_there in tied, open_there
        assert "currency=USD" in tied
        rows = self.get("/books/tie-out/1090/?currency=GHS")
        assert rows.count("data-row") == 2
        for said in ("480.00", "13.00", "FX1", "FIL-", "row 1"):
            assert said in rows, said
        account = self.get("/books/account/1090/?currency=USD")
        assert "What is open, row by row" in account
        assert "row 1" in self.get("/books/account/1090/0/?currency=USD")

    def test_as_reported_leaves_out_what_was_posted_later(self):
        on = f"on={yesterday()}"
        assert "41.00" in self.get(f"/books/?{on}")
        assert code(self.unknown) in self.get(f"/books/aged/suspense/?{on}")
        assert code(self.unknown) not in self.get(f"/books/aged/suspense/?{on}&known={yesterday()}")
        reported = self.get(f"/books/?{on}&known={yesterday()}")
        assert "41.00" not in reported
        assert "as reported at the end of" in reported

    def test_a_day_before_everything_is_empty_and_a_bad_address_shows_the_default(self):
        assert "Nothing is booked in this market by then." in self.get("/books/?on=2020-01-01")
        for bad in ("on=never", "market=XX", "since=2026-99-99", "currency=gh"):
            assert "41.00" in self.get(f"/books/?{bad}"), bad
        for path in ("/books/account/9999/", "/books/tie-out/4010/", "/books/aged/nothing/"):
            assert self.client.get(path).status_code == 404, path

    def test_the_tie_out_is_green_and_names_what_differs_with_its_rows(self):
        page = self.get("/books/tie-out/")
        assert "✓</i>Everything ties" in page
        self.unapplied.__class__.objects.filter(pk=self.unapplied.pk).update(credited_minor=200)
        page = self.get("/books/tie-out/")
        assert "✕</i>Does not tie" in page
        assert "1 differs" in page
        rows = self.get("/books/tie-out/2010/?apart=1")
        customer = code_of("CUS", self.contract.customer_id)
        assert f'href="/customers/{customer}/"' in rows
        assert "2.00" in rows
        assert "differs by" in self.get("/books/days/")

    def test_aged_lists_tie_and_their_ages_lead_to_rows(self):
        assert code(self.unapplied) in self.get("/books/aged/unapplied/")
        assert code(self.unknown) in self.get("/books/aged/suspense/?band=0")
        assert code(self.unknown) not in self.get("/books/aged/suspense/?band=3")
        page = self.get("/books/aged/receivable/")
        assert code_of("CON", self.contract.pk) in page
        assert "✓</i>Ties" in page
        assert "Nothing was open on that day." in self.get("/books/aged/suspense/?on=2020-01-01")

    def test_downloads_hold_what_is_shown_and_nothing_runs_as_a_formula(self):
        receive(self.account, row(1, "3.00", reference="x", payer_name="=1+1"), now=timezone.now())
        rows = self.cells(self.client.get("/books/export.csv"))
        debit = sum(float(r[9] or 0) for r in rows[1:])
        assert debit == sum(float(r[10] or 0) for r in rows[1:]) > 0
        rows = self.cells(self.analyst.get("/books/aged/suspense/export.csv"))
        assert {r[3] for r in rows[1:]} == {"KOFI", "'=1+1"}
        rows = self.cells(self.client.get("/books/aged/suspense/export.csv"))
        assert {r[3] for r in rows[1:]} == {"K•••", "'=•••"}, "the controller sees no names"
        for path in ("/books/export.xlsx", "/books/aged/receivable/export.xlsx"):
            assert b"".join(self.client.get(path).streaming_content).startswith(b"PK"), path

    def test_who_sees_the_books_and_who_may_export(self):
        sees = {"AN": 200, "TL": 200, "FC": 200, "AU": 200, "RK": 200,
                "SU": 403, "CO": 403, "SD": 403, "QA": 403, "AD": 403}  # fmt: skip
        for (role, status), path in zip(sees.items(), PATHS, strict=True):
            client = self.signed_in(role, "GH KE")
            answer = client.get(path.format(account=self.account.pk))
            assert answer.status_code == status, (role, path)
            export = client.post("/books/journal/export?market=GH", {"through": str(yesterday())})
            assert (export.status_code == 302) == (role == "FC"), role
        assert JournalExport.objects.count() == 1

    def test_another_market_shows_nothing_of_this_one(self):
        elsewhere = self.signed_in("FC", "KE")
        export = self.client.post("/books/journal/export?market=GH", {"through": str(yesterday())})
        for path in (*PATHS, "/books/?market=GH"):
            page = without_secrets(elsewhere.get(path.format(account=self.account.pk)))
            for secret in ("41.00", "Ama Mensah", "10482937", code(self.unknown), "Momo collections"):
                assert secret not in page, (path, secret)
        assert elsewhere.get(export["Location"]).status_code == 404
        assert elsewhere.post(f"{export['Location']}copy", {"form": "summary.csv"}).status_code == 404
        contract = code_of("CON", self.contract.pk)
        assert elsewhere.get(f"/books/statement/{contract}/").status_code == 404

    def test_queries_do_not_grow_with_rows(self):
        """What the frame of every page asks is not counted: few rows and many ask the same."""
        paths = [path.format(account=self.account.pk) for path in PATHS]
        few = {path: self.queries(path) for path in paths}
        for n in range(6):
            make_contract(account_number=f"2000{n}000")
            receive(self.account, row(1, "1.00", reference="who?"), now=timezone.now())
        assert {path: self.queries(path) for path in paths} == few
        assert max(few.values()) < 58

    def queries(self, path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            self.get(path)
        return len(caught)


class Journal(OnTheBooks):
    def export(self, through=None):
        return self.client.post("/books/journal/export?market=GH", {"through": str(through or yesterday())})

    def test_an_export_is_made_once_shown_and_its_copies_are_marked(self):
        assert "not exported yet" in self.get("/books/journal/")
        answer = self.export()
        page = self.get(answer["Location"])
        assert "✓</i>Unchanged since exported" in page
        assert "Nobody was handed a copy yet." in page
        first, second = (
            self.client.post(f"{answer['Location']}copy", {"form": "detail.csv"}) for _ in range(2)
        )
        assert "re-export-1" in second["Content-Disposition"]
        assert "re-export" not in first["Content-Disposition"]
        one, two = self.cells(first), self.cells(second)
        assert [r[1] for r in one[1:]] == ["original"] * (len(one) - 1)
        assert [r[1] for r in two[1:]] == ["re-export 1"] * (len(two) - 1)
        assert [r[:1] + r[2:] for r in one] == [r[:1] + r[2:] for r in two]
        sums = {r[13]: 0 for r in one[1:]}
        for r in one[1:]:
            sums[r[13]] += round(100 * float(r[14])) - round(100 * float(r[15]))
        assert sums == {"GHS": 0}
        assert {r[9] for r in one[1:]} >= {code(self.paid), code(self.unknown), code(self.unapplied)}
        summary = self.client.post(f"{answer['Location']}copy", {"form": "summary.xlsx"})
        assert b"".join(summary.streaming_content).startswith(b"PK")
        assert JournalCopy.objects.count() == 3
        assert "Re-export 2" in self.get(answer["Location"])

    def test_a_second_press_is_refused_and_what_comes_late_is_marked(self):
        self.export()
        again = self.export()
        assert again.status_code == 409
        assert "Nothing was posted" in again.content.decode()
        receive(self.account, row(1, "3.00", reference="late", booked_on=yesterday()), now=timezone.now())
        assert "posted late" in self.get("/books/journal/")
        late = self.export()
        assert "Posted late" in self.get(late["Location"])
        assert self.export(timezone.localdate()).status_code == 409
        assert self.client.post("/books/journal/export?market=GH", {"through": "x"}).status_code == 409

    def test_the_auditor_sees_why_no_copy_is_handed_out(self):
        answer = self.export()
        auditor = self.signed_in("AU")
        assert "Finance controller can." in auditor.get(answer["Location"]).content.decode()
        assert auditor.post(f"{answer['Location']}copy", {"form": "summary.csv"}).status_code == 403
        assert JournalCopy.objects.count() == 0


class Statements(OnTheBooks):
    def test_the_contract_offers_its_statement_as_pdf_and_workbook(self):
        contract = code_of("CON", self.contract.pk)
        assert f'href="/books/statement/{contract}/"' in self.get(f"/contracts/{contract}/")
        assert f'href="/books/statement/{contract}/"' in self.get(
            f"/customers/{code_of('CUS', self.contract.customer_id)}/"
        )
        page = self.get(f"/books/statement/{contract}/")
        assert 'value="2026-02-01"' in page
        days = f"since=2026-02-01&through={timezone.localdate()}"
        pdf = self.client.get(f"/books/statement/{contract}/statement.pdf?{days}")
        assert pdf.content.startswith(b"%PDF")
        assert f"statement-{contract}-2026-02-01" in pdf["Content-Disposition"]
        assert self.client.get(f"/books/statement/{contract}/statement.xlsx?{days}").content[:2] == b"PK"
        upside_down = "since=2026-02-02&through=2026-02-01"
        for query in ("", upside_down):
            answer = self.client.get(f"/books/statement/{contract}/statement.pdf?{query}")
            assert answer.status_code == 409, query
        assert self.client.get(f"/books/statement/{contract}/statement.doc?{days}").status_code == 404


class Days(OnTheBooks):
    def test_the_analyst_asks_the_controller_closes_and_the_lead_opens_again(self):
        analyst, lead, controller = self.analyst, self.signed_in("TL"), self.client
        page = self.get("/books/days/")
        assert "no day yet" in page
        assert "Payments analyst can." in page
        asked = {"day": str(yesterday()), "reason": "month end"}
        assert analyst.post("/books/days/close?market=GH", asked).status_code == 302
        assert analyst.post("/books/days/close?market=GH", asked).status_code == 409
        closing = DayClosing.objects.get()
        assert "another person decides" in analyst.get("/books/days/").content.decode()
        assert analyst.post(f"/books/days/{closing.pk}/approve").status_code == 409
        assert self.signed_in("FC", "KE").post(f"/books/days/{closing.pk}/approve").status_code == 404
        assert controller.post(f"/books/days/{closing.pk}/approve").status_code == 302
        assert controller.post(f"/books/days/{closing.pk}/approve").status_code == 409
        assert "✓</i>Closed" in self.get("/books/days/")
        assert lead.post("/books/days/reopen?market=GH", asked).status_code == 302
        assert "Open again from" in self.get("/books/days/")
        reopening = DayClosing.objects.get(state="pending")
        assert lead.post(f"/books/days/{reopening.pk}/withdraw").status_code == 302
        assert lead.post("/books/days/close?market=GH", asked).status_code == 403
        assert analyst.post("/books/days/close?market=GH", {"day": "x"}).status_code == 409
