"""An analyst handles an escalation with finance: asks aside, hears, closes, gives goodwill under control."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import SideTalk
from paydesk.domain.cases.queries import code
from paydesk.domain.goodwill.actions import approve_goodwill
from paydesk.domain.goodwill.models import Goodwill
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_an_escalation_with_finance_ends_with_goodwill_that_a_second_person_agreed_to(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    analyst = make_person("Ada Analyst", "AN", markets="GH")
    finance, lead = (
        make_person("Finn Finance", "FC", markets="GH"),
        make_person("Lea Lead", "TL", markets="GH"),
    )
    contract = make_contract(account_number="10482937", customer_name="Ama Mensah", deposit_minor=0)
    (payment,) = receive_today(
        make_source_account(), row(1, "50.00", reference="10482937", provider_ref="MP240302AB12")
    )
    now = timezone.now()
    case = cases.open_case(
        market="GH", channel="phone", text="Locked for two days although I paid MP240302AB12",
        contact="233244123456", customer_id=contract.customer_id, by=WORKER, now=now,
    )  # fmt: skip
    cases.confirm_link(case.links.get().pk, by=WORKER, now=now)
    cases.verify(case.pk, strong_way="callback", by=WORKER, now=now)

    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/cases/?view=team&open={code(case)}")
    shown, dialog = page.locator("#detail"), page.locator("#dialog")
    expect(shown.get_by_label("Its way")).to_contain_text("Payer known, applied in full")
    shown.get_by_role("link", name="Ask aside").click()
    dialog.get_by_label("Ask", exact=True).select_option("finance")
    dialog.get_by_label("The question").fill("Was the money of MP240302AB12 with us on Monday?")
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_be_hidden()
    aside = shown.get_by_label("Asked aside")
    expect(aside).to_contain_text("everybody there")

    side = SideTalk.objects.get(case=case)
    cases.say_aside(side.pk, text="Yes, since eight.", by=finance.actor(), now=timezone.now())
    page.reload()
    expect(aside).to_contain_text("Yes, since eight.")
    expect(aside).to_contain_text("Answered")
    aside.get_by_role("button", name="Close Finance").click()
    expect(aside).to_contain_text("Closed")

    shown.get_by_role("link", name="Goodwill").click()
    dialog.get_by_label("Amount").fill("40.00")
    dialog.get_by_label("Reason").select_option("locked")
    dialog.get_by_label("What happened").fill("Locked for two days, the money was with us.")
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Give it").click()
    expect(dialog).to_be_hidden()
    given = shown.get_by_label("Given", exact=True)
    expect(given).to_contain_text("waits for a second person")
    approve_goodwill(Approval.objects.get(state="pending").pk, by=lead.actor(), now=timezone.now())
    page.reload()
    expect(given).to_contain_text("40.00")
    expect(shown).to_contain_text("Gave goodwill")
    assert Goodwill.objects.get(payment_id=payment.pk).state == "given"
    assert_no_axe_violations(page)

    phone = open_page(390, "dark")
    sign_in(phone, analyst)
    phone.goto(f"{desk}/cases/?view=team&open={code(case)}")
    expect(phone.locator("#detail")).to_contain_text("Asked aside")
    wide = phone.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
