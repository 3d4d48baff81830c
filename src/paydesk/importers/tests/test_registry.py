"""What every importer owes: a sample, an expected file, one name; and how one is chosen."""

from __future__ import annotations

import inspect
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.importers.reading import open_file
from paydesk.importers.records import Importer, NotPayments, NotReadable
from paydesk.importers.registry import IMPORTERS, format_names, importer_for, importer_named


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda each: each.name)
def test_every_importer_has_a_sample_and_its_expected_output(importer: type) -> None:
    folder = Path(inspect.getfile(importer)).parent
    samples = {path.stem for path in (folder / "samples").iterdir()}
    expected = {path.stem for path in (folder / "expected").iterdir()}
    assert samples, f"Put an invented sample into {folder.name}/samples."
    assert samples == expected, f"Write {folder.name}/expected/<sample>.json: PAYDESK_WRITE_EXPECTED=1."
    assert isinstance(importer(), Importer)


def test_names_are_unique_and_each_finds_its_importer() -> None:
    assert len(set(format_names())) == len(format_names())
    for name in format_names():
        assert importer_named(name)
    assert importer_named("camt.053.001.08").name == "camt.053"


def test_an_unknown_name_is_told_with_the_names_there_are() -> None:
    with pytest.raises(KeyError, match=r"camt\.053, .*csv, xlsx"):
        importer_named("mt9000")


def test_a_named_format_that_the_file_is_not_is_refused() -> None:
    with pytest.raises(NotReadable, match=r"not a camt\.053"):
        open_file(io.BytesIO(b"Date,Amount\n2024-01-01,1\n"), filename="a.csv", format="camt.053")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"{1:F01BANKXXXX}{4:\n:20:REF\n", "a piece of an MT940 statement"),
        (b":25:ACC\n:60F:C240301EUR1,00\n", "a piece of an MT940 statement"),
        (b'{"ResponseCode": "0000"}', "a JSON document"),
        (b"%PDF-1.4", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
    ],
)
def test_what_no_importer_reads_is_named(head: bytes, what: str) -> None:
    with pytest.raises(NotReadable, match=what):
        importer_for(head, "it")


def test_a_time_of_day_at_twenty_past_is_no_mt940_statement() -> None:
    assert importer_for(b"Receipt No.,Time\nQ1,28-02-2026 17:20:37\n", "it").name == "table"


def refusal_of(content: bytes) -> str:
    """What is said when `content` is refused, "" when it is read; any other error is the test's failure."""
    try:
        list(open_file(io.BytesIO(content), filename="garbage"))
    except NotReadable as refused:
        return str(refused)
    return ""


@given(st.binary(max_size=2000))
def test_garbage_is_refused_and_never_an_error_of_ours(garbage: bytes) -> None:
    assert "\n" not in refusal_of(garbage)


SIGNATURES = [
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
    b"<?xml version='1.0'?>",
    b"\xff\xfe",
    b"Date,Amount\n",
    b"<Document>",
]


@given(st.sampled_from(SIGNATURES), st.binary(max_size=500))
def test_garbage_behind_a_known_beginning_is_no_error_of_ours(start: bytes, garbage: bytes) -> None:
    assert "\n" not in refusal_of(start + garbage)


def test_a_web_page_that_is_called_a_spreadsheet_says_what_to_do() -> None:
    page = b"<html><body><table><tr><td>1</td></tr></table></body></html>"
    by_program = page.replace(b"<html>", b'<html xmlns:x="urn:schemas-microsoft-com:office:excel">')
    for content, name in ((page, "march.xls"), (by_program, "march.html")):
        with pytest.raises(NotReadable, match="does not read; open it in a spreadsheet program") as said:
            importer_for(content, name)
        assert not isinstance(said.value, NotPayments)
    with pytest.raises(NotPayments, match="is a web page, which paydesk does not read.$"):
        importer_for(page, "march.html")
    with pytest.raises(NotReadable, match="is a RAR archive, which paydesk does not read; send it as zip."):
        importer_for(b"Rar!\x1a\x07", "march.rar")
