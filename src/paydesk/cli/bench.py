"""Measure the desk against its floors, on a scratch database that is dropped afterwards.

Every figure stands beside the floor it was measured with in the same run. Tables are filled by SQL.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say

if TYPE_CHECKING:
    from paydesk.bench.results import Bench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from paydesk.bench import BENCHMARKS

    parser.add_argument(
        "name", metavar="NAME", choices=sorted(BENCHMARKS), help=", ".join(sorted(BENCHMARKS))
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, not how fast")
    parser.add_argument("--only", metavar="TEXT", default="", help="only what begins with this text")
    parser.add_argument("--customers", type=int, default=0, metavar="N", help="search: how many customers")
    parser.add_argument("--payments", type=int, default=0, metavar="N", help="search: how many payments")
    parser.add_argument(
        "--keep", metavar="NAME", default="", help="search: fill the company once and keep it under this name"
    )
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="reconcile: how many payments")
    parser.add_argument("--cases", type=int, default=0, metavar="N", help="desk: how many cases")
    parser.add_argument("--agents", type=int, default=0, metavar="M", help="desk: how many agents at once")
    parser.add_argument("--memory-limit", default="", metavar="2GB", help="reconcile: the engine's memory")
    parser.add_argument(
        "--engine", default="duckdb", metavar="NAME", help="reconcile: duckdb or spark://HOST:PORT"
    )
    parser.add_argument(
        "--labelled",
        metavar="FILE",
        default="",
        help="categorise: CSV with text and category to learn from",
    )
    parser.add_argument(
        "--held-out",
        metavar="FILE",
        default="",
        help="categorise: CSV to be measured on, else a fifth",
    )
    parser.add_argument("--semantic", action="store_true", help="categorise: mix in what the cases mean")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Exit 0 whether or not the goals hold."""
    from paydesk.bench import BENCHMARKS
    from paydesk.bench.results import Bench, machine

    if (args.customers or args.payments) and args.name != "search":
        raise WrongUse("--customers and --payments are for `bench search`.")
    if args.keep and (args.name != "search" or not re.fullmatch("[a-z0-9_]{1,40}", args.keep)):
        raise WrongUse("--keep is for `bench search` and takes small letters, digits and _.")
    if (args.rows or args.memory_limit or args.engine != "duckdb") and args.name != "reconcile":
        raise WrongUse("--rows, --memory-limit and --engine are for `bench reconcile`.")
    if (args.labelled or args.held_out or args.semantic) and args.name != "categorise":
        raise WrongUse("--labelled, --held-out and --semantic are for `bench categorise`.")
    for file in filter(None, (args.labelled, args.held_out)):
        if not Path(file).is_file():
            raise WrongUse(f"There is no file {file}.")
    if (args.cases or args.agents) and args.name != "desk":
        raise WrongUse("--cases and --agents are for `bench desk`.")
    if min(args.customers, args.payments, args.rows, args.cases, args.agents) < 0:
        raise WrongUse("--customers, --payments, --rows, --cases and --agents are numbers above 0.")
    bench = Bench(
        quick=args.quick,
        only=args.only,
        say=say,
        customers=args.customers,
        payments=args.payments,
        rows=args.rows,
        engine=args.engine,
        cases=args.cases,
        agents=args.agents,
        memory_limit=args.memory_limit,
        keep=args.keep,
        labelled=args.labelled,
        held_out=args.held_out,
        semantic=args.semantic,
    )
    results = []
    with _database(bench, args.name) as (url, server_version):
        where = machine(server_version)
        # Imported where Django knows its settings.
        for result in import_module(BENCHMARKS[args.name]).measure(bench, url):
            say(result.line())
            results.append(result)
    if args.json:
        found = [result.as_json() for result in results]
        print(json.dumps({"name": args.name, "machine": where, "results": found}))
    else:
        print(f"{args.name} on {where}")
        for result in results:
            print(f"  {result.line()}")
    return DONE


@contextmanager
def _database(bench: Bench, name: str) -> Iterator[tuple[str, str]]:
    """(address, version) of a scratch database, or two empty texts for a benchmark that needs none."""
    from paydesk.bench import WITHOUT_DATABASE

    if name in WITHOUT_DATABASE:
        yield "", ""
        return
    import psycopg

    from paydesk.bench.scratch import scratch_database

    with scratch_database(bench) as url:
        with psycopg.connect(url) as connection:
            version = connection.info.parameter_status("server_version") or ""
        yield url, version
