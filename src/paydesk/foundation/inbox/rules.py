"""What of a message is kept, and how it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

# Headers that help to understand a message later. Cookies and credentials are never kept.
KEPT_HEADERS = ("content-type", "content-length", "user-agent", "x-request-id", "date")
LONGEST_HEADER = 200
MOST_ATTEMPTS = 5


def headers_kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping, names in lower case, values cut and printable."""
    kept = {}
    for name, value in headers.items():
        if name.lower() in KEPT_HEADERS and value:
            kept[name.lower()] = "".join(c if c.isprintable() else "?" for c in value[:LONGEST_HEADER])
    return kept


def content_hash(body: bytes) -> bytes:
    """What makes a message the same message again: the hash of its body."""
    return hashlib.sha256(body).digest()
