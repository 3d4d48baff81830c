"""Entries that look alike, read by one pattern: thousands of them differ only in their texts.

A shape is made from the bytes of an entry that the XML parser has read: its tags, as they stand there, with
a group for each text and attribute. Bytes that match it are an entry of the same elements, well-formed, with
other texts; whatever is written in any other way (CDATA, comments, other entities, other blanks inside a
tag) does not match, and the parser reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from paydesk.importers.camt.details import parts_of
from paydesk.importers.camt.frames import FRAME, Frame

LONGEST = 6_000  # bytes of an entry that is worth a shape
MOST_GROUPS = 120
_TAG = re.compile(
    rb"<(?P<end>/)?(?P<name>(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)"
    rb"(?P<attributes>(?:[ \t\r\n]+[A-Za-z_][\w.-]*[ \t]*=[ \t]*\"[^\"<>&\s]+\")*)[ \t\r\n]*(?P<empty>/)?>"
)
_ATTRIBUTE = re.compile(rb"([A-Za-z_][\w.-]*)([ \t]*=[ \t]*\")[^\"]+")
# No "<" or ">" (so no tag and no "]]>"), nothing XML forbids, no CR, which XML turns into a line feed.
_TEXT = rb"([^<>\x00-\x08\x0b-\x1f]*)"
_VALUE = rb"[^\"<>&\s\x00-\x1f]+"
_BLANKS = rb"[ \t\r\n]*"
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos);)?")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_NO_XML = re.compile("[\ufffe\uffff]")
_START = re.compile(rb"[ \t\r\n]*<(?:[A-Za-z_][\w.-]*:)?Ntry[ \t\r\n>]")

Picker = Callable[[list[str]], tuple[str, ...]]


@dataclass(slots=True)
class Rows:
    """The texts of one entry by path, and those of each transaction by the path inside it."""

    raw: dict[str, str]
    details: list[dict[str, str]]
    key: tuple[str, ...]  # the texts that decide the frame of the line
    whole: bool  # no text is empty, so that the shape's parts hold


class Shape:
    """One way entries are written. `children` are the names of the parts of the entry, in order."""

    def __init__(self, pattern: bytes, paths: list[tuple[int, str]], children: list[str]) -> None:
        self.match = re.compile(pattern).match
        self.children = children
        self.remarks: list[tuple[str, str]] | None = None  # what the reader has to say about their order
        self.paths = [path if place == 0 else f"NtryDtls/TxDtls[{place}]/{path}" for place, path in paths]
        self.details: list[tuple[list[str], Picker]] = []
        for wanted in range(1, max((place for place, _ in paths), default=0) + 1):
            chosen = [(group, path) for group, (place, path) in enumerate(paths) if place == wanted]
            self.details.append(([path for _, path in chosen], _picker([group for group, _ in chosen])))
        self.frame_key = _picker([group for group, (_, path) in enumerate(paths) if path.startswith(FRAME)])
        self.frames: dict[tuple[str, ...], Frame] = {}
        self.parts = [parts_of(inside) for inside, _ in self.details]

    def rows(self, groups: tuple[bytes, ...]) -> Rows | None:
        """The texts of a match; None when the parser has to look at it."""
        try:
            text = b"\0".join(groups).decode()
        except UnicodeDecodeError:
            return None
        values = text.split("\0")
        if text.isascii():
            if "\n" in text or "\t" in text or "\0 " in text or " \0" in text or text[-1:] == " ":
                values = [each.strip() for each in values]
        elif _NO_XML.search(text):
            return None
        else:
            values = [each.strip() for each in values]
        if "&" in text:
            plain = [_without_entities(each) for each in values]
            if None in plain:
                return None
            values = [each or "" for each in plain]
        raw = dict(zip(self.paths, values, strict=True))
        details = [dict(zip(paths, pick(values), strict=True)) for paths, pick in self.details]
        whole = "" not in values
        if not whole:
            raw = {path: text for path, text in raw.items() if text}
            details = [{path: text for path, text in each.items() if text} for each in details]
        return Rows(raw, details, self.frame_key(values), whole)


def shape_of(entry: bytes) -> Shape | None:
    """The shape of an entry the parser has read, None when it is written in a way only the parser knows."""
    begin = _START.match(entry)
    if begin is None or len(entry) > LONGEST or b"xmlns" in entry:
        return None
    pattern: list[bytes] = [_BLANKS]
    paths: list[tuple[int, str]] = []
    children: list[str] = []
    tree = _Tree()
    at = entry.index(b"<")
    tag = _TAG.match(entry, at)
    while tag is not None:
        name = tag["name"].rpartition(b":")[2].decode()
        if tag["end"]:
            if not tree.depth:
                return None
            tree.leave()
            pattern.append(re.escape(tag[0]))
        else:
            if tree.depth == 1:
                children.append(name)
            tree.enter(name)
            pattern.append(_tag_pattern(tag, tree, paths))
            if tag["empty"]:
                tree.leave()
        if not tree.depth:
            whole = tag.end() == len(entry) and len(paths) <= MOST_GROUPS
            return Shape(b"".join(pattern), paths, children) if whole and paths else None
        following = entry.find(b"<", tag.end())
        between = entry[tag.end() : following]
        after = _TAG.match(entry, following) if following >= 0 else None
        leaf = after is not None and after["end"] and not tag["end"] and not tag["empty"]
        if leaf and tree.depth > 1 and not tree.path:
            return None  # a transaction that is only text
        if leaf and tree.depth > 1:
            paths.append((tree.transaction, tree.path))
            pattern.append(_TEXT)
        elif between.strip(b" \t\r\n"):
            return None
        else:
            pattern.append(_BLANKS)
        tag = after
    return None


def _tag_pattern(tag: re.Match[bytes], tree: _Tree, paths: list[tuple[int, str]]) -> bytes:
    """The pattern of a start tag, with a group for each attribute."""
    parts = [b"<" + re.escape(tag["name"])]
    at = 0
    attributes = tag["attributes"]
    for each in _ATTRIBUTE.finditer(attributes):
        parts += [re.escape(attributes[at : each.start()] + each[1] + each[2]), b"(", _VALUE, b")"]
        at = each.end()
        if tree.path:
            paths.append((tree.transaction, f"{tree.path}@{each[1].decode()}"))
        else:  # an attribute of the entry or of a transaction itself is no part of the row
            parts[-3] = b"(?:"
    rest = tag[0][tag.end("attributes") - tag.start() :]
    parts.append(re.escape(attributes[at:] + rest))
    return b"".join(parts)


class _Tree:
    """Where in an entry we are, with the paths a row names its texts by."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, dict[str, int]]] = []  # path, transaction, how often each name came
        self.transactions = 0

    @property
    def depth(self) -> int:
        return len(self.open)

    @property
    def path(self) -> str:
        return self.open[-1][0] if self.open else ""

    @property
    def transaction(self) -> int:
        return self.open[-1][1] if self.open else 0

    def enter(self, name: str) -> None:
        if not self.open:
            self.open.append(("", 0, {}))
            return
        path, transaction, seen = self.open[-1]
        if name == "TxDtls" and not transaction:
            self.transactions += 1
            self.open.append(("", self.transactions, {}))
            return
        count = seen[name] = seen.get(name, 0) + 1
        place = f"{path}/{name}" if path else name
        self.open.append((f"{place}[{count}]" if count > 1 else place, transaction, {}))

    def leave(self) -> None:
        self.open.pop()


def _picker(groups: list[int]) -> Picker:
    if len(groups) == 1:
        (only,) = groups
        return lambda values: (values[only],)
    if not groups:
        return lambda values: ()
    picked: Any = itemgetter(*groups)
    return picked  # type: ignore[no-any-return]


def _without_entities(text: str) -> str | None:
    """`text` with the five entities every XML file knows as their signs; None when it has others."""
    if "&" not in text:
        return text
    if any(found[1] is None for found in _ENTITY.finditer(text)):
        return None
    return _ENTITY.sub(lambda found: _SIGNS[found[1]], text)
