"""What is asked for from a case, on any screen: which case, and what whoever asks has to prove first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from paydesk.domain.cases.hearing import known_where_asked
from paydesk.domain.cases.identity import VERBS, why_not
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.states import OPEN
from paydesk.web.access import actor_of
from paydesk.web.answers import came_from
from paydesk.web.cases.shown import case_or_404

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case


@dataclass(frozen=True, slots=True)
class Proof:
    """What is not proved yet: why it matters, and the dialog that proves it ("" where none would help)."""

    why: str
    url: str = ""


def proof_missing(case: Case | None, verb: str, *, level: str = "") -> Proof | None:
    """Why a verb of identity.VERBS is not done for whoever is talking; None where it may, or for no case.

    `level` is how well they are known where they are answered, for what leaves as an answer.
    """
    if case is None:
        return None
    why = why_not(verb, level=level or known_where_asked(case), party_role=case.party_role)
    if not why:
        return None
    if case.party_role == "third_party" or case.state not in OPEN:
        return Proof(why)
    return Proof(why, f"{reverse('cases:act', args=[code(case), 'verify'])}?{urlencode({'for': verb})}")


def lead_of(case: Case, verb: str) -> str:
    """What the dialog that proves somebody begins with where it was opened for a verb."""
    missing = proof_missing(case, verb) if verb in VERBS else None
    return missing.why if missing else ""


def from_case(address: str, case: Case) -> str:
    """The address of a verb, with the case it is asked for from."""
    return f"{address}?{urlencode({'case': code(case)})}"


def case_in(request: HttpRequest) -> Case | None:
    """The case a verb is asked for from: named in the address or form, else the one its dialog stands on."""
    if not hasattr(request, "asked_from"):
        named = request.POST.get("case") or request.GET.get("case") or _opened_at(came_from(request, ""))
        request.asked_from = case_or_404(actor_of(request), named) if named else None  # type: ignore[attr-defined]
    found: Case | None = request.asked_from  # type: ignore[attr-defined]
    return found


def _opened_at(address: str) -> str:
    """The code of the case that a page of ours shows; "" where it shows none."""
    parts = urlsplit(address)
    try:
        page = resolve(parts.path)
    except Resolver404:
        return ""
    if page.view_name == "cases:inbox":
        return parse_qs(parts.query).get("open", [""])[0]
    return str(page.kwargs.get("public_code", "")) if page.view_name == "cases:page" else ""
