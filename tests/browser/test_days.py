"""A day proven by the analyst: run, its exceptions worked to an end by keys, signed by the lead."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.reconciliation.actions import perform_run
from paydesk.domain.reconciliation.models import Day, ReconciliationException, Run
from paydesk.domain.reconciliation.tests.days import DAY, WORKER, call_back, hand_over, momo, portal_rows
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.people.models import Person
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person


def worked() -> None:
    """What the worker does with the run that waits."""
    perform_run(Run.objects.get(state="queued").pk, by=WORKER, now=timezone.now())


def test_a_day_is_run_explained_and_signed(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"), ("TX3", 3, "70.00"))
    hand_over(account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "19.50", "success")))
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/reconciliation/?until={DAY.isoformat()}")
    assert_no_axe_violations(page)
    page.get_by_role("link", name="2 Mar: to run, 3 rows").click()
    expect(page.locator("#day")).to_contain_text("The day was not run yet")
    page.keyboard.press("r")
    expect(page.locator("#day")).to_contain_text("waits for a worker")
    worked()
    expect(page.locator("#day")).to_contain_text("2 exceptions without an owner.")
    assert_no_axe_violations(page)

    for kind, key, fields in (
        ("amount_mismatch", "d", {"What the difference is": "fee"}),
        ("missing_at_provider", "t", {}),
    ):
        found = ReconciliationException.objects.get(kind=kind)
        page.goto(f"{desk}/exceptions/?open={code_of('EXC', found.pk)}")
        assert_no_axe_violations(page)
        page.keyboard.press("a")
        expect(page.locator("#detail")).to_contain_text("Yours")
        page.keyboard.press(key)
        dialog = page.locator("#dialog")
        for label, value in fields.items():
            dialog.get_by_label(label).select_option(value)
        dialog.get_by_label(re.compile("^Why")).fill("The telco kept it; the rest comes tomorrow.")
        page.keyboard.press("Control+Enter")
        expect(dialog).to_be_hidden()

    lead = open_page()
    sign_in(lead, make_person("Tunde Lead", "TL"))
    approve(desk, lead, "exception.adjust")
    page.goto(f"{desk}/reconciliation/{account.pk}/{DAY.isoformat()}/")
    expect(page.locator("#day")).to_contain_text("Timing difference accepted")
    page.keyboard.press("s")
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("1 exception stays open")
    dialog.get_by_label(re.compile("^For whoever signs")).fill("One payment comes with the next file.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#day")).to_contain_text("Waits for a second person")
    approve(desk, lead, "day.sign")
    assert Day.objects.get().state == "signed"
    page.reload()
    expect(page.locator("#day")).to_contain_text("signed by Tunde Lead")


def approve(desk: str, page: Page, kind: str) -> None:
    approval = Approval.objects.get(kind=kind, state="pending")
    page.goto(f"{desk}/approvals/{code_of('APR', approval.pk)}/approve")
    assert_no_axe_violations(page)
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.locator("main")).not_to_contain_text("Approve:")
