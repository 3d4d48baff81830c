"""Where the parts of a message stand in its bytes: one pass over any bytes, linear however deep they nest.

The standard library says what a message means; this says where, so that a part can be replaced in the raw
copy while every other byte stays, and so that hostile nesting is known before anything follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

# As email.feedparser: what still belongs to the head of a message.
_HEAD_LINE = re.compile(rb"(?:From |[\x21-\x39\x3b-\x7e]*:|[ \t])[^\r\n]*(?:\r\n|\r|\n|\Z)")
_BLANK = re.compile(rb"(?:\r\n|\r|\n)")
_LINE = re.compile(rb"[^\r\n]*")
_CONTENT = re.compile(
    rb"(?:^|(?<=\r))content-(type|transfer-encoding)[ \t]*:((?:[^\r\n]+|(?:\r\n|\r|\n)[ \t])*)",
    re.IGNORECASE | re.MULTILINE,
)
_PARAMETER = re.compile(
    rb";\s*(boundary|charset)\*?\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;]+))", re.IGNORECASE
)
_CONTROL = bytes((*range(32), 127))
_ENCLOSES = re.compile(r"message/(?!delivery-status|disposition-notification|feedback-report)")

Kind = Literal["leaf", "multipart", "message", "between"]
Span = tuple[int, int]


@dataclass(slots=True)
class Part:
    """One part: its head and body as places in the message. `between` is text that belongs to no part."""

    kind: Kind
    depth: int
    head: Span
    body: Span
    content_type: str = "text/plain"
    encoding: str = ""
    charset: str = ""
    boundary: bytes = b""


@dataclass(slots=True)
class Structure:
    """All parts in the order of the bytes; heads and bodies of leaves and `between` cover every byte once."""

    parts: list[Part] = field(default_factory=list)

    @property
    def depth(self) -> int:
        return max(part.depth for part in self.parts)

    def end_of(self, number: int) -> int:
        """Where the body of a part ends, of an enclosed message with all that is inside it."""
        part = self.parts[number]
        if part.kind == "leaf":
            return part.body[1]
        end = part.head[1]
        for inside in self.parts[number + 1 :]:
            if inside.depth <= part.depth:
                break
            if inside.kind != "message":
                end = max(end, inside.body[1] if inside.kind != "multipart" else inside.head[1])
        return end

    def first_beyond(self, *, most_parts: int, deepest: int) -> int | None:
        """Where the first part stands that is one too many or too deep, or None."""
        counted = 0
        for part in self.parts:
            if part.kind != "between":
                counted += 1
                if counted > most_parts or part.depth > deepest:
                    return part.head[0]
        return None


def structure_of(raw: bytes) -> Structure:
    """Every part of the message `raw`, which may be any bytes."""
    return _Walk(raw).structure


def head_of(raw: bytes) -> bytes:
    """The head of the message alone."""
    end = 0
    while (line := _HEAD_LINE.match(raw, end)) and line.end() > end:
        end = line.end()
    return raw[:end]


def _dash_lines(raw: bytes, at: int) -> Iterator[tuple[int, bytes, int]]:
    """The lines that begin with two dashes: where the line end before them stands, what follows, the end."""
    after_feed, after_return = raw.find(b"\n--", at), raw.find(b"\r--", at)
    while after_feed >= 0 or after_return >= 0:
        if after_return < 0 or 0 <= after_feed < after_return:
            start = after_feed
            after_feed = raw.find(b"\n--", start + 1)
        else:
            start = after_return
            after_return = raw.find(b"\r--", start + 1)
        line = _LINE.match(raw, start + 3)
        assert line is not None
        yield start, line[0], line.end()


class _Walk:
    """Goes through the lines that begin with two dashes once, knowing which multiparts are open."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.structure = Structure()
        self.stack: list[tuple[bytes, int, bool]] = []  # the open multiparts: boundary, depth, is a digest
        self.levels: dict[bytes, list[int]] = {}  # boundary -> where in the stack
        current = self._begin(0, 0)
        for start, line, end in _dash_lines(raw, max(current.body[0] - 1, 0)):
            if start + 1 < current.body[0] or (name := self._named(line)) is None:
                continue
            closes = name not in self.levels
            name = name[:-2] if closes else name
            ends = start - (raw[start - 1 : start + 1] == b"\r\n")
            current.body = (current.body[0], max(current.body[0], ends))
            level = self.levels[name][-1]
            depth = self.stack[level][1]
            while len(self.stack) > level + (not closes):
                self._close_last()
            newline = _BLANK.match(raw, end)
            after = newline.end() if newline else end
            current = self._between(after, depth) if closes else self._begin(after, depth + 1)
        current.body = (current.body[0], len(raw))

    def _named(self, line: bytes) -> bytes | None:
        name = line.rstrip(b" \t")
        return name if name in self.levels or (name[-2:] == b"--" and name[:-2] in self.levels) else None

    def _close_last(self) -> None:
        boundary = self.stack.pop()[0]
        levels = self.levels[boundary]
        levels.pop()
        if not levels:
            del self.levels[boundary]

    def _between(self, at: int, depth: int) -> Part:
        part = Part("between", depth, (at, at), (at, len(self.raw)))
        self.structure.parts.append(part)
        return part

    def _begin(self, at: int, depth: int) -> Part:
        """Read the head that begins at `at`; go into what it encloses; hand back what is open then."""
        in_digest = bool(self.stack) and self.stack[-1][2]
        while True:
            part = self._head(at, depth, in_digest=in_digest)
            self.structure.parts.append(part)
            if part.kind == "multipart":
                self.levels.setdefault(part.boundary, []).append(len(self.stack))
                self.stack.append((part.boundary, depth, part.content_type == "multipart/digest"))
                return self._between(part.body[0], depth)
            if part.kind != "message" or part.body[0] >= len(self.raw):
                return part
            at, depth, in_digest = part.body[0], depth + 1, False

    def _head(self, at: int, depth: int, *, in_digest: bool) -> Part:
        end = at
        while (line := _HEAD_LINE.match(self.raw, end)) and line.end() > end:
            if line[0][:2] == b"--" and self._named(line[0][2:].rstrip(b"\r\n")) is not None:
                break
            end = line.end()
        blank = _BLANK.match(self.raw, end)
        part = Part("leaf", depth, (at, end), (blank.end() if blank else end, len(self.raw)))
        if in_digest:  # RFC 2046, 5.1.5
            part.content_type = "message/rfc822"
        known = set()
        for found in _CONTENT.finditer(self.raw, at, end):
            if (name := found[1].lower()) in known:
                continue  # the first counts, as everywhere
            known.add(name)
            if name == b"type":
                _content_type(part, found[2])
            else:
                part.encoding = found[2].strip().lower().decode("ascii", "replace")
        kind = part.content_type
        if kind.startswith("multipart/") and part.boundary:
            part.kind = "multipart"
        elif _ENCLOSES.match(kind) and part.encoding not in ("base64", "quoted-printable"):
            part.kind = "message"
        return part


def _content_type(part: Part, value: bytes) -> None:
    named = value.partition(b";")[0].strip().lower().translate(None, _CONTROL)
    kind = named.decode("ascii", "replace")
    part.content_type = kind if "/" in kind else "text/plain"
    for found in _PARAMETER.finditer(value):
        text = found[2].replace(b"\\", b"") if found[2] is not None else found[3]
        if found[1].lower() == b"boundary":
            part.boundary = text.rstrip()
        else:
            part.charset = text.decode("ascii", "replace").strip().lower()
    if b"boundary*" in value.lower():  # RFC 2231: with a charset, or in pieces
        head: Message[str, str] = Message()
        head["content-type"] = value[:8192].decode("utf-8", "replace").replace("\r", " ").replace("\n", " ")
        with suppress(ValueError, LookupError, TypeError):
            part.boundary = (head.get_boundary() or "").encode("utf-8", "replace")
