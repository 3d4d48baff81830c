"""Decisions about people that need no database: initials, and which texts make an e-mail address."""

from __future__ import annotations

import re


def initials_of(name: str) -> str:
    """Up to two capital letters for the avatar: of the first and the last word of `name`."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def normal_email(text: str) -> str:
    """`text` as the desk stores it: trimmed, in small letters. Raises ValueError if it is no address."""
    email = text.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email) or len(email) > 254:
        raise ValueError(f"{text.strip()!r} is not an e-mail address")
    return email
