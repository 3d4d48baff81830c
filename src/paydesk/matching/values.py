"""What the engine compares, as plain values: amounts in millionths, ids and references as keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from paydesk.kernel.references import key_of

SCALE_DIGITS = 6
SCALE = 10**SCALE_DIGITS
MOST = 10**12 * SCALE  # a larger line is a number of something else
DAY = 86_400

_DIGIT = re.compile(r"[0-9]")
_NOT_DIGITS = re.compile(r"[^0-9]")
_MASKED = re.compile(r"[*xX\u2022]")


def keys_of(
    told: Mapping[str, Sequence[object]], *, shortest: int, digits: int
) -> dict[str, Sequence[object]]:
    """What the passes compare of columns that were told: a `shortest` reference, `digits` of a phone. None
    where there is no evidence."""
    return {
        "provider_key": [id_key(str(text)) for text in told["provider_ref"]],
        "reference_key": [reference_key(str(text), shortest) for text in told["reference"]],
        "batch_key": [id_key(str(text)) for text in told["batch"]],
        "phone": [phone_key(str(text), digits) for text in told["msisdn"]],
        "day": [at // DAY if isinstance(at, int) else None for at in told["at"]],
    }


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
