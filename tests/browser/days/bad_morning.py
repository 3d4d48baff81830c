"""The bad morning of the demo company, worked to its end by the people of the desk in their browsers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from paydesk.domain.ledger.queries import closed_through, control_balance
from paydesk.domain.payments.models import Payment
from paydesk.domain.payments.tasks import take_up_files
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code as refund_code
from paydesk.domain.statements.models import SourceFile
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.invariants import check_all
from tests.browser.days.at_work import Company, approves


def works_the_bad_morning(company: Company) -> None:
    """Until everything has an owner and the day ties out."""
    desk, at_the_desk = company.desk, company.at
    night = SourceFile.objects.get(filename__startswith="hubtel-night")
    wrong = SourceFile.objects.get(filename__startswith="hubtel-test-export")
    payments = Payment.objects.filter(statement_line__file=night).order_by("statement_line__line_no")
    misdirected, relative = payments[0], payments.get(customer=None)

    # The analyst: a relative paid for two contracts; a customer typed somebody else's number; a wrong file.
    analyst = at_the_desk("ama")
    analyst.goto(f"{desk}/suspense/?open={code_of('PAY', relative.pk)}")
    analyst.keyboard.press("v")
    dialog = analyst.locator("#dialog")
    expect(dialog.get_by_label("Find the contract")).to_be_visible()
    analyst.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    analyst.keyboard.press("s")
    parts = dialog.get_by_label("Part for")
    expect(parts).to_have_count(2)
    half = f"{relative.amount_minor / 200:.2f}"
    parts.nth(0).fill(half)
    parts.nth(1).fill(half)
    analyst.get_by_role("button", name="over 2 contracts").click()
    expect(analyst.locator(".toast-note").last).to_contain_text("over 2 contracts")

    analyst.goto(f"{desk}/payments/{code_of('PAY', misdirected.pk)}/move")
    analyst.get_by_label("Find the contract it was meant for").press_sequentially(
        misdirected.statement_line.msisdn, delay=5
    )
    analyst.locator("#move-found, [id*=found]").get_by_role("link").first.click()
    analyst.get_by_label("Why, without names").fill("Typed a neighbour's number")
    analyst.get_by_role("button", name="Ask to move").click()
    expect(analyst.get_by_text("waits for a second person").first).to_be_visible()

    analyst.goto(f"{desk}/intake/{code_of('FIL', wrong.pk)}/unpost/")
    analyst.get_by_label("What is wrong").fill("A test export of the portal")
    analyst.get_by_role("button", name="Ask").click()
    expect(analyst.get_by_text("waits for a second person").first).to_be_visible()

    # The lead: refuses one refund, approves the rest, the move and the un-posting.
    lead = at_the_desk("tunde")
    refunds = list(Refund.objects.filter(payment__statement_line__file=night).order_by("pk"))
    for refund in refunds:
        lead.goto(f"{desk}/approvals/")
        lead.get_by_role("link", name=refund_code(refund)).first.click()
        expect(lead.get_by_role("link", name="Reject…")).to_be_visible()
        if refund is refunds[0]:
            lead.get_by_role("link", name="Reject…").click()
            lead.get_by_label("Why not").fill("She wants it on her next instalment")
            lead.get_by_role("button", name="Reject", exact=True).click()
        else:
            lead.get_by_role("link", name="Approve…").click()
            lead.get_by_role("button", name="Approve: refund").click()
        expect(lead.get_by_role("link", name=refund_code(refund))).to_have_count(0)
    for kind in ("Moves to another customer", "Files to un-post"):
        approves(lead, desk, kind)
    take_up_files(datetime.now(UTC))
    wrong.refresh_from_db()
    assert wrong.state == "unposted"

    # The analyst pays out, the controller lets it go; one refund comes back.
    analyst.goto(f"{desk}/refunds/?tab=approved")
    for refund in refunds[1:]:
        analyst.get_by_label(f"Choose {refund_code(refund)}").check()
    analyst.get_by_role("button", name="Pay out the chosen").click()
    chosen = analyst.get_by_label("From account")
    hubtel = chosen.locator("option", has_text="Hubtel").get_attribute("value")
    chosen.select_option(hubtel)
    analyst.get_by_role("button", name="Ask to release").click()
    expect(analyst.get_by_text("waits for a second person").first).to_be_visible()
    controller = at_the_desk("fatima")
    approves(controller, desk, "Payout files to let go")
    file = Refund.objects.get(pk=refunds[1].pk).payout_file
    assert file is not None
    analyst.goto(f"{desk}/refunds/files/{code_of('POF', file.pk)}/")
    analyst.get_by_role("link", name="Mark as sent…").click()
    analyst.get_by_role("button", name="was sent").click()
    expect(analyst.locator("main")).to_contain_text("Upload the provider's result file")
    outcome = "reference,status,message\n" + "".join(
        f"{refund_code(refund)},success,\n" for refund in refunds[1:]
    )
    analyst.goto(f"{desk}/refunds/results")
    analyst.get_by_label("Result file").set_input_files(
        {"name": "results.csv", "mimeType": "text/csv", "buffer": outcome.encode()}
    )
    analyst.get_by_role("button", name="Read it").click()
    expect(analyst.get_by_role("region", name="Row by row")).to_be_visible()
    states = [Refund.objects.get(pk=refund.pk).state for refund in refunds]
    assert states == ["rejected", "paid", "paid", "paid", "paid", "paid"]
    file.refresh_from_db()
    assert file.state == "closed"

    # One of them comes back the same day: it is payable again, waits with a clock, and has a next step.
    analyst.goto(f"{desk}/refunds/{refund_code(refunds[-1])}/")
    analyst.get_by_role("link", name="It came back…").click()
    dialog.get_by_label("What shows it").fill("The wallet is closed, says the portal")
    dialog.get_by_role("button", name="came back").click()
    expect(analyst.locator("#detail")).to_contain_text("Try again, name another payee, or give it up.")
    analyst.keyboard.press("a")
    expect(analyst.locator("#detail")).to_contain_text("Yours")
    bounced = Refund.objects.get(pk=refunds[-1].pk)
    assert bounced.state == "failed"
    assert control_balance("2050", bounced.pk) == [Money(-bounced.amount_minor, "GHS")]

    # She asks to close the days before; what is not ready is named. The controller closes them.
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    analyst.goto(f"{desk}/books/days/?market=GH")
    analyst.get_by_label("Close through").fill(yesterday.isoformat())
    analyst.get_by_label("Reason, without names").fill("What is missing has an owner")
    analyst.get_by_role("button", name="Ask to close").click()
    expect(analyst.get_by_role("region", name="Waits for a decision")).to_contain_text("Close through")
    approves(controller, desk, "Days to close")
    assert closed_through("GH") == yesterday

    # The controller ties out and exports the day; the auditor finds who did what and why.
    controller.goto(f"{desk}/books/tie-out/?market=GH")
    expect(controller.get_by_text("Everything ties")).to_be_visible()
    controller.goto(f"{desk}/books/journal/?market=GH")
    controller.on("dialog", lambda dialog: dialog.accept())
    controller.get_by_role("button", name="Export").first.click()
    controller.locator("#ask-yes").click()
    expect(controller.get_by_text("JX-").first).to_be_visible()
    auditor = at_the_desk("yaw")
    auditor.goto(f"{desk}/payments/{code_of('PAY', misdirected.pk)}/")
    expect(auditor.get_by_text("Moved from").first).to_be_visible()
    expect(auditor.get_by_text("Typed a neighbour's number").first).to_be_visible()
    auditor.goto(f"{desk}/trail/")
    for words in ("Exported the journal", "Closed days", "Recorded that the refund came back"):
        expect(auditor.locator("main")).to_contain_text(words)

    # Nothing is without an owner and a next step: what still waits is shown to whoever looks.
    lead.goto(f"{desk}/approvals/?whose=nobodys")
    lead.locator("[data-row]").first.click()
    expect(lead.locator("#detail")).to_contain_text("decides.")

    assert [f.sentence for f in check_all(most_rows=3) if f.rows] == []
    assert Payment.objects.filter(statement_line__file=night, customer=None).count() == 0
