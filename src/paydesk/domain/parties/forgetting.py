"""What the packages above do when somebody is forgotten: each replaces what it keeps of them.

A package registers in AppConfig.ready(); `retention` asks all of them inside one transaction. A forgetter of
a person is given the customer and the time, one of cases their numbers; each returns how many rows it
replaced, by a word for the record. Amounts, dates, postings and the audit trail are no business of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from paydesk.domain.parties.models import Customer, NameWord, Party

ForgetsPerson = Callable[[int, datetime], dict[str, int]]
ForgetsCases = Callable[[Sequence[int], datetime], dict[str, int]]

_people: dict[str, ForgetsPerson] = {}
_cases: dict[str, ForgetsCases] = {}


def forgets_person(name: str, forgetter: ForgetsPerson) -> None:
    """Register under a name; registered twice it counts once."""
    _people[name] = forgetter


def forgets_cases(name: str, forgetter: ForgetsCases) -> None:
    """Register what is kept beside the words of a case; registered twice it counts once."""
    _cases[name] = forgetter


def forget_person(customer_id: int, at: datetime) -> Iterator[tuple[str, int]]:
    """What every package replaced of a customer."""
    for name in sorted(_people):
        yield from _people[name](customer_id, at).items()


def forget_cases(case_ids: Sequence[int], at: datetime) -> Iterator[tuple[str, int]]:
    """What every package replaced beside the words of these cases."""
    for name in sorted(_cases):
        yield from _cases[name](case_ids, at).items()


def forget_name(name: str) -> None:
    """Words of a name that was replaced and that nobody else has are not looked for any more."""
    for word in set(re.findall(r"[^\W\d_]{3,}", name.lower())):
        if not any(each.objects.filter(name__icontains=word).exists() for each in (Customer, Party)):
            NameWord.objects.filter(word=word).delete()
