"""Find in a browser: results while one types, walked by keys, read by everybody."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.builders import make_contract, make_source_account, receive, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


def test_a_caller_is_found_by_keys_alone(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    contract = make_contract(
        account_number="10482937", customer_name="Ama Mensah", customer_ref="C-10023", phones=("0244123456",)
    )
    (payment,) = receive(
        make_source_account(),
        row(1, "45.50", reference="10482937", provider_ref="QBJ04Z8GQR", payer_name="AMA MENSAH"),
    )
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/payments/")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Find a payment, customer or contract")
    expect(box).to_be_focused()
    page.keyboard.type("ama mensha")
    panel = page.locator("#find-panel")
    expect(panel.get_by_role("group", name="Customers").get_by_role("link")).to_have_count(1)
    expect(panel).to_contain_text("Spelt almost so")
    picture(page, "find-typing-light-1440")
    assert_no_axe_violations(page)

    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.keyboard.press("Control+a")
    page.keyboard.type("3456")
    expect(panel).to_contain_text("Phone ends so")
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk}/customers/{code_of('CUS', contract.customer_id)}/")

    page.keyboard.press("/")
    page.keyboard.type("qbj04z8gqr")
    expect(panel).to_contain_text("Enter opens it")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk}/payments/{code_of('PAY', payment.pk)}/")

    for width, theme in ((1440, "dark"), (390, "light")):
        page = open_page(width, theme)
        sign_in(page, analyst)
        page.goto(f"{desk}/find?q=mensah")
        expect(page.get_by_role("region", name="Customers").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, f"find-{theme}-{width}")
        assert_no_axe_violations(page)
        page.get_by_role("searchbox", name="Find a payment").fill("45.50")
        expect(page.locator("#find-panel")).to_contain_text("Amount")
        picture(page, f"find-typing-{theme}-{width}")
