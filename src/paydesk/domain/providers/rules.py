"""Who may send callbacks, and to which addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from paydesk.domain.providers.dialects import DIALECTS

GRACE_HOURS = (0, 1, 24, 72)  # how long an old secret stays good after a new one is made


def dialect_of(provider_code: str) -> str:
    """The dialect a provider most likely speaks, "" where none is known."""
    return next((code for code, each in DIALECTS.items() if provider_code in each.provider_codes), "")


def networks_in(text: str) -> list[str]:
    """The addresses and networks in `text`, one per line or with commas between. Raises ValueError."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(str(ipaddress.ip_network(word, strict=False)))
        except ValueError:
            raise ValueError(f"{word} is no network address; write it like 203.0.113.0/24.") from None
    return list(dict.fromkeys(found))


def is_allowed(address: str, networks: Sequence[str]) -> bool:
    """Whether a message from `address` may come in; with no networks named everybody may."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in ipaddress.ip_network(each) for each in networks)
