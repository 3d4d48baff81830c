"""The two tables the engine matches: one schema for both sides, whatever file or ledger they come from.

Left is ours (the ledger), right is theirs (the provider or the bank). Amounts are whole millionths of a major
unit, so that every engine adds and compares the same integers; instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from paydesk.matching.values import keys_of

STATUSES = ("success", "pending", "failed")

# `line_id` numbers the rows of a side as its file does. `amount` is what moved, signed; `fee` is what was
# kept back of it, so the gross is their sum. Texts are "" and `at` is null where the side does not say.
TOLD = {
    "line_id": pa.int64(),
    "id": pa.string(),
    "reference": pa.string(),
    "provider_ref": pa.string(),
    "account": pa.string(),
    "msisdn": pa.string(),
    "name": pa.string(),
    "amount": pa.int64(),
    "fee": pa.int64(),
    "currency": pa.string(),
    "at": pa.int64(),
    "status": pa.string(),
    "batch": pa.string(),
}
# What the passes compare, made once when a side is taken in; null where there is no evidence, because nothing
# equals an unknown.
KEYS = {
    "provider_key": pa.string(),
    "reference_key": pa.string(),
    "batch_key": pa.string(),
    "phone": pa.string(),
    "day": pa.int64(),
}
SCHEMA = pa.schema({**TOLD, **KEYS})
# What only the desk can say of a line; a side of two files has none of these, and a column that is not there
# is null throughout. Without them the classes that need them are never given.
DESK = {
    "line_kind": pa.string(),  # payment, refund, chargeback, reversal, settlement
    "original_key": pa.string(),  # the provider's id of the payment that a refund or a reversal takes back
    "account_key": pa.string(),  # the contract or the merchant it was booked to
    "payer": pa.string(),  # who paid; "" where nobody could tell
    "is_fee_told": pa.bool_(),  # false: the fee is not known, which is not the same as none
    "tax": pa.int64(),
    "original_amount": pa.int64(),  # before conversion, in original_currency
    "original_currency": pa.string(),
    "quoted_rate": pa.int64(),  # millionths of the line's currency for one unit of the original
    "due_day": pa.int64(),  # the day by which the other side has to show it
}


def side_table(told: Mapping[str, Sequence[object]], *, shortest: int, digits: int) -> pa.Table:
    """Columns of TOLD as a table of the schema, with the keys: `shortest` reference, `digits` of a phone."""
    keys = keys_of(told, shortest=shortest, digits=digits)
    return pa.table({**told, **keys}, schema=SCHEMA)
