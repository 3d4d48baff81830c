"""`paydesk read`: the contract's object, exit codes, and what a person sees."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from paydesk.cli import main
from paydesk.cli.read_files import look_at
from paydesk.importers.limits import VARIABLES, Limits
from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable, RejectedLine
from paydesk.importers.summary import Summary
from paydesk.kernel.refused import Refused

CSV = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
ROWS = (
    "T1,12-03-2024 10:00:00,Pay Bill from 254700000001,Completed,\"1,200.00\",,1200.00\n"
    "T2,12-03-2024 10:00:00,Pay Bill from 254700000001,Failed,7.00,,1200.00\n"
    "T3,12-03-2024 10:05:00,Business Payment Charge,Completed,,-33.5,1166.50\n"
    "T4,12-03-2024 10:05:00,Business Payment Charge,Perhaps,,-33.5,1166.50\n"
)  # fmt: skip


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    path = tmp_path / "portal export.csv"
    path.write_text(CSV + ROWS)
    return path


def test_json_is_exactly_the_object_of_the_contract(portal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(portal), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    reason = found["rejected"][0].pop("reason")
    assert found == {
        "format": "csv",
        "statements": [
            {"account": None, "currency": "KES", "opening": "0.00", "closing": "1166.50", "lines": 3}
        ],
        "lines": 3,
        "credit": {"KES": "1200.00"},
        "debit": {"KES": "33.5"},
        "rejected": [{"line": 5}],
        "warnings": [],
    }
    assert "'Perhaps'" in reason
    assert err == ""


def test_a_person_sees_what_it_is_what_it_holds_and_what_is_wrong(
    portal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(portal)]) == 0
    out = capsys.readouterr().out
    for text in ("portal export.csv", "mpesa_portal", "3 lines, 1 rejected", "1200.00", "33.5", "'Perhaps'"):
        assert text in out


def test_a_file_that_is_not_there_and_a_format_that_is_not_are_wrong_use(
    portal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(tmp_path / "no.csv")]) == 64
    (tmp_path / "nothing").mkdir()
    assert main(["read", str(tmp_path / "nothing")]) == 64
    assert main(["read", str(portal), "--format", "mt9000"]) == 64
    assert "mt9000" in capsys.readouterr().err


def test_a_refused_file_is_two_and_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("%PDF-1.4\n")
    assert main(["read", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out) == {"refused": "a.pdf is a PDF, which paydesk does not read."}
    assert err.splitlines() == ["a.pdf is a PDF, which paydesk does not read."]


def test_a_named_profile_reads_the_file_by_it(portal: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(portal), "--format", "mpesa_portal", "--json"]) == 0
    assert main(["read", str(portal), "--format", "hubtel_portal", "--json"]) == 2
    assert "'Client Reference'" in capsys.readouterr().err


@pytest.fixture
def folder(portal: Path) -> Path:
    """A folder as somebody finds it: statements, a damaged one, a table of something else, a letter."""
    root = portal.parent
    (root / "bank").mkdir()
    (root / "bank" / "march.qif").write_text("!Type:Bank\nD2026-03-01\nT-1,250.00\nPRent\n^\n")
    (root / "bank" / "cut off.ofx").write_text("OFXHEADER:100\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>")
    (root / "bank" / "staff.csv").write_text("Name,Team\nAda,Blue\nKofi,Red\nAma,Red\n")
    (root / "letter.txt").write_text("Dear customer,\nplease find your files below.\n")
    (root / "answers.json").write_text('{"fold": 1}')
    (root / ".hidden").write_text("x")
    return root


def test_a_folder_is_read_file_by_file_and_none_stops_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(folder), "--json"]) == 0
    found = {each.pop("file"): each for each in json.loads(capsys.readouterr().out)["files"]}
    bank = {"bank/cut off.ofx", "bank/march.qif", "bank/staff.csv"}
    assert set(found) == bank | {"answers.json", "letter.txt", "portal export.csv"}
    assert found["bank/march.qif"]["debit"] == {"XXX": "1250.00"}
    assert found["portal export.csv"]["lines"] == 3
    assert "cut off" in found["bank/cut off.ofx"]["refused"]
    assert list(found["letter.txt"]) == ["refused"]


def test_a_person_sees_a_line_for_each_file_and_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(folder)]) == 0
    out = capsys.readouterr().out
    (portal,) = [line for line in out.splitlines() if line.startswith("portal export.csv")]
    assert "M-Pesa" in portal
    assert "1,200.00 KES" in portal
    assert "1 rejected line 5" in portal
    assert "; 1 failed" in portal
    assert "cut off.ofx - The OFX file is damaged or cut off" in out
    assert "a JSON document: answers.json" in out
    assert out.splitlines()[-1].startswith(
        "6 files; 2 read (1 with nothing wrong, 1 with rejected rows); 1 refused"
    )
    assert "Opening" not in out
    assert main(["read", str(folder), "--details"]) == 0
    assert "Opening" in capsys.readouterr().out


def test_a_narrow_terminal_shows_each_file_as_a_few_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("paydesk.cli.read_shown.WIDE", 80)
    assert main(["read", str(folder)]) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    at = lines.index("portal export.csv")
    assert lines[at + 1 : at + 3] == [
        "    M-Pesa paybill or till portal export",
        "    3 lines  in 1,200.00 KES  out 33.5 KES",
    ]
    said = " ".join(" ".join(lines[at + 3 :]).split())
    assert said.startswith("1 rejected line 5: 'Transaction Status' says 'Perhaps'")
    assert "; 1 failed" in said
    assert max(map(len, lines[: at + 6])) <= 80


def test_several_files_may_be_named_and_a_folder_of_nothing_readable_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", str(folder / "letter.txt"), str(folder / "bank" / "march.qif"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 2
    assert main(["read", str(folder / "letter.txt"), str(folder / "answers.json")]) == 2
    assert "None of the 2 files could be read" in capsys.readouterr().err


def test_what_cannot_be_opened_is_named_and_stops_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "lost.csv").symlink_to(folder / "no such file")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    walk = os.walk

    def with_a_locked_folder(top: Path, onerror: object = None) -> Iterator[object]:
        onerror(PermissionError(13, "no", str(folder / "hr")))  # type: ignore[operator]
        return walk(top)

    monkeypatch.setattr("os.walk", with_a_locked_folder)
    assert main(["read", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "  lost.csv is a link to a file that is not there." in out
    assert "  loop is a link to a folder, which is not followed; name it to read it." in out
    assert "  pipe is a pipe, not a file; ./paydesk read - reads what is piped in." in out
    assert "  hr is a folder that may not be opened by this user." in out
    assert out.splitlines()[-1].startswith("10 files; 2 read")
    assert "; 4 not opened; " in out.splitlines()[-1]
    assert main(["read", str(folder / "pipe")]) == 64
    assert main(["read", str(folder / "lost.csv")]) == 64
    assert (
        look_at(folder / "went away.csv", "went away.csv").refused == "went away.csv is not there any more."
    )


def test_a_dash_reads_what_is_piped_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, (CSV + ROWS).encode())
    os.close(write_end)
    with open(read_end) as piped:
        monkeypatch.setattr(sys, "stdin", piped)
        assert main(["read", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["credit"] == {"KES": "1200.00"}
    with pytest.raises(NotReadable, match="standard input brings more than 100 bytes; save it"):
        open_file(_Pipe(b"x" * 101), filename="standard input", limits=Limits(unpacked_bytes=100))


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def test_a_file_that_changes_while_it_is_read_is_refused(portal: Path) -> None:
    for meanwhile, said in (
        (lambda: os.truncate(portal, 200), r"changed while it was read, from [\d,]+ to 200 bytes: perhaps"),
        (lambda: os.utime(portal, (1, 1)), "changed while it was read: perhaps"),
    ):
        portal.write_text(CSV + ROWS)
        with open_file(portal, filename="portal.csv") as reading:
            records = iter(reading)
            next(records)
            meanwhile()
            with pytest.raises(NotReadable, match=said):
                list(records)


@pytest.mark.parametrize("columns", [80, 240])
def test_names_and_cells_command_no_terminal(
    columns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("paydesk.cli.read_shown.WIDE", columns)
    names = ["\x1b[2J\x1b]0;a\x07.csv", "[red][x].csv", "two\nlines.csv", "\u202egpj.csv", "odd\udcff.csv"]
    for name in names:
        (tmp_path / name).write_text(CSV + "\x1b[31mT1,12-03-2024 10:00:00,,Completed,\x1b[31m7,,7\n" + ROWS)
    assert main(["read", str(tmp_path), "--details"]) == 0
    assert main(["read", str(tmp_path / "\x1b[2Jnot there")]) == 64
    out, err = capsys.readouterr()
    said = out + err
    assert not {"\x1b", "\x07", "\u202e", "\udcff"} & set(said)
    for shown in (
        r"\x1b[2J\x1b]0;a\x07.csv",
        "[red][x].csv",
        r"two\nlines.csv",
        r"\u202egpj.csv",
        "2 rejected",
    ):
        assert shown in out


def test_a_setting_that_is_no_number_is_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match="PAYDESK_READ_MEMBERS is 'many'"):
        Limits.of({"PAYDESK_READ_MEMBERS": "many"})
    with pytest.raises(Refused, match="no setting PAYDESK_READ_MEMBER;"):
        Limits.of({"PAYDESK_READ_MEMBER": "3"})
    assert Limits.of({"PAYDESK_READ_MEMBERS": "3_000", "PAYDESK_HOME": "x"}) == Limits(members=3000)
    assert set(VARIABLES.values()) == {each.name for each in fields(Limits)}


def test_more_rejected_rows_than_are_listed_are_counted() -> None:
    rows = [RejectedLine(number, "odd", {"a": "b"}) for number in range(5)]
    summary = Summary(listed=2).add_all(rows)
    found = summary.as_json("csv")
    assert summary.rejected_count == 5
    assert [each["line"] for each in found["rejected"]] == [0, 1]
    assert found["warnings"] == ["3 more rejected rows are counted, not listed: the limit is 2."]
