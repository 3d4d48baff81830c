"""Two files in a browser: dropped side by side, read, matched, and looked through by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from paydesk.foundation.people.models import Person
from paydesk.reporting.two_file_runs.actions import match_run
from paydesk.reporting.two_file_runs.models import TwoFileRun
from paydesk.reporting.two_file_runs.queries import code
from paydesk.reporting.two_file_runs.tests.pair import OURS, PORTAL, THEIRS, here, read, uploaded
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import LOOKS, OpenPage
from tests.builders import NOON, WORKER

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


def choose(page: Page, side: str, text: str) -> None:
    page.locator(f"#file-{side}").set_input_files(
        {"name": f"{side}.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def test_two_files_go_up_side_by_side_and_their_difference_is_found_by_keyboard(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/reconcile/")
    picture(page, "two-files-empty")
    choose(page, "left", OURS)
    expect(page.get_by_text("being read", exact=True)).to_be_visible()
    run = TwoFileRun.objects.get()
    read(run)
    expect(page.get_by_text("Table (CSV)")).to_be_visible()
    choose(page, "right", THEIRS)
    expect(page.get_by_text("being read", exact=True)).to_be_visible()
    read(run)
    start = page.get_by_role("button", name="Reconcile")
    expect(start).to_be_enabled()
    picture(page, "two-files-read")
    assert_no_axe_violations(page)
    start.click()
    expect(page.get_by_text("Being reconciled").first).to_be_visible()
    picture(page, "two-files-running")
    match_run(run.pk, by=WORKER, now=NOON, job=here)
    expect(page.get_by_text("Every line is accounted for").first).to_be_visible()
    page.get_by_role("link", name="Amount mismatch").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    expect(page.locator("[data-row]:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("ours is 75.00 GHS and theirs is 70.00 GHS")
    asking = uploaded(PORTAL, "right", analyst.actor(), uploaded(OURS, "left", analyst.actor()))
    for width, theme in LOOKS:
        page = open_page(width, theme)
        sign_in(page, analyst)
        for name, address in (
            ("list", ""),
            ("asking", f"{code(asking.pk)}/"),
            ("map", f"{code(asking.pk)}/columns/right/"),
            ("result", f"{code(run.pk)}/"),
            ("rows", f"{code(run.pk)}/exceptions/?open=1"),
        ):
            page.goto(f"{desk}/reconcile/{address}")
            expect(page.locator("main")).to_be_visible()
            picture(page, f"two-files-{name}-{width}-{theme}")
            assert_no_axe_violations(page)
