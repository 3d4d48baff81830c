"""How cases are routed in the demo company: two rules; nobody takes cases until they press the switch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from paydesk.domain.routing.actions import save_rule, set_taker
from paydesk.domain.routing.queries import teams_to_choose
from paydesk.kernel.actor import Actor


def routing_by_morning(people: Mapping[str, Actor], at: datetime) -> None:
    """Refunds go to the front line, what was paid and is not there to the back office."""
    lead = people["TL"]
    teams = {each.name: each.pk for each in teams_to_choose()}
    for place, (category, team) in enumerate(
        (("refund", "Demo front line"), ("paying", "Demo back office")), 1
    ):
        save_rule(place=place, category=category, team_id=teams.get(team), by=lead, now=at)
    for role, most in (("SU", 12), ("AN", 8)):
        person_id = people[role].id
        assert person_id is not None, "people of the demo company are people"
        set_taker(person_id, takes=False, most=most, languages=["en", "fr"], by=lead, now=at)
