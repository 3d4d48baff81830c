"""Customers by what somebody says of them. Each look-up reads an index and stops at a number of rows.

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

SHORTEST_PART = 3  # an index of trigrams knows nothing shorter
MOST_SPELLINGS = 3
MOST_NAMES_MEANT = 9
# Two letters swapped leave few trigrams of what was meant: the edits decide, this only gathers.
SIMILAR = 0.25
MOST_SIMILAR = 300


@dataclass(frozen=True, slots=True)
class NamesFound:
    """Names by customer id; `meant` is what was looked for in place of a misspelt name, empty if not."""

    names: dict[int, str] = field(default_factory=dict)
    meant: tuple[str, ...] = ()


def customers_by_words(actor: Actor, words: Sequence[str], *, most: int) -> NamesFound:
    """At most `most` customers whose name begins so, else has all the words, else words spelt nearly so."""
    found = _beginning(actor, [words], most)
    if len(found) < most:
        found |= _having(actor, [words], most)
    if found:
        return NamesFound(dict(islice(found.items(), most)))
    meant = [spelling for spelling in _spellings(words) if spelling != tuple(words)]
    if meant:
        found = _beginning(actor, meant, most) or _having(actor, meant, most)
    return NamesFound(found, tuple(" ".join(spelling) for spelling in meant) if found else ())


def _beginning(actor: Actor, spellings: Sequence[Sequence[str]], most: int) -> dict[int, str]:
    likes = " OR ".join(["lower(name) LIKE %s"] * len(spellings))
    return _named(actor, likes, [as_pattern(" ".join(words)) for words in spellings], most)


def _having(actor: Actor, spellings: Sequence[Sequence[str]], most: int) -> dict[int, str]:
    """All words of one spelling, wherever they stand; nothing when none is long enough to look for."""
    useful = [words for words in spellings if max(map(len, words)) >= SHORTEST_PART]
    if not useful:
        return {}
    likes = " OR ".join(f"({' AND '.join(['lower(name) LIKE %s'] * len(words))})" for words in useful)
    return _named(actor, likes, [as_pattern(word, inside=True) for words in useful for word in words], most)


def _named(actor: Actor, likes: str, patterns: list[str], most: int) -> dict[int, str]:
    rows = _rows(
        f"SELECT id, name FROM parties_customer WHERE ({likes}) AND (%s OR market = ANY (%s)) LIMIT %s",
        [*patterns, *_markets(actor), most],
    )
    return dict(rows)


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


def customers_by_ref(actor: Actor, text: str, *, most: int) -> dict[int, str]:
    """Our number by customer id: at most `most` with exactly this number, else those that begin so."""
    rows = _rows(
        "SELECT id, external_ref FROM parties_customer WHERE upper(external_ref) LIKE %s"
        " AND (%s OR market = ANY (%s))"
        " ORDER BY upper(external_ref) USING ~<~ LIMIT %s",  # the shortest first
        [as_pattern(text.upper()), *_markets(actor), most],
    )
    found: dict[int, str] = dict(rows)
    return {pk: ref for pk, ref in found.items() if ref.upper() == text.upper()} or found


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
    looks: list[tuple[str, str, list[str]]] = []
    if whole:
        looks.append(("whole", "msisdn", [as_pattern(number, whole=True) for number in whole]))
    else:
        looks.append(("ends", "reverse(msisdn)", [as_pattern(end[::-1])] if end else []))
        looks.append(("begins", "msisdn", [as_pattern(start) for start in starts]))
        looks.append(("part", "msisdn", [as_pattern(end.lstrip("0"), inside=True)] if len(end) >= 5 else []))
    for how, column, patterns in looks:
        ids: dict[int, None] = {}
        for pattern in patterns:  # one after the other: together all rows of each would be gathered first
            rows = _rows(
                f"""
                SELECT p.customer_id
                FROM parties_customerphone p JOIN parties_customer c ON c.id = p.customer_id
                WHERE {column.replace("msisdn", "p.msisdn")} LIKE %s AND (%s OR c.market = ANY (%s)) LIMIT %s
                """,
                [pattern, *_markets(actor), most],
            )
            ids |= dict.fromkeys(pk for (pk,) in rows)
        if ids:
            return PhonesFound(list(ids)[:most], how)
    return PhonesFound()


def customers_by_identity(actor: Actor, key: str, *, most: int) -> list[int]:
    """Ids of at most `most` customers with exactly this identity number, given as `key_of` has it."""
    rows = _rows(
        "SELECT i.customer_id FROM parties_customeridentity i JOIN parties_customer c ON c.id = i.customer_id"
        " WHERE i.key = %s AND (%s OR c.market = ANY (%s)) LIMIT %s",
        [key, *_markets(actor), most],
    )
    return list(dict.fromkeys(pk for (pk,) in rows))


def _markets(actor: Actor) -> tuple[bool, list[str]]:
    return actor.markets is None, sorted(actor.markets or ())


def _rows(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
