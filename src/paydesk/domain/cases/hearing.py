"""What whoever a case is with may hear and have done: as far as they are known, and of their own alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from paydesk.domain.cases.asks import Fact, Link, facts_about, owner_of, said_in
from paydesk.domain.cases.identity import NOBODYS, level_on, why_not_theirs
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import link_pairs
from paydesk.domain.cases.reached_by import channel_of_answer
from paydesk.domain.cases.rules import Level, may_hear


def known_where_answered(case: Case, now: datetime) -> str:
    """How well whoever a case is with is known on the channel on which they are answered."""
    return level_on(case.level, case.level_channel, channel_of_answer(case, now))


def known_where_asked(case: Case) -> str:
    """How well whoever a case is with is known on the channel on which they last spoke to us."""
    return level_on(case.level, case.level_channel, case.asks_on or case.level_channel)


def facts_for(case: Case, links: Iterable[Link], now: datetime, *, channel: str) -> list[tuple[Fact, str]]:
    """Every fact of what a case is about, in the language they are answered in, each with why they may not
    hear it on `channel`, or ""."""
    about = list(links)
    level = level_on(case.level, case.level_channel, channel)
    return [
        (replace(fact, value=said_in(fact.value, case.language)), _why_not_heard(case, fact, level, theirs))
        for link in about
        for theirs in [_why_not(case, link, about)]
        for fact in facts_about([link], now)
    ]


def _why_not_heard(case: Case, fact: Fact, level: str, theirs: str) -> str:
    if fact.level == Level.UNVERIFIED:
        return may_hear(level, fact.level, case.party_role)
    known = may_hear(level, fact.level, case.party_role)
    is_said = case.customer_id is not None and case.party_role != "third_party"
    return (theirs or known) if is_said else (known or theirs)


def why_not_for(case: Case, about: Sequence[Link]) -> str:
    """Why nothing is done with these for whoever a case is with; "" where one of them at least is theirs.

    What is known of nobody has to be what the case is confirmed to be about.
    """
    confirmed = link_pairs(case.pk)
    whys = [
        _why_not(case, link, confirmed) if owner_of(link) or link in confirmed else NOBODYS for link in about
    ]
    return "" if "" in whys or not whys else whys[0]


def _why_not(case: Case, link: Link, about: Sequence[Link]) -> str:
    """Why a thing is not theirs, in a case about `about`."""
    owner = owner_of(link)
    of_parties = (owner_of(each) for each in about) if owner and owner[0] == "party" else ()
    return why_not_theirs(
        owner, customer_id=case.customer_id, party_role=case.party_role,
        parties=[each[1] for each in of_parties if each is not None and each[0] == "party"],
    )  # fmt: skip
