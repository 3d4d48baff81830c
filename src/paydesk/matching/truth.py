"""Two sides with known truth, of any size, by seed: what a payments company sees and every way it goes wrong.

Instalments are fixed, so thousands of lines a day have the same amount; references are typed by hand; a part
of the provider's lines lost its ids. Made by one SQL statement a side, so that millions take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from paydesk.matching.sides import SCHEMA

DAYS = 5
START = 1_772_323_200  # 2026-03-01 00:00:00 UTC
# Of a thousand payments so many are: the kind of each is drawn from the seed and its number.
PLANTED = {
    "missing_in_ledger": 3,
    "missing_at_provider": 3,
    "amount_mismatch": 2,
    "currency_mismatch": 1,
    "status_mismatch": 2,
    "sign_mismatch": 1,
    "fee_variance": 2,
    "late_settlement": 2,
    "duplicate_provider": 2,
    "duplicate_ledger": 2,
    "out_of_period": 1,
    "split": 2,
    "split_incomplete": 1,
    "by_phone": 10,  # the provider's line has no id at all
    "by_reference": 30,  # it lost its provider id and has the reference as somebody typed it
}


@dataclass(frozen=True)
class Truth:
    """Where the two sides lie, and the file that says of every payment which kind it is."""

    left: Path
    right: Path
    planted: Path


def plant(folder: Path, rows: int, seed: int) -> Truth:
    """Write left.parquet, right.parquet and planted.parquet (kind, left_id, right_id) for `rows` payments."""
    found = Truth(folder / "left.parquet", folder / "right.parquet", folder / "planted.parquet")
    connection = duckdb.connect()
    try:
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"CREATE TABLE drawn AS {_drawn(rows, seed)}")
        for side, sql in (("left", _LEFT), ("right", _RIGHT)):
            connection.execute(f"CREATE TABLE {side}_side AS {_keyed(sql)}")
        for path, sql in (
            (found.left, "SELECT * FROM left_side ORDER BY line_id"),
            (found.right, "SELECT * FROM right_side ORDER BY line_id"),
            (found.planted, _PLANTED),
        ):
            connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    finally:
        connection.close()
    assert pq.read_schema(found.left).names == SCHEMA.names
    return found


def _drawn(rows: int, seed: int) -> str:
    edges, start = [], 0
    for kind, share in PLANTED.items():
        edges.append(f"WHEN draw < {start + share} THEN '{kind}'")
        start += share
    return f"""
        SELECT i, kind, amount, fee, (least("at", {START + DAYS * 86_400 - 3_600}))::BIGINT AS "at",
            'INV-' || lpad(i::VARCHAR, 9, '0') AS reference, 'TX' || (10000000000 + i * 7) AS provider_ref,
            '23324' || lpad((hash(i, {seed}, 3) % 10000000)::VARCHAR, 7, '0') AS msisdn,
            'Payer ' || (hash(i, {seed}, 4) % 5000) AS name
        FROM (
            SELECT i, CASE {" ".join(edges)} ELSE 'matched' END AS kind,
                (CASE WHEN hash(i, {seed}, 1) % 3 = 0 THEN 5000000
                    ELSE (500 + hash(i, {seed}, 2) % 90000) * 10000 END)::BIGINT AS amount,
                20000::BIGINT AS fee,
                {START} + (hash(i, {seed}, 5) % {DAYS * 86_400})::BIGINT AS "at"
            FROM (SELECT i, (hash(i, {seed}) % 1000)::INTEGER AS draw FROM range({rows}) numbers(i))
        )"""


# One line a row; `copy` tells the second line of a payment from its first.
_LEFT = """
    SELECT 'L' || i || CASE WHEN copy > 0 THEN 'b' ELSE '' END AS id, reference, provider_ref, msisdn, name,
        amount, fee, 'GHS' AS currency,
        CASE WHEN kind = 'out_of_period' THEN "at" - 20 * 86400 ELSE "at" + copy * 40 END AS "at",
        'success' AS status
    FROM drawn, range(2) copies(copy)
    WHERE kind <> 'missing_in_ledger' AND (copy = 0 OR kind = 'duplicate_ledger')"""
_RIGHT = """
    SELECT 'R' || i || CASE WHEN copy > 0 THEN 'b' ELSE '' END AS id,
        CASE kind WHEN 'by_phone' THEN '' WHEN 'by_reference' THEN lower(replace(reference, '-', ' '))
            ELSE reference END AS reference,
        CASE WHEN kind IN ('by_phone', 'by_reference') THEN ''
            WHEN kind IN ('split', 'split_incomplete') THEN provider_ref || '-' || (copy + 1)
            ELSE lower(provider_ref) END AS provider_ref,
        '00' || msisdn AS msisdn, name,
        CASE WHEN kind = 'amount_mismatch' THEN amount + 1000000
            WHEN kind = 'sign_mismatch' THEN -amount
            WHEN kind IN ('split', 'split_incomplete') AND copy = 0 THEN amount // 20000 * 10000
            WHEN kind = 'split' THEN amount - amount // 20000 * 10000
            WHEN kind = 'split_incomplete' THEN amount // 40000 * 10000
            ELSE amount END AS amount,
        CASE WHEN kind = 'fee_variance' THEN fee + 10000
            WHEN kind IN ('split', 'split_incomplete') AND copy > 0 THEN 0
            ELSE fee END AS fee,
        CASE WHEN kind = 'currency_mismatch' THEN 'KES' ELSE 'GHS' END AS currency,
        CASE WHEN kind = 'late_settlement' THEN "at" + 4 * 86400 ELSE "at" + 30 + copy * 60 END AS "at",
        CASE WHEN kind = 'status_mismatch' THEN 'failed' ELSE 'success' END AS status
    FROM drawn, range(2) copies(copy)
    WHERE kind NOT IN ('missing_at_provider', 'out_of_period')
        AND (copy = 0 OR kind IN ('duplicate_provider', 'split', 'split_incomplete'))"""
_PLANTED = """
    SELECT d.kind, coalesce(l.id, '') AS left_id, coalesce(r.id, '') AS right_id
    FROM drawn d LEFT JOIN left_side l ON l.id = 'L' || d.i LEFT JOIN right_side r ON r.id = 'R' || d.i"""


def _keyed(lines: str) -> str:
    """`lines` in the schema of a side, with the keys that intake would make."""
    return f"""
        SELECT row_number() OVER (ORDER BY hash(id)) AS line_id, id, reference, provider_ref, '' AS account,
            msisdn, name, amount::BIGINT AS amount, fee::BIGINT AS fee, currency,
            "at"::BIGINT AS "at", status, '' AS batch,
            nullif(regexp_replace(upper(provider_ref), '[^0-9A-Z]', '', 'g'), '') AS provider_key,
            nullif(regexp_replace(upper(reference), '[^0-9A-Z]', '', 'g'), '') AS reference_key,
            NULL::VARCHAR AS batch_key, right(msisdn, 9) AS phone, ("at" // 86400)::BIGINT AS day
        FROM ({lines})"""
