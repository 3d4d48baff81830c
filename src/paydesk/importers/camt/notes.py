"""Remarks that may repeat in every entry of a file, said once with their count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from paydesk.importers.records import FileWarning

SHOWN = 3


class Notes:
    """Remarks that may repeat in every entry: the first few are said, the rest counted."""

    def __init__(self) -> None:
        self.found: dict[str, Counter[str]] = {}

    def add(self, about: str, text: str) -> None:
        counts = self.found.setdefault(about, Counter())
        if text in counts or len(counts) < 100:
            counts[text] += 1

    def all(self) -> list[tuple[str, str]]:
        """Every remark as often as it was made, to be made again."""
        return [(about, text) for about, counts in self.found.items() for text in counts.elements()]

    def warnings(self) -> Iterator[FileWarning]:
        for counts in self.found.values():
            for text, count in list(counts.items())[:SHOWN]:
                yield FileWarning(text if count == 1 else f"{text} ({count} times)")
            if len(counts) > SHOWN:
                more = len(counts) - SHOWN
                yield FileWarning(f"{more} more remark{'s' if more > 1 else ''} like the last one.")
