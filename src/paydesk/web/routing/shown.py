"""Rules, people and what was routed, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from paydesk.domain.cases.rules import CHANNELS
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.web.language import spoken

if TYPE_CHECKING:
    from paydesk.domain.routing.models import CaseTaker, Routed, RoutingRule


def conditions(rule: RoutingRule, categories: Mapping[str, str], markets: Mapping[str, str]) -> str:
    """Which cases a rule fits: "Ghana, E-mail, French"; "every case" where it names nothing."""
    said = [
        markets.get(rule.market, rule.market),
        spoken(CHANNELS[rule.channel]) if rule.channel else "",
        rule.mailbox.address if rule.mailbox else "",
        categories.get(rule.category, rule.category),
        spoken(LANGUAGES.get(rule.language, rule.language)) if rule.language else "",
        _("at least %s") % spoken(rule.severity) if rule.severity else "",
        _("complaints") if rule.complaints_alone else "",
    ]
    return ", ".join(each for each in said if each) or _("every case")


def skills(row: CaseTaker | None, groups: Mapping[str, str]) -> str:
    """What somebody answers in and knows about; "everything" where nothing was said."""
    said = [*(row.languages if row else ()), *(row.categories if row else ())]
    words = [spoken(LANGUAGES.get(each, groups.get(each, each))) for each in said]
    return ", ".join(words) or _("everything")


def why_it_is_here(routed: Sequence[Routed], owner_id: int | None) -> str:
    """Why a case is with whom it is, of what was decided of it, the latest first; "" where a person decided
    otherwise since."""
    is_so = bool(routed) and routed[0].person_id == owner_id
    return why(routed[0]) if is_so else ""


def why(routed: Routed) -> str:
    """Why a case went where it went, in one sentence: "Ama: team Complaints, speaks French, 3 open of 12"."""
    known: Any = routed
    team = _("team %s") % known.team.name
    if known.person is None:
        return _("Waits for %s: nobody of it is there who can take it.") % team
    said = [team]
    if known.language:
        said.append(_("speaks %s") % spoken(LANGUAGES.get(known.language, known.language)))
    said.append(_("%(open)s open of %(most)s") % {"open": known.open, "most": known.most})
    if known.instead_of is not None:
        said.append(_("instead of %s, who is away") % known.instead_of.name)
    return f"{known.person.name}: {', '.join(said)}."
