"""Entries read by their shape are what the XML parser makes of them, whatever stands in the file."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.camt import Camt052, Camt053, Camt054, entry_stream
from paydesk.importers.camt.shapes import shape_of
from paydesk.importers.records import NotReadable, Record
from paydesk.importers.tests.memory import growth_while_reading

IMPORTERS = (Camt052, Camt053, Camt054)
STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("*.xml"))
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
    b"<BkToCstmrStmt><Stmt><Id>1</Id>\n"
)
FOOT = b"</Stmt></BkToCstmrStmt></Document>"
PLAIN = (
    '<Ntry>\n <NtryRef>{n}</NtryRef><Amt Ccy="EUR">{n}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Sts><Cd>BOOK</Cd></Sts>"
    "<BookgDt><Dt>2024-03-01</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{text}</EndToEndId></Refs>"
    "<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    "</NtryDtls></Ntry>\n"
)


def entry(n: int, text: str = "one", name: str = "Invented") -> bytes:
    return PLAIN.format(n=n, text=text, name=name).encode("utf-8", "surrogatepass")


@pytest.fixture(autouse=True)
def _shapes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_stream, "PARSED_FIRST", 0)


def both(content: bytes) -> tuple[list[Record] | str, list[Record] | str, int]:
    """What is read with shapes and without, or the refusal, and how many entries were read by a shape."""
    found: list[list[Record] | str] = []
    alike = 0
    shapes = entry_stream.MOST_BUILT
    try:
        for most in (shapes, 0):
            entry_stream.MOST_BUILT = most
            try:
                importer = next((each for each in IMPORTERS if each().recognises(content)), Camt053)
                found.append(list(importer().read(io.BytesIO(content))))
                stream = entry_stream.EntryStream(io.BytesIO(content))
                alike = max(alike, _alike_in(stream))
            except NotReadable as refused:
                found.append(str(refused))
    finally:
        entry_stream.MOST_BUILT = shapes
    return found[0], found[1], alike


def _alike_in(stream: entry_stream.EntryStream) -> int:
    count = 0
    path: list[str] = []
    for event, element in stream:
        if isinstance(element, entry_stream.Alike):
            count += 1
            continue
        name = str(element.tag).rpartition("}")[2]
        if event == "start":
            path.append(name)
            if name == "Ntry" and path[-2] in STATEMENTS:
                stream.entry_began()
        else:
            path.pop()
            if name == "Ntry" and path[-1] in STATEMENTS:
                stream.entry_ended()
    return count


def test_entries_that_look_alike_are_not_parsed_again() -> None:
    content = HEAD + b"".join(entry(n, f"text {n}") for n in range(30)) + FOOT
    by_shape, by_parser, alike = both(content)
    assert by_shape == by_parser
    assert alike == 27  # the first stands behind the declaration, the third makes the shape


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_entries_of_a_sample_read_alike_by_shape_and_by_parser(sample: Path) -> None:
    text = sample.read_bytes()
    start = min(place for place in (text.find(b"<Ntry>"), text.find(b"<n:Ntry>")) if place >= 0)
    end = next(found.start() for found in re.finditer(rb"</(?:n:)?(?:Stmt|Rpt|Ntfctn)>", text))
    content = text[:end] + text[start:end] * 3 + text[end:]
    by_shape, by_parser, alike = both(content)
    assert by_shape == by_parser
    assert alike


ODD = st.sampled_from(
    [
        "", " ", "plain", "a &amp; b", "&lt;x&gt;", "&#65;", "<![CDATA[</Ntry><Ntry>]]>", "<!-- </Ntry> -->",
        "\u00e9 \u00a0", "\ufffe", "a\tb\nc", "a\rb", "]]>", "&unknown;", "4111 1111 1111 1111",
        "<Extra>1</Extra>", "NOTPROVIDED", "<?pi </Ntry>?>", "\x01",
    ]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(ODD, ODD), min_size=3, max_size=8), st.binary(max_size=3), st.integers(0, 3000))
def test_odd_texts_and_damage_read_alike_by_shape_and_by_parser(
    texts: list[tuple[str, str]], damage: bytes, place: int
) -> None:
    usual = [entry(n) for n in range(3)]
    content = HEAD + b"".join(usual + [entry(n, *each) for n, each in enumerate(texts)] + usual) + FOOT
    content = content[: place % len(content)] + damage + content[place % len(content) :]
    by_shape, by_parser, _ = both(content)
    # Of some damage the parser tells the line only by and by.
    assert by_shape == by_parser or (isinstance(by_shape, str) and isinstance(by_parser, str))


def test_a_comment_that_holds_an_entry_is_no_entry() -> None:
    hidden = b"<!--" + entry(7) + b"-->" + entry(8) + b"<!--\n" + entry(9) + entry(9) + b"-->"
    content = HEAD + entry(1) + entry(2) + entry(3) + hidden + entry(4) + FOOT
    by_shape, by_parser, _ = both(content)
    assert by_shape == by_parser
    assert isinstance(by_shape, list)
    assert [each.amount for each in by_shape if hasattr(each, "amount")] == [1, 2, 3, 8, 4]


def test_damage_behind_entries_that_were_not_parsed_is_named_by_its_line_in_the_file() -> None:
    content = HEAD + b"".join(entry(n) for n in range(20)) + b"\n<Wrong></Stmt>"
    by_shape, by_parser, _ = both(content)
    assert by_shape == by_parser
    assert "line 44" in str(by_shape)


@pytest.mark.parametrize(
    "written",
    [
        b"<Ntry/>",
        b"<Ntry xmlns='x'><Amt>1</Amt></Ntry>",
        b"<Ntry><Amt>1<!-- x --></Amt></Ntry>",
        b"<Stmt>1</Stmt>",
        b"<Ntry>text<Amt>1</Amt></Ntry>",
        b"<Ntry><TxDtls>1</TxDtls></Ntry>",
        b"<Ntry><Amt>1</Amt></Ntry>x",
    ],
)
def test_what_only_the_parser_knows_has_no_shape(written: bytes) -> None:
    assert shape_of(written) is None


def test_memory_stays_flat_where_entries_look_alike(tmp_path: Path) -> None:
    big = tmp_path / "big.xml"
    with big.open("wb") as file:
        file.write(HEAD)
        for n in range(6_000):
            file.write(entry(n))
        file.write(FOOT)
    with big.open("rb") as stream:
        count, growth = growth_while_reading(Camt053().read(stream))
    assert count > 6_000
    assert growth < 4_000_000


def test_a_part_of_a_million_elements_is_refused_before_it_fills_the_memory() -> None:
    content = HEAD + b"<Ntry>" + b"<x/>" * 200_010
    with pytest.raises(NotReadable, match="200,000 elements"):
        list(Camt053().read(io.BytesIO(content)))
