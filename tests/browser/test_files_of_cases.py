"""A file of a case by keyboard: its proposed kind is confirmed, what has ended is said in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases.models import Attachment
from paydesk.domain.cases.queries import code
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.one_of_case import case_by_mail

SignIn = Callable[[Page, Person], None]


def test_what_a_file_is_is_confirmed_and_a_document_that_ended_is_marked(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    case, _ = case_by_mail({"AD": make_person("AD Person", "AD")}, timezone.now())
    Attachment.objects.update(name="passport.png")
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/cases/{code(case)}/")
    page.get_by_role("link", name="Identity document?").press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("What it is")).to_have_value("identity")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_contain_text("Say until when it is valid, or that it bears no last day.")
    dialog.get_by_label("Valid until").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".said-files")).to_contain_text("It has expired and does not count as proof.")
    assert Attachment.objects.get().document_kind == "identity"
