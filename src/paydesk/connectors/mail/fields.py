"""The head of a message or part as fields: unfolded, decoded, of bounded length; addresses, ids, dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime

from paydesk.connectors.mail.charsets import cleaned
from paydesk.connectors.mail.encoded_words import decoded_words
from paydesk.connectors.mail.messages import Address, Fields

_FIELD = re.compile(r"^([\x21-\x39\x3b-\x7e]+)[ \t]*:((?:[^\r\n]+|(?:\r\n|\r|\n)[ \t])*)", re.MULTILINE)
_FOLD = re.compile(r"(?:\r\n|\r|\n)[ \t]+|[\r\n]+")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s,;]+@[^<>\s,;]+")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # belongs in no field, and NUL in no database


def fields_of(head: bytes, *, most_bytes: int, most_chars: int) -> Fields:
    """The fields of a head; bytes beyond ASCII are UTF-8, else Windows-1252; long values are cut."""
    head = head[:most_bytes]
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("cp1252", "replace")
    text = _CONTROL.sub("", text)
    return tuple(
        (found[1].lower(), _FOLD.sub(" ", found[2][:most_chars]).strip()) for found in _FIELD.finditer(text)
    )


def first(fields: Fields, name: str) -> str:
    """The first value of a field, or ""."""
    return next((value for each, value in fields if each == name), "")


def text_of(value: str) -> str:
    """A field's value as people read it: encoded words resolved, one line."""
    return _SPACES.sub(" ", cleaned(decoded_words(value) if "=?" in value else value)).strip()


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The type of a content type or disposition in lower case, and its parameters, decoded."""
    message: Message[str, str] = Message()
    message["content-type"] = value[:8192]
    try:
        found = message.get_params(failobj=[], header="content-type")
        named = {name.lower(): text_of(collapse_rfc2231_value(each)) for name, each in found[1:] if name}
    except (ValueError, LookupError, TypeError):
        named = {}
    return value.partition(";")[0].strip().lower(), named


def addresses(fields: Fields, name: str) -> tuple[Address, ...]:
    """All mailboxes of a field; what has no @ is left out."""
    values = [value for each, value in fields if each == name]
    if not values:
        return ()
    return tuple(_address(shown, address) for shown, address in getaddresses(values) if "@" in address)


def _address(shown: str, address: str) -> Address:
    local, _, domain = _SPACES.sub("", cleaned(address)).rpartition("@")
    return Address(text_of(shown).strip("\"' ")[:200], f"{local}@{domain.lower()}"[:320])


def message_ids(fields: Fields, name: str, *, most: int) -> tuple[str, ...]:
    """The ids of a field in their order, each once; of too many the first and the last."""
    found: list[str] = []
    for each, value in fields:
        if each == name:
            ids = [f"<{one}>" for one in _ID.findall(value)]
            found += ids or [f"<{one}>" for one in _BARE_ID.findall(value)[:most]]
    ids = list(dict.fromkeys(found))
    return tuple(ids if len(ids) <= most else [ids[0], *ids[-(most - 1) :]])


def moment(value: str) -> datetime | None:
    """A date of a head as UTC, or None where it is none or of no year a mail can be from."""
    try:
        found = parsedate_to_datetime(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if 1980 <= found.year < 2200 else None
