"""What has to go from HTML, also where tags or entities stand between its letters and digits."""

from __future__ import annotations

import re
from html import unescape

from paydesk.connectors.mail.covers import Cover
from paydesk.kernel.card_redaction import RedactedText

# Between cells and paragraphs a number ends, between spans of a line it goes on.
_BREAK = r"/?(?:p|div|br|td|th|tr|li|table|h[1-6]|blockquote|hr|ul|ol|body|pre)\b"
_BREAKS = re.compile(_BREAK, re.IGNORECASE)
_BREAK_TAG = re.compile(f"<{_BREAK}[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_PIECE = re.compile(r"<([^<>]*)>|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,10});?")


def redact_html(html: str, cover: Cover) -> RedactedText:
    """HTML covered, in its tags, its text, and its text as it is read with the tags left out."""
    first = cover.text(html)
    read = unescape(_TAG.sub("", _BREAK_TAG.sub("|", first.text)))
    if not cover.text(read).changed:
        return first
    text, places = _as_read(first.text)
    second = cover.text(text)
    if not second.changed:
        return first
    pieces, kept = [], 0
    for at, (old, new) in enumerate(zip(text, second.text, strict=True)):
        if old != new:
            start, end = places[at]
            pieces += [first.text[kept:start], new]
            kept = end
    pieces.append(first.text[kept:])
    return RedactedText(
        "".join(pieces),
        first.card_numbers + second.card_numbers,
        first.secrets + second.secrets,
    )


def _as_read(html: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without tags and with entities resolved, and where each of its letters stands in the HTML."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0

    def plain(end: int) -> None:
        letters.extend(html[at:end])
        places.extend((each, each + 1) for each in range(at, end))

    for piece in _PIECE.finditer(html):
        plain(piece.start())
        at = piece.end()
        if piece[1] is None:
            for letter in unescape(piece[0])[:1]:
                letters.append(letter)
                places.append(piece.span())
        elif _BREAKS.match(piece[1]):
            letters.append("|")
            places.append(piece.span())
    plain(len(html))
    return "".join(letters), places
