"""Bytes of a good file, damaged at random: cut off, overwritten, with NUL bytes or other text in it."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from paydesk.importers.prepared import PreparingImporter
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine

_PIECES = (
    b"",
    b"\x00",
    b'"',
    b"\n",
    b";",
    b",",
    b"\xff\xfe",
    b"9" * 40,
    b"-",
    b"{",
    b"]",
    b"<",
    b"NaN",
    b"1E+22",
)


def damaged(body: bytes) -> st.SearchStrategy[bytes]:
    """`body` with up to four of its stretches replaced by something else, and perhaps its end lost."""
    edit = st.tuples(st.integers(0, len(body)), st.integers(0, 30), st.sampled_from(_PIECES))
    return st.tuples(st.lists(edit, max_size=4), st.integers(0, len(body))).map(
        lambda each: _edited(body, each[0], each[1])
    )


def _edited(body: bytes, edits: list[tuple[int, int, bytes]], end: int) -> bytes:
    for place, length, piece in edits:
        body = body[:place] + piece + body[place + length :]
    return body[:end] if end % 2 else body


def assert_records_or_refusal(importer: PreparingImporter, body: bytes) -> list[Record]:
    """Whatever the bytes are, there are records or one sentence; the records, empty for a refusal."""
    records: list[Record] = []
    sentence = "read"
    try:
        records = list(importer.read(io.BytesIO(body)))
    except NotReadable as refused:
        sentence = str(refused)
    assert sentence
    assert "\n" not in sentence
    assert all(isinstance(each, Statement | StatementLine | RejectedLine | FileWarning) for each in records)
    return records
