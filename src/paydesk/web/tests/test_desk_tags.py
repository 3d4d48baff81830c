"""How money, states, times and codes are shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.paging import Page


def shown(source: str, **known: object) -> str:
    return Template(source).render(Context(known))


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


class TestMoney:
    @pytest.mark.parametrize(
        ("minor", "currency", "expected"),
        [
            (125000, "GHS", "1,250.00\u00a0GHS"),
            (-8000, "KES", "\u221280.00\u00a0KES"),
            (890135, "UGX", "890,135\u00a0UGX"),
            (12345, "KWD", "12.345\u00a0KWD"),
            (0, "NGN", "0.00\u00a0NGN"),
        ],
    )
    def test_every_digit_of_the_currency_a_true_minus_and_no_break(self, minor, currency, expected):
        html = shown("{{ amount|money }}", amount=Money(minor, currency))
        assert plain(html) == expected
        assert html.startswith('<span class="money">')
        assert shown("{% money minor currency %}", minor=minor, currency=currency) == html

    def test_no_amount_shows_nothing_which_is_not_zero(self):
        assert shown("{{ amount|money }}", amount=None) == ""

    def test_a_figure_alone_leaves_the_currency_to_the_column(self):
        assert shown("{{ amount|figure }}", amount=Money(-1250, "GHS")) == "\u221212.50"

    def test_a_decimal_of_a_file_keeps_what_is_below_the_minor_unit(self):
        assert (
            plain(shown("{% exact_money amount 'EUR' %}", amount=Decimal("-1234.56789")))
            == "\u22121,234.56789\u00a0EUR"
        )
        assert plain(shown("{% exact_money amount 'XXX' %}", amount=Decimal("5"))) == "5"


class TestStates:
    @pytest.mark.parametrize("family", ["settled", "moving", "held", "failed", "returned", "idle"])
    def test_a_state_is_symbol_word_and_colour(self, family):
        html = shown("{% state_badge family 'part_applied' %}", family=family)
        assert f'class="st {family}"' in html
        assert html.endswith("</i>Part applied</span>")
        assert 'aria-hidden="true"></i>' not in html

    def test_another_symbol_of_the_family_may_be_named(self):
        assert ">!</i>Overdue" in shown("{% state_badge 'failed' 'overdue' '!' %}")


class TestTimes:
    AT = datetime(2019, 11, 16, 23, 30, 5, tzinfo=UTC)

    def test_an_instant_stands_in_the_zone_asked_for_with_utc_in_its_title(self):
        html = shown("{{ at|when:'Africa/Nairobi' }}", at=self.AT)
        assert plain(html) == "17 Nov 2019 02:30"
        assert 'title="2019-11-16 23:30:05 UTC"' in html
        assert 'datetime="2019-11-16T23:30:05+00:00"' in html

    def test_without_a_zone_it_stands_in_the_zone_of_the_person(self):
        with timezone.override(ZoneInfo("Africa/Lagos")):
            assert plain(shown("{{ at|when }}", at=self.AT)) == "17 Nov 2019 00:30"

    def test_this_year_needs_no_year(self):
        today = timezone.localdate()
        assert plain(shown("{{ on|when }}", on=today)) == f"{today.day} {today:%b}"

    def test_a_date_is_not_moved_by_a_zone(self):
        assert plain(shown("{{ on|when:'Pacific/Kiritimati' }}", on=date(2019, 1, 31))) == "31 Jan 2019"

    def test_no_time_shows_nothing(self):
        assert shown("{{ at|when }}{{ at|ago }}", at=None) == ""


class TestCodes:
    def test_a_public_code_is_made_from_the_id(self):
        assert plain(shown("{{ 4711|public_code:'PAY' }}")) == code_of("PAY", 4711)

    def test_what_people_typed_is_escaped(self):
        assert "<b>" not in shown("{{ text|code }}", text="<b>1</b>")


class TestLists:
    def test_a_pager_keeps_the_filters_and_knows_where_it_stands(self):
        request = RequestFactory().get("/payments/", {"q": "a&b", "page": "2", "v": "7"})
        page = Page.of(range(51), 2, total=1214)
        html = shown("{% pager page 'payments' %}", request=request, page=page)
        assert "51–100 of 1,214 payments" in plain(html)
        assert 'href="/payments/?q=a%26b"' in html
        assert 'href="/payments/?q=a%26b&amp;page=3"' in html

    def test_the_last_page_has_no_next(self):
        html = shown("{% pager page %}", request=RequestFactory().get("/"), page=Page.of(range(50), 1))
        assert "next" not in html
        assert "1–50 rows" in plain(html)

    def test_a_column_sorts_both_ways_and_starts_over_at_page_one(self):
        request = RequestFactory().get("/payments/", {"sort": "amount", "page": "3"})
        html = shown("<table>{% sort_head 'Amount' 'amount' %}</table>", request=request)
        assert 'aria-sort="ascending"' in html
        assert 'href="/payments/?sort=-amount"' in html
        other = shown("{% sort_head 'Day' 'day' %}", request=request)
        assert "aria-sort" not in other
        assert 'href="/payments/?sort=day"' in other


class TestCharts:
    def test_the_parts_of_an_ageing_bar_are_in_proportion_and_told_in_words(self):
        html = shown(
            "{% ageing parts 'GHS by age' %}",
            parts=[("new 30.00", 3000), ("old 0.00", 0), ("older 10.00", 1000)],
        )
        assert 'aria-label="GHS by age: new 30.00, old 0.00, older 10.00"' in html
        assert 'class="a1" x="0.0" y="0" width="224.0"' in html
        assert 'class="a3" x="225.0" y="0" width="74.0"' in html
        assert 'class="a2"' not in html

    def test_nothing_makes_no_chart(self):
        assert (
            shown(
                "{% ageing parts 'x' %}{% sparkline one %}{% columns none 'a' 'b' 'k' %}",
                parts=[("a", 0)],
                one=[1],
                none=[],
            )
            == ""
        )

    def test_columns_stack_up_to_a_round_top(self):
        html = shown(
            "{% columns weeks 'Per week' 'Two weeks.' 'w' %}", weeks=[("w1", [30, 10]), ("w2", [7, 0])]
        )
        assert ">40</text>" in html
        assert html.count('class="c1"') == 2
        assert html.count('class="c2"') == 1
        assert '<title id="w-t">Per week</title>' in html
