"""pain.001, 002 and 008: whole outputs of our samples, header figures, refusals, damage."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.pain import Pain001, Pain002, Pain008
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())
ORDER = (HERE / "samples" / "order_001.xml").read_bytes()


def read(content: bytes) -> list[Record]:
    return list(open_file(io.BytesIO(content), filename="a.xml"))


def warnings(content: bytes) -> str:
    return " ".join(each.text for each in read(content) if isinstance(each, FileWarning))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


def test_a_header_that_lies_is_named_with_both_figures() -> None:
    said = warnings(ORDER)
    assert "The message states 5 transactions and holds 4" in said
    assert "control sum of 61.00, its transactions make 61.50" in said
    assert "1 of them in an equivalent amount" in said
    right = ORDER.replace(b"<NbOfTxs>5<", b"<NbOfTxs>4<").replace(b"61.00", b"61.50")
    assert "states" not in warnings(right)


def test_figures_of_a_payment_group_are_compared_too() -> None:
    said = warnings(ORDER.replace(b"<NbOfTxs>3<", b"<NbOfTxs>9<").replace(b"60.00", b"70.00"))
    assert "Payment group RUN-1 states 9 transactions and holds 3" in said
    assert "Payment group RUN-1 states a control sum of 70.00, its transactions make 60.00" in said


def test_a_deviation_from_the_schema_is_a_warning_with_the_reason() -> None:
    said = warnings(ORDER.replace(b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>CASH</PmtMtd>"))
    assert "deviates from the pain.001.001.03 schema (line" in said
    assert "CASH" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<Document><CstmrCdtTrfInitn/></Document>", "no transaction"),
        (
            b"<Document><CstmrPmtStsRpt><GrpHdr><MsgId>1</MsgId></GrpHdr></CstmrPmtStsRpt></Document>",
            "no status",
        ),
        (b"<Document><CstmrDrctDbtInitn><PmtInf></PmtInf></CstmrDrctDbtInitn></Document>", "no transaction"),
        (ORDER[:2000], "damaged"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + ORDER[38:], "DOCTYPE"),
        (b"<Document><CstmrPmtRvsl/></Document>", "XML file"),
    ],
)
def test_what_holds_nothing_or_is_damaged_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read(content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_message_named_as_another_is_refused() -> None:
    for importer in (Pain002(), Pain008()):
        with pytest.raises(NotReadable, match="is a pain.001 payment order, not a pain.00"):
            importer.prepare(io.BytesIO(ORDER))


def test_memory_stays_flat_over_many_orders(tmp_path: Path) -> None:
    start, end = ORDER.index(b"<CdtTrfTxInf>"), ORDER.index(b"</CdtTrfTxInf>") + len(b"</CdtTrfTxInf>")
    big = tmp_path / "big.xml"
    with big.open("wb") as file:
        file.write(ORDER[:end])
        for _ in range(2_500):
            file.write(ORDER[start:end])
        file.write(ORDER[end:])
    with big.open("rb") as file:
        lines = (each for each in Pain001().read(file) if isinstance(each, StatementLine))
        count, growth = growth_while_reading(lines)
    assert count == 2_503
    assert growth < 60_000_000  # the check against the schema holds the message once, below its limit


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80), st.integers(0, len(ORDER)), st.integers(0, 200))
def test_damage_anywhere_is_refused_or_read_but_never_an_error_of_ours(
    garbage: bytes, place: int, cut: int
) -> None:
    damaged = ORDER[:place] + garbage + ORDER[place + cut :]
    try:
        records = list(Pain001().read(io.BytesIO(damaged)))
    except NotReadable:
        return
    assert records
