"""What a person sees of files that were read: one in full, or a line for each of many."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from rich.console import Console
from rich.markup import escape as without_markup
from rich.padding import Padding
from rich.table import Table

from paydesk.cli.outcomes import printable
from paydesk.cli.read_files import Looked
from paydesk.importers.amounts import plain_text
from paydesk.importers.summary import Summary

SHOWN_REJECTED = 20
SHOWN_WARNINGS = 20
SHOWN_STATEMENTS = 50
NAMED_OTHERS = 6
LONGEST_NOTE = 110
WIDE = 240  # where nobody looks at a terminal lines are not broken
NARROW = 120  # below it a file is a few lines instead of one row


def console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDE)


def escape(text: str) -> str:
    """Text of a file or its name, so that it is shown as it stands and commands nothing."""
    return without_markup(printable(text.replace("\n", "\\n")))


# One file


def show_details(looked: Looked) -> None:
    """What the file is, its statements, sums and kinds of rows, what was rejected, what to know."""
    summary = looked.summary
    assert summary is not None
    out = console()
    profile = f", read with the profile {looked.profile_name}" if looked.profile_name else ""
    out.print(f"[bold]{escape(looked.name)}[/bold]  {escape(looked.title)}{profile}")
    _show_statements(out, summary)
    _show_sums(out, summary)
    reasons = (f"line {each.line}: {each.reason}" for each in summary.rejected)
    _list(out, "Rejected rows", reasons, SHOWN_REJECTED, summary.rejected_count)
    _list(out, "To know", summary.notes(), SHOWN_WARNINGS)
    if looked.is_clean:
        out.print("\n[green]Nothing is wrong with it.[/green]")


def _show_statements(out: Console, summary: Summary) -> None:
    table = Table("Account", "Currency", box=None, pad_edge=False, header_style="dim")
    for heading in ("Opening", "Closing", "Lines"):
        table.add_column(heading, justify="right")
    for statement, lines in list(zip(summary.statements, summary.lines_of, strict=True))[:SHOWN_STATEMENTS]:
        table.add_row(
            escape(statement.account or "not stated"),
            escape(statement.currency or "not stated"),
            plain_text(statement.opening) if statement.opening is not None else "not stated",
            plain_text(statement.closing) if statement.closing is not None else "not stated",
            f"{lines:,}",
        )
    out.print()
    out.print(table)
    if len(summary.statements) > SHOWN_STATEMENTS:
        out.print(
            f"and {len(summary.statements) - SHOWN_STATEMENTS:,} more statements; --json lists them all"
        )


def _show_sums(out: Console, summary: Summary) -> None:
    lines = f"{summary.lines:,} line{'s' if summary.lines != 1 else ''}"
    out.print(f"\n{lines}, {summary.rejected_count:,} rejected")
    for currency in summary.credit:
        unknown = " (currency not stated)" if currency == "XXX" else ""
        credit, debit = plain_text(summary.credit[currency]), plain_text(summary.debit[currency])
        fees = f"  fees kept back {plain_text(summary.fees[currency])}" if currency in summary.fees else ""
        out.print(f"  {currency}  in {credit}  out {debit}{fees}{unknown}")
    for (kind, status), count in summary.kinds.most_common():
        out.print(f"  {count:>8,}  {kind.replace('_', ' ')}{'' if status == 'success' else ', ' + status}")


def _list(out: Console, title: str, texts: Iterable[str], most: int, count: int = 0) -> None:
    """The first `most` of the texts, of which there are `count` if not all are listed."""
    found = list(texts)
    if not found:
        return
    out.print(f"\n[yellow]{title}[/yellow]")
    for text in found[:most]:
        out.print(f"  - {escape(text)}", soft_wrap=True)
    if len(found) > most:
        listed = "them all" if count <= len(found) else f"the first {len(found):,}"
        out.print(f"  and {max(count, len(found)) - most:,} more; --json lists {listed}")


# Many files


def show_overview(found: list[Looked]) -> None:
    """A line for each file that was read, then what was not and why, and last the totals."""
    out = console()
    read = [each for each in found if each.summary is not None]
    if read and out.width < NARROW:
        _show_stacked(out, read)
    elif read:
        out.print(_overview(read))
    _show_refused(out, "Refused: damaged, or not what they claim to be", found, ("refused",))
    _show_refused(out, "Could not be opened", found, ("locked",))
    _show_refused(out, "Tables whose columns a person has to map once, in the intake", found, ("mapping",))
    _show_refused(out, "Errors of paydesk's own; please report them", found, ("error",))
    _show_others(out, [each for each in found if each.verdict == "other"])
    out.print(f"\n{_totals(found)}")


def _overview(read: list[Looked]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("File", overflow="fold", min_width=20)
    table.add_column("What it is", overflow="fold", min_width=14)
    table.add_column("Lines", justify="right", no_wrap=True)
    for heading in ("In", "Out"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("What is wrong", overflow="fold", min_width=24)
    for each in read:
        summary = each.summary
        assert summary is not None
        table.add_row(
            escape(each.name),
            escape(each.title),
            f"{summary.lines:,}",
            _amounts(summary.credit),
            _amounts(summary.debit),
            _wrong(each),
        )
    return table


def _show_stacked(out: Console, read: list[Looked]) -> None:
    """What _overview shows, for a terminal too narrow for its columns."""
    for each in read:
        summary = each.summary
        assert summary is not None
        out.print(f"[bold]{escape(each.name)}[/bold]", overflow="fold")
        out.print(Padding(escape(each.title), (0, 0, 0, 4)))
        sums = [
            f"{word} {_amounts(side).replace(chr(10), ', ')}"
            for word, side in (("in", summary.credit), ("out", summary.debit))
            if any(side.values())
        ]
        out.print(
            Padding(
                "  ".join([f"{summary.lines:,} line{'s' if summary.lines != 1 else ''}", *sums]), (0, 0, 0, 4)
            )
        )
        wrong = f"wrong: {_wrong(each)}" if each.is_clean else _wrong(each)
        out.print(Padding(wrong, (0, 0, 0, 4)))


def _amounts(sums: dict[str, Decimal]) -> str:
    """Amounts that are not zero, one a line, with their currencies; "" for none."""
    found = [f"{amount:,f} {currency}" for currency, amount in sums.items() if amount]
    more = [f"and {len(found) - 4} more"] if len(found) > 5 else []
    return "\n".join(found[: 4 if more else 5] + more)


def _wrong(looked: Looked) -> str:
    """The most important thing about a file in one line, with how much more there is to know."""
    summary = looked.summary
    assert summary is not None
    verdict, not_moved = _verdict(looked, summary), _not_moved(summary)
    return (verdict.removesuffix(".") if not_moved else verdict) + not_moved


def _not_moved(summary: Summary) -> str:
    """Lines that moved nothing (yet), which the sums of pending ones hide."""
    counts = dict.fromkeys(("pending", "failed"), 0)
    for (_, status), count in summary.kinds.items():
        if status in counts:
            counts[status] += count
    return "".join(f"; {count:,} {status}" for status, count in counts.items() if count)


def _verdict(looked: Looked, summary: Summary) -> str:
    notes = summary.notes()
    if summary.rejected:
        first = summary.rejected[0]
        count = summary.rejected_count
        said = f"[red]{count:,} rejected[/red] {escape(_short(f'line {first.line}: {first.reason}'))}"
        return f"{said.removesuffix('.')} [dim]and {len(notes)} to know[/dim]" if notes else said
    if not notes:
        return "[green]nothing[/green]"
    if looked.is_guessed:  # "What it is" says so
        notes = [note for note in notes if not (note.startswith(GUESSES) or " Assumed: " in note)]
        if not notes:
            return "[yellow]to know[/yellow] check the guessed columns (--details names them)"
    more = f" [dim]and {len(notes) - 1} more[/dim]" if len(notes) > 1 else ""
    worst = escape(_short(_worst(notes)))
    return f"[yellow]to know[/yellow] {worst.removesuffix('.') if more else worst}{more}"


# What a guess says of itself, so that what it says of the money stands first.
GUESSES = ("No profile knows this header", "Dates are read ")
_HEAVY = ("does not tie", "states", "make", "damaged", "cut off", "missing", "not read", "card number")


def _worst(notes: list[str]) -> str:
    """The note about money or loss before the notes about form."""
    return next((note for word in _HEAVY for note in notes if word in note), notes[0])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1].rstrip() + "…"


def _show_refused(out: Console, title: str, found: list[Looked], verdicts: tuple[str, ...]) -> None:
    refused = [each for each in found if each.verdict in verdicts]
    if not refused:
        return
    out.print(f"\n[yellow]{title}[/yellow]")
    for each in refused:
        short = each.name.rpartition("/")[2]
        said = f"- {each.refused}"
        for verb in ("is", "may"):  # a sentence that begins with the name does not say it twice
            for name in (each.name, short):
                if each.refused.startswith(f"{name} {verb} "):
                    said = each.refused[len(name) + 1 :]
        out.print(f"  [bold]{escape(each.name)}[/bold] {escape(said)}", soft_wrap=True)


def _show_others(out: Console, others: list[Looked]) -> None:
    """Files that are no payments, those of one sort in one line."""
    if not others:
        return
    out.print("\n[dim]Not payment files, as far as anything in them shows[/dim]")
    sorted_others = sorted(others, key=_sort_of)
    for what, group in groupby(sorted_others, key=_sort_of):
        names = [each.name for each in group]
        more = f" and {len(names) - NAMED_OTHERS:,} more" if len(names) > NAMED_OTHERS else ""
        out.print(f"  {escape(what)}: {escape(', '.join(names[:NAMED_OTHERS]))}{more}", soft_wrap=True)


def _sort_of(looked: Looked) -> str:
    """Why a file is none of ours, without its name: "a JSON document"."""
    _, found, rest = looked.refused.partition(" is ")
    what = rest if found else looked.refused
    return what.removesuffix(".").removesuffix(", which paydesk does not read")


def _totals(found: list[Looked]) -> str:
    read = [each for each in found if each.summary is not None]
    clean = sum(each.is_clean for each in read)
    rejected = sum(bool(each.summary and each.summary.rejected_count) for each in read)
    parts = [
        f"{len(found):,} file{'s' if len(found) != 1 else ''}",
        f"{len(read):,} read ({clean:,} with nothing wrong, {rejected:,} with rejected rows)",
    ]
    for verdicts, words in (
        (("refused",), "refused"),
        (("locked",), "not opened"),
        (("mapping",), "to be mapped"),
        (("error",), "with an error of paydesk's own"),
        (("other",), "not payment files"),
    ):
        if count := sum(each.verdict in verdicts for each in found):
            parts.append(f"{count:,} {words}")
    return "; ".join(parts) + "."
