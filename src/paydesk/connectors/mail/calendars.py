"""Calendar invitations (RFC 5545, 5546): what a text/calendar part asks for, in few words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from paydesk.connectors.mail.messages import Invitation

_FOLD = re.compile(r"\n[ \t]")
_LINE = re.compile(r"^([A-Z-]+)((?:;[^:\n\"]*(?:\"[^\"\n]*\"[^:\n\"]*)*)*):(.*)$", re.MULTILINE)
_ZONE = re.compile(r";TZID=\"?([^\";:]+)\"?", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")


def invitation_in(text: str) -> Invitation | None:
    """The first event of a calendar, or None where there is none."""
    text = _FOLD.sub("", text[:200_000])
    head, _, rest = text.partition("BEGIN:VEVENT")
    event, ended, _ = rest.partition("END:VEVENT")
    if not ended:
        return None
    method = next((value for name, _, value in _LINE.findall(head) if name == "METHOD"), "")
    values = {name: (options, _plain(value)) for name, options, value in reversed(_LINE.findall(event))}
    options, starts = values.get("DTSTART", ("", ""))
    return Invitation(
        method=method.strip().upper()[:20],
        uid=values.get("UID", ("", ""))[1][:300],
        summary=values.get("SUMMARY", ("", ""))[1][:300],
        organizer=re.sub("^mailto:", "", values.get("ORGANIZER", ("", ""))[1], flags=re.IGNORECASE)[:320],
        starts=starts[:60],
        starts_at=_instant(starts, options),
        location=values.get("LOCATION", ("", ""))[1][:300],
    )


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _instant(text: str, options: str) -> datetime | None:
    try:
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        zone = _ZONE.search(options)
        if zone is None:
            return None  # a whole day, or the clock of whoever reads it
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone[1])).astimezone(UTC)
    except (ValueError, LookupError, OSError):
        return None
