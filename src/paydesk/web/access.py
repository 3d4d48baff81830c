"""Who is asking: the person behind a request as an Actor, and what they may do on a screen."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from paydesk.foundation.people.authority import ROLES, roles_with
from paydesk.kernel.actor import Actor
from paydesk.web.language import spoken

View = Callable[..., HttpResponseBase]
READS = ("GET", "HEAD")


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as they act now; made once in a request."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        person: Any = request.user
        actor = person.actor()
        if person.known and request.method in READS:  # what a page writes may be what it restricts
            actor = replace(actor, hidden=person.known.hidden)
        request.actor = actor  # type: ignore[attr-defined]
    return actor


def needs(right: str) -> Callable[[View], View]:
    """Let a view run only for people with `right`; others get the page that says who has it.

    The verb behind the view asks again, with the market: this is the early answer, not the guard.
    """

    def decorated(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor_of(request).needs(right)
            return view(request, *args, **kwargs)

        guarded.rights = (right, *declared_rights(view))  # type: ignore[attr-defined]
        return guarded

    return decorated


def declares(right: str) -> Callable[[View], View]:
    """Say that a view needs no right (""): what it shows is public or one's own. Every view says either.

    Every address is tested with every role: tests/test_rights_of_addresses.py.
    """
    assert right == "", "a right is asked for with `needs`"

    def decorated(view: View) -> View:
        @functools.wraps(view)
        def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        open_to_all.rights = ()  # type: ignore[attr-defined]
        return open_to_all

    return decorated


def declared_rights(view: View) -> tuple[str, ...]:
    """The rights a view says it needs; empty where it says none or nothing."""
    rights: tuple[str, ...] = getattr(view, "rights", ())
    return rights


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether an action is open to somebody, and if not, the sentence to show beside it."""

    allowed: bool
    reason: str = ""


def gate(actor: Actor, right: str) -> Gate:
    """May `actor` do what `right` names? If not, who can, or which exam comes first."""
    if due := actor.withheld_for(right):
        return Gate(False, due[0])
    if actor.may(right):
        return Gate(True)
    return Gate(False, _("Your role cannot do this. %s") % who_can(right))


def gate_to_ask(actor: Actor, right: str) -> Gate:
    """May `actor` do what `right` names, or ask for it? If not, who can."""
    asking = f"{right}:request"
    if not actor.may(right) and (due := actor.withheld_for(right) or actor.withheld_for(asking)):
        return Gate(False, due[0])
    if actor.may(right) or actor.may(asking):
        return Gate(True)
    return Gate(False, _("Your role cannot do this. %s") % who_can(right, asking))


def who_can(*rights: str) -> str:
    """A sentence that names the roles with one of `rights`: "Payments analyst or Team lead can."."""
    names = _roles(rights)
    return _("%s can.") % names if names else _("No role has this right.")


def who_decides(right: str) -> str:
    """What happens next with what waits for `right`: "Team lead or Finance controller decides."."""
    return _("%s decides.") % (_roles((right,)) or _("Nobody"))


def _roles(rights: Sequence[str]) -> str:
    able = {code for right in rights for code in roles_with(right)}
    names = [spoken(name) for code, name in ROLES.items() if code in able]
    return _(" or ").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
