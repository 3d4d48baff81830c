"""The sellers of the demo company come in by their own file, customers get goodwill, by the real verbs."""

from __future__ import annotations

import pytest
from django.test import TestCase
from django.utils import timezone

from paydesk.demo.sellers import SELLERS, goodwill_of_the_morning, sellers_of_the_morning
from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import CaseLink, SideTalk
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.marketplace.models import LinkAttempt, PlatformAsk, Withdrawal
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class Morning(TestCase):
    def test_sellers_withdrawals_that_failed_and_cases_about_them_and_goodwill(self):
        people = {role: make_person(f"{role} Person", role, markets="GH").actor() for role in ("AN", "SU")}
        now = timezone.now()
        assert sellers_of_the_morning(people, now) > 40
        assert LinkAttempt.objects.filter(state="failed").count() == 3
        assert sorted(Withdrawal.objects.values_list("state", flat=True)) == [
            "failed", "in_transit", "paid", "paid"
        ]  # fmt: skip
        assert len(SELLERS) == 4
        assert set(PlatformAsk.objects.values_list("kind", "state")) == {
            ("where", "approved"), ("again", "requested"),
        }  # fmt: skip
        assert set(CaseLink.objects.values_list("kind", flat=True)) == {"withdrawal"}
        assert SideTalk.objects.count() == 2
        for _ in range(2):
            customer = make_contract(deposit_minor=0).customer_id
            cases.open_case(market="GH", channel="phone", text="x", customer_id=customer, by=WORKER, now=now)
        assert goodwill_of_the_morning(people, now) == 2
        assert sorted(Goodwill.objects.values_list("state", flat=True)) == ["given", "requested"]
