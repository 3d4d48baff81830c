"""Check the code without running it: ruff, mypy, import contracts, missing migrations."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from paydesk.cli.outcomes import BROKEN, DONE, WrongUse, say

CHECKOUT = Path(__file__).resolve().parents[3]
# What this python runs; the slow one first, so that the others run beside it.
CHECKS = {
    "mypy": ["-m", "mypy", "--no-error-summary"],
    "missing migrations": ["-m", "django", "makemigrations", "--check", "--dry-run"],
    "import contracts": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
}
# makemigrations looks for a database and does without; this one is surely not there.
NO_DATABASE = "postgresql://none@127.0.0.1:1/none"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to choose


def run(args: argparse.Namespace) -> int:
    del args
    return BROKEN if failed_checks() else DONE


def failed_checks() -> list[str]:
    """Run all checks, two at a time; print what the failed ones say; returns their names."""
    in_checkout()
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, done in zip(CHECKS, pool.map(_run, CHECKS.values()), strict=True):
            if done.returncode != 0:
                failed.append(name)
                print(f"--- {name}\n{(done.stdout + done.stderr).strip()}", flush=True)
    say(f"lint: {', '.join(failed)} failed" if failed else f"lint: {', '.join(CHECKS)} passed")
    return failed


def in_checkout() -> None:
    """The checks and tests read pyproject.toml and the tests, which only a checkout has."""
    if not (CHECKOUT / "pyproject.toml").exists():
        raise WrongUse("Checks and tests run in a checkout of paydesk, not in an installed package.")


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": NO_DATABASE, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
