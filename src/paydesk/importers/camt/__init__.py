"""camt.052 reports, camt.053 statements and camt.054 notifications, every version: one line per Ntry.

Elements are found by their local name, so a missing namespace or a national one (six-interbank-clearing)
reads as well. Line numbers are entry numbers, because one XML line may hold a whole file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from paydesk.importers.about import About
from paydesk.importers.camt.messages import CAMT052, CAMT053, CAMT054, Message
from paydesk.importers.camt.reader import CamtReader
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import is_xml, xml_name
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Record

_BATCHES = "A batch entry stays one line; its transactions are in the raw row."
_TWICE = "Its entries come again in the camt.053 of the day: take in one of the two for an account."


def _about(message: Message, title: str, *known_missing: str) -> About:
    return About(
        title=f"{message.name} {title}",
        provider="banks",
        sources=("official", "samples"),
        source="ISO 20022 message definitions; specimens of Swiss, Finnish, Dutch, Swedish and German banks.",
        sure="high",
        versions=f"001.01 to 001.{message.newest}, any national namespace",
        known_missing=known_missing,
    )


class Camt:
    """What the three have in common; each names its message."""

    name: str = ""
    about: ClassVar[About]
    message: ClassVar[Message]

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return is_xml(head) and xml_name(head) in (self.message.container, f"{self.message.container}V01")

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield each Statement before its lines. Raises NotReadable for another message or a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        reader = CamtReader(self.message, file, self.limits)
        return Prepared(reader.format, None, reader.records)


class Camt052(Camt):
    """Account reports during the day: what is booked and what is announced."""

    name = "camt.052"
    message = CAMT052
    about = _about(CAMT052, "report", _BATCHES, _TWICE)


class Camt053(Camt):
    """Bank-to-customer statements: the whole of a day, with its balances."""

    name = "camt.053"
    message = CAMT053
    about = _about(CAMT053, "statement", _BATCHES)


class Camt054(Camt):
    """Debit and credit notifications: the details of entries a statement may show as one sum."""

    name = "camt.054"
    message = CAMT054
    about = _about(CAMT054, "notification", _BATCHES, _TWICE)
