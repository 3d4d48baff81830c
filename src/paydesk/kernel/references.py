"""References as payers type them, brought to the form in which two of them are compared."""

from __future__ import annotations

import re
import unicodedata

_NOT_KEY = re.compile(r"[^0-9A-Z]+")
SHORTEST_REFERENCE = 5


def key_of(text: str) -> str:
    """The comparison key of a reference: NFKC, upper case, letters and digits only. Empty for none."""
    return _NOT_KEY.sub("", unicodedata.normalize("NFKC", text).upper())


def keys_in(text: str) -> list[str]:
    """Every reference that may stand in a free text: each word, and each two neighbouring words joined.

    Only keys of at least five characters with a digit in them; in the order of the text, each once.
    """
    parts = [part for part in _NOT_KEY.split(unicodedata.normalize("NFKC", text).upper()) if part]
    joined = parts + [first + second for first, second in zip(parts, parts[1:], strict=False)]
    keys = (key for key in joined if len(key) >= SHORTEST_REFERENCE and any(c.isdigit() for c in key))
    return list(dict.fromkeys(keys))
