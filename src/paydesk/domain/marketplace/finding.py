"""Sellers and their things by a number somebody says; each look-up reads an index.

They give ids, so that what is found in several ways is loaded once.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

TABLES = {
    "withdrawal": "marketplace_withdrawal",
    "order": "marketplace_sellerorder",
    "link_attempt": "marketplace_linkattempt",
    "seller": "parties_party",
}


def things_numbered(markets: Sequence[str], text: str, *, most: int) -> list[tuple[str, int]]:
    """(kind, id) of what bears `text` as the platform's number, as it was typed or in capitals; one query."""
    forms = list(dict.fromkeys((text.strip(), text.strip().upper())))
    if not forms[0] or not markets:
        return []
    each = "(SELECT %s::text, id FROM {} WHERE market = ANY (%s) AND external_ref = ANY (%s) LIMIT %s)"
    values = [value for kind in TABLES for value in (kind, list(markets), forms, most)]
    return _rows(" UNION ALL ".join(each.format(table) for table in TABLES.values()), values)


def _rows(query: str, values: list[object]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
