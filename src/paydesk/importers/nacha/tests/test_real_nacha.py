"""The real-world ACH files beside the repository: every figure of expected.csv, and what is wrong named."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.nacha import Nacha
from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable, StatementLine
from paydesk.importers.summary import Summary

SAMPLES = Path(__file__).parents[6] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")

# What a person must be told of each file that is not whole.
WRONG = {
    "1k8RecordFollowing9Record.txt": "records follow the file control of line 10",
    "2lCompanyNameAllZeros.txt": "only zeros where the company's name belongs",
    "adv-invalidFileControl.ach": "states 0 as the number of entries and addenda; 2 were found",
    "iat-invalidAddenda10.ach": "'BIL' is no type of international payment",
    "iat-invalidAddendaRecordIndicator.ach": "addenda indicator is '5'",
    "iat-invalidEntryDetail.ach": "'90' is no transaction code",
    "invalid-two-micro-deposits.ach": "'00CCC00004' is no amount",
    "pos-invalidReturnFile.ach": "'R96' is no return reason",
    "ppd-debit-fixedLengthInvalid.ach": "column 36 instead of 35",
    "ppd-debit-invalid-entryDetail-checkDigit.ach": "231380105 has a wrong check digit; it should be 4",
    "return-no-batch-controls.ach": "no file control record",
}
LIES = {
    "20110805A.ach": ("states 5", "4 were found"),
    "shr-credit.ach": ("states 665", "1 were found"),
    "nonascii-utf8.ach": ("states 1 as", "13 were found"),
    "adv.ach": ("500.00", "2500.00"),
}


def rows() -> list[dict[str, str]]:
    with (SAMPLES / "expected.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["file"].startswith("nacha/")]


def test_every_file_is_read_with_its_figures_or_says_what_is_wrong() -> None:
    for row in rows():
        path = SAMPLES / row["file"]
        assert Nacha().recognises(path.read_bytes()[:65536]), path
        try:
            found = Summary().add_all(open_file(path, filename=path.name))
            said = [each.text for each in found.warnings] + [each.reason for each in found.rejected]
        except NotReadable as problem:
            assert row["verdict"] != "valid", path
            said = [str(problem)]
        if row["verdict"] != "valid":
            assert any(WRONG[path.name] in text for text in said), (path, said)
            continue
        sums = found.credit.get("USD", Decimal(0)), found.debit.get("USD", Decimal(0))
        assert (found.lines, *sums) == (int(row["entries"]), Decimal(row["credit"]), Decimal(row["debit"])), (
            path
        )
        assert found.rejected == [], path
        for figure in LIES.get(path.name, ()):
            assert any(figure in text for text in said), (path, said)


@pytest.mark.parametrize(
    ("name", "kinds", "said"),
    [
        ("return-WEB.ach", {"reversal"}, "Return R01: insufficient funds"),
        ("contested_addenda.txt", {"reversal"}, "Contested dishonoured return R72"),
        ("cor-example.ach", {"notice"}, "Change C01: account number. Now account number 1918171614"),
        ("prenote.ach", {"notice"}, "Prenote of a debit"),
        ("ack-read.ach", {"notice"}, "ACK"),
        ("iat-debit.ach", {"order"}, "from BEK Solutions"),
        ("NACHA_SAMPLE_TEL_REVERSAL.ach", {"reversal"}, "TEL REVERSAL"),
    ],
)
def test_what_an_entry_is_is_said(name: str, kinds: set[str], said: str) -> None:
    path = SAMPLES / "nacha" / name
    lines = [each for each in open_file(path, filename=name) if isinstance(each, StatementLine)]
    assert {line.kind for line in lines} == kinds
    assert any(said in line.text for line in lines), [line.text for line in lines]
