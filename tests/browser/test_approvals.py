"""A misdirected payment: support asks for a move, the lead approves by keys, the analyst sees it replayed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.payments.actions import request_move, request_write_off
from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive_today, row

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]


@pytest.fixture
def lead(desk: str) -> Person:
    return make_person("Tunde Lead", "TL")


@pytest.fixture
def support(desk: str) -> Person:
    return make_person("Samuel Support", "SU")


@pytest.fixture
def misdirected(desk: str) -> Payment:
    """150.00 that Kofi meant for his contract and typed Ama's number."""
    make_contract(account_number="10482937", customer_name="Ama Mensah")
    make_contract(account_number="20482945", customer_name="Kofi Boateng")
    (payment,) = receive_today(
        make_source_account(name="MoMo collections"), row(1, "150.00", reference="10482937")
    )
    return payment


def code(payment: Payment) -> str:
    return code_of("PAY", payment.pk)


def test_support_asks_the_lead_approves_the_analyst_sees_it(
    desk: str,
    analyst: Person,
    support: Person,
    lead: Person,
    misdirected: Payment,
    open_page: OpenPage,
    sign_in: SignIn,
) -> None:
    asking = open_page()
    sign_in(asking, support)
    asking.goto(f"{desk}/payments/{code(misdirected)}/")
    asking.keyboard.press("v")
    asking.get_by_label("Find the contract it was meant for").press_sequentially("kofi", delay=10)
    asking.get_by_role("link", name="20482945").click()
    expect(asking.get_by_role("region", name="What changes")).to_contain_text("Days past due")
    asking.get_by_label("Why, without names").fill("Typed a neighbour's number")
    asking.get_by_role("button", name="Ask to move 150.00 GHS").click()
    expect(asking.get_by_text("waits for a second person")).to_be_visible()
    expect(asking.locator("#dialog")).to_be_hidden()

    deciding = open_page()
    sign_in(deciding, lead)
    deciding.goto(f"{desk}/approvals/")
    deciding.keyboard.press("j")
    deciding.keyboard.press("Enter")
    expect(deciding.get_by_text("Typed a neighbour's number").last).to_be_visible()
    deciding.wait_for_url("**/approvals/?open=*")  # a moment after what it shows
    late = open_page()  # the same request, open in a second window
    sign_in(late, lead)
    late.goto(deciding.url)
    late.keyboard.press("r")
    late.get_by_label("Why not, for whoever asked").fill("no")
    deciding.keyboard.press("a")
    expect(deciding.get_by_role("button", name="Approve: move 150.00 GHS")).to_be_focused()
    deciding.keyboard.press("Enter")
    expect(deciding.get_by_text("Nothing to open.")).to_be_visible()
    late.get_by_role("button", name="Reject", exact=True).click()
    expect(late.get_by_text("You approved it at")).to_be_visible()

    seeing = open_page()
    sign_in(seeing, analyst)
    seeing.goto(f"{desk}/payments/{code(misdirected)}/")
    expect(seeing.get_by_text("Moved from Ama Mensah to Kofi Boateng")).to_be_visible()
    expect(seeing.get_by_text("Tunde Lead approved it")).to_be_visible()
    seeing.locator("#side").get_by_role("link", name="20482945").click()
    expect(seeing.locator("#schedule")).to_contain_text(code(misdirected))


@pytest.fixture
def waiting(misdirected: Payment, analyst: Person, support: Person) -> list[Approval]:
    """A move to look at and two green write-offs."""
    kofi = make_contract(account_number="30482945", customer_name="Efua Sarpong")
    now, made = timezone.now(), []
    made.append(
        request_move(
            misdirected.pk,
            customer_id=kofi.customer_id,
            contract_id=kofi.pk,
            note="Wrong number",
            by=support.actor(),
            now=now,
        )  # fmt: skip
    )
    account = make_source_account()
    for n in (1, 2):
        small = make_contract(account_number=f"4000000{n}", deposit_minor=0)
        receive_today(account, row(n, "74.50", reference=small.account_number))
        item = small.due_items.order_by("due_on", "id")[0]
        made.append(request_write_off(item.pk, note="", by=analyst.actor(), now=now))
    return made


def test_green_ones_are_chosen_by_x_and_approved_together(
    desk: str, lead: Person, waiting: list[Approval], open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, lead)
    page.goto(f"{desk}/approvals/")
    for key in ("j", "x", "j", "x", "j", "x"):  # the first is amber: x finds no box there
        page.keyboard.press(key)
    expect(page.locator("input[data-select]:checked")).to_have_count(2)
    page.get_by_role("button", name="Approve chosen…").click()
    page.get_by_role("button", name="Approve 2: 1.00 GHS").click()
    expect(page.get_by_role("heading", name="2 approved")).to_be_visible()
    page.get_by_role("link", name="Back to what waits").click()
    expect(page.locator("[data-row]")).to_have_count(1)


@every_look
def test_every_screen_passes_axe_and_stays_inside_the_window(
    desk: str,
    lead: Person,
    misdirected: Payment,
    waiting: list[Approval],
    open_page: OpenPage,
    sign_in: SignIn,
    picture: Picture,
    width: int,
    theme: str,
) -> None:
    page = open_page(width, theme)
    sign_in(page, lead)
    move = code_of("APR", waiting[0].pk)
    at = f"/payments/{code(misdirected)}"
    for name, path in {
        "approvals": "/approvals/",
        "approval": f"/approvals/?open={move}",
        "approve": f"/approvals/{move}/approve",
        "absences": "/approvals/absences/",
        "limits": "/approvals/limits/",
        "take-off": f"{at}/take-off",
        "payment": f"{at}/",
    }.items():
        page.goto(desk + path)
        picture(page, f"{name}-{theme}-{width}")
        assert_no_axe_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
