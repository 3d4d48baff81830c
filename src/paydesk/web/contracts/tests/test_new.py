"""A contract made by hand: the number it is given, the plan it shows, what is said beside the fields."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from paydesk.domain.contracts.queries import contract_list
from paydesk.kernel.actor import system
from paydesk.kernel.public_codes import code_of, luhn_digit
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_contract

today = timezone.localdate  # asked when it is needed: a run may go over midnight


class NewContract(AtTheDesk):
    def said(self, **changes: str) -> dict[str, str]:
        return {
            "customer_ref": "C-77", "customer_name": "Efua Sarpong", "phones": "0244123456", "market": "GH",
            "account_number": "7000000015", "product": "Spark 10", "price": "300.00", "deposit": "100",
            "opened_on": today().isoformat(), "first_due_on": (today() + timedelta(days=7)).isoformat(),
            "instalments": "3", "frequency": "weekly", "activated_on": "", **changes,
        }  # fmt: skip

    def refused(self, **changes: str) -> str:
        answer = self.client.post("/contracts/new/", self.said(**changes))
        assert answer.status_code == 422, answer.content.decode()
        return answer.content.decode()

    def test_the_suggested_number_ends_with_its_check_digit_and_is_free(self):
        found = re.search(r'name="account_number" value="(\d+)"', self.text("/contracts/new/"))
        assert found is not None
        number = found[1]
        assert luhn_digit(number[:-1]) == number[-1]
        make_contract(account_number=number)
        assert f'value="{number}"' not in self.text("/contracts/new/")

    def test_what_is_typed_becomes_a_contract_with_its_customer(self):
        answer = self.client.post("/contracts/new/", self.said())
        contract = contract_list(system("tests"), "7000000015").get()
        assert answer["Location"] == f"/contracts/{code_of('CON', contract.pk)}/"
        assert (contract.state, contract.currency, contract.price_minor) == ("deposit_pending", "GHS", 30000)
        assert [phone.msisdn for phone in contract.customer.phones.all()] == ["233244123456"]

    def test_a_customer_of_ours_gets_another_contract(self):
        first = make_contract(customer_name="Ama Mensah", customer_ref="C-1")
        code = code_of("CUS", first.customer_id)
        assert "Ama Mensah" in self.text("/contracts/new/customers?find=ama")
        assert "of Ama Mensah" in self.text(f"/contracts/new/?customer={code}")
        terms = {
            k: v
            for k, v in self.said().items()
            if k not in ("customer_ref", "customer_name", "phones", "market")
        }
        assert self.client.post("/contracts/new/", terms | {"customer": code}).status_code == 302
        assert contract_list(system("tests"), "7000000015").get().customer_id == first.customer_id

    def test_the_plan_stands_there_before_anything_is_saved(self):
        said = self.said(price="300.01")
        part = self.text("/contracts/new/plan", data=said)
        assert "4 due items" in part
        assert "66.67" in part, "what does not divide is added to the first instalments"
        assert "300.01" in part
        assert not contract_list(system("tests"), "7000000015").exists()
        assert "still" not in self.text("/contracts/new/plan")

    def test_a_plan_of_many_shows_its_first_ones_and_the_last(self):
        part = self.text("/contracts/new/plan", data=self.said(instalments="100"))
        assert "89 between" in part
        assert (today() + timedelta(days=7 * 100)).strftime("%Y") in part

    def test_what_is_wrong_is_said_beside_its_field_and_the_input_stays(self):
        make_contract(account_number="10482937", customer_ref="C-1", customer_name="Ama Mensah")
        for field, value, words in (
            ("account_number", "10482937", "is the account number of another contract"),
            ("account_number", "12", "4 to 40 letters or digits"),
            ("customer_ref", "C-1", "is Ama Mensah already"),
            ("phones", "12345", "is not a phone number of Ghana"),
            ("price", "10.001", "more places than GHS has"),
            ("price", "50", "deposit between zero and the price"),
            ("instalments", "0", "greater than or equal to 1"),
            ("activated_on", (today() + timedelta(days=1)).isoformat(), "still to come"),
        ):
            text = self.refused(**{field: value})
            assert words in text, words
            assert f'id="id_{field}_error"' in text, field
            assert f'value="{value}"' in text
        assert not contract_list(system("tests"), "7000000015").exists()

    def test_another_market_is_no_choice_and_its_customers_are_not_found(self):
        self.refused(market="KE")
        kenya = self.signed_in("AN", "KE")
        first = make_contract(customer_name="Ama Mensah")
        self.text(f"/contracts/new/?customer={code_of('CUS', first.customer_id)}", 404, client=kenya)
        assert "Ama Mensah" not in self.text("/contracts/new/customers?find=ama", client=kenya)

    def test_who_may_only_look_makes_nothing(self):
        finance = self.signed_in("FC")
        assert "Your role cannot do this" in self.text("/contracts/new/", client=finance)
        assert finance.post("/contracts/new/", self.said()).status_code == 403
        self.text("/contracts/new/", 403, client=self.signed_in("SU"))
