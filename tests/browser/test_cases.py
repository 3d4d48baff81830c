"""A case by key and pointer: messages split off into another one, and back; a draft that goes over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases.actions import open_case, receive_message
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_market, make_person
from tests.builders import WORKER

SignIn = Callable[[Page, Person], None]
ADDRESS = "ama@example.com"


def make_case() -> Case:
    make_market("GH")
    now = timezone.now() - timedelta(minutes=10)
    case = open_case(
        market="GH", channel="email", contact=ADDRESS, text="My phone is locked.", by=WORKER, now=now
    )
    receive_message(
        case.pk, channel="email", sender=ADDRESS, text="And my refund never came.", by=WORKER, now=now
    )
    return Case.objects.get(pk=case.pk)


def test_a_message_is_split_off_and_the_split_is_taken_back(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    case = make_case()
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/cases/?view=team&open={code(case)}")
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Split off…").click()
    dialog, detail = page.locator("#dialog"), page.locator("#detail")
    dialog.get_by_label("And my refund never came.").select_option(label="goes along")
    assert_no_axe_violations(page)
    dialog.get_by_label("What the new case is about").fill("The refund")
    dialog.get_by_role("button", name="Split off").click()
    expect(dialog).to_be_hidden()
    expect(detail).to_contain_text(f"It was split off {code(case)}")
    expect(detail.locator(".said > .in")).to_have_count(1)

    detail.get_by_role("link", name=code(case)).first.click()
    expect(detail).to_contain_text("Child cases")
    page.go_back()
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Take the split back…").click()
    expect(dialog.get_by_role("button", name="Take it back")).to_be_visible()
    page.keyboard.press("Control+Enter")  # there is no field in it to write in
    expect(detail).to_contain_text("It is part of")


def test_a_colleague_takes_a_draft_over_and_the_page_of_its_author_says_so(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    case = make_case()
    here = f"{desk}/cases/?view=team&open={code(case)}"
    author, colleague = open_page(), open_page()
    sign_in(author, analyst)
    author.goto(here)
    field = author.get_by_label("Your answer or note")
    with author.expect_response(lambda answer: answer.url.endswith("/draft")):
        field.press_sequentially("We look into the refund")

    sign_in(colleague, make_person("Kofi Boateng", "SU"))
    colleague.goto(here)
    expect(colleague.locator(".row1 .draft-mark")).to_have_text("draft")
    colleague.locator(".draft-of").get_by_role("link", name="Read…").click()
    dialog = colleague.locator("#dialog")
    expect(dialog).to_contain_text("We look into the refund")
    assert_no_axe_violations(colleague)
    dialog.get_by_role("button", name="Take it over").click()
    expect(colleague.get_by_label("Your answer or note")).to_have_value("We look into the refund")

    field.press_sequentially(", and the phone")
    expect(author.locator(".composer [data-refused]")).to_contain_text("Kofi Boateng took your draft over")
    colleague.reload()
    expect(colleague.get_by_label("Your answer or note")).to_have_value("We look into the refund")
