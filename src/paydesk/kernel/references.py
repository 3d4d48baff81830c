"""References as payers type them, brought to the form in which two of them are compared."""

from __future__ import annotations

import re
import unicodedata

_NOT_KEY = re.compile(r"[^0-9A-Z]+")
_KEY = re.compile(r"[0-9A-Z]+")
SHORTEST_REFERENCE = 5


def key_of(text: str) -> str:
    """The comparison key of a reference: NFKC, upper case, letters and digits only. Empty for none."""
    if text.isascii():  # nearly all of them, by the million
        return text.upper() if text.isalnum() else _NOT_KEY.sub("", text.upper())
    return _NOT_KEY.sub("", unicodedata.normalize("NFKC", text).upper())


def keys_in(text: str) -> list[str]:
    """Every reference that may stand in a free text: each word, and each two neighbouring words joined.

    Only keys of at least five characters with a digit in them; in the order of the text, each once.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    parts = _KEY.findall(text.upper())
    joined = parts + [first + second for first, second in zip(parts, parts[1:], strict=False)]
    # A key is of digits and letters: not of letters alone means with a digit.
    keys = [key for key in joined if len(key) >= SHORTEST_REFERENCE and not key.isalpha()]
    return list(dict.fromkeys(keys))
