"""Customers and sellers by what somebody says of them. Each look-up reads an index, up to a number of rows.

They give ids, so that what is found in several ways is loaded once; written as SQL, as a search makes many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

from django.db import connection

from paydesk.domain.parties import rules
from paydesk.kernel.actor import Actor
from paydesk.kernel.sql_patterns import as_pattern

CUSTOMERS, SELLERS = "parties_customer", "parties_party"
SHORTEST_PART = 3  # an index of trigrams knows nothing shorter
MOST_SPELLINGS = 3
MOST_NAMES_MEANT = 9
# Two letters swapped leave few trigrams of what was meant: the edits decide, this only gathers.
SIMILAR = 0.25
MOST_SIMILAR = 300


@dataclass(frozen=True, slots=True)
class NamesFound:
    """Names by id; `meant` is what was looked for in place of a misspelt name, empty if not."""

    names: dict[int, str] = field(default_factory=dict)
    meant: tuple[str, ...] = ()


def customers_by_words(actor: Actor, words: Sequence[str], *, most: int) -> NamesFound:
    """At most `most` customers whose name begins so, else has all the words, else words spelt nearly so."""
    return named_by_words(actor, words, (CUSTOMERS,), most=most)[CUSTOMERS]


def named_by_words(
    actor: Actor, words: Sequence[str], tables: Sequence[str], *, most: int
) -> dict[str, NamesFound]:
    """The same of customers and sellers at once, by table; words spelt nearly so where neither has any."""
    found = {table: NamesFound(_named(actor, table, [words], most)) for table in tables}
    if any(each.names for each in found.values()):
        return found
    meant = [spelling for spelling in _spellings(words) if spelling != tuple(words)]
    said = tuple(" ".join(spelling) for spelling in meant)
    for table in tables if meant else ():
        names = _named(actor, table, meant, most)
        found[table] = NamesFound(names, said if names else ())
    return found


def _named(actor: Actor, table: str, spellings: Sequence[Sequence[str]], most: int) -> dict[int, str]:
    """Names that begin as one of the spellings, and behind them those that have all its words.

    One statement: PostgreSQL takes the branches in turn and stops when it has enough.
    """
    begins = " OR ".join(["lower(name) LIKE %s"] * len(spellings))
    beginning = [as_pattern(" ".join(words)) for words in spellings]
    look = f"(SELECT id, name FROM {table} WHERE ({{}}) AND (%s OR market = ANY (%s)) LIMIT %s)"
    mine = [*_markets(actor), most]
    query, values = look.format(begins), [*beginning, *mine]
    useful = [words for words in spellings if max(map(len, words)) >= SHORTEST_PART]
    if useful:
        has = " OR ".join(f"({' AND '.join(['lower(name) LIKE %s'] * len(words))})" for words in useful)
        query += " UNION ALL " + look.format(f"({has}) AND NOT ({begins})")
        values += [as_pattern(word, inside=True) for words in useful for word in words] + beginning + mine
    return dict(_rows(f"{query} LIMIT %s", [*values, most]))


def _spellings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """What may have been meant, nearest first: every word with the words of names that are spelt like it."""
    choices = []
    for word in words:
        known = rules.likely_spellings(word, _like(word), most=MOST_SPELLINGS)
        choices.append(known or [(0, word)])
    near = sorted(islice(product(*choices), 200), key=lambda each: sum(edits for edits, _ in each))
    return [tuple(word for _, word in each) for each in near[:MOST_NAMES_MEANT]]


def _like(word: str) -> list[str]:
    # Set for this transaction: % is the operator "shares enough trigrams", doubled for the driver.
    _rows("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(SIMILAR)])
    rows = _rows(
        "SELECT word FROM parties_nameword WHERE word %% %s"
        " ORDER BY similarity(word, %s) DESC, word LIMIT %s",
        [word, word, MOST_SIMILAR],
    )
    return [each for (each,) in rows]


@dataclass(frozen=True, slots=True)
class NumbersFound:
    """Customers by a number of theirs: ids by identity number, and our own number for them by customer id."""

    by_identity: Sequence[int]
    refs: dict[int, str]


def customers_by_number(actor: Actor, text: str, key: str, *, most: int) -> NumbersFound:
    """At most `most` customers with exactly the identity number `key`, as `key_of` has it; and as many whose
    number with us is exactly `text`, else begins so. One query.
    """
    rows = _rows(
        "(SELECT i.customer_id, NULL FROM parties_customeridentity i"
        " JOIN parties_customer c ON c.id = i.customer_id"
        " WHERE i.key = %s AND (%s OR c.market = ANY (%s)) LIMIT %s)"
        " UNION ALL"
        " (SELECT id, external_ref FROM parties_customer WHERE upper(external_ref) LIKE %s"
        " AND (%s OR market = ANY (%s))"
        " ORDER BY upper(external_ref) USING ~<~ LIMIT %s)",  # the shortest first
        [key, *_markets(actor), most, as_pattern(text.upper()), *_markets(actor), most],
    )
    by_identity = list(dict.fromkeys(pk for pk, ref in rows if ref is None))
    refs: dict[int, str] = {pk: ref for pk, ref in rows if ref is not None}
    exact = {pk: ref for pk, ref in refs.items() if ref.upper() == text.upper()}
    return NumbersFound(by_identity, exact or refs)


@dataclass(frozen=True, slots=True)
class PhonesFound:
    """Ids of the owners; `how` is "whole", "begins", "ends" or "part", empty without any."""

    customer_ids: Sequence[int] = ()
    how: str = ""


def customers_by_phone(
    actor: Actor, *, whole: Sequence[str], starts: Sequence[str], end: str, most: int
) -> PhonesFound:
    """At most `most` customers by phone: a whole number, else its end, else its beginning, else a part.

    Numbers and beginnings are E.164 digits of several plans. A whole number that nobody has is not looked
    for in part.
    """
    if whole:
        return _owners(actor, [("whole", "msisdn", as_pattern(number, whole=True)) for number in whole], most)
    looks = [("ends", "reverse(msisdn)", as_pattern(end[::-1]))] if end else []
    looks += [("begins", "msisdn", as_pattern(start)) for start in starts]
    found = _owners(actor, looks, most)
    if not found.customer_ids and len(end) >= 5:
        found = _owners(actor, [("part", "msisdn", as_pattern(end.lstrip("0"), inside=True))], most)
    return found


def _owners(actor: Actor, looks: Sequence[tuple[str, str, str]], most: int) -> PhonesFound:
    """The owners by the first of `looks` (how, column, pattern) that finds any; one query for all.

    A branch for each: in one condition with OR all rows of each would be gathered first.
    """
    if not looks:
        return PhonesFound()
    query = " UNION ALL ".join(
        "(SELECT %s, p.customer_id"
        " FROM parties_customerphone p JOIN parties_customer c ON c.id = p.customer_id"
        f" WHERE {column.replace('msisdn', 'p.msisdn')} LIKE %s AND (%s OR c.market = ANY (%s)) LIMIT %s)"
        for _, column, _ in looks
    )
    values = [value for how, _, pattern in looks for value in (how, pattern, *_markets(actor), most)]
    rows = _rows(query, values)
    first = min((how for how, _ in rows), key=[how for how, _, _ in looks].index, default="")
    return PhonesFound(list(dict.fromkeys(pk for how, pk in rows if how == first))[:most], first)


def _markets(actor: Actor) -> tuple[bool, list[str]]:
    return actor.markets is None, sorted(actor.markets or ())


def _rows(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
