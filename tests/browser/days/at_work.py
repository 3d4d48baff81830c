"""What the days at the demo company share: windows of people, and what is done in many cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from paydesk.kernel.public_codes import code_of

PLACES = ("detail", "dialog", "side")


@dataclass(frozen=True, slots=True)
class Company:
    """The desk of the demo company: its address, and windows of its people by how their address begins."""

    desk: str
    at: Callable[[str], Page]
    visitor: Callable[[], Page]
    narrow: Callable[[str], Page]

    def opens(self, who: str, path: str) -> Page:
        page = self.at(who)
        page.goto(self.desk + path)
        return page

    def case(self, who: str, number: int) -> Page:
        return self.opens(who, f"/cases/?view=team&open={code_of('CAS', number)}")


def part(page: Page, name: str) -> Locator:
    """The case or thing that is open, the dialog over it, the pane beside it."""
    assert name in PLACES
    return page.locator(f"#{name}")


def next_is(page: Page, label: str) -> None:
    """Wait until this is the primary button of the case."""
    expect(part(page, "detail").locator(".btn-primary").first).to_contain_text(label)


def verifies(page: Page, *facts: str) -> None:
    """The next step is to verify: they knew these facts."""
    next_is(page, "Verify…")
    page.keyboard.press("p")
    dialog = part(page, "dialog")
    for fact in facts:
        dialog.get_by_label(fact, exact=True).check()
    dialog.get_by_role("button", name="Verified").click()
    expect(dialog).to_be_hidden()
    expect(part(page, "detail")).to_contain_text("Two facts")


def applies(page: Page, account: str) -> None:
    """The next step is to apply the money: to this contract, which the desk offers."""
    next_is(page, "Apply…")
    page.keyboard.press("p")
    dialog = part(page, "dialog")
    dialog.locator("#apply-found").get_by_role("link").filter(has_text=account).first.click()
    dialog.get_by_role("button", name=re.compile(f"^Apply .* to {account}")).click()
    expect(dialog).to_be_hidden()
    expect(part(page, "detail").get_by_label("Its way").first).to_contain_text("applied in full")


def sorts(page: Page, chosen: Mapping[str, str]) -> None:
    """Say what it was about; the dialog is found by a few letters of its name."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="What to do or where to go")).to_be_focused()
    page.keyboard.type("sort")
    expect(page.locator("#palette-0[aria-selected=true]")).to_contain_text("Sort")
    page.keyboard.press("Enter")
    dialog = part(page, "dialog")
    for label, value in chosen.items():
        dialog.get_by_label(label).select_option(value)
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()


def resolves(page: Page, *, ticks: Sequence[str] = ()) -> None:
    """Tick off what the category asks for, then the trouble is over."""
    shown = part(page, "detail")
    for tick in ticks:
        box = shown.get_by_label(tick)
        box.check()
        expect(box).to_have_attribute("checked", "")  # as the desk has it, not as it was pressed
    next_is(page, "Resolve…")
    page.keyboard.press("e")
    part(page, "dialog").get_by_role("button", name="Resolve").click()
    expect(shown).to_contain_text("Open again")


def approves(page: Page, desk: str, kind: str) -> None:
    """Open the one that waits under this heading of the approvals, and approve it."""
    page.goto(f"{desk}/approvals/")
    page.get_by_role("region", name=kind).locator("[data-row]").first.click()
    page.get_by_role("link", name="Approve…").click()
    page.get_by_role("button", name="Approve:").click()
    expect(page.get_by_role("region", name=kind)).to_have_count(0)


def is_no_wider_than_the_screen(page: Page) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return not wide
