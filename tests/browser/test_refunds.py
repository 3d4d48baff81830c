"""A refund from the phone call to the result file, by the people who do it, each at their own screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]


def test_asked_approved_released_and_one_of_two_failed(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, tmp_path: Path
) -> None:
    account = make_source_account(name="MoMo payouts")
    make_contract(account_number="10482937", customer_name="Ama Mensah", phones=("0244123456",))
    payments = receive_today(
        account,
        row(1, "120.00", reference="10482937", msisdn="233244123456", payer_name="Ama Mensah"),
        row(2, "80.00", reference="nobody", msisdn="233201111111", payer_name="Kofi Boateng"),
    )

    support = open_page()
    sign_in(support, make_person("Sena Addo", "SU"))
    for payment, amount, reason in zip(payments, ("50", "80"), ("overpaid", "not_ours"), strict=True):
        support.goto(f"{desk}/payments/{code_of('PAY', payment.pk)}/")
        support.keyboard.press("f")
        dialog = support.locator("#dialog")
        dialog.get_by_label("Amount, if not all").fill(amount)
        dialog.get_by_label("Reason").select_option(reason)
        dialog.get_by_label("Why it is due").fill("Says so on the phone.")
        button = dialog.get_by_role("button", name=f"Ask to refund {amount}.00 GHS")
        expect(button).to_be_visible()
        expect(dialog.locator("#ask-preview")).to_contain_text(
            "days bought" if amount == "50" else "It was paid"
        )
        button.click()
        expect(support.locator(".toast-note").last).to_contain_text("A second person decides")
    first, second = Refund.objects.order_by("pk")

    lead = open_page()
    sign_in(lead, make_person("Tunde Cole", "TL"))
    for _ in range(2):
        lead.goto(f"{desk}/approvals/")
        lead.keyboard.press("j")
        lead.keyboard.press("Enter")
        expect(lead.locator("#detail")).to_contain_text("Can still go back")
        lead.keyboard.press("a")
        lead.locator("#dialog").get_by_role("button", name="Approve: refund").click()
        expect(lead.locator(".toast-note").last).to_contain_text("Approved")
    assert set(Refund.objects.values_list("state", flat=True)) == {"approved"}

    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/refunds/?tab=approved")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_role("button", name="Pay out the chosen").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Left afterwards")
    assert_no_axe_violations(page)
    dialog.get_by_role("button", name="Ask to release 130.00 GHS").click()
    expect(page.get_by_role("heading", name="Payout file POF-")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The release waits for a second person")
    page.wait_for_url("**/refunds/files/POF-*/")
    file_url = page.url

    controller = open_page()
    sign_in(controller, make_person("Fatima Bello", "FC"))
    controller.goto(f"{desk}/approvals/")
    controller.keyboard.press("j")
    controller.keyboard.press("Enter")
    expect(controller.locator("#detail")).to_contain_text(re.compile(r"Left afterwards\s*[\d,.]+\sGHS"))
    assert "Mensah" not in controller.locator("#detail").inner_text(), "names are masked for the controller"
    controller.keyboard.press("a")
    controller.locator("#dialog").get_by_role("button", name="Approve: release").click()
    expect(controller.locator(".toast-note").last).to_contain_text("Approved")

    page.goto(file_url)
    with page.expect_download() as download:
        page.keyboard.press("d")
    assert "233244123456,50.00" in Path(download.value.path()).read_text()
    page.keyboard.press("m")
    page.locator("#dialog").get_by_role("button", name="130.00 GHS was sent").click()
    expect(page.locator("main")).to_contain_text("Upload the provider's result file")
    results = tmp_path / "result.csv"
    results.write_text(
        f"Reference,Status,Transaction ID,Reason\n{code(first)},Successful,P1,\n"
        f"{code(second)},Failed,,Wallet is closed\n"
    )
    page.goto(f"{desk}/refunds/results")
    page.get_by_label("Result file").set_input_files(results)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("main")).to_contain_text("Wallet is closed")
    assert_no_axe_violations(page)
    page.goto(f"{desk}/refunds/?tab=failed")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("Try again")
    assert [refund.state for refund in Refund.objects.order_by("pk")] == ["paid", "failed"]
