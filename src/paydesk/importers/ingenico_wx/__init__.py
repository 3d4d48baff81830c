"""Ingenico (GlobalCollect) WX files: the daily operational report in XML, usually packed with gzip.

One line per DataRecord; line numbers are record numbers, because one XML line may hold a whole file. What is
processed but not settled (category X) is pending: the record that settles it follows in a later file, with
the same order. The report settles nothing by itself (the financial statement does), so no batch key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from paydesk.importers.about import About
from paydesk.importers.ingenico_wx.report import WxReader
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.other_formats import is_xml, text_of
from paydesk.importers.prepared import Prepared
from paydesk.importers.records import Record

_ROOT = re.compile(r"<(?:[\w.-]+:)?report\s[^>]{0,400}globalcollect", re.IGNORECASE)


class IngenicoWx:
    """The importer for WX files."""

    name = "ingenico.wx"
    about = About(
        title="Ingenico (GlobalCollect) WX report",
        provider="Ingenico",
        sources=("samples", "integration_code"),
        source="WX files of wx.v2_6 with what their origin's tests expect of them; Ingenico gives the full "
        "specification to its merchants only.",
        sure="medium",
        versions="wx.v2_6 XML",
        known_missing=(
            "Record categories and types beyond X/ON, X/CR, +/ON, +/IP, +/AP, -/CB and -/CR are rejected.",
            "Times carry no zone and are read as UTC, as the origin's tests do.",
            "The CSV and ASCII forms of the file are not read.",
        ),
    )

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.limits = limits

    def recognises(self, head: bytes) -> bool:
        return is_xml(head) and _ROOT.search(text_of(head)[:5_000]) is not None

    def read(self, file: BinaryIO) -> Iterator[Record]:
        """Yield the Statement, its lines, what does not add up. Raises NotReadable for a damaged file."""
        return self.prepare(file).records()

    def prepare(self, file: BinaryIO) -> Prepared:
        reader = WxReader(file)
        return Prepared(self.name, None, reader.records)
