"""A fraud is escalated from its case: the lead goes blind, risk opens it and takes the evidence along."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions
from paydesk.domain.cases.queries import code
from paydesk.domain.risk.models import Escalation
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_fraud_is_escalated_the_lead_is_blind_and_risk_takes_the_evidence(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None], tmp_path: Path
) -> None:
    case = actions.open_case(
        market="GH", channel="email", contact="ama@mail.example", contact_name="Ama",
        subject="Somebody used my wallet", text="It was not me. Your agent asked for my PIN.",
        by=WORKER, now=timezone.now() - timedelta(minutes=5),
    )  # fmt: skip
    agent, lead, risk = (
        make_person(name, role, markets="GH")
        for name, role in (("Samuel Support", "SU"), ("Thea Lead", "TL"), ("Rita Risk", "RK"))
    )
    address = f"{desk}/cases/?view=team&open={code(case)}"
    page = open_page()
    sign_in(page, agent)
    page.goto(address)
    expect(page.locator("#case-more")).to_be_attached()
    page.keyboard.press("Control+k")  # what stands in a closed menu is found as well
    expect(page.get_by_role("combobox", name="What to do or where to go")).to_be_focused()
    page.keyboard.type("escalate")
    expect(page.locator("#palette-0[aria-selected=true]")).to_contain_text("Escalate…")
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    dialog.get_by_label("Who decides", exact=True).select_option(label="Rita Risk")
    dialog.get_by_label("What is feared, and why").fill("An agent of ours asked for her PIN.")
    dialog.get_by_label("Restrict it").press("Space")
    dialog.get_by_role("button", name="Escalate").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#cases-list")).to_be_visible()
    escalation = Escalation.objects.get()
    assert escalation.is_restricted

    blind = open_page()
    sign_in(blind, lead)
    blind.goto(address)
    expect(blind.locator("body")).to_contain_text("Restricted.")
    expect(blind.locator("body")).not_to_contain_text("Somebody used my wallet")
    blind.goto(f"{desk}/cases/?view=team")
    expect(blind.locator("#cases-list")).not_to_contain_text("Somebody used my wallet")
    blind.goto(f"{desk}/risk/")
    expect(blind.locator("#risk-list")).to_contain_text("Restricted to others")

    officer = open_page()
    sign_in(officer, risk)
    officer.goto(f"{desk}/risk/")
    officer.keyboard.press("j")
    officer.keyboard.press("Enter")
    detail = officer.locator("#detail")
    expect(detail).to_contain_text("asked for her PIN")
    assert_no_axe_violations(officer)
    officer.keyboard.press("a")
    officer.locator("#dialog").get_by_role("button", name="I have it").click()
    expect(detail).to_contain_text("Acknowledged")
    detail.get_by_role("link", name="Evidence pack…").click()
    theirs = officer.locator("#dialog")
    theirs.get_by_label("Who needs it and what for").fill("For the police")
    theirs.get_by_role("button", name="Make a pack").click()
    expect(theirs).to_be_hidden()
    detail.get_by_role("link", name="Evidence pack…").click()
    with officer.expect_download() as taken:
        theirs.get_by_role("link", name="Download").click()
    saved = tmp_path / "pack.zip"
    taken.value.save_as(saved)
    assert "summary.html" in zipfile.ZipFile(saved).namelist()

    phone = open_page(390, "dark")
    sign_in(phone, risk)
    phone.goto(f"{desk}/retention/")
    expect(phone.locator("main")).to_contain_text("how long it is kept")
    assert_no_axe_violations(phone)
