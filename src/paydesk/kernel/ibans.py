"""International bank account numbers: what people type, checked before money is sent there (ISO 13616)."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def iban_of(text: str) -> str | None:
    """`text` without spaces in capitals, or None where its shape or its check digits are wrong."""
    iban = "".join(text.split()).upper()
    if not _SHAPE.fullmatch(iban):
        return None
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return iban if int(digits) % 97 == 1 else None
