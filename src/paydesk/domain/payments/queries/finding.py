"""Payments and rows by what somebody says of them. Each look-up reads an index and stops at a number of rows.

They give ids, so that what is found in several ways is loaded once; written as SQL, as a search makes many.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from paydesk.kernel.sql_patterns import as_pattern

# Payments in suspense have names on their rows alone, which no index holds: the newest are read through.
SUSPENSE_READ = 1_000
SHORTEST_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class RowFound:
    """A statement line, the payment it became if it did, and its references; `typed` in comparison form."""

    line_id: int
    payment_id: int | None
    provider_ref: str
    network_ref: str
    typed: str


_ROW = """
    SELECT l.id, p.id, l.provider_ref, l.network_ref, coalesce(l.account_keys[1], '')
    FROM (
        SELECT id, provider_ref, network_ref, account_keys FROM statements_statementline
        WHERE {where} AND source_account_id = ANY (%(accounts)s) LIMIT %(most)s
    ) l LEFT JOIN payments_payment p ON p.statement_line_id = l.id
"""


def rows_by_reference(
    accounts: Collection[int], spellings: Sequence[str], key: str, *, most: int
) -> list[RowFound]:
    """At most `most` rows of these accounts that bear this reference, else those whose reference begins so.

    `spellings` are how a provider or network may have written it, `key` its comparison form (what a payer
    typed as reference); two queries at most.
    """
    where = "(provider_ref = ANY (%(texts)s) OR (network_ref = ANY (%(texts)s) AND NOT network_ref = '')"
    where += " OR account_keys[1] = %(key)s)" if key else ")"
    values = {"accounts": list(accounts), "texts": list(spellings), "key": key}
    found = _found(where, values, most)
    if found or min(map(len, spellings)) < SHORTEST_BEGINNING:
        return found
    looks = [("provider_ref LIKE %(text)s", text) for text in spellings]
    looks += [("network_ref LIKE %(text)s AND NOT network_ref = ''", spellings[0])]
    looks += [("account_keys[1] LIKE %(text)s", key)] if len(key) >= SHORTEST_BEGINNING else []
    # A branch for each, in turn until there are enough: with OR all rows of each would be gathered first.
    query = " UNION ALL ".join(
        f"({_ROW.format(where=where.replace('%(text)s', f'%(text{place})s'))})"
        for place, (where, _) in enumerate(looks)
    )
    values |= {f"text{place}": as_pattern(text) for place, (_, text) in enumerate(looks)}
    rows = _rows(f"{query} LIMIT %(most)s", values | {"most": most})
    return [RowFound(*row) for row in rows]


def rows_by_phone(accounts: Collection[int], *, whole: Sequence[str], end: str, most: int) -> list[RowFound]:
    """At most `most` rows of these accounts paid from a phone: whole numbers, or one that ends so."""
    where = "reverse(msisdn) LIKE %(text)s AND NOT msisdn = ''"
    if whole:
        where = "reverse(msisdn) = ANY (%(texts)s) AND NOT msisdn = ''"
    values = {
        "accounts": list(accounts), "texts": [number[::-1] for number in whole], "text": as_pattern(end[::-1])
    }  # fmt: skip
    return _found(where, values, most)


def _found(where: str, values: dict[str, Any], most: int) -> list[RowFound]:
    rows = _rows(_ROW.format(where=where), values | {"most": most})
    return [RowFound(*row) for row in sorted(rows, reverse=True)]


def newest_of_customers(customer_ids: Collection[int], *, most: int) -> list[int]:
    """Ids of the newest `most` payments of a few customers."""
    return _ids(
        "SELECT id FROM payments_payment WHERE customer_id = ANY (%(customers)s)"
        " ORDER BY value_on DESC, id DESC LIMIT %(most)s",
        {"customers": list(customer_ids), "most": most},
    )


def newest_of_contracts(
    customer_ids: Collection[int], contract_ids: Collection[int], *, most: int
) -> list[int]:
    """Ids of the newest `most` payments of a few contracts; by their customers, the column with an index."""
    return _ids(
        "SELECT id FROM payments_payment WHERE customer_id = ANY (%(customers)s)"
        " AND contract_id = ANY (%(contracts)s) ORDER BY value_on DESC, id DESC LIMIT %(most)s",
        {"customers": list(customer_ids), "contracts": list(contract_ids), "most": most},
    )


def ids_of_amount(
    markets: Sequence[str],
    amounts: Sequence[tuple[str, int]],
    *,
    first: date | None,
    last: date | None,
    most: int,
) -> list[int]:
    """Ids of the newest `most` payments of each amount (currency, minor units), `first` through `last`."""
    found: list[int] = []
    days = " AND value_on BETWEEN %(first)s AND %(last)s" if first and last else ""
    for currency, amount_minor in amounts:
        # In the order of the index alone: with the id behind it all of them would be sorted.
        found += _ids(
            "SELECT id FROM payments_payment WHERE currency = %(currency)s AND amount_minor = %(amount)s"
            f"{days} AND market = ANY (%(markets)s) ORDER BY value_on DESC LIMIT %(most)s",
            {
                "currency": currency, "amount": amount_minor, "markets": list(markets), "first": first,
                "last": last, "most": most,
            },
        )  # fmt: skip
    return found


def suspense_by_name(markets: Sequence[str], words: Sequence[str], *, most: int) -> list[int]:
    """Ids of at most `most` of the newest payments in suspense whose payer's name has all the words."""
    return _ids(
        """
        SELECT p.id
        FROM unnest(%(markets)s::varchar[]) m(market)
        CROSS JOIN LATERAL (
            SELECT id, statement_line_id FROM payments_payment
            WHERE market = m.market AND customer_id IS NULL
              AND open_minor > 0
            ORDER BY value_on DESC, id DESC LIMIT %(read)s
        ) p
        CROSS JOIN LATERAL (
            SELECT payer_name FROM statements_statementline WHERE id = p.statement_line_id LIMIT 1
        ) l
        WHERE lower(l.payer_name) LIKE ALL (%(patterns)s)
        LIMIT %(most)s
        """,
        {
            "markets": list(markets),
            "read": SUSPENSE_READ,
            "patterns": [as_pattern(word, inside=True) for word in words],
            "most": most,
        },
    )


def _ids(query: str, values: dict[str, Any]) -> list[int]:
    return [pk for (pk,) in _rows(query, values)]


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
