"""Run all checks and tests; with a path only the tests there.

Words after `--` go to pytest. Files run beside each other, in one process more than there are processors;
then, one by one, the tests marked `alone`. With `-- -n0` all of them run in one process, as a debugger
wants it.

The database is that of DATABASE_URL, else a private one made for this run. Where CI=true a missing browser
fails, and up to three tests that fail are run once more, one by one: what passes then is named as unstable.
On a machine with more than one PostgreSQL what our SQL does is tested on each with `--every-server`, and
where CI=true unless the run took ten minutes already.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.cli.lint import CHECKOUT, failed_checks, in_checkout
from paydesk.cli.outcomes import BROKEN, DONE, WrongUse, say

if TYPE_CHECKING:
    from paydesk.config.postgres_binaries import Binaries

# Where our own SQL, its triggers and its locks are tested.
ON_EVERY_SERVER = [
    *(f"src/paydesk/domain/{name}" for name in ("ledger", "payments", "contracts", "statements")),
    *(f"src/paydesk/foundation/{name}" for name in ("audit", "outbox", "clocks")),
    *("-m", "not browser and not server"),
]
FAILED, NO_TESTS = 1, 5  # what pytest ends with
MOST_UNSTABLE = 3  # more than these do not fail by chance
LATE_SECONDS = 10 * 60  # a run that took so long tests on one PostgreSQL alone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--every-server",
        action="store_true",
        help="test our SQL on every PostgreSQL that is here, in any case",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders with tests (default: all)")


def run(args: argparse.Namespace) -> int:
    from paydesk.config import environment, throw_away
    from paydesk.config.browser import find_browser
    from paydesk.config.packaged_browser import packaged_browser
    from paydesk.config.spark_package import bring_spark

    began = time.monotonic()
    in_checkout()
    words = _pytest_words(args.paths)
    parallel = any(Path(word).is_dir() for word in words) or not any(Path(word).exists() for word in words)
    in_ci = _in_ci()
    # Each of the processes to come would read the same sources again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    broken: list[str] = []
    beside = ThreadPoolExecutor(max_workers=2)
    checked = None if words else beside.submit(failed_checks)
    brought = None if words else beside.submit(bring_spark, say)

    browser = find_browser() or packaged_browser(environment.home(), fetch=not words)
    if browser:
        os.environ["PAYDESK_BROWSER"] = str(browser)
    else:
        os.environ.pop("PAYDESK_BROWSER", None)
        say("No Chromium or Chrome is here: browser tests are skipped. PAYDESK_BROWSER can name one.")
        if in_ci and not words:
            broken.append("browser tests: no browser")

    throw_away.sweep(say)
    if not _passed(words, parallel, brought=brought):
        broken.append("tests")
    broken += checked.result() if checked else []
    if (in_ci or args.every_server) and not words and not os.environ.get("DATABASE_URL"):
        for other in _other_servers():
            if time.monotonic() - began > LATE_SECONDS and not args.every_server:
                say(f"PostgreSQL {other.version} is left out of a long run; --every-server tests on it.")
                continue
            say(f"What our SQL does on PostgreSQL {other.version} ({other.kind}):")
            if not _passed(ON_EVERY_SERVER, parallel, other):
                broken.append(f"tests on PostgreSQL {other.version}")
    if broken:
        say(f"Failed: {', '.join(broken)}")
        return BROKEN
    return DONE


def _pytest_words(paths: list[str]) -> list[str]:
    """Paths are relative to where the command was given; the first word with a dash begins pytest's own."""
    words: list[str] = []
    for number, word in enumerate(paths):
        if word.startswith("-"):
            return words + paths[number:]
        path, colons, test = word.partition("::")
        if not Path(path).exists():
            raise WrongUse(f"There is no file or folder {path}.")
        words.append(str(Path(path).absolute()) + colons + test)
    return words


def _other_servers() -> list[Binaries]:
    from paydesk.config.postgres_binaries import all_binaries, find_binaries

    usual = find_binaries()
    return [binaries for binaries in all_binaries() if binaries.major != usual.major]


def _passed(
    words: list[str],
    parallel: bool,
    binaries: Binaries | None = None,
    brought: Future[None] | None = None,
) -> bool:
    with _database(binaries) as (url, home):
        environment = os.environ | {"DATABASE_URL": url, "PAYDESK_HOME": str(home)}
        if not parallel:
            return _pytest(words, environment) == 0
        # A word given by the user comes last and wins.
        common = [f"--template=test_paydesk_{os.getpid()}_template"]
        beside = ["--alone=without", f"-n{_processes()}", "--dist=loadfile", "--no-loadscope-reorder"]
        ended = {_pytest([*common, *beside, *words], environment)}
        if brought:
            brought.result()  # what the tests that run alone need
        if binaries is None and ended <= {0, FAILED, NO_TESTS}:
            ended.add(_pytest([*common, "--alone=only", *words, "-n0"], environment))
        if FAILED in ended and _in_ci() and _unstable(common, environment):
            ended = ended - {FAILED} | {0}
        return 0 in ended <= {0, NO_TESTS}


def _unstable(common: list[str], environment: dict[str, str]) -> bool:
    """Whether the few tests that failed pass when each has the machine to itself."""
    remembered = CHECKOUT / ".pytest_cache/v/cache/lastfailed"
    failed = sorted(json.loads(remembered.read_text())) if remembered.exists() else []
    if not 0 < len(failed) <= MOST_UNSTABLE:
        return False
    say(f"{len(failed)} failed; once more, one by one:")
    if _pytest([*common, *failed, "-n0"], environment) != 0:
        return False
    say("Unstable, to be mended (failed once, passed alone): " + ", ".join(failed))
    return True


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


def _processes() -> int:
    """One more than processors: tests wait for the database and the browser much of their time."""
    return min((os.cpu_count() or 1) + 1, 8)


def _pytest(words: list[str], environment: dict[str, str]) -> int:
    # In our process group: Ctrl-C reaches pytest, which says what it has; then the database is stopped.
    process = subprocess.Popen([sys.executable, "-m", "pytest", *words], cwd=CHECKOUT, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


@contextlib.contextmanager
def _database(binaries: Binaries | None) -> Iterator[tuple[str, Path]]:
    from paydesk.config.database_setup import prepare_given
    from paydesk.config.throw_away import throw_away_home, throw_away_server

    given = os.environ.get("DATABASE_URL")
    if given:
        prepare_given(given)
        with throw_away_home() as home:
            yield given, home
    else:
        with throw_away_server(say, binaries) as server:
            yield server.url, server.home
