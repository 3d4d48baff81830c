"""A first sign-in with a passkey and the sign-ins after it, on Chromium's virtual authenticator."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import PASSWORD

Picture = Callable[[Page, str], None]


def with_authenticator(page: Page) -> None:
    """Give the page a device that makes and shows passkeys after asking its owner."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, desk: str, person: Person) -> None:
    page.goto(f"{desk}/sign-in/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator(".face").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/**")


@every_look
def test_the_screens_of_setting_up_pass_axe(
    desk: str, analyst: Person, open_page: OpenPage, picture: Picture, width: int, theme: str
) -> None:
    page = open_page(width, theme)
    sign_in(page, desk, analyst)
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    picture(page, f"set-up-{theme}-{width}")
    assert_no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_passkey_from_the_first_sign_in_to_the_next(
    desk: str, analyst: Person, open_page: OpenPage, picture: Picture
) -> None:
    desk = desk.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    page = open_page()
    with_authenticator(page)
    sign_in(page, desk, analyst)
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    expect(page.locator(".recovery li")).to_have_count(10)
    picture(page, "codes")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()

    page.goto(f"{desk}/account/")
    expect(page.get_by_text("Work laptop")).to_be_visible()
    picture(page, "account")
    assert_no_axe_violations(page)

    sign_out(page)
    sign_in(page, desk, analyst)
    expect(page.get_by_role("heading", name="Is it you, Priya?")).to_be_visible()
    picture(page, "second-step")
    assert_no_axe_violations(page)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    ways = AuditRecord.objects.filter(verb="person.signed_in").order_by("id")
    assert [record.changes["ways"] for record in ways] == [
        ["password", "webauthn"],
        ["password", "webauthn"],
        ["webauthn"],
    ]
