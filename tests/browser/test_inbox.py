"""A front-line agent's mail and call about a payment: found, verified, answered with facts, resolved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.rules import UNDO_SECONDS
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row

PHONE = "233244123456"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_mail_and_a_call_about_one_payment(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    now = timezone.now()
    contract = make_contract(customer_name="Ama Mensah", phones=(PHONE,))
    line = row(
        1, "50.00", reference=contract.account_number, msisdn=PHONE, provider_ref="MP260302AB12",
        payer_name="Ama Mensah",
    )  # fmt: skip
    receive_today(make_source_account(), line)
    case = actions.open_case(
        market="GH", channel="email", contact="ama@mail.example", contact_name="Ama",
        text="I paid and my phone is locked. Code MP260302AB12", external_id="<1@mail.example>", by=WORKER,
        now=now - timedelta(minutes=5),
    )  # fmt: skip
    agent = make_person("Samuel Support", "SU", markets="GH")
    actions.save_ready_text(
        "", title="Where it is", by=make_person("Tunde Lead", "TL", markets="GH").actor(), now=now,
        texts={"en": "Hello {customer.name}, {payment.state}.", "sw": "Habari {customer.name}."},
    )  # fmt: skip
    page = open_page()
    sign_in(page, agent)
    page.goto(f"{desk}/cases/?view=new")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    shown = page.locator("#detail")
    expect(shown).to_contain_text("Found as transaction code")
    assert_no_axe_violations(page)
    page.keyboard.press("a")
    expect(shown).to_contain_text("Yours")
    page.keyboard.press("1")
    expect(shown).to_contain_text("Paid at the provider")
    expect(shown).to_contain_text("say whether it is them")
    page.keyboard.press("p")
    expect(page.locator("#side")).to_contain_text("Newest payments")
    expect(shown).to_contain_text("Ask, do not tell")
    page.keyboard.press("p")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("button", name="Verified")).to_be_visible()
    for fact in ("Account number", "Day and amount of a payment"):
        dialog.get_by_label(fact).press("Space")
    dialog.get_by_role("button", name="Verified").click()
    expect(dialog).to_be_hidden()
    expect(shown.get_by_role("button", name="Answer")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_label("Your answer or note")).to_be_focused()
    page.keyboard.press("/")
    expect(dialog.get_by_label("Title or words")).to_be_focused()
    page.keyboard.type("where")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your answer or note")).to_have_value(re.compile("Mensah, it is credited to"))
    page.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("Leaves in a moment")
    answer = Message.objects.get(case=case, direction="out")
    assert list(answer.facts) == ["payment.state"]
    actions.mark_sent(
        answer.pk, external_id="<2@desk.example>", by=WORKER, now=now + timedelta(seconds=UNDO_SECONDS)
    )

    page.goto(f"{desk}/cases/{code(case)}/")
    expect(shown).to_contain_text("Say what it was about")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="What to do or where to go")).to_be_focused()
    page.keyboard.type("sort")
    expect(page.locator("#palette-0[aria-selected=true]")).to_contain_text("Sort")
    page.keyboard.press("Enter")
    dialog.get_by_label("Category").select_option("other.general")
    dialog.get_by_label("Root cause").select_option("none")
    dialog.get_by_label("What became of the money").select_option("applied")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    page.keyboard.press("e")
    dialog.get_by_role("button", name="Resolve").click()
    expect(shown).to_contain_text("Open again")
    assert Case.objects.get().state == "resolved"

    page.keyboard.press("n")
    dialog.get_by_label("Phone number or e-mail address").fill("0244123456")
    dialog.get_by_label("What they say, with every code and number they name").fill(
        "Asks when the next is due"
    )
    page.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("They reached us by phone")
    page.keyboard.press("c")
    dialog.get_by_label("How it ended").select_option("answered")
    dialog.get_by_label("What was said").fill("Told her the day")
    page.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("Told her the day")
    for width, theme in ((390, "dark"),):
        phone = open_page(width, theme)
        sign_in(phone, agent)
        phone.goto(f"{desk}/cases/{code(Case.objects.latest('pk'))}/")
        expect(phone.locator("#detail")).to_contain_text("Told her the day")
        more = phone.locator("#detail").get_by_role("button", name="More", exact=True)
        more.focus()
        phone.keyboard.press("Enter")
        expect(phone.get_by_role("link", name="Wait…")).to_be_focused()
        assert_no_axe_violations(phone)
        phone.keyboard.press("Enter")
        expect(phone.locator("#dialog").get_by_role("button", name="Wait")).to_be_visible()
        phone.keyboard.press("Escape")
        expect(more).to_be_focused()
