"""Two files from the command line to what an accountant files."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from paydesk.cli import main

HEAD = "id,reference,provider_ref,msisdn,amount,fee,currency,at,status,batch\n"
OURS = HEAD + (
    "L1,INV-1,P1,,100.00,,GHS,2026-03-12 09:00:00,Success,\n"
    "L2,INV-22,,,\"1,050.50\",,GHS,2026-03-12T09:10:00Z,paid,\n"
    "L3,,P3,,75.00,,GHS,2026-03-12 09:20:00,ok,\n"
    ",,,0241234569,20.00,,GHS,2026-03-12 10:00:00,completed,\n"
    "L3,,P5,,12.345678,,GHS,2026-03-12 10:00:00,settled,\n"
    "L6,,P6,,many,,GHS,2026-03-12 10:00:00,settled,\n"
)  # fmt: skip
THEIRS = HEAD + (
    "=R1,INV-1,p1,,100.00,1.00,GHS,2026-03-12 09:00:20,successful,\n"
    "R2,inv 22,,,1050.5,,GHS,2026-03-12 09:12:00,success,\n"
    "R3,,P3,,70.00,,GHS,2026-03-12 09:20:00,success,\n"
    "R4,,,+233 24 123 4569,20.00,,GHS,2026-03-12 10:20:00,success,\n"
    "R5,,P5,,12.345678,,GHS,2026-03-12 10:00:00,failed,\n"
)  # fmt: skip


def run(*words: object, capsys: Any) -> tuple[int, dict[str, Any], str]:
    code = main(["reconcile", *map(str, words), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    left.write_text(OURS, encoding="utf-8")
    right.write_text(THEIRS, encoding="utf-8")
    return left, right


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_two_tables_become_matches_exceptions_and_a_summary(
    files: tuple[Path, Path], tmp_path: Path, capsys: Any
) -> None:
    code, told, _ = run(*files, "--out", tmp_path / "out", capsys=capsys)
    matches, exceptions = rows(tmp_path / "out" / "matches.csv"), rows(tmp_path / "out" / "exceptions.csv")
    assert code == 0
    assert list(matches[0]) == ["match_id", "left_id", "right_id", "status", "kind", "rule", "score", "why"]
    assert list(exceptions[0]) == ["class", "left_id", "right_id", "why", "runner_up"]
    assert [(row["left_id"], row["right_id"]) for row in matches] == [
        ("L1", "=R1"),
        ("L2", "R2"),
        ("row 5", "R4"),
    ]
    assert [(row["class"], row["left_id"], row["right_id"]) for row in exceptions] == [
        ("amount_mismatch", "L3", "R3"),
        ("status_mismatch", "row 6", "R5"),
    ]
    lines = [f"{row['left_id']}|{row['right_id']}|{row['status']}|{row['kind']}" for row in matches]
    lines += [f"{row['class']}|{row['left_id']}|{row['right_id']}" for row in exceptions]
    assert told["digest"] == hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert told["rows"] == {"left": 5, "right": 5}
    assert told["by_status"]["confirmed"] == {"count": 3, "rows": 3, "total": {"GHS": "1170.5"}}
    assert told["by_class"]["status_mismatch"]["total"] == {"GHS": "12.345678"}
    assert told == json.loads((tmp_path / "out" / "summary.json").read_text())
    warned = "\n".join(told["warnings"])
    assert "left, line 5: there is no id" in warned
    assert "left, line 6: the id 'L3' is there again" in warned
    assert "left, line 7: 'many' is not an amount" in warned


def test_the_workbook_holds_the_same_and_explains_itself(
    files: tuple[Path, Path], tmp_path: Path, capsys: Any
) -> None:
    code, told, _ = run(*files, "--out", tmp_path / "result.xlsx", capsys=capsys)
    book = CalamineWorkbook.from_path(str(tmp_path / "result.xlsx"))
    cover = [str(cell) for row in book.get_sheet_by_name("Summary").to_python() for cell in row]
    assert code == 0
    assert told["digest"] in cover
    assert hashlib.sha256(files[0].read_bytes()).hexdigest() in cover
    assert "One id, two amounts." in cover
    matches = book.get_sheet_by_name("Matches").to_python()
    assert [row[4] for row in matches[1:]] == ["=R1", "R2", "R4"]
    assert len(book.get_sheet_by_name("Exceptions").to_python()) == 3


def test_parquet_and_mapped_columns_are_read_alike(
    files: tuple[Path, Path], tmp_path: Path, capsys: Any
) -> None:
    table = csv.DictReader(io.StringIO(THEIRS))
    told = [{**row, "Paid In": row["amount"], "state": row["status"].upper()} for row in table]
    parquet = tmp_path / "theirs.parquet"
    names = [name for name in told[0] if name not in ("amount", "status")]
    pq.write_table(pa.table({name: [row[name] for row in told] for name in names}), parquet)
    how = tmp_path / "map.yaml"
    how.write_text("right:\n  amount: paid in\n  status: State\n", encoding="utf-8")
    code, mapped, _ = run(files[0], parquet, "--map", how, "--out", tmp_path / "a", capsys=capsys)
    _, plain, _ = run(*files, "--out", tmp_path / "b", capsys=capsys)
    assert (code, mapped["digest"]) == (0, plain["digest"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "which paydesk does not read"),
        (b"PAR1 and nothing else", "The Parquet file is damaged"),
        ((HEAD + "L1,,,,1,,GHS,2026-03-12,reversed,\n").encode(), "Nobody has said what these statuses mean"),
        (b"id,amount\n", "no row below it"),
    ],
)
def test_a_file_that_cannot_be_a_side_is_refused_in_one_sentence(
    content: bytes, says: str, files: tuple[Path, Path], tmp_path: Path, capsys: Any
) -> None:
    bad = tmp_path / "bad.bin"
    bad.write_bytes(content)
    code, told, _ = run(files[0], bad, "--out", tmp_path / "out", capsys=capsys)
    assert code == 2
    assert says in told["refused"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--engine", "spark://host"], 2, "There is no engine 'spark://host'"),
        (["--engine", "abacus"], 2, "There is no engine 'abacus'"),
        (["--memory-limit", "lots"], 2, "is no amount of memory"),
        (["--rules", "/nowhere.yaml"], 64, "There is no file /nowhere.yaml."),
    ],
)
def test_wrong_words_are_refused_before_anything_is_read(
    words: list[str], code: int, says: str, files: tuple[Path, Path], tmp_path: Path, capsys: Any
) -> None:
    found, told, _ = run(*files, "--out", tmp_path / "out", *words, capsys=capsys)
    assert (found, told["refused"].count(says)) == (code, 1)
