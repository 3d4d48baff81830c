"""Unapplied and suspense: what waits, oldest first, by age; what has left makes way for the next."""

import re
from datetime import date, timedelta

from django.utils import timezone

from paydesk.domain.payments.actions import apply_payment
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import ANALYST, NOON, make_contract, make_source_account, receive_today, row


def codes_in(page: str) -> list[str]:
    return re.findall(r'id="row-(PAY-\w+)"', page)


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


class Waiting(OnTheDesk):
    def setUp(self):
        super().setUp()
        self.old, self.middle, self.new = receive_today(
            self.account,
            *[
                row(n, f"{n}.00", reference="who?", payer_name="KOFI", booked_on=days_ago(days))
                for n, days in ((1, 40), (2, 10), (3, 0))
            ],
        )

    def identify(self, payment):
        apply_payment(
            payment.pk, customer_id=self.contract.customer_id, contract_id=None, by=ANALYST, now=NOON
        )

    def test_suspense_is_listed_oldest_first_with_age_and_reason(self):
        page = self.get("/suspense/")
        assert codes_in(page) == [code(p) for p in (self.old, self.middle, self.new)]
        assert "40 days" in page
        assert "No customer of ours matches" in page
        assert codes_in(self.get("/unapplied/")) == []

    def test_unapplied_says_why_it_waits(self):
        self.identify(self.middle)
        page = self.get("/unapplied/")
        assert codes_in(page) == [code(self.middle)]
        assert "No contract was named; 10482937 has 300.00 GHS open." in page

    def test_the_rail_says_how_much_waits_where(self):
        self.identify(self.middle)
        places = {shown.place.name: shown.waits for shown in self.client.get("/suspense/").context["places"]}
        assert (places["suspense:list"], places["unapplied:list"], places["intake:files"]) == (2, 1, 0)
        assert '<span class="waits">2<span' in self.get("/suspense/")

    def test_filters_and_age_bands_narrow_and_stand_in_the_address(self):
        receive_today(make_source_account(currency="USD", identifier="usd"), row(1, "5.00", currency="USD"))
        expected = {
            "age=3&currency=GHS": [code(self.old)],
            "age=0&currency=GHS": [code(self.new)],
            "currency=GHS&q=kofi": [code(p) for p in (self.old, self.middle, self.new)],
            f"source={self.account.pk}&age=2": [code(self.middle)],
            "q=nobody-at-all": [],
        }
        for query, codes in expected.items():
            assert codes_in(self.get(f"/suspense/?{query}")) == codes, query
        page = self.get("/suspense/?age=3&currency=GHS")
        assert 'aria-current="true"><i class="a4">' in page
        assert 'href="/suspense/?age=2&amp;currency=GHS"' in page

    def test_the_opened_payment_stands_beside_the_list_or_comes_alone(self):
        page = self.get(f"/suspense/?open={code(self.middle)}")
        assert f'data-open-row="row-{code(self.middle)}"' in page
        assert "is-open" in page
        part = self.get(
            f"/suspense/?open={code(self.middle)}", **{"HX-Request": "true", "HX-Target": "detail"}
        )
        assert part.lstrip().startswith("<div")
        assert codes_in(part) == []

    def test_what_has_left_the_list_makes_way_for_the_next_and_takes_the_focus(self):
        self.identify(self.old)
        page = self.get(f"/suspense/?open={code(self.old)}")
        assert f'data-open-row="row-{code(self.middle)}"' in page
        assert "has left this list" in page
        assert re.search(rf'id="row-{code(self.middle)}"[^>]*autofocus', page)

    def test_after_the_last_one_nothing_is_open(self):
        for payment in (self.old, self.middle, self.new):
            self.identify(payment)
        page = self.get(f"/suspense/?open={code(self.new)}")
        assert "Nothing is in suspense" in page
        assert "is-open" not in page

    def test_a_payment_of_another_market_is_not_there(self):
        (hidden,) = receive_today(
            make_source_account(market="KE", currency="KES"), row(1, "9.00", currency="KES")
        )
        assert self.client.get(f"/suspense/?open={code(hidden)}").status_code == 404
        assert code(hidden) not in self.get("/suspense/")

    def test_roles_without_the_right_do_not_see_suspense(self):
        assert self.signed_in("SD").get("/suspense/").status_code == 403
        assert self.signed_in("AD").get("/unapplied/").status_code == 403

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        for contract in (make_contract(), make_contract()):
            (payment,) = receive_today(self.account, row(1, "1.00", reference="?"))
            apply_payment(
                payment.pk, customer_id=contract.customer_id, contract_id=None, by=ANALYST, now=NOON
            )
        self.identify(self.old)
        self.get("/unapplied/")
        with self.assertNumQueries(24):
            assert len(codes_in(self.get("/unapplied/"))) == 3
        self.identify(self.middle)
        self.identify(self.new)
        with self.assertNumQueries(24):
            assert len(codes_in(self.get("/unapplied/"))) == 5

    def test_exports_hold_the_filtered_rows(self):
        text = b"".join(self.client.get("/suspense/export.csv?age=3").streaming_content).decode()
        assert code(self.old) in text
        assert code(self.new) not in text
        assert self.client.get("/unapplied/export.xlsx").status_code == 200
