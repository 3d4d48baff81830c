"""Two sides with known truth, of any size, by seed: what a payments company sees and every way it goes wrong.

Instalments are fixed, so thousands of lines a day have the same amount; references are typed by hand; numbers
are masked or have a foreign prefix, names stand in either order; a part of the provider's lines lost its ids.
Made by one SQL statement a side, so that millions take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from paydesk.matching.sides import SCHEMA

MEMORY = "4GB"  # millions of rows are spilled beyond it
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
    "typo": 5,  # the reference is mistyped or stands in a text; beside it only the name
    "masked": 5,  # a masked phone number and the name the other way round
    "cut_off": 3,  # a few seconds before midnight on our side, a few after it on theirs
    "netted": 1,  # payments, a refund and a fee that the provider pays out as one line
    "netted_off": 1,  # the same, and it does not come to that
    "reversal": 1,  # taken back on our side before it reached the provider
    "ambiguous": 1,  # two of ours, one of theirs, nothing that tells them apart
    "by_sum": 1,  # three of ours that one line of theirs comes to, with a phone number alone
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
        connection.execute(f"SET temp_directory = '{folder / 'spilled'}'")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        # In a process that was spawned DuckDB takes itself for interactive and draws on standard output.
        connection.execute("SET enable_progress_bar = false")
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
        SELECT i, kind, amount, fee, (CASE kind WHEN 'cut_off' THEN "at" // 86400 * 86400 + 86390
                ELSE least("at", {START + DAYS * 86_400 - 3_600}) END)::BIGINT AS "at",
            'INV-' || lpad(i::VARCHAR, 9, '0') AS reference, 'TX' || (10000000000 + i * 7) AS provider_ref,
            '23324' || lpad((hash(i, {seed}, 3) % 10000000)::VARCHAR, 7, '0') AS msisdn,
            {_one_of(FIRST, f"hash(i, {seed}, 4)")} AS first, {_one_of(LAST, f"hash(i, {seed}, 6)")} AS last,
            chr((65 + hash(i, {seed}, 7) % 26)::INTEGER) AS initial
        FROM (
            SELECT i, CASE {" ".join(edges)} ELSE 'matched' END AS kind,
                (CASE WHEN hash(i, {seed}, 1) % 3 = 0 THEN 5000000
                    ELSE (500 + hash(i, {seed}, 2) % 90000) * 10000 END)::BIGINT AS amount,
                20000::BIGINT AS fee,
                {START} + (hash(i, {seed}, 5) % {DAYS * 86_400 - 86_400})::BIGINT AS "at"
            FROM (SELECT i, (hash(i, {seed}) % 1000)::INTEGER AS draw FROM range({rows}) numbers(i))
        )"""


def _one_of(words: str, number: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"([{listed}])[(1 + {number} % {len(words.split())})::BIGINT]"


FIRST = """Ama Kofi Esi Kwame Abena Yaw Akua Kojo Adwoa Kwesi Wanjiku Otieno Achieng Kamau Njeri Mwangi Amina
    Juma Halima Baraka"""
LAST = """Mensah Owusu Boateng Asante Appiah Agyemang Darko Ofori Addo Sarpong Odhiambo Kariuki Wambui Kiptoo
    Chebet Mutua Okafor Adeyemi Balogun Eze"""
# One line a row; `copy` tells the further lines of a payment from its first.
_MANY_LEFT = """(VALUES ('duplicate_ledger', 2), ('reversal', 2), ('ambiguous', 2), ('by_sum', 3),
    ('netted', 4), ('netted_off', 4))"""
_MANY_RIGHT = "(VALUES ('duplicate_provider', 2), ('split', 2), ('split_incomplete', 2))"
_PART = "(amount // 50000 * 10000)"  # about a fifth, in whole cents
_NET = "(2 * amount - 1500000)"  # what the four lines of a settlement come to
_LEFT = f"""
    SELECT 'L' || i || ['', 'b', 'c', 'd'][copy + 1] AS id,
        CASE WHEN kind IN ('ambiguous', 'by_sum') THEN ''
            WHEN kind IN ('netted', 'netted_off') THEN reference || '-' || copy
            ELSE reference END AS reference,
        CASE WHEN kind IN ('ambiguous', 'by_sum') THEN ''
            WHEN kind IN ('netted', 'netted_off') THEN provider_ref || '-' || copy
            ELSE provider_ref END AS provider_ref,
        msisdn, first || ' ' || initial || '. ' || last AS name,
        CASE WHEN kind IN ('netted', 'netted_off')
                THEN [amount, amount + 1000000, -2000000, -500000][copy + 1]
            WHEN kind = 'reversal' AND copy > 0 THEN -amount
            WHEN kind = 'by_sum' THEN [{_PART}, {_PART} + 10000, amount - 2 * {_PART} - 10000][copy + 1]
            ELSE amount END AS amount,
        fee, 'GHS' AS currency,
        CASE WHEN kind = 'out_of_period' THEN "at" - 20 * 86400 ELSE "at" + copy * 40 END AS "at",
        'success' AS status, CASE WHEN kind IN ('netted', 'netted_off') THEN 'SET-' || i ELSE '' END AS batch
    FROM drawn LEFT JOIN {_MANY_LEFT} many(kind, lines) USING (kind), range(4) copies(copy)
    WHERE kind <> 'missing_in_ledger' AND copy < coalesce(lines, 1)"""
_RIGHT = f"""
    SELECT 'R' || i || ['', 'b'][copy + 1] AS id,
        CASE WHEN kind IN ('by_phone', 'masked', 'ambiguous', 'by_sum', 'netted', 'netted_off') THEN ''
            WHEN kind = 'by_reference' THEN lower(replace(reference, '-', ' '))
            WHEN kind = 'typo' THEN [replace(reference, '0', 'O'), replace(reference, 'INV', 'NIV'),
                reference || right(reference, 1), 'bill ' || reference || ' thanks'][1 + i % 4]
            ELSE reference END AS reference,
        CASE WHEN kind IN ('by_phone', 'by_reference', 'typo', 'masked', 'ambiguous', 'by_sum') THEN ''
            WHEN kind IN ('split', 'split_incomplete') THEN provider_ref || '-' || (copy + 1)
            WHEN kind IN ('netted', 'netted_off') THEN 'ST' || i
            ELSE lower(provider_ref) END AS provider_ref,
        CASE WHEN kind IN ('typo', 'netted', 'netted_off') THEN ''
            WHEN kind = 'masked' THEN left(msisdn, 4) || '****' || right(msisdn, 3)
            ELSE ['00' || msisdn, '+' || msisdn, '0' || right(msisdn, 9)][1 + i % 3] END AS msisdn,
        CASE WHEN kind IN ('netted', 'netted_off') THEN ''
            ELSE upper(last) || ' ' || first || ' ' || initial END AS name,
        CASE WHEN kind = 'amount_mismatch' THEN amount + 1000000
            WHEN kind = 'sign_mismatch' THEN -amount
            WHEN kind = 'netted' THEN {_NET}
            WHEN kind = 'netted_off' THEN {_NET} - 30000
            WHEN kind IN ('split', 'split_incomplete') AND copy = 0 THEN amount // 20000 * 10000
            WHEN kind = 'split' THEN amount - amount // 20000 * 10000
            WHEN kind = 'split_incomplete' THEN amount // 40000 * 10000
            ELSE amount END AS amount,
        CASE WHEN kind = 'fee_variance' THEN fee + 10000
            WHEN kind IN ('split', 'split_incomplete') AND copy > 0 THEN 0
            ELSE fee END AS fee,
        CASE WHEN kind = 'currency_mismatch' THEN 'KES' ELSE 'GHS' END AS currency,
        CASE WHEN kind = 'late_settlement' THEN "at" + 4 * 86400
            WHEN kind = 'ambiguous' THEN "at" + 20
            ELSE "at" + 30 + copy * 60 END AS "at",
        CASE WHEN kind = 'status_mismatch' THEN 'failed' ELSE 'success' END AS status,
        CASE WHEN kind IN ('netted', 'netted_off') THEN 'set ' || i ELSE '' END AS batch
    FROM drawn LEFT JOIN {_MANY_RIGHT} many(kind, lines) USING (kind), range(2) copies(copy)
    WHERE kind NOT IN ('missing_at_provider', 'out_of_period', 'reversal') AND copy < coalesce(lines, 1)"""
_PLANTED = """
    SELECT d.kind, coalesce(l.id, '') AS left_id, coalesce(r.id, '') AS right_id
    FROM drawn d LEFT JOIN left_side l ON l.id = 'L' || d.i LEFT JOIN right_side r ON r.id = 'R' || d.i"""


def _keyed(lines: str) -> str:
    """`lines` in the schema of a side, with the keys that intake would make."""
    return f"""
        SELECT row_number() OVER (ORDER BY hash(id)) AS line_id, id, reference, provider_ref, '' AS account,
            msisdn, name, amount::BIGINT AS amount, fee::BIGINT AS fee, currency,
            "at"::BIGINT AS "at", status, batch,
            nullif(regexp_replace(upper(provider_ref), '[^0-9A-Z]', '', 'g'), '') AS provider_key,
            nullif(regexp_replace(upper(reference), '[^0-9A-Z]', '', 'g'), '') AS reference_key,
            nullif(regexp_replace(upper(batch), '[^0-9A-Z]', '', 'g'), '') AS batch_key,
            CASE WHEN length(msisdn) >= 9 AND NOT contains(msisdn, '*') THEN right(msisdn, 9) END AS phone,
            ("at" // 86400)::BIGINT AS day
        FROM ({lines})"""
