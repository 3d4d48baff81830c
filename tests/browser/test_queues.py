"""A morning by keys alone: from home to suspense, taken, noted, applied, undone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.builders import make_contract, make_source_account, receive_today, row


def test_what_waits_is_taken_noted_applied_and_undone_by_keys_alone(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    for number, name in (("10482937", "Ama Mensah"), ("10482945", "Kofi Boateng")):
        make_contract(account_number=number, customer_name=name, phones=("0244123456",))
    account = make_source_account(name="MoMo collections")
    first, _ = receive_today(
        account, *[row(n, f"{n}0.00", msisdn="233244123456", payer_name="A MENSAH") for n in (5, 6)]
    )
    code = code_of("PAY", first.pk)
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/suspense/**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    detail, dialog, toasts = page.locator("#detail"), page.locator("#dialog"), page.locator("#toasts")
    expect(detail).to_contain_text("2 equal claims")
    page.keyboard.press("a")
    expect(detail).to_contain_text("Yours")
    page.keyboard.press("n")
    expect(dialog.locator("#note_text")).to_be_focused()
    page.keyboard.type("Her sister says it is hers.")
    page.keyboard.press("Control+Enter")
    expect(detail).to_contain_text("Her sister says it is hers.")
    expect(dialog).to_be_hidden()  # open, it would hear the keys
    assert_no_axe_violations(page)

    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-chosen-bar]")).to_contain_text("2 chosen")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(dialog.locator(".suggestions a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(dialog.locator("#apply_q")).to_be_focused()
    first.refresh_from_db()
    assert first.customer_id is None, "a key moves no money"
    page.keyboard.type("10482937")
    expect(dialog.locator("#apply-found")).to_contain_text("Found")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Apply 50.00 GHS to 10482937")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#row-{code}")).to_have_count(0)
    expect(dialog).to_be_hidden()
    first.refresh_from_db()
    assert first.open_minor == 0

    page.keyboard.press("z")
    expect(dialog.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(toasts).to_contain_text("Undone")
    expect(page.locator(f"#row-{code}")).to_have_count(1)
    first.refresh_from_db()
    assert (first.customer_id, first.open_minor) == (None, 50_00)
