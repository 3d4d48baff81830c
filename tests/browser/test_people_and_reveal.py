"""Administering people, and revealing a masked customer by one key and a reason."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive, row

Picture = Callable[[Page, str], None]
SignIn = Callable[[Page, Person], None]


@every_look
def test_the_screens_for_people_pass_axe(
    desk: str, open_page: OpenPage, sign_in: SignIn, picture: Picture, width: int, theme: str
) -> None:
    admin = make_person("Adaeze Obi", "AD")
    other = make_person("Ngozi Okonkwo", "TL")
    page = open_page(width, theme)
    sign_in(page, admin)
    for name, path in (("list", "/people/"), ("page", f"/people/{other.pk}/"), ("new", "/people/new/")):
        page.goto(desk + path)
        picture(page, f"people-{name}-{theme}-{width}")
        assert_no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_account_is_closed_after_asking(desk: str, open_page: OpenPage, sign_in: SignIn) -> None:
    other = make_person("Ngozi Okonkwo", "TL")
    page = open_page()
    sign_in(page, make_person("Adaeze Obi", "AD"))
    page.goto(f"{desk}/people/{other.pk}/")
    page.get_by_role("button", name="Close the account").click()
    page.locator("#ask-yes").click()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()


@every_look
def test_a_customer_is_revealed_by_a_key_and_a_reason(
    desk: str, open_page: OpenPage, sign_in: SignIn, picture: Picture, width: int, theme: str
) -> None:
    contract = make_contract(
        customer_name="Akosua Boateng", phones=("0244123456",), account_number="10482937"
    )
    receive(make_source_account(), row(1, "60.00", reference="10482937"))
    page = open_page(width, theme)
    sign_in(page, make_person("Ruth Njoroge", "AU"))
    page.goto(f"{desk}/customers/{code_of('CUS', contract.customer_id)}/")
    expect(page.get_by_role("heading", name="Akosua B•••")).to_be_visible()
    picture(page, f"masked-{theme}-{width}")
    page.keyboard.press("r")
    reason = page.get_by_label("Why do you need to see it?")
    expect(reason).to_be_focused()
    picture(page, f"reveal-{theme}-{width}")
    assert_no_axe_violations(page)
    reason.fill("akosua calls")
    page.get_by_role("button", name="Reveal for 10 minutes").click()
    expect(page.get_by_text("Leave names and numbers out")).to_be_visible()
    reason.fill("Reviewing a refused refund")
    page.get_by_role("button", name="Reveal for 10 minutes").click()
    expect(page.get_by_role("heading", name="Akosua Boateng")).to_be_visible()
    expect(page.get_by_text("+233 24 412 3456")).to_be_visible()
    picture(page, f"revealed-{theme}-{width}")
    assert_no_axe_violations(page)
