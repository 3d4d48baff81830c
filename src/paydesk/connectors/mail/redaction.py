"""Card data taken out of a message's bytes before anything is stored; all other bytes stay as they came.

Looked at: every head (encoded words and file names included, identifiers and routing left out), every body
of text however it is encoded, attachments that are text whatever they call themselves, what stands between
parts, and messages inside messages. Not looked into: archives, office files, PDF and pictures.
"""

from __future__ import annotations

import binascii
import hashlib
import quopri
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from paydesk.connectors.mail.covers import CardData, Cover, Words
from paydesk.connectors.mail.header_redaction import redact_head
from paydesk.connectors.mail.html_redaction import redact_html
from paydesk.connectors.mail.parts import Part, structure_of
from paydesk.kernel.card_redaction import (
    IsOurs,
    RedactedText,
    nothing_is_ours,
)

WITHHELD = b"[paydesk withheld this part: it is packed too deep to be looked through for card numbers.]"
_DEEPEST = 8  # messages packed in base64 inside messages packed in base64
_WIDE = ("utf-16", "utf-32", "utf16", "utf32", "utf-7", "utf7", "unicode")  # digits are not their ASCII bytes
_WORDS = re.compile(rb"[\x09\x0a\x0d\x20-\x7e\x80-\xff]*")
_MARKS_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class RedactedMail:
    """The bytes that may be stored, and what is known of those that came."""

    raw: bytes
    sha256_salted: str
    """Of the original, with the caller's salt: shows later that a given original is what came."""
    card_numbers: int = 0
    secrets: int = 0
    places: list[str] = field(default_factory=list)
    """Where something was taken out: "head", "text/plain", "text/csv" ..., each once, in their order."""

    @property
    def changed(self) -> bool:
        return bool(self.places)


def salted_hash(data: bytes, salt: bytes) -> str:
    """SHA-256 over salt and data, in hex. The salt is a secret of the installation."""
    return hashlib.sha256(len(salt).to_bytes(4, "big") + salt + data).hexdigest()


def redact_message(raw: bytes, *, salt: bytes, is_ours: IsOurs = nothing_is_ours) -> RedactedMail:
    """What of `raw` may be stored: the same bytes, save for card data. Never raises.

    `is_ours` is told the digits of a number that looks like a card's and says whether our ledger knows them
    as a reference; it is asked seldom, so it may look them up.
    """
    found = RedactedMail(raw, salted_hash(raw, salt))
    found.raw = _redacted(raw, found, CardData(is_ours), _DEEPEST)
    return found


def remove_passages(raw: bytes, passages: Sequence[str], *, salt: bytes) -> RedactedMail:
    """A stored message without the passages a person marked, in its head, texts and attachments of text.

    `secrets` counts them. None found means that they stand in a file that is not looked into.
    """
    found = RedactedMail(raw, salted_hash(raw, salt))
    found.raw = _redacted(raw, found, Words(passages), _DEEPEST)
    return found


def unpacked(body: bytes, encoding: str) -> bytes:
    """The content of a part that was packed for the way. Raises ValueError where it is not what it says."""
    return _packing(encoding)[0](body)


def redact_bytes(
    data: bytes, *, charset: str = "", html: bool = False, is_ours: IsOurs = nothing_is_ours
) -> bytes:
    """Text as bytes without card data, in the same charset; the very same bytes where there is none."""
    return _text(data, charset, html, CardData(is_ours), RedactedMail(b"", ""), "text")


def _redacted(raw: bytes, found: RedactedMail, cover: Cover, deeper: int) -> bytes:
    pieces: list[bytes] = []
    kept = 0

    def replace(start: int, end: int, by: bytes) -> None:
        nonlocal kept
        pieces.extend((raw[kept:start], by))
        kept = end

    for part in structure_of(raw).parts:
        head = raw[part.head[0] : part.head[1]]
        if (new_head := redact_head(head, cover, lambda text: _note(found, text, "head"))) != head:
            replace(*part.head, new_head)
        if part.kind in ("leaf", "between"):
            body = raw[part.body[0] : part.body[1]]
            if (new_body := _body(body, part, found, cover, deeper)) != body:
                replace(*part.body, new_body)
    if not pieces:
        return raw
    pieces.append(raw[kept:])
    return b"".join(pieces)


def _body(body: bytes, part: Part, found: RedactedMail, cover: Cover, deeper: int) -> bytes:
    if not body:
        return body
    html = part.content_type in ("text/html", "application/xhtml+xml", "text/enriched")
    unpack, pack = _packing(part.encoding if part.kind == "leaf" else "")
    if (
        part.encoding == "base64"
        and not part.content_type.startswith(("text/", "message/"))
        and _is_sealed(body)
    ):
        return body
    if part.encoding in _PACKED and cover.thorough:  # it may only say so
        body = _text(body, "", False, cover, found, part.content_type)
    try:
        data = unpack(body)
    except (ValueError, binascii.Error):
        data, pack = body, _as_it_is
    if part.content_type.startswith("message/") and part.encoding in ("base64", "quoted-printable"):
        new = _redacted(data, found, cover, deeper - 1) if deeper else WITHHELD
        if not deeper:
            _note(found, RedactedText("", secrets=1), part.content_type)
    elif part.content_type.startswith(("text/", "message/")) or part.kind == "between" or _is_text(data):
        new = _text(data, part.charset, html, cover, found, part.content_type)
    else:
        return body
    if new == data:
        return body
    return pack(new, b"\r\n" if b"\r\n" in body or b"\n" not in body else b"\n")


def _text(data: bytes, charset: str, html: bool, cover: Cover, found: RedactedMail, place: str) -> bytes:
    wide = charset.startswith(_WIDE) or data[:2] in _MARKS_WIDE
    if not html and not wide and not cover.may_hold(data) and not _other_digits(data):
        return data
    text, codec = _decoded(data, charset, wide)
    result = redact_html(text, cover) if html else cover.text(text)
    if not result.changed:
        return data
    _note(found, result, place)
    return result.text.encode(codec, "surrogateescape" if codec in ("utf-8", "ascii") else "replace")


def _decoded(data: bytes, charset: str, wide: bool) -> tuple[str, str]:
    """The text and a codec that gives the same bytes back; Latin-1 always does."""
    if wide:
        marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
        for name in (marks.get(data[:2], ""), charset, "utf-16-le"):
            with suppress(LookupError, UnicodeError, ValueError):
                text = data.decode(name)
                if text.encode(name) == data or name.startswith("utf-7"):
                    return text, name
    for name in (charset or "utf-8", "utf-8"):
        bad_bytes = "surrogateescape" if name in ("utf-8", "ascii") else "strict"
        with suppress(LookupError, UnicodeError, ValueError):
            text = data.decode(name, bad_bytes)
            if text.encode(name, bad_bytes) == data:
                return text, name
    return data.decode("latin-1"), "latin-1"


def _note(found: RedactedMail, result: RedactedText, place: str) -> None:
    found.card_numbers += result.card_numbers
    found.secrets += result.secrets
    if place not in found.places:
        found.places.append(place)


def _other_digits(data: bytes) -> bool:
    """Whether digits of another script may stand there, which no look at ASCII digits finds."""
    return not data.isascii() and any(mark in data for mark in (b"\xd9", b"\xdb", b"\xef\xbc", b"\xe0"))


def _is_text(data: bytes) -> bool:
    start = data[:4096]
    if start[:2] in _MARKS_WIDE:
        return True
    return _WORDS.fullmatch(start) is not None and not start.startswith((b"%PDF-", b"{\\rtf"))


def _is_sealed(body: bytes) -> bool:
    """Whether a base64 body begins as a kind of file we do not look into, and need not be decoded."""
    try:
        start = binascii.a2b_base64(_only_base64(body[:2048])[:1024])
    except binascii.Error:
        return False
    return not _is_text(start)


def _only_base64(body: bytes) -> bytes:
    return body.translate(None, bytes(set(range(256)) - set(_ALPHABET)))


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

_UU = ("x-uuencode", "uuencode", "uue", "x-uue")
_PACKED = ("base64", *_UU)
ENCODINGS = frozenset(("", "7bit", "8bit", "binary", "quoted-printable", *_PACKED))
Unpack = Callable[[bytes], bytes]
Pack = Callable[[bytes, bytes], bytes]


def _packing(encoding: str) -> tuple[Unpack, Pack]:
    if encoding == "base64":
        return _from_base64, _to_base64
    if encoding == "quoted-printable":
        return quopri.decodestring, _to_quoted_printable
    if encoding in _UU:
        return _from_uu, _to_uu
    return bytes, _as_it_is


def _as_it_is(data: bytes, newline: bytes) -> bytes:
    return data


def _from_base64(body: bytes) -> bytes:
    """As mail programs do: what is not of the alphabet is passed over, missing padding added."""
    clean = _only_base64(body)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _to_base64(data: bytes, newline: bytes) -> bytes:
    lines = [binascii.b2a_base64(data[at : at + 57], newline=False) for at in range(0, len(data), 57)]
    return newline.join(lines) + newline


def _to_quoted_printable(data: bytes, newline: bytes) -> bytes:
    text = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\r\n", b"\n")
    return text.replace(b"\n", newline)


def _from_uu(body: bytes) -> bytes:
    lines = body.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    return b"".join(binascii.a2b_uu(line) for line in lines[start + 1 :] if line and line != b"end")


def _to_uu(data: bytes, newline: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return newline.join([b"begin 644 attachment", *lines, b"`", b"end", b""])
