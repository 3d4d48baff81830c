"""A policy changes, its exam is due and taken, the right is back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.quality import actions
from paydesk.foundation.people.models import Person
from paydesk.web.addresses import code_in
from paydesk.web.quality.tests.building import policy_in_force
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_policy_changes_and_its_exam_gives_the_right_back(
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
