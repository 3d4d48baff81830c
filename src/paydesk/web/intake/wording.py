"""What a preview says in plain words: how the file lies among the others, and how long a time is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from paydesk.domain.statements.queries import Preview
from paydesk.domain.statements.rules import Period, Place
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


def continuity(file: Any, seen: Preview) -> Note:
    """How the file lies among the others of its account, with the times in the account's own zone."""
    place = seen.place
    zone = file.source_account.time_zone
    starts, ends = when(file.covers_from, zone), when(file.covers_to, zone)
    gaps, follows = [], []
    if place.before is not None:
        named, reaches = _linked(place.before), when(place.before.end, zone)
        if place.gap_before is not None:
            gaps.append(format_html(
                "The file before it, {}, reaches to {}; this one starts {}, {} later.",
                named, reaches, starts, span(place.gap_before),
            ))  # fmt: skip
        else:
            follows.append(format_html("Follows on {}, which reaches to {}.", named, reaches))
    if place.after is not None:
        named, begins = _linked(place.after), when(place.after.start, zone)
        if place.gap_after is not None:
            gaps.append(format_html(
                "This one ends {}; the file after it, {}, starts {}, {} later.",
                ends, named, begins, span(place.gap_after),
            ))  # fmt: skip
        elif not place.overlapping:
            follows.append(format_html("The file after it, {}, starts {}.", named, begins))
    if place.overlapping:
        follows = [_overlap(file, place, zone)]  # what it follows on says less than what it doubles
    if gaps:
        return "held", _sentences(
            "Something may be missing.", *gaps,
            "Ask for the rows between them, or post this file and upload them when they come.",
            *(follows if place.overlapping else ()),
        )  # fmt: skip
    if follows:
        return "settled", _sentences(*follows, *(() if place.overlapping else ("There is no gap.",)))
    return "idle", "The first file of this account: there is nothing to compare it with."


def _overlap(file: Any, place: Place, zone: str) -> SafeString:
    longest, others = place.overlapping[0], len(place.overlapping) - 1
    assert place.overlap is not None
    from_to = format_html("{} to {}", when(longest.start, zone), when(longest.end, zone))
    if longest.start <= file.covers_from and file.covers_to <= longest.end:
        opening = format_html("All of its time is in {} already, {}.", _linked(longest), from_to)
    else:
        opening = format_html("Overlaps {}, {}, by {}.", _linked(longest), from_to, span(place.overlap))
    more = f" {others} more file{' covers' if others == 1 else 's cover'} some of it too." if others else ""
    return format_html("{}{} Rows that are in both are kept once.", opening, more)


def _linked(period: Period) -> SafeString:
    return format_html('<a href="{}">{}</a>', file_url(period.file_id), period.filename)


def _sentences(*parts: SafeString | str) -> SafeString:
    return format_html_join(" ", "{}", ((part,) for part in parts))


def balance(note: str) -> Note:
    """A note on balances with its colour: what holds is done, what differs waits for a person."""
    return ("settled" if "equals" in note else "held"), note
