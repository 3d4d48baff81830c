"""How people name a bank account, and what they say beside it, in three languages."""

from datetime import date
from decimal import Decimal

import pytest

from paydesk.kernel.account_ends import NamedAccount, told_in

TODAY = date(2026, 11, 23)
IBAN = "GB82WEST12345698765432"  # the example of ISO 13616


@pytest.mark.parametrize(
    "text",
    [
        "I paid from my account ending 4321.",
        "the one that ends with 4321",
        "…4321",
        "from ...4321, I think",
        "account ****4321 was charged",
        "bank a/c no. xxxx4321",
        "GH**  ****4321",
        "my account, last four digits 4321",
        "mon compte se terminant par 4321",
        "le compte finissant par 4321",
        "les quatre derniers chiffres sont 4321",
        "akaunti inayoishia na 4321",
        "akaunti inaishia 4321",
        "akaunti inayomalizika kwa 4321",
        "mwisho wa akaunti 4321",
    ],
)
def test_the_end_of_an_account_is_read_in_the_words_people_use(text):
    assert [(each.end, each.whole) for each in told_in(text, TODAY).accounts] == [("4321", "")]


@pytest.mark.parametrize(
    "text",
    [
        "my card ending 4321",
        "ma carte se terminant par 4321",
        "kadi inayoishia na 4321",
        "************4321",  # what is left of a card number
        "call the phone ending 4321",
        "account 12344321",
        "ending 43210",
        "I waited...4321 days",
        "GB83 WEST 1234 5698 7654 32",  # check digits are wrong
    ],
)
def test_what_is_no_account_is_not_read_as_one(text):
    assert told_in(text, TODAY).accounts == ()


@pytest.mark.parametrize("text", [IBAN, "GB82 WEST 1234 5698 7654 32 please", "iban gb82west12345698765432,"])
def test_a_whole_iban_is_read_with_and_without_spaces(text):
    (found,) = told_in(text, TODAY).accounts
    assert (found.whole, found.end) == (IBAN, "5432")


def test_amounts_and_days_beside_it_are_read_and_its_own_digits_are_no_amount():
    told = told_in("Account ending 4321: GHS 1,250.50 on 3 November, then 75, on 2026-11-05", TODAY)
    assert set(told.amounts) == {Decimal("1250.50"), Decimal("75")}
    assert set(told.days) == {date(2026, 11, 3), date(2026, 11, 5)}


def test_a_masked_account_of_the_ledger_may_be_the_one_a_whole_one_is_only_itself():
    whole, end = NamedAccount("", "5432", IBAN), NamedAccount("", "5432")
    assert whole.may_be("gb82 west 1234 5698 7654 32")
    assert whole.may_be("GB82****5432")
    assert not whole.may_be("GB11WEST12345600005432")
    assert end.may_be("GB11WEST12345600005432")
    assert not end.may_be("GB11WEST12345600005433")
