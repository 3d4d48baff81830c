"""Anything a caller may say finds what it names, ranked, with the reason, and only what one may see."""

from datetime import timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from paydesk.domain.marketplace.actions import take_events
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import RejectedLine
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.search.queries import Found, find
from paydesk.reporting.search.rules import Rank
from tests.builders import (
    ANALYST,
    NOON,
    TODAY,
    make_contract,
    make_file,
    make_source_account,
    receive,
    row,
    store_lines,
)

EVERYWHERE = Actor("person", 1, "All", ANALYST.rights, None)


class FindAnything(TestCase):
    def setUp(self) -> None:
        self.account = make_source_account()
        self.contract = make_contract(
            account_number="10482937", customer_name="Ama Mensah", customer_ref="C-77001",
            phones=("0244123456",),
        )  # fmt: skip
        (self.payment,) = receive(
            self.account,
            row(1, "45.50", reference="1048 2937", msisdn="233244123456", provider_ref="QBJ04Z8GQR",
                network_ref="53400983108"),
        )  # fmt: skip

    def find(self, text: str, actor: Actor = ANALYST, **options: object) -> Found:
        return find(actor, text, today=TODAY, **options)  # type: ignore[arg-type]

    def reasons(self, text: str, kind: str, actor: Actor = ANALYST) -> list[tuple[Rank, str]]:
        return [(hit.rank, hit.why) for hit in getattr(self.find(text, actor), kind)]

    def pay(self, amount: str, **fields: object) -> Payment:
        return receive(self.account, row(1, amount, **fields))[0]

    def test_whatever_names_one_thing_is_exact(self):
        contract, customer, payment = self.contract.pk, self.contract.customer_id, self.payment.pk
        file = self.payment.statement_line.file_id
        expected = {
            code_of("PAY", payment): ("payment", payment),
            code_of("CON", contract): ("contract", contract),
            code_of("CUS", customer): ("customer", customer),
            code_of("FIL", file): ("file", file),
            "10482937": ("contract", contract),
            "1048 2937": ("contract", contract),
            "qbj04z8gqr": ("payment", payment),
            "53400983108": ("payment", payment),
            "c-77001": ("customer", customer),
            "0244 123 456": ("customer", customer),
            "+233244123456": ("customer", customer),
        }
        for text, exact in expected.items():
            assert self.find(text).exact() == exact, text

    def test_a_part_finds_and_is_not_exact(self):
        for text, kind, why in (
            ("1048", "contracts", "Account number begins so"),
            ("QBJ04Z", "payments", "Provider reference begins so"),
            ("5340098", "payments", "Network reference begins so"),
            ("C-770", "customers", "Our number for them begins so"),
            ("0244 12", "customers", "Phone begins so"),
            ("+233244", "customers", "Phone begins so"),
            ("3456", "customers", "Phone ends so"),
            ("123456", "customers", "Phone ends so"),
            ("441234", "customers", "Part of the phone"),
            ("ama men", "customers", "Name begins so"),
            ("mensah", "customers", "Name has it"),
            ("mensah ama", "customers", "Name has it"),
            ("portal.csv", "files", "File name has it"),
        ):
            found = self.find(text)
            assert [hit.why for hit in getattr(found, kind)] == [why], text
            assert found.exact() is None, text

    def test_a_misspelt_name_is_found_and_told(self):
        for text in ("mensha", "ama mensha", "menssah", "amma mensah", "mennsah ama"):
            found = self.find(text)
            assert [(hit.why, hit.rank) for hit in found.customers] == [("Spelt almost so", Rank.NEAR)], text
            assert any("mensah" in meant for meant in found.meant), text
        assert not self.find("kwarteng").count()

    def test_no_other_spelling_is_looked_for_where_the_name_itself_is_found(self):
        make_contract(customer_name="Kofi Mensa")
        found = self.find("mensa")
        assert [hit.thing.name for hit in found.customers] == ["Ama Mensah", "Kofi Mensa"]
        assert found.meant == ()
        assert [hit.thing.name for hit in self.find("kofi mensa").customers] == ["Kofi Mensa"]

    def test_an_account_number_brings_its_owner_and_what_was_paid(self):
        older = self.pay("10.00", reference="10482937", booked_on=TODAY - timedelta(days=9))
        self.pay("11.00", reference="7777777")
        found = self.find("10482937")
        assert found.kinds()[0] == "contracts"
        assert [hit.thing.pk for hit in found.payments] == [self.payment.pk, older.pk]
        assert {hit.why for hit in found.payments} == {"Paid into this contract"}
        assert [(hit.thing.name, hit.why) for hit in found.customers] == [("Ama Mensah", "Has this contract")]

    def test_an_amount_with_a_day(self):
        day_before = self.pay("45.50", booked_on=TODAY - timedelta(days=1), payer_name="KOFI BOATENG")
        self.pay("45.50", booked_on=TODAY - timedelta(days=2))
        self.pay("45.51")
        asked = f"45.50 on {TODAY:%d %B}"
        assert [(hit.thing.pk, hit.why) for hit in self.find(asked).payments] == [
            (self.payment.pk, "Amount and day"),
            (day_before.pk, "Amount, the day before"),
        ]
        assert len(self.find("GHS 45.50").payments) == 3
        assert not self.find("KES 45.50 today").payments
        named = self.find(f"kofi 45.50 on {TODAY:%d %B}").payments
        assert [(hit.thing.pk, hit.why) for hit in named] == [
            (day_before.pk, "Amount, the day before, and the name")
        ]

    def test_a_payer_in_suspense_is_found_by_the_name_the_provider_sent(self):
        lost = self.pay("12.00", reference="loan", payer_name="EFUA QUAYE")
        assert [(hit.thing.pk, hit.why) for hit in self.find("quaye").payments] == [
            (lost.pk, "The payer's name, in suspense")
        ]

    def test_a_phone_that_paid_for_others_finds_what_it_paid(self):
        lost = self.pay("12.00", reference="", msisdn="233209876543")
        for text in ("0209876543", "876543"):
            assert [(hit.thing.pk, hit.why) for hit in self.find(text).payments] == [
                (lost.pk, "Paid from this phone")
            ], text
        assert not self.find("6543").payments  # four digits end many numbers: only those of customers count

    def test_rows_that_are_no_payment_and_rejected_rows(self):
        (failed,) = store_lines(
            self.account, row(1, "9.00", kind="failed", status="failed", provider_ref="FAILED001")
        )
        file = make_file(self.account)
        RejectedLine.objects.create(file=file, line_no=7, reason="No amount.", raw='{"Id": "MP99BROKEN"}')
        assert [(hit.thing.pk, hit.why) for hit in self.find("failed001").lines] == [
            (failed.pk, "Provider reference")
        ]
        assert [hit.thing.line_no for hit in self.find("mp99broken").rejected] == [7]

    def test_a_mistyped_code_is_told(self):
        code = code_of("PAY", self.payment.pk)
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert self.find(wrong).asked.mistyped_code == wrong

    def test_wildcards_are_only_characters(self):
        for text in ("%", "_", "1_482937", "QBJ_4Z8GQR"):
            assert not self.find(text).payments, text

    def test_nothing_of_other_markets_is_found(self):
        kenya = make_source_account(market="KE", currency="KES")
        contract = make_contract(
            market="KE", currency="KES", customer_name="Wanjiku Kamau", account_number="20000001",
            customer_ref="K-100", phones=("0712345678",),
        )  # fmt: skip
        (paid,) = receive(
            kenya, row(1, "9.00", currency="KES", reference="20000001", provider_ref="KEPAY0001")
        )
        (lost,) = receive(kenya, row(1, "8.00", currency="KES", payer_name="ATIENO", provider_ref="KE2"))
        store_lines(kenya, row(1, "9.00", kind="failed", status="failed", provider_ref="KEFAIL0001"))
        broken = make_file(kenya, filename="kenya.csv")
        RejectedLine.objects.create(file=broken, line_no=1, reason="No amount.", raw="KEBROKEN1")
        for text in (
            code_of("PAY", paid.pk), code_of("CON", contract.pk), code_of("CUS", contract.customer_id),
            code_of("FIL", broken.pk), "20000001", "2000", "K-100", "KEPAY0001", "KEPAY0", "+254712345678",
            "45678", "wanjiku", "kamau", "wanjiko", "atieno", "KES 9.00 today", "9.00 today", "KEFAIL0001",
            "KEBROKEN1", "kenya.csv",
        ):  # fmt: skip
            assert self.find(text).count() == 0, text
            assert self.find(text, EVERYWHERE).count() > 0, text
        assert lost.customer_id is None

    def test_what_one_may_not_see_is_not_found(self):
        shop = Actor("person", 2, "Shop", rights_of(["SD"]), None)
        store_lines(self.account, row(1, "9.00", kind="failed", status="failed", provider_ref="FAILED001"))
        assert not self.find("FAILED001", shop).count()
        assert not self.find("portal.csv", shop).count()
        only_payments = Actor("person", 3, "Narrow", frozenset({"payments:view"}), None)
        code = code_of("CUS", self.contract.customer_id)
        for text in ("10482937", "mensah", "0244123456", "C-77001", code):
            assert set(self.find(text, only_payments).kinds()) <= {"payments"}, text
        assert not self.find("QBJ04Z8GQR", Actor("person", 4, "Nobody", frozenset(), None)).count()

    def test_sellers_and_what_is_theirs_by_their_numbers_and_names(self):
        market = make_source_account(name="Market", role="evidence")
        told = {"seller_kind": "seller", "seller_name": "Adom Phones", "currency": "GHS"}
        take_events(
            market.pk,
            [
                Event(1, "EV-1", "order_paid", NOON, "S-9", amount_minor=100, order_ref="O-55", **told),
                Event(2, "EV-2", "withdrawal_requested", NOON, "S-9", amount_minor=10, withdrawal_ref="W-7",
                      **told),
                Event(3, "EV-3", "link_attempt", NOON, "S-9", method="bank", **told),
            ],
            by=ANALYST, now=NOON,
        )  # fmt: skip
        for text, kind in (("o-55", "order"), ("W-7", "withdrawal"), ("EV-3", "link_attempt"),
                           ("S-9", "seller")):  # fmt: skip
            (hit,) = self.find(text).sellers
            assert (hit.thing.kind, hit.thing.party.name) == (kind, "Adom Phones")
            assert self.find(text).exact() == (kind, hit.thing.pk)
            elsewhere = Actor("person", 1, "K", ANALYST.rights, frozenset({"KE"}))
            assert self.find(text, elsewhere).sellers == []
        seller = hit.thing.pk
        assert self.reasons("adom ph", "sellers") == [(Rank.BEGINS, "Seller: name begins so")]
        assert self.reasons("phones", "sellers") == [(Rank.NAMED, "Seller: name has it")]
        assert self.reasons("adom phoens", "sellers") == [(Rank.NEAR, "Seller: spelt almost so")]
        assert self.find("phones", elsewhere).sellers == []
        assert self.find(code_of("SEL", seller)).exact() == ("seller", seller)

    def test_each_kind_is_cut_and_says_that_there_is_more(self):
        for number in range(6):
            make_contract(customer_name=f"Ama {'abcdef'[number]}owusu")
        found = self.find("ama", most=4)
        assert (len(found.customers), "customers" in found.more) == (4, True)

    def test_queries_do_not_grow_with_what_is_found(self):
        def count(text: str) -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                self.find(text)
            return len(captured)

        texts = ("mensah", "10482937", "3456", "QBJ04", "45.50 today", code_of("PAY", self.payment.pk))
        few = [count(text) for text in texts]
        for number in range(4):
            make_contract(customer_name="Yaw Mensah", phones=(f"02441{number}3456",))
        receive(self.account, *[row(n, "45.50", provider_ref=f"QBJ04{n}") for n in range(1, 6)])
        more = [count(text) for text in texts]
        assert all(after <= before + 1 for before, after in zip(few, more, strict=True)), (few, more)
        assert max(more) <= 24, more
