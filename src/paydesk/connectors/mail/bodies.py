"""The leaves of a message: which are its text, which are attachments, and the bytes of each, decoded."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paydesk.connectors.mail.fields import fields_of, first, parameters, text_of
from paydesk.connectors.mail.messages import Attachment, Fields, Limits
from paydesk.connectors.mail.parts import Part, Structure
from paydesk.connectors.mail.pictures import may_show_a_card
from paydesk.connectors.mail.redaction import ENCODINGS, unpacked

_TNEF = b"\x78\x9f\x3e\x22"
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")
_ENDINGS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/ms-tnef": ".dat",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
}
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_REPORTS = (
    "message/delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
)


@dataclass(slots=True)
class Leaf:
    """One part with content of its own."""

    part: Part
    fields: Fields
    content_type: str
    charset: str
    disposition: str
    name: str
    content_id: str
    group: int  # the outermost multipart/alternative it is in; else its own number
    data: bytes
    trouble: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is read as text of the message and not handed over as a file."""
        return (
            self.content_type in ("text/plain", "text/html")
            and self.disposition != "attachment"
            and not (self.name and self.disposition != "inline")
        )


def leaves_of(raw: bytes, structure: Structure, limits: Limits) -> Iterator[Leaf]:
    """The leaves in their order; an enclosed message is one leaf, what is inside it is not gone through."""
    stack: list[tuple[int, int, bool]] = []  # depth, number, is alternative
    inside = -1  # depth of the enclosed message we are in
    parts = structure.parts
    for number, part in enumerate(parts):
        if inside >= 0:
            if part.depth > inside:
                continue
            inside = -1
        while stack and (
            stack[-1][0] > part.depth or (stack[-1][0] == part.depth and part.kind != "between")
        ):
            stack.pop()
        if part.kind == "multipart":
            stack.append((part.depth, number, part.content_type == "multipart/alternative"))
        elif part.kind in ("leaf", "message"):
            if part.kind == "message":
                inside = part.depth
            group = next((each for _, each, alternative in stack if alternative), number)
            yield _leaf(raw, structure, number, group, limits)


def _leaf(raw: bytes, structure: Structure, number: int, group: int, limits: Limits) -> Leaf:
    part = structure.parts[number]
    fields = fields_of(
        raw[part.head[0] : part.head[1]], most_bytes=limits.head_bytes, most_chars=limits.field_chars
    )
    kind, named = parameters(first(fields, "content-type"))
    disposition, options = parameters(first(fields, "content-disposition"))
    name = (options.get("filename") or named.get("name") or "").strip()
    body = raw[part.body[0] : structure.end_of(number)]
    trouble = ""
    if part.kind == "leaf":
        try:
            body = unpacked(body, part.encoding)
        except (ValueError, binascii.Error):
            trouble = f"A part says it is {part.encoding} and is not; it is kept as it came."
    if part.encoding not in ENCODINGS:
        trouble = f"A part is packed as {part.encoding[:40]}, which nobody knows; it is kept as it came."
    return Leaf(
        part,
        fields,
        part.content_type if "/" in part.content_type and not kind.startswith("multipart/") else "text/plain",
        named.get("charset", part.charset),
        disposition,
        file_name(name),
        text_of(first(fields, "content-id")).strip("<> ")[:300],
        group,
        body,
        trouble,
    )


def file_name(name: str) -> str:
    """A file name that is one on any machine: no path, no control characters, no turned writing."""
    name = _UNSAFE_NAME.sub("_", name).strip(" .")
    if len(name) <= 120:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:100]}.{ending}" if dot and len(ending) <= 10 else name[:110]


def attachment_of(leaf: Leaf, number: int, shown_ids: frozenset[str]) -> Attachment:
    """A leaf as a file: with a name in any case, and what kind of thing it is."""
    kind, held = _kind(leaf), ""
    content_type = leaf.content_type
    if kind == "picture":
        held = may_show_a_card(leaf.name, leaf.data)
    if kind == "tnef":
        content_type = "application/ms-tnef"
    in_text = leaf.content_id in shown_ids or (kind == "picture" and leaf.disposition == "inline")
    inline = bool(leaf.content_id) and in_text
    return Attachment(
        leaf.name or f"{kind}-{number}{_ENDINGS.get(content_type, '')}",
        content_type,
        hashlib.sha256(leaf.data).hexdigest(),
        leaf.data,
        inline=inline,
        content_id=leaf.content_id,
        kind=kind,
        held_because=held,
    )


def _kind(leaf: Leaf) -> str:
    if leaf.data.startswith(_TNEF) or leaf.content_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        return "tnef"
    if leaf.content_type in _REPORTS:
        return "report"
    if leaf.part.kind == "message" or leaf.content_type.startswith("message/"):
        return "message"
    if leaf.content_type in ("text/calendar", "application/ics"):
        return "calendar"
    if leaf.content_type in _SIGNATURES:
        return "signature"
    if leaf.content_type in _ENCRYPTED:
        return "encrypted"
    return "picture" if leaf.content_type.startswith("image/") else "file"
