"""./paydesk categorise: what it prints, its exit codes, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from paydesk.categorising.tests.invented import SAMPLE
from paydesk.cli import main

Out = pytest.CaptureFixture[str]
KEYS = ["n", "accuracy", "macro_f1", "top3", "ece", "coverage", "precision_at_coverage", "ms_per_ticket"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("categorise") / "model"
    assert main(["categorise", "train", str(SAMPLE), "--out", str(folder)]) == 0
    return str(folder)


def test_score_prints_one_object_with_the_agreed_keys(model: str, tmp_path: Path, capsys: Out) -> None:
    new = tmp_path / "new.csv"
    new.write_text(
        "text,category\nPlease unlock my phone it is locked,device_locked\n"
        "my refund was approved and has not arrived,refund_status\nsell me a boat,boats\n"
    )
    assert main(["categorise", "score", str(new), "--model", model, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == KEYS
    assert (found["n"], found["accuracy"], found["top3"]) == (
        3,
        pytest.approx(2 / 3, abs=1e-5),
        pytest.approx(2 / 3, abs=1e-5),
    )
    assert 0 < found["ms_per_ticket"] < 1_000


def test_train_says_how_good_it_is_on_cases_left_out(tmp_path: Path, capsys: Out) -> None:
    arguments = ["categorise", "train", str(SAMPLE), "--out", str(tmp_path / "m"), "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cases"], found["categories"], found["filled_in"]) == (196, 10, 1)
    assert found["coverage"] > 0.2
    assert found["precision_at_coverage"] >= 0.95


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["train", "nowhere.csv", "--out", "m"], 64, "There is no file nowhere.csv."),
        (["train", "{sample}"], 64, "--out"),
        (["train", "{sample}", "--out", "{sample}"], 64, "is a file"),
        (["train", "{sample}", "--out", "{sample}/below"], 64, "is no folder"),
        (["train", "{bad}", "--out", "m"], 2, "has no category"),
        (["score", "{sample}", "--model", "nowhere"], 64, "There is no folder nowhere."),
        (["score", "{sample}", "--model", "{here}"], 2, "holds no model"),
        (["score", "{bad}", "--model", "{model}"], 2, "has no category"),
        ([], 64, "train|score"),
        (["forget"], 64, "forget"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_its_code(
    words: list[str], code: int, says: str, model: str, tmp_path: Path, capsys: Out
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("text,category\nHello,\n")
    given = {"sample": str(SAMPLE), "bad": str(bad), "model": model, "here": str(tmp_path)}
    assert main(["categorise", *(word.format(**given) for word in words)]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert len(told.err.strip().splitlines()) == 1


def test_asking_a_model_imports_no_library_of_learning(model: str) -> None:
    code = (
        "import sys\n"
        "from paydesk.cli import main\n"
        "assert main([]) == 0 and main(['help']) == 0\n"
        "assert not {'numpy', 'sklearn', 'scipy'} & set(sys.modules), 'the list of commands is light'\n"
        f"assert main(['categorise', 'score', {str(SAMPLE)!r}, '--model', {model!r}, '--json']) == 0\n"
        "assert not {'django', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=300)
