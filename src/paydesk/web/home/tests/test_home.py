"""The home page: is everything in, what waits, what came in; nothing of other markets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.test import TestCase
from django.utils import timezone

from paydesk.domain.payments.queries import AgeBand, DayReceipts
from paydesk.domain.statements.models import SourceFile
from paydesk.kernel.money import Money
from paydesk.web.home import money
from paydesk.web.home.coverage import account_days
from paydesk.web.intake.tests.company import mapped, paid, posted, table, uploaded
from tests.browser.people import make_person
from tests.builders import make_contract, make_file, make_source_account, receive, row
from tests.pages import without_secrets

HTMX = {"HX-Request": "true"}


def noon(days_ago: int) -> datetime:
    day = timezone.localdate() - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Home(TestCase):
    def setUp(self):
        self.client.force_login(make_person("Priya Nair", "AN", markets="GH KE"))

    def page(self, address: str = "/") -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200
        return without_secrets(answer)

    def test_an_empty_desk_welcomes_with_one_action(self):
        page = self.page()
        assert "Welcome to the desk" in page
        assert page.count("data-dropzone") == 1
        assert "Is everything in?" not in page
        assert "Received" not in page

    def test_figures_stand_per_currency_and_lead_to_their_rows(self):
        ghana = make_source_account(name="Momo Accra")
        kenya = make_source_account(market="KE", currency="KES", provider="mpesa", name="Paybill")
        make_contract(account_number="10482937")
        yesterday = noon(1)
        receive(
            ghana, row(2, "50.00", reference="10482937", occurred_at=yesterday),
            row(3, "7.00", reference="nobody", occurred_at=noon(10)),
        )  # fmt: skip
        receive(kenya, row(2, "900.00", currency="KES", reference="nobody", occurred_at=yesterday))
        answer = self.client.get("/")
        page = answer.content.decode()
        assert answer.context["received_yesterday"] == 2
        assert str(answer.context["share"]) == "33.3 %"
        assert [str(amount) for amount in answer.context["suspense"]["amounts"]] == ["7.00 GHS", "900.00 KES"]
        assert "/suspense/?currency=GHS&amp;age=2" in page
        assert "/suspense/?currency=KES&amp;age=0" in page
        assert f"/payments/?from={yesterday:%Y-%m-%d}&amp;to={yesterday:%Y-%m-%d}" in page
        assert "957" not in page  # never added over currencies

    def test_other_markets_are_not_in_any_figure(self):
        lagos = make_source_account(market="NG", currency="NGN", provider="paystack", name="Lagos account")
        receive(lagos, row(2, "50.00", currency="NGN", reference="nobody", occurred_at=noon(1)))
        make_file(lagos, state="previewed", filename="lagos.csv")
        page = self.page()
        assert "Lagos" not in page
        assert "NGN" not in page
        assert "lagos.csv" not in page

    def test_it_names_the_days_that_are_missing_and_where_to_upload_them(self):
        account = make_source_account(name="Momo Accra")
        for days_ago in (5, 4, 2):
            at = noon(days_ago)
            make_file(account, state="posted", covers_from=at, covers_to=at, posted_at=at)
        today = timezone.localdate()
        (days,) = account_days(make_person("Sam", "AN").actor(), timezone.now(), today)
        assert days.missing == [today - timedelta(days=3), today - timedelta(days=1)]
        assert (days.behind, days.is_behind) == (1, True)
        page = self.page()
        assert f"/intake/?upload_to={account.pk}" in page
        assert "2 days without a file" in page
        chosen = self.client.get(f"/intake/?upload_to={account.pk}").content.decode()
        assert f'<option value="{account.pk}" selected>' in chosen

    def test_nothing_is_due_before_the_first_file_nor_at_a_bank_on_a_weekend(self):
        account = make_source_account(name="Bank", provider="bank", role="settles")
        account.provider.kind = "bank"
        account.provider.save()
        monday, friday = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)
        for at in (friday, monday):
            make_file(account, state="posted", covers_from=at, covers_to=at, posted_at=at)
        actor = make_person("Sam", "AN").actor()
        (days,) = account_days(actor, monday + timedelta(days=1), date(2026, 3, 11))
        states = {day.on.day: day.state for day in days.days}
        assert {number: states[number] for number in (5, 6, 7, 8, 9, 10)} == {
            5: "none", 6: "in", 7: "none", 8: "none", 9: "in", 10: "missing",
        }  # fmt: skip
        assert (days.behind, days.in_through_on) == (1, date(2026, 3, 9))

    def test_files_that_wait_and_rejected_rows_lead_to_their_pages(self):
        account = make_source_account()
        uploaded(table(paid(1)), "unknown.csv")
        mapped(account, table(paid(2)), "ready.csv")
        posted(account, table(paid(3), paid(4, "fifty")), "done.csv", at=timezone.now())
        page = self.page()
        assert "unknown.csv" in page
        assert "ready.csv" in page
        assert "1 rejected" in page
        version = self.client.get("/").context["files_version"]
        assert self.client.get(f"/?v={version}", headers=HTMX).status_code == 204
        SourceFile.objects.filter(filename="ready.csv").update(revision=50)
        again = self.client.get(f"/?v={version}", headers=HTMX)
        assert b"ready.csv" in again.content
        assert b"<html" not in again.content

    def test_rows_that_made_no_payment_are_counted_and_can_be_read(self):
        account = make_source_account()
        fee = "01-03-2026 12:00:00;F1;;;;-1.50;fee;paid"
        posted(account, table(paid(1), fee), at=timezone.now())
        assert "/home/kept" in self.page()
        page = self.page("/home/kept")
        assert "A fee of the provider." in page
        assert "/intake/rows/?kind=fee&amp;status=success" in page
        rows = self.page("/intake/rows/?kind=fee")
        assert "F1" in rows
        assert "R1" not in rows
        assert "F1" not in self.page("/intake/rows/?kind=sweep")
        answer = self.client.get("/intake/rows.csv?kind=fee")
        taken = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert "F1" in taken
        assert "A fee of the provider." in taken

    def test_it_says_when_no_worker_is_running(self):
        assert "No worker is running" in self.page()

    def test_people_see_only_what_their_role_may_see(self):
        make_source_account()
        self.client.force_login(make_person("Ade Min", "AD"))
        page = self.page()
        assert "Received" not in page
        assert "Files that wait" not in page

    def test_the_number_of_queries_does_not_grow(self):
        account = make_source_account()
        make_contract(account_number="10482937")

        def more(first: int) -> None:
            posted(account, table(*[paid(n) for n in range(first, first + 5)]), at=timezone.now())
            mapped(account, table(paid(first + 5)))
            other = make_source_account()
            receive(other, *[row(n, "5.00", reference="nobody", occurred_at=noon(1)) for n in range(2, 6)])

        more(1)
        self.page()
        with self.assertNumQueries(44):
            self.page()
        more(20)
        more(40)
        with self.assertNumQueries(44):
            self.page()


class Figures(TestCase):
    def test_every_day_stands_in_the_trend_also_those_without_a_payment(self):
        today = date(2026, 3, 14)
        rows = [
            DayReceipts(date(2026, 3, 13), "GHS", 3, Money(3000, "GHS"), 2),
            DayReceipts(date(2026, 3, 3), "GHS", 1, Money(100, "GHS"), 1),
        ]
        (received,) = money.per_currency(rows, today)
        assert len(received.trend) == 14
        assert (received.total, received.last.count) == (Money(3100, "GHS"), 3)
        assert str(money.applied_share([received])) == "75.0 %"
        assert str(money.applied_share([])) == "–"

    def test_the_oldest_age_is_that_of_any_currency(self):
        ages = [
            AgeBand("0–1 days", "GHS", 2, Money(5, "GHS")),
            AgeBand("2–7 days", "GHS", 0, Money(0, "GHS")),
            AgeBand("0–1 days", "KES", 0, Money(0, "KES")),
            AgeBand("2–7 days", "KES", 1, Money(9, "KES")),
        ]
        waiting = money.by_currency(ages, "unapplied:list")
        assert [each.count for each in waiting] == [2, 1]
        assert money.oldest_of(waiting) == "2–7 days"
        assert waiting[1].bands[1].url.endswith("currency=KES&age=1")
