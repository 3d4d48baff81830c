"""Bank accounts as people name them: a whole IBAN, or how it ends ("ending 4321", "se terminant par 4321").

Four digits are shared by one account in ten thousand: alone they say little, with an amount or a day a lot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paydesk.kernel.find_text import amounts_and_days
from paydesk.kernel.ibans import ibans_in

MOST_CHARACTERS = 20_000
MOST_ACCOUNTS = 20
END = 4  # digits

_ACCOUNT = r"(?:iban|bank|banque|benki|a/c|acct|account|compte|akaunti)"
_ENDS = (
    r"(?:end(?:s|ing)?(?:\s+(?:in|with|on))?|last\s+(?:four|4)(?:\s+digits)?(?:\s+(?:is|are))?"
    r"|se\s+termin(?:e|ant)\s+par|fini(?:t|ssant|ssent)\s+par|(?:quatre|4)\s+derniers\s+chiffres(?:\s+sont)?"
    r"|\w{1,8}(?:ishia|malizika)(?:\s+(?:na|kwa))?|mwisho\s+wa(?:\s+akaunti)?)"
)
# An ellipsis is an end whatever stands before it; stars alone may be a card's, so they need the word.
_COVERED = r"(?:[*x•#][*x•# -]{1,30}|…\s?|\.{3}\s?)"
_TAIL = r"(?P<end>[0-9]{4})(?![0-9])"
_NAMED = (
    re.compile(rf"(?<![^\W_]){_ENDS}\s*[:#]?\s*{_COVERED}?{_TAIL}", re.IGNORECASE),
    re.compile(rf"(?<![^\W_]){_ACCOUNT}\b[^\d\n*•#…]{{0,25}}?{_COVERED}{_TAIL}", re.IGNORECASE),
    re.compile(rf"(?:…|(?<![.\w])\.{{3}})\s?{_TAIL}"),
    re.compile(rf"(?<![^\W_])[A-Z]{{2}}(?:[0-9]{{2}}|[*•x]{{2}})\s{{0,2}}{_COVERED}{_TAIL}"),
)
_SOMETHING_ELSE = re.compile(
    r"(?<![^\W_])(?:cards?|cartes?|kadi|visa|mastercard|verve|phones?|mobile|momo|wallet|t[ée]l[ée]phone|simu"
    r"|orders?|commande|oda)(?![^\W_])[^.!?\n]{0,30}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """An account as it stands in a text: its last four digits, and the whole IBAN where it is written out."""

    text: str
    end: str
    whole: str = ""

    def may_be(self, account: str) -> bool:
        """Whether an account of the ledger, whole or masked itself, may be the one that is named."""
        known = "".join(account.split()).upper()
        return known == self.whole if self.whole and known.isalnum() else known.endswith(self.end)


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says of a payment: accounts, amounts in major units, days."""

    accounts: tuple[NamedAccount, ...]
    amounts: Collection[Decimal]
    days: Collection[date]


# By (whole account, amount, day): how sure it is, in the words whoever confirms it reads.
FOUND_AS = {
    (True, True, True): "bank account, amount and day",
    (True, True, False): "bank account and amount",
    (True, False, True): "bank account and day",
    (True, False, False): "bank account, one of several: weak",
    (False, True, True): "end of a bank account, amount and day",
    (False, True, False): "end of a bank account and amount",
    (False, False, True): "end of a bank account and day",
    (False, False, False): "end of a bank account alone: weak",
}
ONLY_ONE = "bank account"  # whole, and nothing else bears it


def told_in(text: str, today: date) -> Told:
    """The accounts a text names, and the amounts and days it says beside them; `today` as in `find_text`."""
    rest = text[:MOST_CHARACTERS]
    accounts: dict[tuple[str, str], NamedAccount] = {}
    for found, (start, end) in _named_in(rest):
        accounts.setdefault((found.end, found.whole), found)
        rest = f"{rest[:start]}{' ' * (end - start)}{rest[end:]}"
    if not accounts:
        return Told((), (), ())
    return Told(tuple(accounts.values())[:MOST_ACCOUNTS], *amounts_and_days(rest, today))


def _named_in(text: str) -> Iterator[tuple[NamedAccount, tuple[int, int]]]:
    for iban, (start, end) in ibans_in(text):
        yield NamedAccount(text[start:end], iban[-END:], iban), (start, end)
    for form in _NAMED:
        for found in form.finditer(text):
            if not _SOMETHING_ELSE.search(text, max(0, found.start() - 60), found.start("end")):
                yield NamedAccount(" ".join(found[0].split()), found["end"]), found.span()
