"""Identity numbers that loaded rows bring for their customers. They stand in no record of the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import connection

from paydesk.domain.parties.rules import identity_of

if TYPE_CHECKING:
    from paydesk.domain.contracts.actions import Terms


def with_new_identity(rows: Sequence[Terms]) -> list[Terms]:
    """Those of `rows` whose customer is there and has not the identity number of the row; one query.

    Raises ValueError for a number that no document has.
    """
    bringing = [row for row in rows if row.identity_number or row.identity_kind]
    found = [identity_of(row.identity_kind, row.identity_number) for row in bringing]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.place FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
                WITH ORDINALITY r(market, ref, kind, key, place)
            JOIN parties_customer c ON c.market = r.market AND c.external_ref = r.ref
            WHERE NOT EXISTS (SELECT FROM parties_customeridentity i
                              WHERE i.customer_id = c.id AND i.kind = r.kind AND i.key = r.key)
            ORDER BY r.place
            """,
            [
                [row.market for row in bringing],
                [row.customer_ref for row in bringing],
                [kind for kind, _, _ in found],
                [key for _, _, key in found],
            ],
        )
        return [bringing[place - 1] for (place,) in cursor.fetchall()]


def add_identities(rows: Sequence[Terms], customer_ids: Mapping[tuple[str, str], int]) -> list[int]:
    """Keep the identity numbers of `rows` for their customers, by (market, our number).

    Joins the caller's transaction. Returns the customers of the numbers that were not there, in order.
    """
    identities = {
        (customer_ids[row.market, row.customer_ref], *identity_of(row.identity_kind, row.identity_number))
        for row in rows
        if row.identity_number
    }
    if not identities:
        return []
    customers, kinds, numbers, keys = (list(column) for column in zip(*sorted(identities), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_customeridentity (customer_id, kind, number, key)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])"
            " ON CONFLICT DO NOTHING RETURNING customer_id",
            [customers, kinds, numbers, keys],
        )
        return sorted(number for (number,) in cursor.fetchall())


def customers_of(rows: Sequence[Terms]) -> dict[tuple[str, str], int]:
    """Ids of the customers of `rows` that are there, by (market, our number); one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.market, c.external_ref, c.id FROM parties_customer c
            JOIN (SELECT DISTINCT * FROM unnest(%s::text[], %s::text[])) r(market, ref)
                ON c.market = r.market AND c.external_ref = r.ref
            """,
            [[row.market for row in rows], [row.customer_ref for row in rows]],
        )
        return {(market, ref): number for market, ref, number in cursor.fetchall()}
