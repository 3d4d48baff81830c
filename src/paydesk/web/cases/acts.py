"""The buttons of a case: what is done most often in sight, the rest in a menu; every key works either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.kernel.actor import Actor
from paydesk.web.access import gate
from paydesk.web.cases.deeds import DEEDS
from paydesk.web.cases.shown import WORK
from paydesk.web.risk.of_case import buttons_of

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

OFTEN = ("reopen", "part", "verify", "sort", "wait")
OFTEN_BY_PHONE = ("reopen", "part", "call", "verify", "sort")
FEW = 4  # as many stand in sight together rather than behind a menu
REVIEW = "reviews.score"
NO_PAYMENT = "Say first which payment it is about: money goes back on a payment."


@dataclass(frozen=True, slots=True)
class Act:
    """One button of a case, or one line of its menu. `blocked` says why it cannot be pressed."""

    name: str
    label: str
    url: str
    key: str = ""
    blocked: str = ""


def acts_of(
    case: Case, actor: Actor, *, but: str = "", no_payment: bool = False
) -> tuple[list[Act], list[Act]]:
    """What stands in sight and what stands in the menu, in the order of the work. No query.

    `but` is the act that stands as the primary button; `no_payment` says that the case is about none.
    """
    here, blocked = code(case), gate(actor, WORK).reason
    found = [
        Act(deed.name, f"{deed.label}…", reverse("cases:act", args=[here, deed.name]), deed.key, blocked)
        for deed in DEEDS.values()
        if case.state in deed.states and deed.fits(case)
    ]
    if case.state in OPEN:
        found.append(Act("split", "Split off…", reverse("cases:split", args=[here]), "", blocked))
        found.append(Act("text", "Text message…", reverse("text_messages:choose", args=[here]), "", blocked))
    if case.state in OPEN and no_payment:
        found.append(Act("refund", "Refund…", "", "", NO_PAYMENT))
    found += [
        Act(button.name, f"{button.label}…", url, button.key, why)
        for button, url, why in buttons_of(here, actor)
    ]
    if actor.may(REVIEW):
        ask = f"{reverse('reviews:choose')}?{urlencode({'case': here})}"
        found.append(Act("review", "Review this case…", ask, "", gate(actor, REVIEW).reason))
    others = [each for each in found if each.name != but]
    return _parted(others, OFTEN_BY_PHONE if case.channel == "phone" else OFTEN)


def _parted(found: Sequence[Act], often: Sequence[str]) -> tuple[list[Act], list[Act]]:
    if len(found) <= FEW:
        return list(found), []
    ranked = [each for name in often for each in found if each.name == name]
    in_sight = ranked or list(found[:1])
    return in_sight, [each for each in found if each not in in_sight]
