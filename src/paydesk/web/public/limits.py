"""How often one address may do something at a public page, counted by this process in flat memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest

from paydesk.foundation.people.client_address import client_address

MOST_ADDRESSES = 50_000


class PerAddress:
    """At most `most` times per address in `seconds`; each of the web processes counts for itself."""

    def __init__(self, most: int, seconds: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds = most, seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._window = -1
        self._counts: dict[str, int] = {}

    def is_over(self, request: HttpRequest) -> bool:
        """Count one use; whether it is one too many."""
        address = client_address(request)
        with self._lock:
            window = int(self._clock() // self.seconds)
            if window != self._window or len(self._counts) > MOST_ADDRESSES:
                self._window, self._counts = window, {}
            self._counts[address] = self._counts.get(address, 0) + 1
            return self._counts[address] > self.most


# A household, a shop or an office may share an address.
LOOKS = PerAddress(120)
REFERENCES = PerAddress(40)
FORMS = PerAddress(10, 600)
CHATS = PerAddress(20, 600)
FILES = PerAddress(30, 600)
POLLS = PerAddress(900)
SAYS = PerAddress(90)
PROOFS = PerAddress(12, 600)
CALLS = PerAddress(1200)
EVERY = (LOOKS, REFERENCES, FORMS, CHATS, FILES, POLLS, SAYS, PROOFS, CALLS)
