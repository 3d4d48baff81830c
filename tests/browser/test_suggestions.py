"""Suspense by key: a number takes a suggestion, Enter applies what the confirmation names."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.conftest import OpenPage
from tests.builders import make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]


def test_a_number_takes_a_suggestion_and_enter_applies_it(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    for number, name in (("10482933", "Ama Mensah"), ("10482966", "Kofi Boateng")):
        make_contract(account_number=number, customer_name=name)
    account = make_source_account(name="MoMo collections")
    first, second = receive_today(
        account,
        row(1, "50.00", reference="10482963", payer_name="KOFI BOATENG"),
        row(2, "60.00", reference="who knows", payer_name="A STRANGER"),
    )
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/suspense/?open={code_of('PAY', first.pk)}")
    suggestions = page.locator("#detail .suggestions > li")
    expect(suggestions).to_have_count(2)
    expect(suggestions.nth(0)).to_contain_text("10482966")
    expect(suggestions.nth(0)).to_contain_text("name is the customer’s".replace("’", "'"))

    page.keyboard.press("2")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("button", name="Apply 50.00 GHS to 10482933")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    first.refresh_from_db()
    assert first.customer_id is None, "nothing moves before it is confirmed"

    page.keyboard.press("1")
    confirm = dialog.get_by_role("button", name="Apply 50.00 GHS to 10482966")
    expect(confirm).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast-note")).to_contain_text("Applied 50.00 GHS to 10482966.")
    expect(page.locator(f"#row-{code_of('PAY', second.pk)}")).to_be_focused()
    first.refresh_from_db()
    assert (first.open_minor, first.rule) == (0, "by_hand")
