"""A complaint specialist's day: a queue that is one thing, a fraud, what a reviewer thinks of the work."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from paydesk.domain.cases.models import Case, Message
from paydesk.domain.incidents.models import Broadcast, Incident
from paydesk.domain.incidents.tasks import tell_everybody
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_rules import DELIVERED
from paydesk.domain.risk.models import Escalation
from paydesk.kernel.public_codes import code_of
from tests.browser.axe import assert_no_axe_violations
from tests.browser.days.at_work import Company, is_no_wider_than_the_screen, next_is, part

TOLD = "The wallet works again. Please pay once more."


def works_the_complaints(company: Company, folder: Path) -> None:
    worked = tells_everybody_of_one_incident(company)
    hands_a_fraud_to_risk(company, folder)
    is_reviewed(company, worked)


def tells_everybody_of_one_incident(company: Company) -> Case:
    """A suggested category, a root cause, the incident that the desk proposes, one answer to all."""
    case = Case.objects.filter(subject__icontains="declined", incidents__isnull=False).first()
    assert case is not None
    agent = company.case("samuel", case.pk)
    shown, dialog = part(agent, "detail"), part(agent, "dialog")
    expect(shown.get_by_label("What it may be about")).to_contain_text("Failed, but debited")
    agent.keyboard.press("7")
    expect(shown.get_by_label("What it may be about")).to_contain_text("Chosen")
    agent.keyboard.press("s")
    dialog.get_by_label("Root cause").select_option("provider_outage")
    agent.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("Outage of a provider")
    shown.get_by_role("link", name="INC-").click()
    expect(shown).to_contain_text("cases of the last 60 minutes say the same")
    assert_no_axe_violations(agent)
    agent.keyboard.press("p")
    dialog.get_by_label("What happened, in a few words").fill("Wallet declines all payments")
    agent.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("Yours")
    agent.keyboard.press("r")
    dialog.get_by_label("What everybody is told").fill(TOLD)
    agent.keyboard.press("Control+Enter")
    tell = dialog.get_by_role("button", name=re.compile(r"^Tell \d+ people"))
    expect(tell).to_be_visible()
    assert_no_axe_violations(agent)
    tell.click()
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("to be told")
    incident = Incident.objects.get(title="Wallet declines all payments")
    tell_everybody({"broadcast_id": Broadcast.objects.get(incident=incident).pk})
    assert Message.objects.filter(direction="out", text__startswith=TOLD[:20]).count() >= 5
    narrow = company.narrow("samuel")
    narrow.goto(f"{company.desk}/causes/")
    expect(narrow.locator("#causes")).to_contain_text("Outage of a provider")
    assert_no_axe_violations(narrow)
    assert is_no_wider_than_the_screen(narrow)
    return case


def hands_a_fraud_to_risk(company: Company, folder: Path) -> None:
    """What the desk fears comes next; once restricted the lead is blind, and risk takes evidence along."""
    case = Case.objects.get(subject__startswith="I did not make this payment")
    words = "Somebody has my phone"
    agent = company.case("samuel", case.pk)
    expect(part(agent, "detail")).to_contain_text("Escalate at once")
    next_is(agent, "Escalate…")
    agent.keyboard.press("p")
    dialog = part(agent, "dialog")
    expect(dialog.get_by_label("What is feared, and why")).to_have_value(re.compile("did not authorise"))
    dialog.get_by_label("Who decides", exact=True).select_option(label="Kofi Demo-Risk")
    dialog.get_by_label("Restrict it").check()
    dialog.get_by_role("button", name="Escalate").click()
    expect(dialog).to_be_hidden()
    expect(agent.locator("#cases-list")).to_be_visible()
    escalation = Escalation.objects.get(subject_kind="case", subject_id=case.pk)
    assert escalation.is_restricted

    lead = company.case("tunde", case.pk)
    expect(lead.locator("body")).to_contain_text("Restricted.")
    expect(lead.locator("body")).not_to_contain_text(words)
    lead.goto(f"{company.desk}/cases/?view=team")
    expect(lead.locator("#cases-list")).not_to_contain_text(words)
    lead.goto(f"{company.desk}/risk/")
    expect(lead.locator("#risk-list")).to_contain_text("Restricted to others")

    officer = company.opens("kofi", f"/risk/?open={code_of('ESC', escalation.pk)}")
    detail, theirs = part(officer, "detail"), part(officer, "dialog")
    expect(detail).to_contain_text("did not authorise")
    assert_no_axe_violations(officer)
    officer.keyboard.press("a")
    theirs.get_by_role("button", name="I have it").click()
    expect(detail).to_contain_text("Acknowledged")
    detail.get_by_role("link", name="Evidence pack…").click()
    theirs.get_by_label("Who needs it and what for").fill("For the police")
    theirs.get_by_role("button", name="Make a pack").click()
    expect(theirs).to_be_hidden()
    detail.get_by_role("link", name="Evidence pack…").click()
    with officer.expect_download() as taken:
        theirs.get_by_role("link", name="Download").click()
    saved = folder / "pack.zip"
    taken.value.save_as(saved)
    assert "summary.html" in zipfile.ZipFile(saved).namelist()
    narrow = company.narrow("kofi")
    narrow.goto(f"{company.desk}/retention/")
    expect(narrow.locator("main")).to_contain_text("how long it is kept")
    assert_no_axe_violations(narrow)


def is_reviewed(company: Company, case: Case) -> None:
    """A reviewer chooses a case and marks it with its money; the agent reads it and may appeal."""
    reviewer = company.opens("njeri", "/reviews/")
    reviewer.keyboard.press("n")
    dialog = part(reviewer, "dialog")
    dialog.get_by_label("Code of the case").fill(code_of("CAS", case.pk))
    dialog.get_by_role("button", name="Choose it").click()
    expect(dialog).to_be_hidden()
    review = Review.objects.get(case=case, agent__email="samuel@demo.example")
    reviewer.goto(f"{company.desk}/reviews/?open={code_of('QAR', review.pk)}")
    shown = part(reviewer, "detail")
    expect(shown).to_contain_text("What became of the money")
    assert_no_axe_violations(reviewer)
    for item in DELIVERED:
        mark = "No" if item.code == "identity" else "Yes"
        group = shown.get_by_role("group").filter(has_text=item.words)
        group.get_by_label(mark, exact=True).check()
    shown.get_by_label("Policy not followed").check()
    shown.get_by_label("To Samuel Demo-Support").fill("Verify before you tell a balance.")
    shown.get_by_role("button", name="Score", exact=True).click()
    expect(shown).to_contain_text("Critical item failed")
    review.refresh_from_db()
    assert (review.percent, review.critical_failed, review.followed) == (0, True, "no")
    agent = company.opens("samuel", f"/reviews/?open={code_of('QAR', review.pk)}")
    expect(part(agent, "detail")).to_contain_text("Verify before you tell a balance.")
