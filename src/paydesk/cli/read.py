"""Read a statement or portal file and say what it is, what it holds and what is wrong with it.

Needs no database. A table without a saved mapping is read by a built-in profile or by a guess that says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, WrongUse, add_json
from paydesk.kernel.refused import Refused

if TYPE_CHECKING:
    from rich.console import Console

    from paydesk.importers.reading import Reading
    from paydesk.importers.records import Record
    from paydesk.importers.summary import Summary

SHOWN_REJECTED = 20
SHOWN_WARNINGS = 20
BAR_FROM_BYTES = 2 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the file: XML, CSV, XLSX, or a zip or gzip of them")
    parser.add_argument("--format", metavar="NAME", help="read it as this format or built-in profile")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.importers.reading import open_file
    from paydesk.importers.records import NotReadable
    from paydesk.importers.summary import Summary

    path = Path(args.file)
    if not path.is_file():
        raise WrongUse(
            f"There is no file {args.file}." if not path.exists() else f"{args.file} is not a file."
        )
    try:
        with open_file(path, filename=path.name, format=args.format) as reading:
            summary = Summary().add_all(_with_bar(reading))
    except NotReadable as problem:
        raise Refused(str(problem), code="file.not_readable") from problem
    except KeyError as problem:
        raise WrongUse(str(problem.args[0])) from problem
    except PermissionError as problem:
        raise WrongUse(f"{args.file} may not be read by this user.") from problem
    if args.json:
        print(json.dumps(summary.as_json(reading.format)))
    else:
        _show(path.name, reading, summary)
    return DONE


def _with_bar(reading: Reading) -> Iterator[Record]:
    """The records, with a progress bar on stderr for a large file in a terminal."""
    if reading.size < BAR_FROM_BYTES:
        yield from reading
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=reading.size)
        for number, record in enumerate(reading):
            if number % 5000 == 0:
                bar.update(task, completed=reading.position())
            yield record


def _show(name: str, reading: Reading, summary: Summary) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    profile = f", read with the profile {reading.profile_name}" if reading.profile_name else ""
    console.print(f"[bold]{escape(name)}[/bold]  {reading.format}{profile}")
    _show_statements(console, summary)
    _show_sums(console, summary)
    reasons = (f"line {each.line}: {each.reason}" for each in summary.rejected)
    _list(console, "Rejected rows", reasons, SHOWN_REJECTED)
    _list(console, "To know", (each.text for each in summary.warnings), SHOWN_WARNINGS)
    if not summary.rejected and not summary.warnings:
        console.print("\n[green]Nothing is wrong with it.[/green]")


def _show_statements(console: Console, summary: Summary) -> None:
    from rich.table import Table

    from paydesk.importers.amounts import plain_text

    table = Table("Account", "Currency", box=None, pad_edge=False, header_style="dim")
    for heading in ("Opening", "Closing", "Lines"):
        table.add_column(heading, justify="right")
    for statement, lines in list(zip(summary.statements, summary.lines_of, strict=True))[:50]:
        table.add_row(
            statement.account or "not stated",
            statement.currency or "not stated",
            plain_text(statement.opening) if statement.opening is not None else "not stated",
            plain_text(statement.closing) if statement.closing is not None else "not stated",
            f"{lines:,}",
        )
    console.print()
    console.print(table)


def _show_sums(console: Console, summary: Summary) -> None:
    from paydesk.importers.amounts import plain_text

    console.print(f"\n{summary.lines:,} lines, {len(summary.rejected):,} rejected")
    for currency in summary.credit:
        unknown = " (currency not stated)" if currency == "XXX" else ""
        credit, debit = plain_text(summary.credit[currency]), plain_text(summary.debit[currency])
        fees = f"  fees kept back {plain_text(summary.fees[currency])}" if currency in summary.fees else ""
        console.print(f"  {currency}  in {credit}  out {debit}{fees}{unknown}")
    for (kind, status), count in summary.kinds.most_common():
        console.print(
            f"  {count:>8,}  {kind.replace('_', ' ')}{'' if status == 'success' else ', ' + status}"
        )


def _list(console: Console, title: str, texts: Iterable[str], most: int) -> None:
    from rich.markup import escape

    found = list(texts)
    if not found:
        return
    console.print(f"\n[yellow]{title}[/yellow]")
    for text in found[:most]:
        console.print(f"  - {escape(text)}", soft_wrap=True)
    if len(found) > most:
        console.print(f"  and {len(found) - most:,} more; --json lists them all")
