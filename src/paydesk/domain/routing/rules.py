"""Decisions about routing in plain Python: which rule fits a case, who of a team gets it, in what words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HERE_WITHIN = timedelta(minutes=15)  # whoever was at the desk since is at work
SETTLES = timedelta(
    seconds=20
)  # so long a new case is left alone, until it is sorted where the desk does that
OPENER_FIRST = timedelta(minutes=10)  # so long whoever opened it by hand or on the phone may take it
STALE_AFTER = timedelta(minutes=30)  # they wait for an answer so long and the owner is away
AWAY_SECONDS = 8 * 3600  # of office hours without a sign of the owner
MOST_OPEN, HIGHEST_CAP = 12, 200
BY_HAND = ("by_hand", "phone")


@dataclass(frozen=True, slots=True)
class About:
    """What rules look at in a case."""

    market: str
    channel: str
    category: str
    language: str
    severity: int  # 0 is the lowest
    mailbox_id: int | None
    is_complaint: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """One rule: what is empty fits every case. Without a team the case stays for whoever takes it."""

    rule_id: int
    team_id: int | None
    market: str = ""
    channel: str = ""
    category: str = ""
    language: str = ""
    severity: int = 0
    mailbox_id: int | None = None
    complaints_alone: bool = False

    def fits(self, case: About) -> bool:
        return (
            self.market in ("", case.market)
            and self.channel in ("", case.channel)
            and within(case.category, [self.category] if self.category else [])
            and self.language in ("", case.language)
            and case.severity >= self.severity
            and self.mailbox_id in (None, case.mailbox_id)
            and (case.is_complaint or not self.complaints_alone)
        )


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who is at work and takes cases; of the skills nothing said means all."""

    person_id: int
    team_id: int | None
    open: int
    most: int
    markets: Collection[str] | None = None  # None: all
    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    had_last_at: datetime | None = None

    def can(self, case: About) -> bool:
        """Whether this is somebody for such a case at all, busy or not."""
        return (
            (self.markets is None or case.market in self.markets)
            and (not self.languages or case.language in self.languages)
            and (not case.category or within(case.category, self.categories))
        )


def within(category: str, of: Collection[str]) -> bool:
    """Whether a category is one of these or in a group of these ("refund" holds "refund.late")."""
    return not of or any(category == each or category.startswith(f"{each}.") for each in of)


def first_fitting(rules: Sequence[Terms], case: About) -> Terms | None:
    """The first rule that fits; None where nothing is said of such a case."""
    return next((rule for rule in rules if rule.fits(case)), None)


def choose(takers: Iterable[Taker], team_id: int, case: About, *, but: Collection[int] = ()) -> Taker | None:
    """Who gets it: in the team, able to, below their cap, with the least open; in turn among equals.

    `but` are people who had it already and let it go.
    """
    free = [
        each for each in takers
        if each.team_id == team_id and each.open < each.most and each.person_id not in but and each.can(case)
    ]  # fmt: skip
    return min(
        free,
        key=lambda each: (each.open, each.had_last_at.timestamp() if each.had_last_at else 0, each.person_id),
        default=None,
    )


def is_due(channel: str, opened_at: datetime, now: datetime) -> bool:
    """Whether a case that nobody owns is old enough to be routed."""
    return now - opened_at >= (OPENER_FIRST if channel in BY_HAND else SETTLES)


def why_not_kept(*, most: int, languages: Collection[str], known: Collection[str]) -> str:
    """Why this cannot be kept of somebody who takes cases; "" where it can."""
    if not 1 <= most <= HIGHEST_CAP:
        return f"At once a person has between 1 and {HIGHEST_CAP} cases."
    if unknown := set(languages) - set(known):
        return f"The desk does not answer in {', '.join(sorted(unknown))}."
    return ""
