"""How much of a file is read before it is refused. Each limit says its own figure when it bites."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from paydesk.kernel.refused import Refused

MIB = 1024 * 1024
PREFIX = "PAYDESK_READ_"
# Environment variable to limit; docs/how-to/configure.md says what each means.
VARIABLES = {
    "PAYDESK_READ_UNPACKED_BYTES": "unpacked_bytes",
    "PAYDESK_READ_RATIO": "ratio",
    "PAYDESK_READ_RATIO_FROM_BYTES": "ratio_from_bytes",
    "PAYDESK_READ_MEMBERS": "members",
    "PAYDESK_READ_NESTING": "nesting",
    "PAYDESK_READ_LINE_CHARS": "line_chars",
    "PAYDESK_READ_SHEET_CELLS": "sheet_cells",
    "PAYDESK_READ_WORKBOOK_BYTES": "workbook_bytes",
    "PAYDESK_READ_XML_DETAILS": "xml_details",
    "PAYDESK_READ_XML_ELEMENTS": "xml_elements",
    "PAYDESK_READ_JSON_BYTES": "json_bytes",
    "PAYDESK_READ_LISTED": "listed",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards against archive bombs and damaged files; a caller with larger files hands in larger ones.

    unpacked_bytes: all members of an archive together. ratio: unpacked / packed, looked at from 32 MiB on
    (a CSV of equal rows reaches about 60, an archive made to fill a disk 1,000). members: files in one
    archive. nesting: archives inside archives. line_chars: one line of a text file. sheet_cells: the
    rectangle from the first to the last used cell of a sheet, because the reader allocates all of it.
    workbook_bytes: a spreadsheet, unpacked. xml_details: transactions of one batch entry whose details are
    kept. xml_elements: elements of an XML file in memory at once, so of those that belong to no statement.
    json_bytes: a file of JSON messages, which is read as a whole. listed: rejected rows, and remarks, that
    are listed one by one; the rest is counted.
    """

    unpacked_bytes: int = 4096 * MIB
    ratio: int = 300
    ratio_from_bytes: int = 32 * MIB
    members: int = 500
    nesting: int = 2
    line_chars: int = MIB
    sheet_cells: int = 40_000_000
    workbook_bytes: int = 256 * MIB
    xml_details: int = 1000
    xml_elements: int = 2_000_000
    json_bytes: int = 64 * MIB
    listed: int = 100_000

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Limits:
        """The limits with what `environment` sets: PAYDESK_READ_LINE_CHARS=2000000 and so on.

        Raises Refused for a name there is not and for what is no number above zero.
        """
        values: dict[str, int] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX) or not text.strip():
                continue
            if variable not in VARIABLES:
                raise Refused(
                    f"There is no setting {variable}; there are {', '.join(sorted(VARIABLES))}.",
                    code="setting.unknown",
                )
            digits = text.strip().replace("_", "")
            if not (digits.isascii() and digits.isdigit() and int(digits[:19]) > 0):
                raise Refused(
                    f"{variable} is {text.strip()[:40]!r}; it has to be a whole number above 0.",
                    code="setting.no_number",
                )
            values[VARIABLES[variable]] = int(digits[:19])
        return cls(**values)


# Importers know no configuration above them, so the limits of this process are read here, once.
LIMITS = Limits.of(os.environ)
