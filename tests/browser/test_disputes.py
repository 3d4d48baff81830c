"""A contested payment from the case to the scheme's decision, by the people who work on it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.queries import code as case_code
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.queries import code
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]


def test_from_the_case_by_its_evidence_to_the_win(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    make_contract(account_number="10482937", customer_name="Ama Mensah", phones=("0244123456",))
    (payment,) = receive_today(
        make_source_account(name="Cards"),
        row(1, "120.00", reference="10482937", payer_name="Ama Mensah"),
    )
    case = cases.open_case(
        market="GH", channel="phone", text="I never paid that", customer_id=payment.customer_id, by=WORKER,
        now=timezone.now(),
    )  # fmt: skip
    cases.link(case.pk, kind="payment", object_id=payment.pk, by=WORKER, now=timezone.now())

    support = open_page()
    sign_in(support, make_person("Sena Addo", "SU"))
    support.goto(f"{desk}/cases/{case_code(case)}/")
    support.locator("#detail").get_by_role("link", name="Dispute…").first.click()
    dialog = support.locator("#dialog")
    dialog.get_by_label("Scheme and reason code").select_option("visa 13.1")
    dialog.get_by_label("Provider's reference of the dispute").fill("CB-77")
    dialog.get_by_role("button", name="Open the dispute").click()
    expect(support.locator(".toast-note").last).to_contain_text("is open")
    dispute = Dispute.objects.get()
    expect(support.locator("#detail")).to_contain_text("Answer the dispute")
    assert dispute.state == "evidence_due"

    support.goto(f"{desk}/disputes/{code(dispute)}/")
    expect(support.locator("#detail")).to_contain_text("CB-77")
    assert_no_axe_violations(support)
    for number in range(3):
        support.locator("#detail").get_by_role("link", name="Give…").first.click()
        if number:
            dialog.get_by_label("Or why it is not to be had").fill("Nobody kept it.")
        else:
            dialog.get_by_label("A file").set_input_files(
                {"name": "signed.txt", "mimeType": "text/plain", "buffer": b"Signed by Ama"}
            )
        dialog.get_by_role("button", name="Keep it").click()
        expect(support.locator("#detail").get_by_role("link", name="Change…")).to_have_count(number + 1)
    support.keyboard.press("p")
    dialog.get_by_label("Why, for whoever decides").fill("She signed for it.")
    dialog.get_by_role("button", name="Ask to challenge 120.00 GHS").click()
    expect(support.locator(".toast-note").last).to_contain_text("A second person reads the pack")

    lead = open_page()
    sign_in(lead, make_person("Tunde Cole", "TL"))
    lead.goto(f"{desk}/approvals/")
    lead.keyboard.press("j")
    lead.keyboard.press("Enter")
    expect(lead.locator("#detail")).to_contain_text("the pack goes to the scheme, once")
    lead.keyboard.press("a")
    lead.locator("#dialog").get_by_role("button", name="Approve: challenge").click()
    expect(lead.locator(".toast-note").last).to_contain_text("Approved")

    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/disputes/{code(dispute)}/")
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    dialog.get_by_label("What the provider says").select_option("won")
    dialog.get_by_label("The provider's message").set_input_files(
        {"name": "won.txt", "mimeType": "text/plain", "buffer": b"You won."}
    )
    dialog.get_by_role("button", name="Save what was decided").click()
    expect(page.locator("#detail")).to_contain_text("Won, may come back")
    dispute.refresh_from_db()
    assert (dispute.state, dispute.won_minor) == ("won", 120_00)
