"""The files of the demo company, without a database: repeatable to the byte, and read as they were meant."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from paydesk.demo.layouts import LAYOUTS
from paydesk.demo.markets import ACCOUNTS, MARKETS
from paydesk.demo.steps import Activate, ApplyByHand, LoadContracts, SendFile
from paydesk.demo.story import Story
from paydesk.demo.tests.compare import table
from paydesk.demo.truth import Truth
from paydesk.importers import reading
from paydesk.importers.profiles import recognise
from paydesk.importers.records import RejectedLine, StatementLine
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.public_codes import luhn_digit

UNTIL = date(2026, 3, 4)


def tell(folder: Path, *, seed: int, customers: int = 120, days: int = 8) -> list[object]:
    (folder / "files").mkdir(parents=True)
    story = Story(
        customers=customers, days=days, until=UNTIL, seed=seed, folder=folder / "files", truth=Truth(folder)
    )
    return list(story.steps())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    folder = tmp_path_factory.mktemp("demo") / "truth"
    return folder, tell(folder, seed=4)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_seed_makes_the_same_bytes_and_another_seed_another_company(
    told: tuple[Path, list[object]], tmp_path: Path
) -> None:
    tell(tmp_path / "again", seed=4)
    tell(tmp_path / "other", seed=5)
    first, again, other = digests(told[0]), digests(tmp_path / "again"), digests(tmp_path / "other")
    assert first == again
    assert len(first) > 55
    same = {name for name in first if other.get(name) == first[name]}
    assert same <= {"README.txt", "files/statement.csv", "files/price list February.csv"}


def test_every_file_is_read_as_meant_and_nothing_else_is_rejected(told: tuple[Path, list[object]]) -> None:
    folder, _ = told
    expected: dict[str, dict[int, str]] = {}
    for row in table(folder, "rows.csv"):
        expected.setdefault(row["file"], {})[int(row["line"])] = row["expected"]
    read = 0
    for row in table(folder, "files.csv"):
        if row["what"] in ("wrong file", "new columns"):
            continue
        layout = LAYOUTS[ACCOUNTS[row["account"]][1].layout]
        path = folder / "files" / row["file"]
        found: dict[int, str] = {}
        with reading.open_file(path, filename=path.name, mapping=layout.mapping) as records:
            for record in records:
                if isinstance(record, StatementLine):
                    found[record.line] = "line"
                elif isinstance(record, RejectedLine):
                    found[record.line] = "rejected"
        wanted = {
            line: "rejected" if outcome == "rejected" else "line"
            for line, outcome in expected[path.name].items()
        }
        assert found == wanted, path.name
        read += 1
    assert read > 45


def test_layouts_without_a_mapping_are_known_to_the_desk(told: tuple[Path, list[object]]) -> None:
    from paydesk.demo.layouts import hubtel, mpesa

    for header, name in ((hubtel.HEADER, "hubtel_portal"), (mpesa.HEADER, "mpesa_portal")):
        profile = recognise(header)
        assert profile is not None
        assert profile.name == name


def test_account_numbers_and_phones_follow_their_plans(told: tuple[Path, list[object]]) -> None:
    contracts = table(told[0], "contracts.csv")
    for row in contracts:
        number = row["account_number"]
        assert luhn_digit(number[:-1]) == number[-1]
        assert e164_digits(row["phone"]) == row["phone"]
    assert len({row["account_number"] for row in contracts}) == len(contracts)
    owners = Counter(phone for phone, _ in {(row["phone"], row["customer_ref"]) for row in contracts})
    assert max(owners.values()) == 2, "a phone is shared by two customers, never by more"
    assert {row["market"] for row in contracts} == {market.code for market in MARKETS}


def test_a_small_company_has_every_kind_of_mess_and_of_file(told: tuple[Path, list[object]]) -> None:
    folder, steps = told
    planted = {row["mess"] for row in table(folder, "planted.csv")}
    assert planted >= {"overpaid_completed", "relative"}
    assert len(planted) > 12
    whats = Counter(row["what"] for row in table(folder, "files.csv"))
    assert set(whats) == {
        "history", "normal", "late", "missing", "overlapping", "left for today", "wrong file", "new columns"
    }  # fmt: skip
    kinds = Counter(type(step) for step in steps)
    assert all(kinds[kind] for kind in (LoadContracts, SendFile, Activate, ApplyByHand))


def test_steps_stand_in_the_order_of_time(told: tuple[Path, list[object]]) -> None:
    times = [
        step.at for step in told[1] if isinstance(step, SendFile | LoadContracts | Activate | ApplyByHand)
    ]
    assert times == sorted(times)
    assert times[-1].date() == UNTIL


def test_what_a_wallet_sweeps_arrives_at_the_bank(told: tuple[Path, list[object]]) -> None:
    rows = table(told[0], "rows.csv")
    amounts = {(row["account"], row["provider_ref"]): row["amount"] for row in rows}
    sweeps = table(told[0], "sweeps.csv")
    assert len(sweeps) > 20
    for sweep in sweeps:
        if sweep["provider_ref"]:
            assert amounts[sweep["account"], sweep["provider_ref"]] == f"-{sweep['amount']}"
        assert amounts[sweep["bank_account"], sweep["bank_ref"]] == sweep["amount"]
