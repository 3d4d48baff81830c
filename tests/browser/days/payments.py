"""A payments analyst's day: a call is escalated to finance, and what is given needs a second person."""

from __future__ import annotations

from playwright.sync_api import expect

from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.payments.models import Payment
from tests.browser.axe import assert_no_axe_violations
from tests.browser.days.at_work import Company, approves, is_no_wider_than_the_screen, next_is, part


def works_the_payments(company: Company) -> None:
    """Ask finance aside, hear, close; give goodwill above the limit, which the lead decides."""
    paid = Payment.objects.filter(
        market="GH", contract__isnull=False, open_minor=0, state="received"
    ).exclude(statement_line__provider_ref="")
    payment = paid.select_related("statement_line", "customer").order_by("-contract__price_minor", "pk")[0]
    assert payment.customer is not None
    analyst = company.opens("ama", "/cases/?view=team")
    shown, dialog = part(analyst, "detail"), part(analyst, "dialog")
    analyst.keyboard.press("n")
    dialog.get_by_label("Market", exact=True).select_option("GH")
    dialog.get_by_label("Phone number or e-mail address").fill("0244123456")
    dialog.get_by_label("What they say, with every code and number they name").fill(
        f"Locked for two days although I paid {payment.statement_line.provider_ref}"
    )
    analyst.keyboard.press("Control+Enter")
    expect(shown).to_contain_text("They reached us by phone")
    next_is(analyst, "It is payment")
    analyst.keyboard.press("1")
    next_is(analyst, "It is them")
    analyst.keyboard.press("p")
    next_is(analyst, "Verify…")
    analyst.keyboard.press("p")
    dialog.get_by_label("Or proved it in a strong way").select_option("callback")
    dialog.get_by_role("button", name="Verified").click()
    expect(dialog).to_be_hidden()
    expect(shown.get_by_label("Its way")).to_contain_text("Payer known, applied in full")

    analyst.keyboard.press("q")
    dialog.get_by_label("Ask", exact=True).select_option("finance")
    dialog.get_by_label("The question").fill("Was this money with us on Monday?")
    assert_no_axe_violations(analyst)
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_be_hidden()
    aside = shown.get_by_label("Asked aside", exact=True)
    expect(aside).to_contain_text("everybody there")
    finance = company.opens("fatima", "/")
    finance.get_by_role("region", name="Asked aside").get_by_role("link", name="Locked for two days").click()
    heard = part(finance, "detail").get_by_label("Asked aside", exact=True)
    heard.get_by_label("Write aside to Finance").fill("Yes, since eight.")
    heard.get_by_role("button", name="Say it aside").click()
    expect(heard).to_contain_text("Yes, since eight.")
    analyst.goto(f"{company.desk}/")
    answered = analyst.get_by_role("region", name="Asked aside").get_by_role(
        "link", name="Locked for two days"
    )
    answered.click()
    expect(aside).to_contain_text("Yes, since eight.")
    aside.get_by_role("button", name="Close Finance").click()
    expect(aside).to_contain_text("Closed")

    analyst.keyboard.press("w")
    dialog.get_by_label("Amount").fill("40.00")
    dialog.get_by_label("Reason").select_option("locked")
    dialog.get_by_label("What happened").fill("Locked for two days, the money was with us.")
    assert_no_axe_violations(analyst)
    dialog.get_by_role("button", name="Give it").click()
    expect(dialog).to_be_hidden()
    given = shown.get_by_label("Given", exact=True)
    expect(given).to_contain_text("waits for a second person")
    case_page = analyst.url
    lead = company.at("tunde")
    approves(lead, company.desk, "Goodwill")
    analyst.reload()
    expect(given).to_contain_text("40.00")
    expect(shown).to_contain_text("Gave goodwill")
    assert Goodwill.objects.get(payment_id=payment.pk).state == "given"
    assert_no_axe_violations(analyst)
    narrow = company.narrow("ama")
    narrow.goto(case_page)
    expect(part(narrow, "detail")).to_contain_text("Asked aside")
    assert is_no_wider_than_the_screen(narrow)
    lead.goto(f"{company.desk}/")
    expect(lead.locator("main")).to_contain_text("Who has how much")
