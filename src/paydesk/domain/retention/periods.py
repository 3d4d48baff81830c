"""How long we keep what, by country, and what says so: every period of ours and every law behind one.

A law stands here only where its section and its years are known; everything else is company policy and says
so. Whoever knows better sets a rule on the screen of retention, which counts before these. What laws of
laundering ask for binds reporting and accountable institutions: ask counsel whether you are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

YEAR = 365
_LOOKED_UP_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Law:
    """A section that asks for a class of data to be kept at least so long in a market, from `counted`."""

    market: str
    data_class: str
    name: str
    section: str
    years: int
    counted: str

    @property
    def in_words(self) -> str:
        return f"{self.name}, section {self.section}: at least {self.years} years {self.counted}"


LAWS = (
    Law("GH", "books", "Anti-Money Laundering Act 2020 (Act 1044)", "32", 5, "after the transaction"),
    Law(
        "KE", "books", "Proceeds of Crime and Anti-Money Laundering Act 2009", "46", 7,
        "after the transaction or the end of the account",
    ),
    Law(
        "NG", "books", "Companies and Allied Matters Act 2020", "375(2)", 6, "from the day a record is made"
    ),
    Law(
        "NG", "books", "Money Laundering (Prevention and Prohibition) Act 2022", "8", 5,
        "after the transaction or the end of the relation",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """What we keep how long before anybody sets it otherwise; `market` is "" for every market."""

    data_class: str
    market: str
    keep_days: int
    source: str
    is_cautious: bool = False
    source_on: date = _LOOKED_UP_ON


_OURS = "Company policy: no longer than the work needs it"
_CONTESTED = "Company policy: as long as a payment can be contested, and no longer"
_LONG = "Company policy: no law that sets it is known to us; to be confirmed by counsel"
_LONGER = "Company policy, longer than the law below asks; to be confirmed by counsel"


def _by(law: Law) -> Period:
    return Period(law.data_class, law.market, law.years * YEAR, f"{law.name}, section {law.section}")


PERIODS = (
    Period("drafts", "", 30, _OURS),
    Period("case_text", "", 7 * YEAR, _LONG, is_cautious=True),
    Period("case_files", "", 7 * YEAR, _LONG, is_cautious=True),
    Period("identity_files", "", 2 * YEAR, _CONTESTED),
    Period("mail_left", "", 90, _OURS),
    Period("packs", "", 90, _OURS),
    Period("working_papers", "", YEAR, _OURS),
    Period("books", "", 10 * YEAR, _LONG, is_cautious=True),
    Period("books", "GH", 10 * YEAR, _LONGER, is_cautious=True),  # other laws may ask for more
    _by(LAWS[1]),
    _by(LAWS[2]),
)


def laws_on(data_class: str, market: str) -> tuple[Law, ...]:
    """What the law of a market asks for of a class, the longest first."""
    found = [law for law in LAWS if (law.data_class, law.market) == (data_class, market)]
    return tuple(sorted(found, key=lambda law: -law.years))
