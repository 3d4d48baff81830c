"""A file an importer has looked at: what it is, and its records when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.records import Importer, Record


@dataclass(frozen=True, slots=True)
class Prepared:
    """`format` as commands print it ("camt.053.001.08", "csv"); the built-in profile, if one is used."""

    format: str
    profile_name: str | None
    records: Callable[[], Iterator[Record]]


class PreparingImporter(Importer, Protocol):
    """An importer that can say what a file is before it streams it; all of ours do."""

    def __init__(self, *, limits: Limits = LIMITS) -> None: ...

    def prepare(self, file: BinaryIO) -> Prepared:
        """Look at the head of `file`. Raises NotReadable when it is not what this importer reads."""
        ...
