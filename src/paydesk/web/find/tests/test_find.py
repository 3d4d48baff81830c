"""Find: one exact hit opens its page, anything else is shown by kind, and only of one's own markets."""

from paydesk.kernel.public_codes import code_of
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.browser.people import make_market
from tests.builders import make_contract, make_source_account, receive, row


class Find(OnTheDesk):
    def lands_on(self, text: str) -> str:
        answer = self.client.get("/find", {"q": text})
        assert answer.status_code == 302, (text, answer.status_code)
        return answer["Location"]

    def test_exact_codes_numbers_references_and_phones_open_their_page(self):
        payment = self.pay(reference="10482937", provider_ref="MP77XYZ")
        contract = f"/contracts/{code_of('CON', self.contract.pk)}/"
        customer = f"/customers/{code_of('CUS', self.contract.customer_id)}/"
        expected = {
            code(payment): f"/payments/{code(payment)}/",
            code(payment).lower(): f"/payments/{code(payment)}/",
            "MP77XYZ": f"/payments/{code(payment)}/",
            "1048 2937": contract,
            code_of("CON", self.contract.pk): contract,
            "0244123456": customer,
            "+233 24 412 3456": customer,
        }
        for text, page in expected.items():
            assert self.lands_on(text) == page, text

    def test_what_is_not_exact_is_shown_by_kind(self):
        payment = self.pay(reference="10482937")
        page = self.get("/find?q=mensah")
        for part in ("Customers", "Contracts", "Payments", code(payment), "10482937"):
            assert part in page, part
        assert 'value="mensah"' in page

    def test_a_nul_character_finds_nothing_and_breaks_nothing(self):
        assert "mensah" in self.get("/find?q=men%00sah")

    def test_two_equal_hits_are_both_shown(self):
        make_contract(phones=("0244123456",))
        assert "Customers" in self.get("/find?q=0244123456")

    def test_nothing_found_and_nothing_asked_say_what_to_do(self):
        assert "Check for a mistyped digit" in self.get("/find?q=zzzzzz")
        assert "Type a payment code" in self.get("/find")

    def test_other_markets_are_not_found(self):
        make_market("KE")
        account = make_source_account(market="KE", currency="KES")
        make_contract(market="KE", currency="KES", customer_name="Wanjiku Kamau", account_number="20000001")
        receive(account, row(1, "9.00", currency="KES", reference="20000001", provider_ref="KE1"))
        for text in ("kamau", "20000001", "KE1"):
            assert "Nothing in your markets" in self.get(f"/find?q={text}")

    def test_markup_in_the_box_is_only_text(self):
        assert "<script>alert" not in self.get("/find?q=%3Cscript%3Ealert(1)%3C/script%3E")
