"""The clock a file names in words: "CET" as a fixed offset, "America/Los_Angeles" as a place with its rules.

An abbreviation is taken literally, as reports mean it: CET is UTC+1 and CEST UTC+2, whatever the month.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from paydesk.importers.moments import DateOrder, Moments

_NUMERIC = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)
# Minutes east of UTC. Left out are words that mean two clocks, such as IST.
OFFSETS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MET": 60, "CEST": 120,
    "MEST": 120, "EET": 120, "EEST": 180, "MSK": 180, "SAST": 120, "EAT": 180, "WAT": 60, "CAT": 120,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180, "SGT": 480, "HKT": 480, "JST": 540,
    "KST": 540, "AEST": 600, "AEDT": 660, "AWST": 480, "NZST": 720, "NZDT": 780,
}  # fmt: skip


@lru_cache(maxsize=200)
def _offset(word: str) -> int | None:
    """Minutes east of UTC of an abbreviation or of "-0800" and "+01:00"; None for another word."""
    if found := _NUMERIC.fullmatch(word):
        minutes = int(found[2]) * 60 + int(found[3])
        return -minutes if found[1] == "-" else minutes
    return OFFSETS.get(word)


class ZonedMoments:
    """Reads dates with the clock named beside them."""

    def __init__(self, order: DateOrder) -> None:
        self.order: DateOrder = order
        self._utc = Moments(order, "UTC")
        self._places: dict[str, Moments] = {}

    def read(self, text: str, zone_word: str) -> tuple[datetime | None, date]:
        """The UTC instant and the date as written; no instant where the text has no time.

        Raises ValueError with a sentence for a date or a zone that cannot be read.
        """
        offset = OFFSETS.get(zone_word)
        if offset is None:
            offset = _offset(zone_word.upper())
        if offset is not None:
            instant, day = self._utc.read(text)
            return (instant - timedelta(minutes=offset) if instant else None), day
        if "/" not in zone_word:
            raise ValueError(f"There is no clock {zone_word[:30]!r} that we know.")
        place = self._places.get(zone_word)
        if place is None:
            place = self._places[zone_word] = Moments(self.order, zone_word)
            if len(self._places) > 50:
                self._places.clear()
        return place.read(text)
