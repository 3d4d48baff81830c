"""What every template knows: the layout to extend, who is signed in, the places, whether data is invented."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from paydesk.foundation.people.authority import ROLES
from paydesk.web.access import actor_of
from paydesk.web.language import spoken, words_for_scripts
from paydesk.web.navigation import places_for, sections_of


def desk(request: HttpRequest) -> dict[str, Any]:
    """The variables of the layouts. Two queries for a signed-in person, four more where the rail is shown to
    say what waits there, none for a visitor."""
    htmx = getattr(request, "htmx", None)
    into_dialog = htmx is not None and htmx.target == "dialog-content"
    known: dict[str, Any] = {"layout": "dialog.html" if into_dialog else "base.html", "now": timezone.now()}
    person: Any = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return known
    actor = actor_of(request)
    places: Any = SimpleLazyObject(lambda: places_for(request, actor))  # a part of a page shows no rail
    return known | {
        "person": person,
        "actor": actor,
        "role_names": ", ".join(spoken(ROLES[code]) for code in person.role_codes),
        "market_names": spoken("All markets")
        if actor.markets is None
        else ", ".join(sorted(person.market_names.values())) or spoken("No market"),
        "scripts_say": words_for_scripts(),
        "places": places,
        "sections": SimpleLazyObject(lambda: sections_of(places)),
        "is_demo": person.is_demo,
    }
