"""A lead says where cases go; a mail and a call say whose they are and why; without a rule nobody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions as cases
from paydesk.domain.routing.tasks import route_cases
from paydesk.foundation.people.models import Person, Team
from paydesk.web.addresses import code_in
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER


def test_a_rule_is_made_and_cases_say_where_they_went_and_why(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    team = Team.objects.create(name="Complaints")
    lead, agent = make_person("Tess Lead", "TL"), make_person("Samuel Support", "SU")
    Person.objects.filter(pk=agent.pk).update(team=team)

    at_lead, at_agent = open_page(), open_page(width=390)
    sign_in(at_lead, lead)
    at_lead.goto(f"{desk}/routing/")
    at_lead.get_by_role("link", name="Add a rule…").click()
    dialog = at_lead.locator("#dialog")
    dialog.get_by_label("Goes to").select_option("Complaints")
    dialog.get_by_role("button").last.click()
    expect(at_lead.locator("table").first).to_contain_text("every case")

    sign_in(at_agent, agent)
    at_agent.goto(f"{desk}/routing/")
    at_agent.get_by_role("button", name="I take cases").click()
    expect(at_agent.get_by_role("button", name="Take no more cases")).to_be_visible()

    why = "Samuel Support: team Complaints, {} open of 12."
    for number, (channel, contact) in enumerate((("email", "ama@mail.example"), ("phone", "")), 1):
        opened = arrives(channel, contact)
        assert route_cases(timezone.now()) == 1
        at_lead.goto(f"{desk}/cases/{opened}/")
        work = at_lead.get_by_label("Owner and next step")
        expect(work).to_contain_text("Samuel Support works on it")
        expect(work).to_contain_text(f"Routed here. {why.format(number)}")
        expect(at_lead.locator("#said-list")).to_contain_text(f"Routed. {why.format(number)}")
        at_agent.goto(f"{desk}/cases/{opened}/")
        expect(at_agent.get_by_label("Owner and next step")).to_contain_text("Yours")
        expect(at_agent.get_by_label("Owner and next step")).to_contain_text(why.format(number))
    assert_no_axe_violations(at_agent)

    at_agent.get_by_role("button", name="Let it go").click()
    expect(at_agent.get_by_label("Owner and next step")).not_to_contain_text("Routed here.")
    expect(at_agent.locator("#said-list")).to_contain_text("Routed. Samuel Support")

    at_lead.goto(f"{desk}/routing/")
    at_lead.get_by_role("button", name="Take away").click()
    at_lead.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(at_lead.get_by_text("There is no rule")).to_be_visible()
    left = arrives("email", "kofi@mail.example")
    assert route_cases(timezone.now()) == 0
    at_lead.goto(f"{desk}/cases/{left}/")
    expect(at_lead.get_by_label("Owner and next step")).to_contain_text("Nobody owns it yet")
    expect(at_lead.get_by_label("Owner and next step")).not_to_contain_text("Routed")


def arrives(channel: str, contact: str) -> str:
    """The code of a case that came a quarter of an hour ago, when whoever answers a call had taken it."""
    then = timezone.now() - timedelta(minutes=15)
    case = cases.open_case(
        market="GH", channel=channel, text="Where is my money?", contact=contact, by=WORKER, now=then
    )
    return code_in("case", case.pk)
