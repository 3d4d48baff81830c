"""The two tables the engine matches: one schema for both sides, whatever file or ledger they come from.

Left is ours (the ledger), right is theirs (the provider or the bank). Amounts are whole millionths of a major
unit, so that every engine adds and compares the same integers; instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pyarrow as pa

from paydesk.kernel.references import key_of

SCALE_DIGITS = 6
SCALE = 10**SCALE_DIGITS
MOST = 10**12 * SCALE  # a larger line is a number of something else
DAY = 86_400
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

_DIGIT = re.compile(r"[0-9]")
_NOT_DIGITS = re.compile(r"[^0-9]")
_MASKED = re.compile(r"[*xX\u2022]")


def side_table(told: Mapping[str, Sequence[object]], *, shortest: int, digits: int) -> pa.Table:
    """Columns of TOLD as a table of the schema, with the keys: `shortest` reference, `digits` of a phone."""
    keys = {
        "provider_key": [id_key(str(text)) for text in told["provider_ref"]],
        "reference_key": [reference_key(str(text), shortest) for text in told["reference"]],
        "batch_key": [id_key(str(text)) for text in told["batch"]],
        "phone": [phone_key(str(text), digits) for text in told["msisdn"]],
        "day": [at // DAY if isinstance(at, int) else None for at in told["at"]],
    }
    return pa.table({**told, **keys}, schema=SCHEMA)


def millionths(amount: Decimal) -> int:
    """`amount` in whole millionths. Raises ValueError when it is finer or larger than any payment."""
    scaled = amount.scaleb(SCALE_DIGITS)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount:f} has more than {SCALE_DIGITS} decimals.")
    if abs(whole) >= MOST:
        raise ValueError(f"{amount:f} is larger than any payment.")
    return whole


def major(amount: int) -> Decimal:
    """The exact amount in major units of so many millionths, without needless zeros."""
    found = Decimal(amount).scaleb(-SCALE_DIGITS)
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def id_key(text: str) -> str | None:
    """An id of a provider or a batch without case and punctuation."""
    return key_of(text) or None


def reference_key(text: str, shortest: int) -> str | None:
    """A reference as it is compared; None where it is no evidence: without a digit or too short, such
    as "N/A" or "loan", which thousands of lines have in common."""
    key = key_of(text)
    return key if len(key) >= shortest and _DIGIT.search(key) else None


def phone_key(text: str, digits: int) -> str | None:
    """The last digits of a phone number, whatever prefix it has; None for a masked or a shorter one."""
    if not text or _MASKED.search(text):
        return None
    found = text if text.isdigit() and text.isascii() else _NOT_DIGITS.sub("", text)
    return found[-digits:] if len(found) >= digits else None
