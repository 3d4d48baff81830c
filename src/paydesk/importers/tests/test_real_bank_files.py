"""Over the real bank files beside the repository, where they are there: verdict, entries, sums, ties."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable
from paydesk.importers.summary import Summary

SAMPLES = Path(__file__).parents[5] / "shared" / "samples"
FOLDERS = ("camt", "pain", "mt940")
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")


def expected() -> list[dict[str, str]]:
    if not SAMPLES.is_dir():
        return []
    with (SAMPLES / "expected.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["file"].startswith(FOLDERS)]


def described() -> dict[str, str]:
    """What samples/README.md expects of each file, by its path."""
    found: dict[str, str] = {}
    folder = ""
    for line in (SAMPLES / "README.md").read_text().splitlines() if SAMPLES.is_dir() else []:
        if line.startswith("## "):
            folder = line[3:].strip()
        cells = [each.strip() for each in line.split("|")]
        if len(cells) > 5 and folder in FOLDERS:
            found[f"{folder}/{cells[1]}"] = cells[4]
    return found


def read(name: str) -> tuple[str, Summary]:
    with open_file(SAMPLES / name, filename=name) as reading:
        return reading.format, Summary().add_all(reading)


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_a_bank_file_has_the_expected_verdict_entries_sums_and_ties(row: dict[str, str]) -> None:
    if row["verdict"] != "valid":
        try:
            _, found = read(row["file"])
        except NotReadable:
            return
        assert found.warnings or found.rejected
        return
    form, found = read(row["file"])
    assert form.startswith(("camt.", "mt94"))
    assert (found.lines, found.rejected) == (int(row["entries"]), [])
    assert sum(found.credit.values()) == Decimal(row["credit"])
    assert sum(found.debit.values()) == Decimal(row["debit"])
    says = described()[row["file"]]
    heads = re.search(r"(\d+) statement(?:\(s\)|/report)", says)
    assert heads is not None
    assert len(found.statements) == int(heads[1])
    untied = any("does not tie" in each.text for each in found.warnings)
    if "balances do NOT tie" in says:
        assert untied
    elif "balances tie" in says:
        assert not untied


# From samples/README.md: transactions or statuses, their sum, and what must be said.
PAIN = {
    "International_payment_USD_naujas_1.xml": ("pain.001", 1, "111.11", ()),
    "sepa_payment_naujas_1.xml": ("pain.001", 1, "99.99", ()),
    # One amount is an equivalent amount; with it the control sum holds, but there are eight, not seven.
    "musterfile_pain.001_Nov2020.xml": ("pain.001", 8, "38.00", ("states 7 transactions and holds 8",)),
    "p001-pain.001.001.03.xml": ("pain.001", 4, "900", ("states 2 transactions and holds 4",)),
    "p001-pain.001.001.08.xml": ("pain.001", 1, "100", ("states 3 transactions and holds 1", "500.75")),
    "p001-pain.001.001.09.xml": ("pain.001", 5, "1100.00", ("states 2 transactions and holds 5",)),
    "pain008-musterfile.xml": ("pain.008", 2, "4.5", ()),
    "oca-test-sepa-pain-unpaid.xml": ("pain.002", 4, "0", ()),
    "pain002-epo_p_0_0_0_2018031510491259.xml": ("pain.002", 1, "0", ()),
    "pain002-chdd-cor1_p_ch2909000000250094239_1110097483_0_2018031317221082.xml": ("pain.002", 1, "0", ()),
}


@pytest.mark.parametrize(("name", "expects"), PAIN.items(), ids=lambda value: str(value)[:40])
def test_a_pain_file_has_the_expected_transactions_and_differences(
    name: str, expects: tuple[str, int, str, tuple[str, ...]]
) -> None:
    form, lines, total, said = expects
    found_form, found = read(f"pain/{name}")
    assert found_form.startswith(form)
    assert (found.lines, found.rejected) == (lines, [])
    assert sum(found.debit.values()) + sum(found.credit.values()) == Decimal(total)
    warnings = " ".join(each.text for each in found.warnings)
    assert all(each in warnings for each in said)
    assert bool(said) == bool(warnings)


def test_a_status_report_without_any_status_is_refused() -> None:
    with pytest.raises(NotReadable, match="no status"):
        read("pain/invalid_pain_v11.xml")


def test_a_zip_of_two_statements_reads_both() -> None:
    form, found = read("camt/oca-test-camt053.zip")
    assert form == "camt.053.001.02"
    assert (len(found.statements), found.lines) == (2, 6)


def test_no_entry_of_an_mt940_is_dropped() -> None:
    for path in sorted((SAMPLES / "mt940").iterdir()) if SAMPLES.is_dir() else []:
        if path.suffix == ".yml":
            continue
        try:
            _, found = read(f"mt940/{path.name}")
        except NotReadable:
            continue
        assert found.lines + len(found.rejected) == len(re.findall(rb"(?m)^:61:", path.read_bytes())), path
