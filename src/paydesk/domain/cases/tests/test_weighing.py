"""The amount of a case and how severe it is: from what it is about, until a person says otherwise."""

from __future__ import annotations

import pytest
from django.db import transaction

from paydesk.domain.cases import actions, rules
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.steps import CaseRefused, IdentityRefused, asked_by_them
from paydesk.domain.cases.tests.test_life import ADDRESS, AGENT, NOON, WORKER, Cases, later
from paydesk.foundation.audit.queries import history
from paydesk.kernel.money import Money
from tests.builders import ghs, make_source_account, receive, row


@pytest.mark.parametrize(
    ("about", "amount"),
    [
        ((), None),
        ((("refund", 30), ("payment", 50), ("payment", 70)), 70),
        ((("order", 9), ("exception", -20)), 20),
        ((("contract", 10),), None),
    ],
)
def test_the_amount_is_that_of_what_it_is_about_first_of_all(about, amount):
    found = rules.amount_about([(kind, Money(minor, "GHS")) for kind, minor in about])
    assert found == (Money(amount, "GHS") if amount else None)


def test_a_large_amount_is_one_of_its_currency():
    assert rules.large_minor("GHS") == 100_000
    assert rules.large_minor("UGX") == 300_000
    assert rules.large_minor("JPY") == 1_000
    assert rules.large_minor("") == 100_000


class Weighing(Cases):
    def opened_about_much(self) -> Case:
        line = row(9, "1500.00", provider_ref="MP240302AB99")
        (self.large,) = receive(make_source_account(name="Second"), line)
        return self.opened("I paid 1500, code MP240302AB99")

    def test_it_follows_the_confirmed_payment_the_harm_and_the_age(self):
        case = self.opened_about_much()
        assert (case.amount_minor, case.severity) == (None, "normal")
        link = case.links.get()
        actions.confirm_link(link.pk, by=AGENT, now=NOON)
        case.refresh_from_db()
        assert (case.amount_minor, case.currency, case.severity) == (150_000, "GHS", "high")
        decided = next(each for each in history("case", case.pk) if each.verb == "case.link_confirmed")
        assert decided.changes["severity"] == ["normal", "high"]
        assert actions.weigh_old(by=WORKER, now=later(days=2)) == 0
        assert actions.weigh_old(by=WORKER, now=later(days=4)) == 1
        assert actions.weigh_old(by=WORKER, now=later(days=4)) == 0
        case.refresh_from_db()
        assert case.severity == "urgent"
        actions.reject_link(link.pk, by=AGENT, now=NOON)
        actions.sort_case(case.pk, harms=["vulnerable"], by=AGENT, now=NOON)
        case.refresh_from_db()
        assert (case.amount_minor, case.currency, case.severity) == (None, "", "high")

    def test_what_a_person_says_stays_until_they_take_it_back(self):
        case = self.opened_about_much()
        actions.sort_case(case.pk, amount=ghs("20.00"), severity="low", by=AGENT, now=NOON)
        actions.confirm_link(case.links.get().pk, by=AGENT, now=NOON)
        case.refresh_from_db()
        assert (case.amount_minor, case.severity) == (20_00, "low")
        assert actions.weigh_old(by=WORKER, now=later(days=4)) == 0
        with pytest.raises(CaseRefused, match="above zero"):
            actions.sort_case(case.pk, amount=ghs("0.00"), by=AGENT, now=NOON)
        actions.sort_case(case.pk, amount="", severity="", by=AGENT, now=NOON)
        case.refresh_from_db()
        assert (case.amount_minor, case.severity) == (150_000, "high")

    def test_a_verb_is_done_for_whoever_spoke_last_where_they_are_known(self):
        case = self.opened()
        self.confirmed(case)
        self.known_to_be_them(case, strong_way="callback")  # on the phone they ask for what they wrote
        about = [("payment", self.payment.pk)]

        def asked() -> Case:
            with transaction.atomic():
                return asked_by_them(case.pk, "refund.request", AGENT, about=about)

        assert asked().asks_on == "phone"
        said = {"channel": "email", "text": "To this number instead, please.", "sender": ADDRESS}
        actions.receive_message(case.pk, **said, by=WORKER, now=later(hours=1))
        with pytest.raises(IdentityRefused, match="strong way"):
            asked()
        call = {"outcome": "answered", "text": "They wrote that.", "called_us": False, "by": AGENT}
        actions.log_call(case.pk, **call, now=later(hours=2))
        assert asked().level == "strong"
