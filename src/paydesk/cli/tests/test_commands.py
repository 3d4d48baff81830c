"""The frame of all commands: the list, exit codes, one-line errors, JSON on refusal."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from paydesk import cli
from paydesk.cli.outcomes import WrongUse, add_json
from paydesk.kernel.refused import Refused


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[argparse.Namespace], int]], None]:
    """Registers a command `probe` that does what it is given."""

    def register(run: Callable[[argparse.Namespace], int]) -> None:
        module = ModuleType("paydesk.cli.probe", "Try the frame.\n\nMore words.")
        module.add_arguments = add_json  # type: ignore[attr-defined]
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "paydesk.cli.probe", module)
        monkeypatch.setitem(cli.COMMANDS, "probe", "paydesk.cli.probe")

    return register


def raising(problem: Exception) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        raise problem

    return run


def test_alone_it_lists_every_command_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[1] for line in lines if line.startswith("  ./paydesk ")]
    assert listed == list(cli.COMMANDS)
    assert all(len(line.split()) > 3 for line in lines if line.startswith("  ./paydesk "))


def test_the_list_imports_nothing_heavy() -> None:
    code = "import sys; from paydesk.cli import main; main([]); "
    code += "sys.exit(str([name for name in ('django', 'psycopg', 'lxml') if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: paydesk {name}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nonsense"], ["status", "--nonsense"], ["up", "--port", "70000"]])
def test_wrong_use_is_64_and_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 64
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("problem", "code", "key", "text"),
    [
        (Refused("The file is empty."), 2, "refused", "The file is empty."),
        (WrongUse("There is no file x.csv."), 64, "refused", "There is no file x.csv."),
        (ZeroDivisionError("division by zero\nand more"), 70, "error", "ZeroDivisionError: division by zero"),
    ],
)
def test_an_error_is_one_line_and_one_json_object(
    problem: Exception,
    code: int,
    key: str,
    text: str,
    command: Callable[[Callable[[argparse.Namespace], int]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    command(raising(problem))
    assert cli.main(["probe", "--json"]) == code
    said = capsys.readouterr()
    assert json.loads(said.out)[key].startswith(text)
    assert said.err.startswith(text)
    assert said.err.count("\n") == 1

    assert cli.main(["probe"]) == code
    assert capsys.readouterr().out == ""


def test_debug_shows_the_traceback(command: Callable[[Callable[[argparse.Namespace], int]], None]) -> None:
    command(raising(ZeroDivisionError("division by zero")))
    with pytest.raises(ZeroDivisionError):
        cli.main(["probe", "--debug"])


def test_a_reader_that_leaves_early_is_no_error() -> None:
    code = "import sys; from paydesk import cli; from types import ModuleType; m = ModuleType('p', 'Probe.');"
    code += "m.add_arguments = lambda p: None; m.run = lambda a: print('line\\n' * 100000) or 0;"
    code += "sys.modules['p'] = m; cli.COMMANDS['p'] = 'p'; sys.exit(cli.main(['p']))"
    done = subprocess.run(
        ["/bin/sh", "-c", '{ "$0" -c "$1"; echo "exit $?" >&2; } | head -1', sys.executable, code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "line\n"
    assert done.stderr == "exit 0\n"
