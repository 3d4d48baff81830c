"""What cases ask of the packages above: what a text refers to, what is true of it, what blocks.

A package registers its answers in AppConfig.ready(); cases know links (kind, id), not what is behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.domain.cases.rules import Level
from paydesk.kernel.account_ends import Told, told_in
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import number_of

Link = tuple[str, int]
MOST_CODES = 50


@dataclass(frozen=True, slots=True)
class Reference:
    """Something a text refers to. `is_certain` where it bears the very number and nothing else does."""

    link: Link
    found_as: str
    text: str
    is_certain: bool
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of a link at `as_of`, in words a customer may read, and who may hear it."""

    name: str
    words: str
    value: str
    as_of: datetime
    level: Level = Level.TWO_FACTS


@dataclass(frozen=True, slots=True)
class Compensation:
    """Money that was given, is asked for or is contested about a link, so that it is not given twice.

    `code` names it ("REF-…"), `what` and `stands` say it in words; `is_open` while somebody still decides.
    Where it `stops`, nothing else is given while it is open: it may go to the payer by itself.
    """

    link: Link
    code: str
    what: str
    amount: Money
    stands: str
    at: datetime
    is_open: bool
    stops: bool = False

    @property
    def sentence(self) -> str:
        return f"{self.code}: {self.what} of {self.amount}, {self.stands}, {self.at:%-d %B %Y}."


Owner = tuple[str, int]  # ("customer", 5), or ("party", 5) for a seller or merchant
FindsReferences = Callable[[str, Actor, str], Iterable[Reference]]
FindsAccounts = Callable[[Told, int | None, Actor, str], Iterable[Reference]]
TellsFacts = Callable[[int, datetime], Iterable[Fact]]
TellsOwner = Callable[[int], Owner | None]
TellsAmount = Callable[[int], Money | None]
Blocks = Callable[[int], Sequence[str]]
KnowsNumber = Callable[[str], bool]
TellsNamedFact = Callable[[str, datetime], Fact | None]
SaysFacts = Callable[[str, str], str]
TellsCompensations = Callable[[Sequence[Link], datetime], Iterable[Compensation]]

_finders: dict[str, FindsReferences] = {}
_by_account: dict[str, FindsAccounts] = {}
_tellers: dict[str, TellsFacts] = {}
_owners: dict[str, TellsOwner] = {}
_amounts: dict[str, TellsAmount] = {}
_blocks: dict[str, Blocks] = {}
_numbers: dict[str, KnowsNumber] = {}
_named: dict[str, TellsNamedFact] = {}
_compensations: dict[str, TellsCompensations] = {}
_of_parties: set[str] = set()
_with_clocks: set[str] = set()
_says: list[SaysFacts] = []


def finds_references(name: str, finder: FindsReferences) -> None:
    """Register finder(text, actor, market); registered twice under one name it counts once."""
    _finders[name] = finder


def finds_accounts(name: str, finder: FindsAccounts) -> None:
    """Register finder(told, customer, actor, market) for what was paid from or to a named account."""
    _by_account[name] = finder


def tells_facts(kind: str, teller: TellsFacts) -> None:
    """Register teller(id, now) for links of `kind`; its facts have names that begin with the kind."""
    _tellers[kind] = teller


def tells_owner(kind: str, teller: TellsOwner) -> None:
    """Register teller(id): whose a thing of `kind` is, None while that is known of nobody."""
    _owners[kind] = teller


def blocks_resolving(kind: str, blocks: Blocks) -> None:
    """Register blocks(id): sentences for what has to end before a case about this may be resolved."""
    _blocks[kind] = blocks


def knows_numbers(name: str, knows: KnowsNumber) -> None:
    """Register knows(digits): whether digits that look like a card number are a reference of ours."""
    _numbers[name] = knows


def tells_compensations(name: str, teller: TellsCompensations) -> None:
    """Register teller(links, now): what was given or is asked for about payments, contracts or cases."""
    _compensations[name] = teller


def belongs_to_party(kind: str) -> None:
    """Register that things of `kind` are of a seller or merchant: somebody without being a customer."""
    _of_parties.add(kind)


def clock_counts(kind: str) -> None:
    """Register that the clocks of things of `kind` count for the cases about them as their own do."""
    _with_clocks.add(kind)


def kinds_with_clocks() -> list[str]:
    """Kinds of things whose clocks count for the cases about them."""
    return sorted(_with_clocks)


def is_of_a_party(links: Iterable[Link]) -> bool:
    """Whether one of these is of a seller or merchant."""
    return any(kind in _of_parties for kind, _ in links)


def compensations_of(links: Iterable[Link], now: datetime) -> list[Compensation]:
    """What was given, is asked for or contested about any of these, each once, newest first."""
    asked = list(dict.fromkeys(links))
    found = (
        {each.link: each for teller in _compensations.values() for each in teller(asked, now)}
        if asked
        else {}
    )
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def stopping(found: Iterable[Compensation]) -> str:
    """Codes of those beside which nothing may be given, "" where there are none."""
    return ", ".join(each.code for each in found if each.stops)


def tells_named_fact(kind: str, teller: TellsNamedFact) -> None:
    """Register teller(name, now) for facts that hang on no link, whose names begin with `kind` and a dot."""
    _named[kind] = teller


def named_facts(names: Iterable[str], now: datetime) -> list[Fact]:
    """Those of `names` that hang on no link and are so now: an article that an answer cites."""
    tellers = ((name, _named.get(name.partition(".")[0])) for name in names)
    return [fact for name, teller in tellers if teller and (fact := teller(name, now))]


def is_our_number(digits: str) -> bool:
    """Whether these digits are a reference of our own, so that they are kept as they are."""
    return any(knows(digits) for knows in _numbers.values())


def codes_in(prefix: str, text: str) -> dict[int, str]:
    """Our codes of one kind in a text ("REF-0000123"): the row's id, and the code as it is written there."""
    words = re.findall(rf"\b{prefix}-[0-9A-Z]{{4,15}}\b", text[:100_000], re.IGNORECASE)[:MOST_CODES]
    found = {number_of(prefix, word): word for word in words}
    return {number: word for number, word in found.items() if number is not None and number < 2**63}


def references_in(text: str, by: Actor, market: str) -> list[Reference]:
    """What `text` refers to among what `by` may see in `market`; each link once, the certain first."""
    return _each_once(each for finder in _finders.values() for each in finder(text, by, market))


def named_by_account(
    text: str, by: Actor, market: str, *, customer_id: int | None, today: date
) -> list[Reference]:
    """What was paid from or to a bank account that `text` names, whole or by its end.

    Apart from `references_in`, which also tells strangers whether we know what they typed.
    """
    told = told_in(text, today)
    if not told.accounts:
        return []
    finders = _by_account.values()
    return _each_once(each for finder in finders for each in finder(told, customer_id, by, market))


def _each_once(references: Iterable[Reference]) -> list[Reference]:
    found: dict[Link, Reference] = {}
    for reference in references:
        known = found.get(reference.link)
        if known is None or (reference.is_certain and not known.is_certain):
            found[reference.link] = reference
    return sorted(found.values(), key=lambda each: not each.is_certain)


def facts_about(links: Iterable[Link], now: datetime) -> list[Fact]:
    """Every fact that is known of these links, in their order."""
    return [fact for kind, number in links if kind in _tellers for fact in _tellers[kind](number, now)]


def tells_amount(kind: str, teller: TellsAmount) -> None:
    """Register teller(id): how much money a thing of `kind` is about."""
    _amounts[kind] = teller


def amount_of(link: Link) -> Money | None:
    """How much money this is about; None where nobody can say."""
    kind, number = link
    return _amounts[kind](number) if kind in _amounts else None


def owner_of(link: Link) -> Owner | None:
    """Whose this is; None where it is nobody's, or of a kind that belongs to nobody."""
    kind, number = link
    if kind in ("customer", "party"):
        return link
    return _owners[kind](number) if kind in _owners else None


def says_facts(says: SaysFacts) -> None:
    """Register says(value, language): a fact's value as whoever hears it reads it, itself where unknown."""
    _says[:] = [says]


def said_in(value: str, language: str) -> str:
    """A fact's value in this language."""
    return _says[0](value, language) if _says and language != "en" else value


def blocks_of(links: Iterable[Link]) -> list[str]:
    """Why a case about these links may not be resolved yet."""
    return [text for kind, number in links if kind in _blocks for text in _blocks[kind](number)]
