"""How much the process grows while records stream, C libraries included (tracemalloc does not see those)."""

from __future__ import annotations

import gc
from collections.abc import Iterable

import psutil

from paydesk.importers.records import Record


def growth_while_reading(records: Iterable[Record], every: int = 1000) -> tuple[int, int]:
    """(number of records, bytes by which the process was larger at its peak than after the first ones)."""
    process = psutil.Process()
    count = peak = start = 0
    for count, _ in enumerate(records, start=1):
        if count % every == 0:
            size = process.memory_info().rss
            if count == every:
                gc.collect()
                start = size
            peak = max(peak, size)
    return count, peak - start
