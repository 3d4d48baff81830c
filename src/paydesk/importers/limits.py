"""How much of a file is read before it is refused. Each limit says its own figure when it bites."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards against archive bombs and damaged files; a caller with larger files hands in larger ones.

    unpacked_bytes: all members of an archive together. ratio: unpacked / packed, looked at from 32 MiB on
    (a CSV of equal rows reaches about 60, an archive made to fill a disk 1,000). members: files in one
    archive. nesting: archives inside archives. line_chars: one line of a text file. sheet_cells: the
    rectangle from the first to the last used cell of a sheet, because the reader allocates all of it.
    xml_details: transactions of one batch entry whose details are kept.
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


LIMITS = Limits()
