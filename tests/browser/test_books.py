"""The controller in a browser: down to a payment, tie-out, days closed by two, one export, a statement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


def test_the_controller_ties_out_closes_and_exports(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    account = make_source_account()
    make_contract(account_number="10482937")
    receive(
        account,
        row(1, "25.00", reference="10482937", occurred_at=yesterday),
        row(2, "7.00", reference="who?", occurred_at=yesterday),
    )
    asks = open_page()
    sign_in(asks, analyst)
    asks.goto(f"{desk}/books/days/")
    asks.get_by_label("Reason, without names").fill("a file is still posting")
    asks.get_by_role("button", name="Ask to close").click()
    expect(asks.get_by_text("Waits for a second person")).to_be_visible()

    page = open_page()
    sign_in(page, make_person("Controller Person", "FC", is_demo=True))
    page.goto(f"{desk}/books/")
    for width, theme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        for place in ("Tie-out", "Aged lists", "Days", "Journal export", "Trial balance"):
            page.get_by_role("navigation", name="Books").get_by_role("link", name=place).click()
            expect(page.locator(".tabs a[aria-current]").first).to_have_text(place)
            picture(page, f"books-{place.lower().replace(' ', '-')}-{width}")
            assert_no_axe_violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("j")
    suspense = page.locator("tr", has=page.get_by_role("link", name="2020"))  # opens wherever it is pressed
    suspense.locator("td").nth(1).click(force=True)
    page.get_by_role("link", name="Momo collections").click()
    page.get_by_role("link", name="PAY-").first.click()
    expect(page.get_by_text("7.00").first).to_be_visible()

    page.goto(f"{desk}/books/days/")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Close through").click()
    expect(page.get_by_text("Approved.")).to_be_visible()

    page.goto(f"{desk}/books/journal/")
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Export").click()
    expect(page.get_by_text("Nobody was handed a copy yet.")).to_be_visible()
    assert_no_axe_violations(page)
    with page.expect_download() as handed:
        page.get_by_role("button", name="By account, CSV").click()
    assert "re-export" not in handed.value.suggested_filename
    with page.expect_download() as handed:
        page.get_by_role("button", name="By account, CSV").click()
    assert "re-export-1" in handed.value.suggested_filename

    page.goto(f"{desk}/contracts/")
    page.get_by_role("link", name="10482937").click()
    page.get_by_role("link", name="Statement").click()
    assert_no_axe_violations(page)
    with page.expect_download() as handed:
        page.get_by_role("dialog").get_by_role("button", name="PDF").click()
    assert handed.value.suggested_filename.endswith(".pdf")
