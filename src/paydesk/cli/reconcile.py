"""Reconcile two files and say why, for every row: ours against theirs. Needs no database.

LEFT is ours (a ledger), RIGHT is theirs (a provider or a bank): CSV, XLSX, Parquet or any statement that
./paydesk read understands. Exceptions that were found are the result, not a failure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="LEFT", help="our file")
    parser.add_argument("right", metavar="RIGHT", help="their file")
    parser.add_argument("--out", metavar="DIR|FILE.xlsx", required=True, help="where the result goes")
    parser.add_argument("--rules", metavar="FILE", help="other rules than those that come with paydesk")
    parser.add_argument("--map", metavar="FILE", help="which column is what, in YAML or JSON")
    parser.add_argument("--engine", metavar="NAME", default="duckdb", help="duckdb")
    parser.add_argument(
        "--memory-limit", metavar="2GB", default="", help="beyond it the engine uses the disk"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 whatever the two files differ in; 2 when one of them cannot be read."""
    for text in (args.left, args.right, args.rules, args.map):
        if text is not None and not Path(text).is_file():
            raise WrongUse(f"There is no file {text}.")
    from paydesk.matching.engines import check_engine
    from paydesk.matching.rules import default_rules, load_rules
    from paydesk.reporting.two_files.column_map import load_maps
    from paydesk.reporting.two_files.run import Asked, reconcile_files

    check_engine(args.engine)
    asked = Asked(
        left=Path(args.left),
        right=Path(args.right),
        out=Path(args.out),
        rules=load_rules(Path(args.rules)) if args.rules else default_rules(),
        maps=load_maps(Path(args.map)) if args.map else {},
        engine=args.engine,
        memory_limit=args.memory_limit,
    )
    with _bar() as progress:
        found = reconcile_files(asked, progress)
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return DONE
    for text in found["warnings"]:
        say(text)
    _show(found, args.out)
    return DONE


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr where that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


def _show(found: dict[str, Any], out: str) -> None:
    rows = found["rows"]
    print(f"{rows['left']:,} lines of ours, {rows['right']:,} of theirs, in {found['seconds']} s")
    for title, key in (("Matches", "by_status"), ("Exceptions", "by_class")):
        print(f"{title}: {found[title.lower()]:,}")
        for name, tally in found[key].items():
            total = ", ".join(f"{amount} {code}" for code, amount in tally["total"].items())
            print(f"  {name:22}{tally['count']:>10,}  {total}")
    print(f"Written to {out}; digest {found['digest']}")
