"""camt.053 bank statements, every version from 001.01 on: one line per Ntry, by the entry's own sign.

Elements are found by their local name, so a missing namespace or a national one (six-interbank-clearing)
reads as well. Line numbers are entry numbers, because one XML line may hold a whole file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.camt053.messages import CAMT053, CamtReader
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import is_xml, xml_name
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Record


class Camt053:
    """The importer for bank-to-customer statements."""

    name = "camt.053"
    about = About(
        title="camt.053 statement",
        provider="banks",
        sources=("official", "samples"),
        source="ISO 20022 message definitions; 15 specimens of Swiss, Finnish, Dutch and German banks.",
        sure="high",
        versions="001.01 to 001.13, any national namespace",
        known_missing=("A batch entry stays one line; its transactions are in the raw row.",),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return is_xml(head) and xml_name(head) in (CAMT053.container, f"{CAMT053.container}V01")

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield each Statement before its lines. Raises NotReadable for another message or a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        reader = CamtReader(CAMT053, file, self.limits)
        return Prepared(reader.format, None, reader.records)
