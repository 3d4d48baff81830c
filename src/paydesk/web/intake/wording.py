"""What a preview says in plain words: how the file follows on the last one, and how long a time is."""

from __future__ import annotations

from datetime import timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from paydesk.domain.statements.queries import Preview
from paydesk.kernel.lifecycle import Family
from paydesk.web.templatetags.desk import when
from paydesk.web.templatetags.intake import file_url

Note = tuple[Family, SafeString | str]


def span(length: timedelta) -> str:
    """A length of time in its two largest units: "3 days 1 h", "1 h 5 min", "under a minute"."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        f"{days} day{'' if days == 1 else 's'}" if days else "",
        f"{hours} h" if hours else "",
        f"{rest} min" if rest and not days else "",
    ]
    return " ".join(part for part in parts if part) or "under a minute"


def continuity(file: object, seen: Preview) -> Note:
    """How the file follows on the last one of its account, with the times in the account's own zone."""
    last = seen.last_file
    zone = file.source_account.time_zone  # type: ignore[attr-defined]
    if last is None:
        return "idle", "The first file of this account: there is nothing before it to compare with."
    named = format_html(
        '<a href="{}">{}</a>, which reaches to {}',
        file_url(last.pk),
        last.filename,
        when(last.covers_to, zone),
    )
    starts = when(file.covers_from, zone)  # type: ignore[attr-defined]
    if seen.gap is not None:
        return "held", format_html(
            "Something may be missing: the last file is {}; this one starts {}, {} later. Ask for the rows "
            "between them, or post this file and upload them when they come.", named, starts, span(seen.gap),
        )  # fmt: skip
    if seen.overlap is not None:
        return "settled", format_html(
            "Overlaps the last file, {}, by {}: this one starts {}. Rows that are in both are kept once.",
            named, span(seen.overlap), starts,
        )  # fmt: skip
    return "settled", format_html("Follows on the last file, {}, without a gap.", named)


def balance(note: str) -> Note:
    """A note on balances with its colour: what holds is done, what differs waits for a person."""
    return ("settled" if "equals" in note else "held"), note
