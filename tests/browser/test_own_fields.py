"""A company's own fields by keyboard: filled in on the case, told in a note, filtered in the address."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER

SignIn = Callable[[Page, Person], None]


def test_fields_are_filled_in_by_key_and_the_inbox_is_filtered_by_them(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    admin, now = make_person("AD Person", "AD").actor(), timezone.now()
    actions.save_field("", label="Serial number", type="text", is_required=True, by=admin, now=now)
    actions.save_field(
        "", label="Colour", type="choice", choices=["Red", "Blue"], help_text="Of the device.", by=admin,
        now=now,
    )  # fmt: skip
    case, other = (
        actions.open_case(
            market="GH", channel="email", contact=f"{n}@mail.example", text=f"Case {n}", by=WORKER, now=now
        )  # fmt: skip
        for n in (1, 2)
    )
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/cases/?view=team&open={code(case)}")
    fields = page.get_by_role("region", name="Fields")
    expect(fields).to_contain_text("Missing")
    page.keyboard.press("6")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("Serial number")).to_be_focused()
    page.keyboard.type("SN 12")
    dialog.get_by_label("Colour").select_option("Blue")
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_be_hidden()
    expect(fields).to_contain_text("SN 12")
    expect(page.locator("#said-list")).to_contain_text("Colour: — → Blue")
    assert Case.objects.get(pk=case.pk).field_values == {"serial_number": "SN 12", "colour": "Blue"}

    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("search", name="Filters").get_by_label("Colour").select_option("Blue")
    page.wait_for_url("**f.colour=Blue**")
    expect(page.locator(f"#row-{code(case)}")).to_be_visible()
    expect(page.locator(f"#row-{code(other)}")).to_have_count(0)
    assert_no_axe_violations(page)
