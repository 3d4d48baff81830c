"""BAI2 cash management reports of banks: one line per transaction record (16), balances per account.

Everything a bank may leave out is read without it; every control total and count it states is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.bai2.reader import Bai2Reader
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import NotReadable, Record
from paydesk.importers.text_files import encoding_of

_FILE = re.compile(r"0?1,[^,\n]*,[^,\n]*,\d{6}(?:\d\d)?,[\d:]*,[^,\n]*,\d*,\d*,\s*\d?\s*(?:/|\n|$)")
_GROUP = re.compile(r"0?2,[^,\n]*,[^,\n]+,[1-4],\d{6}(?:\d\d)?,\d*,")
_ACCOUNT = re.compile(r"03,[^,\n]+,(?:[A-Z]{3})?,(?:\d{3},[+-]?\d+,\d*,[0-2VSDZ]?[,/]|,,,?/)")
_OTHER_CODE = re.compile(r"(\d\d),[^,\n]*,[^,\n]*,[\d/]{6,8},\d{4},[^,\n]*,\d*,\d*,2/")


class Bai2:
    """The importer for BAI2 files."""

    name = "bai2"
    about = About(
        "BAI2 cash management report",
        "banks, most of them in the United States",
        ("samples", "integration_code"),
        "ten files of the tests of ministryofjustice/bai2, moov-io/bai2 and venturehacks/bai2; type codes as "
        "the first (MIT) lists them",
        "medium",
        "2",
        (
            "Type codes that a bank made up itself: their first three digits decide the side.",
            "Availability (when the money may be used) is checked and not kept, save a value date.",
            "Loan codes other than payments (706 to 728) and disbursements (760).",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        text = _text_of(head)
        return any(each.match(text) for each in (_FILE, _GROUP, _ACCOUNT, _OTHER_CODE))

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield a Statement per account before its lines. Raises NotReadable for what is no BAI2 file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        file.seek(0)
        text = _text_of(file.read(4096))
        file.seek(0)
        other = _OTHER_CODE.match(text)
        if other is not None and other[1] != "01":
            raise NotReadable(
                f"The first record has code {other[1]}, but a BAI2 file starts with its header, code "
                "01; the file "
                "is damaged: ask for it again."
            )
        return Prepared(self.name, None, lambda: Bai2Reader(file, self.limits).records())


def _text_of(head: bytes) -> str:
    return head.decode(encoding_of(head) or "latin-1", "replace").lstrip("\ufeff \t\r\n").replace("\r", "\n")
