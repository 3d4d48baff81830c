"""Texts as patterns of SQL's LIKE: what a person types is never a wildcard."""

from __future__ import annotations

_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def as_pattern(text: str, *, inside: bool = False, whole: bool = False) -> str:
    """The pattern of texts that begin with `text`; have it anywhere (`inside`); are it (`whole`)."""
    escaped = text.translate(_ESCAPED)
    if whole:
        return escaped
    return f"%{escaped}%" if inside else f"{escaped}%"
