"""How long each class of data is kept, from when, by which source; decisions in plain Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from paydesk.domain.retention.periods import PERIODS, YEAR, Law, laws_on

PACKS = {"evidence": "Evidence pack", "person": "What we keep of a person"}

# What is looked at each night, in this order, and from which day its time counts.
CLASSES = {
    "drafts": "Answers begun and never sent, since they were last touched",
    "case_text": "Words, names and addresses of closed cases, since they were closed",
    "case_files": "Attachments and mails as they came, of closed cases, since they were closed",
    "identity_files": "Identity documents among the files of closed cases, since they were closed",
    "mail_left": "Mails that led to no case, since they came",
    "packs": "Packs that were put together, since they were made",
    "working_papers": "Documents marked as working papers, since they were stored",
    "books": "Payments, postings, statements and their files, since the end of the year they belong to",
}
ERASED_BY_NIGHT = (
    "drafts", "case_text", "case_files", "identity_files", "mail_left", "packs", "working_papers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """How long, and what says so. `is_cautious`: no law was found and the longer time was taken."""

    data_class: str
    market: str
    keep_days: int
    source: str
    source_on: date
    is_cautious: bool

    @property
    def words(self) -> str:
        return CLASSES[self.data_class]


def default_of(data_class: str, market: str) -> Kept:
    """Ours: the period of the market where there is one, else that of every market."""
    of_class = {each.market: each for each in PERIODS if each.data_class == data_class}
    each = of_class.get(market, of_class[""])
    return Kept(data_class, each.market, each.keep_days, each.source, each.source_on, each.is_cautious)


def schedule_of(market: str, rows: Iterable[Kept]) -> dict[str, Kept]:
    """What holds in a market, by class: its own newest row, else the newest for all markets, else ours.

    `rows` are those that were set, oldest first.
    """
    found = {name: default_of(name, market) for name in CLASSES}
    set_rows = list(rows)
    for wanted in ("", market):
        found |= {each.data_class: each for each in set_rows if each.market == wanted}
    return found


def shortfall(kept: Kept, market: str) -> Law | None:
    """The law of a market that asks for more than this; None where none is known to."""
    return next((law for law in laws_on(kept.data_class, market) if kept.keep_days < law.years * YEAR), None)


def problem_with_rule(data_class: str, keep_days: int, source: str, source_on: date, today: date) -> str:
    """Why this cannot be set; "" where it can."""
    if data_class not in CLASSES:
        return "Choose the class of data from the list."
    if not 1 <= keep_days <= 100 * YEAR:
        return "Say for how many days it is kept, from 1 to 36,500."
    if len(source.strip()) < 5:
        return "Name the source: the law and its section, or the decision of the company."
    if source_on > today:
        return "The day of the source is still to come."
    return ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against erasing somebody now."""

    owed: tuple[str, ...] = ()
    ours_to_pay: tuple[str, ...] = ()
    open_cases: tuple[str, ...] = ()
    open_refunds: tuple[str, ...] = ()
    enforced: tuple[str, ...] = ()
    holds: int = 0
    on_the_way: tuple[str, ...] = ()
    also_customers: tuple[str, ...] = ()
    unread_mail: bool = False


def why_not_erased(standing: Standing) -> list[str]:
    """Each reason against erasing somebody, as a sentence; none where they can be erased."""
    found = []
    if standing.holds:
        found.append("A legal hold is on them: it has to be lifted by a second person first.")
    if standing.owed:
        found.append(f"They still owe {', '.join(standing.owed)}.")
    if standing.ours_to_pay:
        found.append(f"We still hold money of theirs: {', '.join(standing.ours_to_pay)}.")
    if standing.open_refunds:
        found.append(f"Refunds to them are on their way: {', '.join(standing.open_refunds)}.")
    if standing.on_the_way:
        found.append(f"Withdrawals of theirs are on their way: {', '.join(standing.on_the_way)}.")
    if standing.open_cases:
        found.append(f"Cases of theirs are open: {', '.join(standing.open_cases)}.")
    if standing.enforced:
        found.append(f"Risk holds something against them: {', '.join(standing.enforced)}.")
    if standing.also_customers:
        found.append(
            f"They are our customer {', '.join(standing.also_customers)} as well: ask for it there, it takes "
            "what they sell along."
        )
    if standing.unread_mail:
        found.append("A mail of theirs has just come and is not read yet: try again in a minute.")
    return found


def run_hash(previous: str, number: int, at: str, erased: Mapping[str, Any], held: Mapping[str, Any]) -> str:
    """The hash of a night's run, over the one before it: what ran cannot be changed or taken out unseen."""
    told = json.dumps([previous, number, at, dict(erased), dict(held)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
