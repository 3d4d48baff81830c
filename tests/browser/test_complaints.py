"""A complaint specialist's morning: takes a suggestion, names a cause, opens an incident, tells everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.incidents.models import Broadcast, Incident
from paydesk.domain.incidents.tasks import look_for_incidents, tell_everybody
from paydesk.domain.triage import actions as triage
from paydesk.domain.triage.models import CategoryModel
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage
from tests.browser.people import make_person
from tests.builders import WORKER

SAID = "Mobile money says declined when I pay you, since this morning"


def complaints() -> list[Case]:
    """Eight complaints of the last half hour that say the same, each with what the desk thinks of it."""
    now = timezone.now()
    model = CategoryModel.objects.create(
        state="ready", asked_by="system:worker", asked_at=now, learnt_at=now, document_id=1, cases=64
    )
    made = []
    for number in range(8):
        case = cases.open_case(
            market="GH", channel="email", contact=f"w{number}@mail.example", text=f"{SAID} ({number})",
            is_complaint=True, by=WORKER, now=now - timedelta(minutes=30 - number),
        )  # fmt: skip
        top = [
            {"category": "paying.failed_but_debited", "confidence": 712, "words": ["declined"], "similar": []}
        ]
        triage.keep_suggestion(
            case.pk, model_id=model.pk, top=top, fill="", why="Unsure: 71% sure.", by=WORKER, now=now
        )
        made.append(case)
    look_for_incidents(now)
    return made


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
def test_a_queue_of_complaints_becomes_an_incident_and_everybody_is_told(
    desk: str, open_page: OpenPage, sign_in: Callable[[Page, Person], None]
) -> None:
    made = complaints()
    specialist = make_person("Dora Complaints", "SU", markets="GH")
    page = open_page()
    sign_in(page, specialist)
    page.goto(f"{desk}/cases/?view=new&open={code(made[0])}")
    shown, dialog = page.locator("#detail"), page.locator("#dialog")
    expect(shown.get_by_label("What it may be about")).to_contain_text("71.2 %")
    page.keyboard.press("7")
    expect(shown.get_by_label("What it may be about")).to_contain_text("Chosen")
    page.keyboard.press("s")
    dialog.get_by_label("Root cause").select_option("provider_outage")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("Outage of a provider")
    incident = Incident.objects.get()
    shown.get_by_role("link", name="INC-").click()
    expect(shown).to_contain_text("8 cases of the last 60 minutes say the same")
    assert_no_axe_violations(page)

    page.keyboard.press("p")
    dialog.get_by_label("What happened, in a few words").fill("Wallet declines all payments")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("Yours")
    page.keyboard.press("r")
    dialog.get_by_label("What everybody is told").fill("The wallet works again. Please pay once more.")
    page.keyboard.press("Control+Enter")
    tell = dialog.get_by_role("button", name="Tell 8 people")
    expect(tell).to_be_visible()
    assert_no_axe_violations(page)
    tell.click()
    expect(dialog).to_be_hidden()
    expect(shown).to_contain_text("8 to be told")
    tell_everybody({"broadcast_id": Broadcast.objects.get(incident=incident).pk})
    assert Message.objects.filter(direction="out", text__startswith="The wallet works").count() == 8
    assert Case.objects.get(pk=made[0].pk).root_cause == "provider_outage"

    phone = open_page(390, "dark")
    sign_in(phone, specialist)
    phone.goto(f"{desk}/causes/")
    expect(phone.locator("#causes")).to_contain_text("Outage of a provider")
    assert_no_axe_violations(phone)
    wide = phone.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
