"""What the demo company's payers mistype is found again: the first suggestion is whom they meant."""

from __future__ import annotations

from datetime import date

from django.test import TestCase

from paydesk.demo.company import build
from paydesk.demo.markets import MARKETS
from paydesk.demo.mess import Ids, Planter
from paydesk.domain.payments.queries import suggestions_for
from tests.builders import TODAY, make_contract, make_source_account, receive, row


class PlantedTypos(TestCase):
    def test_the_first_suggestion_is_right_for_most_typos_of_relatives(self):
        company = build(7, 120, date(2026, 2, 1), date(2026, 2, 20), lambda key, day: True)
        market = next(each for each in MARKETS if each.code == "GH")
        account = make_source_account()
        planter = Planter(market, 7, {each.key: Ids(7, each) for each in market.accounts})
        contracts = [each for each in company.contracts["GH"] if each.rail.provider_kind != "bank"]
        meant, rows = {}, []
        for number, contract in enumerate(contracts, start=1):
            make_contract(
                account_number=contract.number, customer_name=contract.customer.name,
                phones=(contract.customer.phone,),
            )  # fmt: skip
            planted = planter.row(contract, contract.each, planter.moment(TODAY))
            planter._relative_wrong_digit(planted)
            meant[planted.provider_ref] = contract.number
            rows.append(
                row(number, f"{contract.each // 100}.00", reference=planted.reference, msisdn=planted.msisdn,
                    payer_name=planted.payer, provider_ref=planted.provider_ref)
            )  # fmt: skip
        paid = receive(account, *rows)
        in_suspense = [payment for payment in paid if payment.customer_id is None]
        assert len(in_suspense) > 40
        found = suggestions_for(in_suspense, on=TODAY)
        right = [
            payment
            for payment in in_suspense
            if found[payment.pk]
            and found[payment.pk][0].standing.contract.account_number == meant[payment.evidence_key]
        ]
        assert len(right) * 100 >= 80 * len(in_suspense), (len(right), len(in_suspense))
