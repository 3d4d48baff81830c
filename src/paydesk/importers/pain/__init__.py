"""pain.001 and pain.008 payment orders, pain.002 status reports: one line per transaction or status.

Orders are what we asked a bank to do: kind "order", always pending. Statuses are what it answered: kind
"notice", amount 0. Elements are found by their local name, so national namespaces (`.ch.02`) read as well.
Line numbers count transactions, because one XML line may hold a whole file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from paydesk.importers.about import About
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.pain.messages import PAIN001, PAIN002, PAIN008, Message, is_message
from paydesk.importers.pain.reader import PainReader
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Record

_CHECKED = "Only versions whose schema the sepaxml package ships are checked against it."


def _about(message: Message, title: str, *known_missing: str) -> About:
    return About(
        title=f"{message.name} {title}",
        provider="banks",
        sources=("official", "samples"),
        source="ISO 20022 message definitions; specimens of Swiss, Lithuanian and Irish banks.",
        sure="high",
        versions=f"001.01 to 001.{message.newest}, any national namespace",
        known_missing=known_missing,
    )


class Pain:
    """What the three have in common; each names its message."""

    name: str = ""
    about: ClassVar[About]
    message: ClassVar[Message]

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return is_message(self.message, head)

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield each payment group before its lines. Raises NotReadable for another or a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        reader = PainReader(self.message, file)
        return Prepared(reader.format, None, reader.records)


class Pain001(Pain):
    """Credit transfers we asked a bank to make."""

    name = "pain.001"
    message = PAIN001
    about = _about(PAIN001, "payment order", _CHECKED)


class Pain002(Pain):
    """What a bank says became of orders."""

    name = "pain.002"
    message = PAIN002
    about = _about(PAIN002, "payment status report", "Counts of the original message are not compared.")


class Pain008(Pain):
    """Direct debits we asked a bank to collect."""

    name = "pain.008"
    message = PAIN008
    about = _about(PAIN008, "direct debit order", _CHECKED)
