"""Payments, what waits, applying by hand and find, as an analyst works: by key, by mouse, on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from paydesk.domain.payments.models import Payment
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.builders import make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


@pytest.fixture
def payments(desk: str) -> list[Payment]:
    """Two in suspense with two equal claims, one nobody knows, one unapplied, one applied."""
    account = make_source_account(name="MoMo collections")
    for number, name in (("10482937", "Ama Mensah"), ("10482945", "Kofi Boateng")):
        make_contract(account_number=number, customer_name=name, phones=("0244123456",))
    for number in ("20482937", "20482945"):
        make_contract(
            customer_ref="C-efua", customer_name="Efua Sarpong", phones=("0201111111",), account_number=number
        )
    return receive_today(
        account,
        row(1, "50.00", msisdn="233244123456", payer_name="A MENSAH", reference="phone"),
        row(2, "60.00", msisdn="233244123456", payer_name="K BOATENG"),
        row(
            3,
            "70.00",
            payer_name="A STRANGER",
            reference="99999999",
            raw={"Ref": "99999999", "Amount": "70.00"},
        ),
        row(4, "80.00", msisdn="233201111111", payer_name="EFUA SARPONG"),
        row(
            5, "30.00", reference="10482937", payer_name="AMA MENSAH", raw={"Ref": "10482937", "Amt": "30.00"}
        ),
    )


def code(payment: Payment) -> str:
    return code_of("PAY", payment.pk)


@every_look
def test_every_screen_passes_axe_and_stays_inside_the_window(
    desk: str,
    analyst: Person,
    payments: list[Payment],
    open_page: OpenPage,
    sign_in: SignIn,
    picture: Picture,
    width: int,
    theme: str,
) -> None:
    page = open_page(width, theme)
    sign_in(page, analyst)
    first, _, _, unapplied, applied = (code(payment) for payment in payments)
    for name, path in {
        "payments": "/payments/",
        "payments-filtered": "/payments/?q=mensah&min=5&payer=known&from=nonsense",
        "payment": f"/payments/{applied}/",
        "suspense": f"/suspense/?open={first}",
        "unapplied": f"/unapplied/?open={unapplied}",
        "apply": f"/payments/{first}/apply",
        "find": "/find?q=mensah",
    }.items():
        page.goto(desk + path)
        picture(page, f"{name}-{theme}-{width}")
        assert_no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_suspense_is_worked_off_by_keys_alone(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    first, second, third, *_ = payments
    page.goto(f"{desk}/suspense/")
    page.keyboard.press("j")
    expect(page.locator(f"#row-{code(first)}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("2 equal claims")
    page.wait_for_url(f"**open={code(first)}*")
    expect(page.locator(f"#row-{code(first)}")).to_have_attribute("aria-current", "true")

    page.keyboard.press("p")
    dialog = page.locator("#dialog")
    expect(dialog.locator(".suggestions a").first).to_be_focused()  # whose it probably is; or search
    page.keyboard.press("Shift+Tab")
    expect(dialog.locator("#apply_q")).to_be_focused()
    expect(dialog).to_contain_text("10482937")
    page.keyboard.type("ama men")
    found = dialog.locator("#apply-found .row1").first
    expect(dialog.locator("#apply-found")).to_contain_text("Found")
    expect(found).to_contain_text("10482937")
    page.keyboard.press("Tab")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")
    confirm = dialog.get_by_role("button", name="Apply 50.00 GHS to 10482937")
    expect(confirm).to_be_visible()
    assert_no_axe_violations(page)
    page.keyboard.type("20")
    expect(dialog.get_by_role("button", name="Apply 20.00 GHS to 10482937")).to_be_visible()
    first.refresh_from_db()
    assert first.customer_id is None, "nothing moves before it is confirmed"
    page.keyboard.press("Control+Enter")

    expect(page.locator(".toast-note")).to_contain_text(
        "Applied 20.00 GHS to 10482937. 30.00 GHS stays unapplied."
    )
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#row-{code(first)}")).to_have_count(0)
    expect(page.locator(f"#row-{code(second)}")).to_be_focused()
    expect(page.locator("#detail")).to_contain_text("K BOATENG")
    first.refresh_from_db()
    assert first.open_minor == 30_00
    page.keyboard.press("j")
    expect(page.locator(f"#row-{code(third)}")).to_be_focused()


def test_a_refused_confirmation_keeps_the_dialog_and_says_why_in_it(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page, other = open_page(), open_page()
    for each in (page, other):
        sign_in(each, analyst)
        each.goto(f"{desk}/unapplied/?open={code(payments[3])}")
        each.get_by_role("link", name="Apply to 20482937").click()
        each.get_by_label("Amount").fill("10")
        expect(each.get_by_role("button", name="Apply 10.00 GHS to 20482937")).to_be_visible()
    page.get_by_role("button", name="Apply 10.00 GHS").click()
    expect(page.locator(".toast-note")).to_contain_text("Applied 10.00 GHS")
    other.get_by_role("button", name="Apply 10.00 GHS").click()
    expect(other.locator("#dialog [data-refused]")).to_contain_text("Reload it and look again")
    expect(other.get_by_label("Amount")).to_have_value("10")
    assert_no_axe_violations(other)
    other.locator("#dialog [data-refused]").get_by_role("link", name="Reload").click()
    expect(other.locator("#dialog")).to_be_hidden()
    expect(other.locator(f"#row-{code(payments[3])}")).to_contain_text("70.00")
    payments[3].refresh_from_db()
    assert payments[3].open_minor == 70_00


def test_filters_change_the_list_and_the_address_and_back_undoes_them(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/payments/")
    expect(page.locator("tbody tr")).to_have_count(5)
    page.get_by_label("Applied").select_option("full")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_url("**/payments/?applied=full")
    page.get_by_role("link", name="Applied in full").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/payments/{code(payments[4])}/")
    expect(page.get_by_role("heading", name="30.00 GHS from Ama Mensah")).to_be_visible()


def test_on_a_phone_one_pane_is_shown_at_a_time(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(390)
    sign_in(page, analyst)
    page.goto(f"{desk}/suspense/")
    expect(page.locator("#detail")).to_be_hidden()
    page.locator(f"#row-{code(payments[2])}").click()
    expect(page.locator("#detail")).to_be_visible()
    expect(page.locator("#waiting-list")).to_be_hidden()
    expect(page.locator("#detail")).to_contain_text("A STRANGER")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.locator("#waiting-list")).to_be_visible()


def test_an_age_shows_its_rows_and_again_all(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/suspense/")
    band = page.locator(".age-strip a").first
    band.click()
    page.wait_for_url("**age=*")
    expect(page.locator(".age-strip a[aria-current]")).to_have_count(1)
    page.locator(".age-strip a[aria-current]").click()
    page.wait_for_url("**/suspense/")


def test_find_goes_straight_to_what_is_named(
    desk: str, analyst: Person, payments: list[Payment], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/payments/")
    page.keyboard.press("/")
    page.keyboard.type(code(payments[4]).lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/payments/{code(payments[4])}/")
