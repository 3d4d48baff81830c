"""What a person should know of a file, each with its line; beyond a number only how many more there are."""

from __future__ import annotations

LISTED = 200


class Warnings:
    """The warnings of one side, in the order of the file."""

    def __init__(self, side: str) -> None:
        self.side = side
        self._listed: list[str] = []
        self._more = 0

    def add(self, text: str) -> None:
        if len(self._listed) < LISTED:
            self._listed.append(f"{self.side}, {text}")
        else:
            self._more += 1

    def texts(self) -> list[str]:
        """All of them."""
        more = [f"{self.side}: {self._more:,} more like these."] if self._more else []
        return self._listed + more
