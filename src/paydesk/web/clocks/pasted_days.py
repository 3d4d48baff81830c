"""Days as people type or paste them: one a line, a date and a name or hours, in the ways they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from paydesk.kernel.business_time import read_hours

MOST_DAYS = 1000
_DATE = re.compile(
    r"^\W*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\W+)?"
    r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
    r"|\d{1,2}\.? [a-z]{3,9},? \d{4}|[a-z]{3,9} \d{1,2},? \d{4})"
    r"(?=\W|$)",
    re.IGNORECASE,
)
_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")


def read_days(text: str) -> dict[str, str]:
    """ "2026-12-25 Christmas" or "25 Dec 2026; Christmas" to {"2026-12-25": "Christmas"}, the day first where
    both could be it. Raises ValueError with a sentence that names the line."""
    found: dict[str, str] = {}
    for number, line in _lines(text):
        day, rest = _day_and_rest(number, line)
        if day in found:
            raise ValueError(f"Line {number}: {day} stands there twice.")
        if not rest:
            raise ValueError(f"Line {number}: say what {day} is, such as {day} New Year.")
        found[day] = rest[:80]
    return found


def read_open_days(text: str) -> dict[str, list[str]]:
    """ "2026-12-24 09:00-12:00, 13:00-15:00" to {"2026-12-24": ["09:00-12:00", "13:00-15:00"]}."""
    found: dict[str, list[str]] = {}
    for number, line in _lines(text):
        day, rest = _day_and_rest(number, line)
        if day in found:
            raise ValueError(f"Line {number}: {day} stands there twice.")
        try:
            found[day] = read_spans(rest)
        except ValueError as problem:
            raise ValueError(f"Line {number}: {problem}") from problem
        if not found[day]:
            raise ValueError(f"Line {number}: say which hours {day} is open, such as {day} 09:00-12:00.")
    return found


def read_spans(text: str) -> list[str]:
    """ "08:00-12:00, 13:00-17:00" to its spans in order; an empty text is a closed day. Raises ValueError."""
    spans = re.sub(r"\s*[-\u2013]\s*", "-", text.strip())
    parts = [part for part in re.split(r"[,;\s]+", spans) if part]
    return [str(each) for each in read_hours([_full(part) for part in parts])]


def _full(span: str) -> str:
    """ "8-17" and "8:00-17:00" as 08:00-17:00."""
    return "-".join(
        f"{hour.zfill(2)}:{minute or '00'}"
        for hour, _, minute in (each.partition(":") for each in span.split("-"))
    )


def lines_of(days: Iterable[tuple[str, object]]) -> str:
    """Days as the text they are typed in, in order."""
    return "\n".join(
        f"{day} {', '.join(said) if isinstance(said, list) else said}" for day, said in sorted(days)
    )


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_DAYS:
        raise ValueError(f"These are {len(lines):,} days; up to {MOST_DAYS:,} can be given.")
    return lines


def _day_and_rest(number: int, line: str) -> tuple[str, str]:
    match = _DATE.match(line)
    if match is None:
        raise ValueError(
            f"Line {number} has no date at its beginning: “{line[:40]}”. Write it as 2026-12-25."
        )
    words = re.sub(r"[.,](?= )", "", match[1])
    for form in _FORMS:
        try:
            day: date = datetime.strptime(words, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day.isoformat(), line[match.end() :].strip(" \t,;:|-\u2013\u2014\"'")
    raise ValueError(f"Line {number}: {match[1]} is no day of the calendar.")
