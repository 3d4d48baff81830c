"""Tables of labelled cases: what is read, and the one sentence for what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk.categorising.labelled import Labelled, LabelledRefused, read_labelled


def read(tmp_path: Path, content: bytes) -> list[Labelled]:
    path = tmp_path / "cases.csv"
    path.write_bytes(content)
    return read_labelled(path)


@pytest.mark.parametrize(
    "content",
    [
        b"text,category\nHello,greeting\n",
        b"\xef\xbb\xbfid;Category;TEXT\r\n1;greeting;Hello\r\n\r\n",
        b"text\tcategory\nHello\t greeting ",
        b'"text","category"\n"Hello","greeting"\n',
    ],
)
def test_columns_are_found_by_name(tmp_path: Path, content: bytes) -> None:
    (row,) = read(tmp_path, content)
    assert (row.text, row.category, row.key) == ("Hello", "greeting", "line 2")


def test_a_text_may_be_long_empty_or_hold_line_ends_and_nul_bytes(tmp_path: Path) -> None:
    rows = read(
        tmp_path, b'text,category\n"one\ntwo ""quoted""",a\n,b\n\0\0,c\n' + b"x" * 1_000_000 + b",d\n"
    )
    assert [(row.category, row.key, len(row.text)) for row in rows] == [
        ("a", "line 2", 16),
        ("b", "line 4", 0),
        ("c", "line 5", 2),
        ("d", "line 6", 1_000_000),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"text,category\n", "has a header and no rows"),
        (b"message,category\nHello,a\n", "has no column text; its columns are message, category"),
        (b"text,text,category\nHello,a,b\n", "more than one column text"),
        (b"text,category\nHello,a\nBye,\n", "Line 3 of cases.csv has no category"),
        (b"text,category\nHello\n", "Line 2 of cases.csv has no category"),
        (b"text,category\nHello, you,a\n", "Line 2 of cases.csv has 3 cells and the header 2"),
        (b"text,category\nHello," + b"a" * 201 + b"\n", "has 201 characters"),
        (b'text,category\n"Hello,a\nBye,b\n', "cannot be read at line 3"),
        (b"text,category\nHell\xf6,a\n", "is not UTF-8 text at byte 18"),
        (b"PK\x03\x04\x00\x00", "has no column text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(LabelledRefused) as refused:
        read(tmp_path, content)
    assert says in refused.value.text
