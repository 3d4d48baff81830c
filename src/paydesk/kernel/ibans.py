"""International bank account numbers: what people type, checked before money is sent there (ISO 13616)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def iban_of(text: str) -> str | None:
    """`text` without spaces in capitals, or None where its shape or its check digits are wrong."""
    iban = "".join(text.split()).upper()
    if not _SHAPE.fullmatch(iban):
        return None
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return iban if int(digits) % 97 == 1 else None


_IN_TEXT = re.compile(
    r"(?<![a-z0-9])[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?(?![a-z0-9])",
    re.IGNORECASE,
)


def ibans_in(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each IBAN between these places of a free text, in groups or in one piece, and where it stands."""
    for found in _IN_TEXT.finditer(text, start, len(text) if end is None else end):
        words = found[0]
        while words:  # the pattern may have taken a word too much
            if (iban := iban_of(words.replace("-", ""))) is not None:
                yield iban, (found.start(), found.start() + len(words))
                break
            words = words.rpartition(" ")[0]
