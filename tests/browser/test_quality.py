"""A policy changes, its exam is due and taken, the right is back; a review finds a critical item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions as cases
from paydesk.domain.quality import actions
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_rules import DELIVERED
from paydesk.foundation.people.models import Person
from paydesk.web.addresses import code_in
from paydesk.web.quality.tests.building import policy_in_force
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER, make_contract, make_source_account, receive_today, row


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_policy_changes_and_a_review_finds_a_critical_item(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    now = timezone.now()
    people = {
        role: make_person(name, role, markets="GH")
        for role, name in (
            ("SU", "Samuel Support"),
            ("TL", "Tess Lead"),
            ("QA", "Quinn Review"),
            ("AD", "Ada Admin"),
        )
    }
    contract = make_contract(customer_name="Ama Mensah")
    line = row(1, "50.00", reference=contract.account_number, payer_name="Ama Mensah")
    (payment,) = receive_today(make_source_account(), line)
    first = policy_in_force(people, now - timedelta(days=60), governs=["refunds.entitle"])
    for role in ("SU", "TL"):
        actions.take_exam(first.exam.pk, answers=[{1}, {0, 1}], by=people[role].actor(), now=now)
    actions.begin_version(first.article_id, by=people["QA"].actor(), now=now)

    lead = open_page()
    sign_in(lead, people["TL"])
    lead.goto(f"{desk}/knowledge/?open={code_in('article', first.article_id)}")
    expect(lead.locator("#detail")).to_contain_text("There is a draft")
    assert_no_axe_violations(lead)
    lead.keyboard.press("p")
    lead.locator("#dialog").get_by_role("button", name="Publish").click()
    expect(lead.locator("#detail")).to_contain_text("v2")
    expect(lead.locator("#detail")).not_to_contain_text("There is a draft")

    agent = open_page(width=390)
    sign_in(agent, people["SU"])
    agent.goto(f"{desk}/")
    expect(agent.locator("[data-exam]")).to_contain_text("5 days left")
    waits = Person.objects.get(pk=people["SU"].pk)
    waits.due_exams[0]["withheld_from"] = (now - timedelta(hours=1)).isoformat()  # the notice is over
    waits.save(update_fields=["due_exams"])
    agent.goto(f"{desk}/")
    expect(agent.locator("[data-exam]")).to_contain_text("Until you pass it, this rests")
    agent.locator("[data-exam]").get_by_role("link", name="Take the exam").click()
    agent.get_by_label("two", exact=True).check()
    for right in ("what was paid twice", "what was paid by mistake"):
        agent.get_by_label(right).check()
    assert_no_axe_violations(agent)
    agent.get_by_role("button", name="Hand it in").click()
    expect(agent.get_by_role("status").first).to_contain_text("Passed")
    assert people["SU"].pk in [
        each.person_id for each in first.article.versions.get(number=2).exam.attempts.all()
    ]
    assert Person.objects.get(pk=people["SU"].pk).actor().may("refunds.entitle")

    by = people["SU"].actor()
    case = cases.open_case(
        market="GH", channel="phone", contact="233244123456", text="Where is my money?", by=WORKER, now=now
    )
    cases.link(case.pk, kind="payment", object_id=payment.pk, by=by, now=now)
    cases.log_call(case.pk, outcome="answered", text="Told the balance.", called_us=True, by=by, now=now)
    review = actions.ask_review(case.pk, by=people["QA"].actor(), now=now)

    quality = open_page()
    sign_in(quality, people["QA"])
    quality.goto(f"{desk}/reviews/?open={code_in('review', review.pk)}")
    shown = quality.locator("#detail")
    expect(shown).to_contain_text("Told the balance.")
    assert_no_axe_violations(quality)
    for item in DELIVERED:
        mark = "No" if item.code == "identity" else "Yes"
        group = shown.get_by_role("group").filter(has_text=item.words)
        group.get_by_label(mark, exact=True).check()
    shown.get_by_label("Policy not followed").check()
    shown.get_by_label("To Samuel Support").fill("Verify before you tell a balance.")
    shown.get_by_role("button", name="Score", exact=True).click()
    expect(shown).to_contain_text("Critical item failed")
    scored = Review.objects.get(pk=review.pk)
    assert (scored.percent, scored.critical_failed, scored.followed) == (0, True, "no")

    agent.goto(f"{desk}/reviews/")
    expect(agent.get_by_role("region", name="Reviews")).to_contain_text("Critical")
