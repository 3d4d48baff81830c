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
from decimal import Decimal
from pathlib import Path
from typing import Any

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("left", metavar="LEFT", help="our file")
    parser.add_argument("right", metavar="RIGHT", help="their file")
    parser.add_argument("--out", metavar="DIR|FILE.xlsx", required=True, help="where the result goes")
    parser.add_argument("--rules", metavar="FILE", help="other rules than those that come with paydesk")
    parser.add_argument(
        "--map",
        metavar="FILE",
        help="which column is what, in YAML or JSON; a table nobody knows is refused with one to start from",
    )
    parser.add_argument(
        "--engine", metavar="NAME", default="duckdb", help="duckdb (here) or spark://HOST:PORT (a cluster)"
    )
    parser.add_argument(
        "--memory-limit",
        metavar="2GB",
        default="",
        help="beyond it the engine uses the disk; of a cluster, the memory of each executor",
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
    from paydesk.reporting.two_files.intake import MapAsked
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
    try:
        with _bar() as progress:
            found = reconcile_files(asked, progress)
    except MapAsked as question:
        if not args.json:
            _offer_map(question, asked.sources[question.side])
        raise
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return DONE
    for text in found["warnings"]:
        say(text)
    _show(found, args.out)
    return DONE


def _offer_map(question: Any, source: Path) -> None:
    """A map to start from, on stderr; the refusal follows."""
    from paydesk.reporting.two_files.proposal import proposed_map

    if text := proposed_map(source, question.side, question.words):
        say("A map to start from. Look it over, answer each question mark with success, pending or failed,")
        say("keep it as columns.yaml, and add --map columns.yaml:\n")
        say(text)


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr where that is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from paydesk.reporting.two_files.meanings import words_of

    text = TextColumn("{task.description}", markup=False)
    columns = (BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), text)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=words_of(what), completed=done, total=of)


def _show(found: dict[str, Any], out: str) -> None:
    from paydesk.reporting.two_files.meanings import MATCH_MEANINGS, MEANINGS

    rows, files = found["rows"], found["files"]
    for side, word in (("left", "Ours  "), ("right", "Theirs")):
        unreadable = files[side]["unreadable"]
        rest = f", and {unreadable:,} that could not be read" if unreadable else ""
        print(f"{word} {files[side]['name']} ({files[side]['format']}): {_rows(rows[side])}{rest}")
    for title, key, meanings in (
        ("Matches", "by_status", MATCH_MEANINGS),
        ("Exceptions", "by_class", MEANINGS),
    ):
        print(f"{title}: {found[title.lower()]:,}")
        for name, tally in found[key].items():
            print(
                f"  {name:20} {tally['count']:>10,}  {_total(tally['total']):>26}  {meanings.get(name, '')}"
            )
    if out.lower().endswith(".xlsx"):
        print(f"Written to {out} in {found['seconds']} s; its sheet Summary goes from our total to theirs.")
    else:
        print(f"Written to {out} in {found['seconds']} s: matches.csv, exceptions.csv, summary.json.")
    print(f"Digest {found['digest']}")


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _total(total: dict[str, str]) -> str:
    """Amounts by currency; no currency is called by no name."""
    shown = []
    for code, text in total.items():
        amount = Decimal(text)
        digits = max(2, -int(amount.as_tuple().exponent))
        shown.append(f"{amount:,.{digits}f}{'' if code == 'XXX' else f' {code}'}")
    return ", ".join(shown)
