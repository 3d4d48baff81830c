"""MT940 statements and MT942 interim reports: one line per `:61:`, signed by its mark (RC is a debit).

Our own reader, because the library of that name drops lines without a word in files of some banks. Lines
are numbered as in the file. Text before the first `:20:` (SWIFT and bank headers) is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from paydesk.importers.about import About
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.mt940.messages import Mt940Reader
from paydesk.importers.other_formats import text_of, what_is
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import NotReadable, Record
from paydesk.importers.text_files import encoding_of

# A :20: within the first lines, then :25: before anything that is no head field.
_START = re.compile(
    r"(?:[^\n]{0,200}\n){0,8}?(?:\{[^\n]{0,160}\{4: *)?:20:[^\n]{0,80}\n(?:[^:\n][^\n]{0,80}\n|\n)*"
    r"(?::(?:21|13D?|NS):[^\n]*\n(?:[^:\n][^\n]*\n)*)*:25P?:",
)
_INTERIM = re.compile(r"\{2:[IO]942|^[ \t]*:?942\b|^:34F:|^:90[CD]:", re.MULTILINE)
_DAILY = re.compile(r"^:6[02][FM]:", re.MULTILINE)


class _Mt94x:
    """What the two have in common."""

    name: str = ""
    about: ClassVar[About]
    interim: ClassVar[bool]

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        text = _plain(head)
        return _START.match(text) is not None and _is_interim(text) is self.interim

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield each Statement before its lines. Raises NotReadable for another or a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        head = file.read(64 * 1024)
        if _START.match(_plain(head)) is None:
            what = what_is(head) or "something else"
            raise NotReadable(
                f"The file is {what}, not an {self.name.upper()} file that begins with :20: and :25:."
            )
        if (encoding_of(head) or "").startswith(("utf-16", "utf-32")):
            raise NotReadable("The file is an MT940 in UTF-16, which no bank sends; save it as UTF-8 text.")
        reader = Mt940Reader(file, self.limits, interim=self.interim)
        return Prepared(self.name, None, reader.records)


class Mt940(_Mt94x):
    """Statements, with opening and closing balance."""

    name = "mt940"
    interim = False
    about = About(
        title="MT940 statement",
        provider="banks",
        sources=("samples", "official"),
        source="SWIFT MT940 as banks publish it; 33 specimens of Dutch, German, Swiss, Polish, Hungarian, "
        "Macedonian and Hong Kong banks.",
        sure="high",
        versions="with or without SWIFT envelope; :86: free, German ?20, Dutch /REMI/, Multicash :NS:",
        known_missing=(
            "A reference that a bank wraps over two lines of a :61: is kept in the raw row only.",
            "A :20: at the start of a wrapped line of free text would begin a new statement.",
        ),
    )


class Mt942(_Mt94x):
    """Interim reports: entries of the day so far, with counts and sums."""

    name = "mt942"
    interim = True
    about = About(
        title="MT942 interim report",
        provider="banks",
        sources=("official", "samples"),
        source="SWIFT MT942 as banks publish it; one specimen.",
        sure="medium",
        known_missing=(
            "Its entries come again in the MT940 of the day: take in one of the two for an account.",
            "Entries below the floor limit (:34F:) are not in the file.",
        ),
    )


def _plain(head: bytes) -> str:
    return text_of(head).replace("\r\n", "\n").replace("\r", "\n").lstrip("\x00\x01\x02\x03\n\t ")


def _is_interim(text: str) -> bool:
    return _INTERIM.search(text) is not None and _DAILY.search(text) is None
