"""Signing in, in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import DEMO_PASSWORD
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person

Picture = Callable[[Page, str], None]
ROLES = {
    "AN": "Ama Serwaa Mensah",
    "SU": "Brian Otieno",
    "TL": "Ngozi Okonkwo",
    "FC": "Kojo Antwi",
    "AU": "Ruth Njoroge",
}


def make_demo_people() -> None:
    for role, name in ROLES.items():
        person = make_person(name, role, is_demo=True)
        person.set_password(DEMO_PASSWORD)
        person.save(update_fields=["password"])


@every_look
def test_the_screen_passes_axe_with_and_without_demo_people(
    desk: str, open_page: OpenPage, picture: Picture, width: int, theme: str
) -> None:
    page = open_page(width, theme)
    page.goto(f"{desk}/sign-in/")
    picture(page, f"sign-in-plain-{theme}-{width}")
    assert_no_axe_violations(page)
    make_demo_people()
    page.reload()
    picture(page, f"sign-in-demo-{theme}-{width}")
    assert_no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_click_signs_in_as_a_demo_person(desk: str, open_page: OpenPage) -> None:
    make_demo_people()
    page = open_page()
    page.goto(f"{desk}/health?x=1")
    page.goto(f"{desk}/sign-in/")
    page.get_by_role("button", name="Payments analyst").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_a_wrong_password_is_told_beside_the_form_and_keeps_the_address(
    desk: str, analyst: Person, open_page: OpenPage, picture: Picture
) -> None:
    page = open_page()
    page.goto(f"{desk}/sign-in/")
    page.get_by_label("E-mail").fill(analyst.email)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("E-mail").input_value() == analyst.email
    picture(page, "sign-in-wrong")
    assert_no_axe_violations(page)
