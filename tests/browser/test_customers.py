"""Customers, contracts, our accounts, one's own account and the trail in a browser, worked with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.contracts.contract_file import template_csv
from paydesk.domain.contracts.models import Contract
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]
today = timezone.localdate  # asked when it is needed: a run may go over midnight


@pytest.fixture
def contract(analyst: Person) -> Contract:
    """Ama Mensah is late: two of four instalments were due, one and a half are paid; 20.00 more wait."""
    made = make_contract(
        customer_name="Ama Mensah", customer_ref="C-10023", account_number="10482937", phones=("0244123456",),
        first_due_on=today() - timedelta(days=10), deposit_minor=0, product="Spark 10",
    )  # fmt: skip
    make_contract(
        customer_name="Ama Mensah", customer_ref="C-10023", account_number="20482938", activated_on=None,
        opened_on=today() - timedelta(days=2), first_due_on=today() + timedelta(days=5),
    )  # fmt: skip
    account = make_source_account()
    receive_today(account, row(1, "100.00", reference="10482937"))
    receive_today(account, row(2, "20.00", msisdn="233244123456"))
    seal(timezone.now())
    return made


@every_look
def test_every_screen_passes_axe_and_stays_inside(
    desk: str, analyst: Person, contract: Contract, open_page: OpenPage, sign_in: SignIn, picture: Picture,
    width: int, theme: str,
) -> None:  # fmt: skip
    page = open_page(width, theme)
    sign_in(page, make_person("Tunde Lead", "TL"))
    customer, own = code_of("CUS", contract.customer_id), code_of("CON", contract.pk)
    for name, path in {
        "customers": "/customers/",
        "customers-found": "/customers/?text=mensah",
        "customer": f"/customers/{customer}/",
        "customer-contract": f"/customers/{customer}/?contract={own}",
        "contracts": "/contracts/",
        "contract": f"/contracts/{own}/",
        "load": "/contracts/load/",
        "new": f"/contracts/new/?customer={customer}",
        "accounts": "/accounts/",
        "account": "/account/",
        "trail": "/trail/",
    }.items():
        answer = page.goto(desk + path)
        assert answer is not None
        assert answer.status == 200, path
        picture(page, f"{name}-{theme}-{width}")
        assert_no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_keys_find_a_customer_and_open_them(
    desk: str, analyst: Person, contract: Contract, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/contracts/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{desk}/customers/")
    page.get_by_label("Name, phone, account, identity or our number").fill("1048")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="1048", exact=False).first).to_be_visible()
    page.wait_for_url("**text=1048*")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk}/customers/{code_of('CUS', contract.customer_id)}/")
    expect(page.get_by_role("complementary", name="Payments")).to_contain_text("20.00 GHS not applied")


def test_on_a_phone_one_pane_at_a_time(
    desk: str, analyst: Person, contract: Contract, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page(390)
    sign_in(page, analyst)
    page.goto(f"{desk}/customers/{code_of('CUS', contract.customer_id)}/")
    schedule = page.get_by_role("article", name="Contract")
    expect(schedule).to_be_hidden()
    page.get_by_role("link", name="10482937").click()
    expect(schedule).to_be_visible()
    expect(schedule.get_by_text("Overdue").first).to_be_visible()
    page.get_by_role("link", name="Ama Mensah").click()
    expect(schedule).to_be_hidden()
    page.get_by_role("button", name="Payments", exact=True).click()
    expect(page.get_by_text("20.00 GHS not applied")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("20.00 GHS not applied")).to_be_hidden()


def test_a_file_of_contracts_is_looked_at_and_loaded(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn, tmp_path: Path
) -> None:
    make_contract()
    file = tmp_path / "new contracts.csv"
    file.write_text(template_csv() + template_csv().splitlines()[1].replace("1450.00", "much") + "\n")
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/contracts/")
    page.keyboard.press("l")
    page.wait_for_url(f"{desk}/contracts/load/")
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("price: ")).to_be_visible()
    assert_no_axe_violations(page)
    page.keyboard.press("p")
    page.get_by_role("button", name="Load 1 contract, 1,450.00 GHS").click()
    expect(page.get_by_text("1 contract made from this file by Priya Nair")).to_be_visible()
    page.get_by_role("link", name="10482937").click()
    expect(page.get_by_role("heading", name="Contract 10482937")).to_be_visible()


def test_a_contract_by_hand_shows_its_plan_while_one_types(
    desk: str, analyst: Person, contract: Contract, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/contracts/new/")
    page.get_by_role("searchbox", name="Customer of ours").fill("0244123456")
    page.get_by_role("link", name="Ama Mensah").click()
    page.get_by_label("Price, the deposit included").fill("300")
    page.get_by_label("Deposit", exact=True).fill("60")
    page.get_by_label("Number of instalments").fill("4")
    plan = page.get_by_role("region", name="Plan")
    expect(plan).to_contain_text("5 due items")
    expect(plan).to_contain_text("300.00")
    page.get_by_label("Number of instalments").fill("0")
    expect(plan).to_contain_text("greater than or equal to 1")
    page.get_by_label("Number of instalments").fill("4")
    page.get_by_role("button", name="Make the contract").click()
    expect(page.get_by_text("Deposit pending")).to_be_visible()
    # The deposit is awaited: the button says why it cannot be pressed.
    page.get_by_role("button", name="Activate").click(force=True)
    expect(page.get_by_role("alert")).to_contain_text("Apply the deposit first")


def test_a_device_is_handed_over_in_a_dialog_that_names_what_is_owed(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    waiting = make_contract(
        account_number="10482937", activated_on=None, opened_on=today() - timedelta(days=2),
        first_due_on=today() + timedelta(days=5),
    )  # fmt: skip
    receive_today(make_source_account(), row(1, "100.00", reference="10482937"))
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/contracts/{code_of('CON', waiting.pk)}/")
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Day the device was handed over").fill((today() + timedelta(days=3)).isoformat())
    dialog.get_by_role("button", name="Activate, 300.00 GHS owed").click()
    expect(dialog.get_by_text("This day is still to come.")).to_be_visible()
    assert_no_axe_violations(page)
    dialog.get_by_label("Day the device was handed over").fill(today().isoformat())
    dialog.get_by_role("button", name="Activate, 300.00 GHS owed").click()
    expect(page.get_by_text("Sale booked")).to_be_visible()


def test_an_account_is_added_in_a_dialog_and_keys_are_switched_off(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/accounts/")
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Provider", exact=True).fill("Adinkra Bank")
    dialog.get_by_label("What we call the account").fill("Adinkra settlement")
    dialog.get_by_label("Its number at the provider").fill("0090")
    dialog.get_by_role("button", name="Add the account").click()
    expect(page.get_by_role("link", name="Adinkra settlement")).to_be_visible()
    page.goto(f"{desk}/account/")
    page.get_by_role("button", name="Switch keys off").click()
    expect(page.get_by_text("Keys are off on every device")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    assert page.url == f"{desk}/account/"
