"""Trustly's funding and reconciliation files (Americas): records without a header, told apart by a letter.

The funding file (P11KFUN) says what was settled: an item (I) per transaction, a funding record (F) per
transfer to or from our bank, a trailer (L) with counts and sums. The trace id of the transfer ties them
together and is the batch key. An item without one only reports a change of state: a notice.

The reconciliation file (P11KREC) lists what was created in the period, settled or not. Its transactions (T)
come again in a funding file, so none becomes a line: it is counted, compared with its trailer, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import text_of
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Record
from paydesk.importers.trustly.records_file import RecordsFile

_HEAD = re.compile(r'"?H"?,"?P11K(?:FUN|REC)"?,')


class Trustly:
    """The importer for both files."""

    name = "trustly"
    about = About(
        title="Trustly funding and reconciliation file",
        provider="Trustly",
        sources=("official", "samples"),
        source="Trustly's reporting reference for the Americas and files with their origin's tests.",
        sure="medium",
        versions="P11KFUN and P11KREC 1.0.0",
        known_missing=(
            "Item types beyond sale, capture, refund and return are rejected.",
            "The reconciliation file of real-time payments is not read: no public source shows it.",
            "A report in several files is compared file by file; each names its place in the sequence.",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return _HEAD.match(text_of(head).lstrip()) is not None

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the Statement, its lines, what does not add up. Raises NotReadable for a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        found = RecordsFile(file, self.limits)
        return Prepared(f"{self.name}.{found.word}", None, found.records)
