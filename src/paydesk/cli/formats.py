"""List the formats that are understood: from which source we know them, how sure that is, what is missing.

The name is what `read --format` takes. Needs no database.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, WrongUse, add_json

if TYPE_CHECKING:
    from paydesk.importers.understood import Format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", metavar="WORD", nargs="*", help="only formats that have these words in them")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.importers.understood import HOWS, formats

    found = [each for each in formats() if _has(str(each.as_json()), args.word)]
    if not found:
        raise WrongUse(f"No format has {' '.join(args.word)} in it; ./paydesk formats alone lists them all.")
    if args.json:
        print(json.dumps({"formats": [each.as_json() for each in found]}))
        return DONE
    for how, title in HOWS.items():
        if group := [each for each in found if each.how == how]:
            _show(title, group)
    return DONE


def _has(text: str, words: list[str]) -> bool:
    return all(word.casefold() in text.casefold() for word in words)


def _show(title: str, group: list[Format]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.padding import Padding

    from paydesk.importers.about import SOURCES

    out = Console(highlight=False)
    out = out if out.is_terminal else Console(highlight=False, width=110)
    out.print(f"\n[bold]{title}[/bold]")
    for each in group:
        about = each.about
        name = f"[bold cyan]{escape(each.name)}[/bold cyan]  " if each.name else ""
        provider = f"  [dim]{escape(about.provider)}[/dim]" if about.provider else ""
        out.print(f"\n  {name}{escape(about.title)}{provider}")
        known = " and ".join(SOURCES[source] for source in about.sources) or SOURCES["not_public"]
        if each.how == "mapping":
            texts = [f"known: {about.source}"]
        else:
            texts = [f"{about.sure} certainty, from {known}. {about.source}".strip()]
        if about.versions:
            texts.append(f"reads: {about.versions}")
        texts.extend(f"missing: {text}" for text in about.known_missing)
        for text in texts:
            out.print(Padding(escape(text), (0, 0, 0, 6)))
