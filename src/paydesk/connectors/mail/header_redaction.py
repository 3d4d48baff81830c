"""What has to go from the head of a message or part: subject, names, files; never what routes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.header import Header
from email.message import Message
from email.utils import collapse_rfc2231_value

from paydesk.connectors.mail.covers import Cover
from paydesk.connectors.mail.encoded_words import decoded_words
from paydesk.kernel.card_redaction import RedactedText

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]*)[ \t]*:((?:[^\r\n]+|(?:\r\n|\r|\n)[ \t])*)")
# Made by machines for machines: changing one breaks threads, signatures or the way back.
_LEFT = frozenset(
    b"message-id in-reply-to references received dkim-signature domainkey-signature authentication-results"
    b" return-path delivered-to x-original-to received-spf"
    b" resent-message-id x-received x-google-dkim-signature x-gm-message-state content-id list-unsubscribe"
    b" feedback-id original-message-id arc-seal arc-message-signature arc-authentication-results".split()
)
_ADDRESSES = frozenset(b"from to cc bcc reply-to sender resent-from resent-to resent-cc".split())
_WRITTEN = _ADDRESSES | {b"subject", b"thread-topic", b"comments", b"keywords", b"content-description"}
_TYPED = frozenset((b"content-type", b"content-disposition"))
_NAMES = ("filename", "name")
_WORDS_IN_A_ROW = re.compile(rb"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=(?:\s+=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)*")
_LOCAL_PART = re.compile(r"[\w.+-]+@")  # where an answer goes
_BOUNDARY = re.compile(r"boundary\*?\s*=\s*(?:\"[^\"]*\"|[^\s;]+)", re.IGNORECASE)


def redact_head(head: bytes, cover: Cover, note: Callable[[RedactedText], None]) -> bytes:
    """The head without what `cover` finds. `note` is told of every field something was taken out of."""
    if not (cover.may_hold(head) or b"=?" in head or b"%" in head or b"*" in head):
        return head
    pieces, at = [], 0
    for found in _FIELD.finditer(head):  # between fields stand lines that belong to none
        pieces += [_loose(head[at : found.start()], cover, note), _field(found, cover, note)]
        at = found.end()
    return b"".join((*pieces, _loose(head[at:], cover, note)))


def _loose(text: bytes, cover: Cover, note: Callable[[RedactedText], None]) -> bytes:
    return _plain(text, None, cover, note) or text


def _field(found: re.Match[bytes], cover: Cover, note: Callable[[RedactedText], None]) -> bytes:
    name, value = found[1].lower(), found[2]
    if name in _LEFT or not value.strip():
        return found[0]
    newline = b"\r\n" if b"\r\n" in found.string else b"\n"
    if name in _TYPED:
        new = _names(name.decode("ascii"), value, cover, note)
    elif not (cover.thorough or name in _WRITTEN):
        return found[0]
    elif b"=?" in value:
        new = _encoded_words(value, name in _ADDRESSES, cover, note)
    else:
        new = _plain(value, _LOCAL_PART if name in _ADDRESSES else None, cover, note)
    if new is None:
        return found[0]
    return found[1] + b": " + new.strip().replace(b"\r\n", b"\n").replace(b"\n", newline)


def _plain(
    value: bytes, kept: re.Pattern[str] | None, cover: Cover, note: Callable[[RedactedText], None]
) -> bytes | None:
    """The value covered, `kept` left as it is; None where there is none."""
    if not cover.may_hold(value) and value.isascii():
        return None
    text = value.decode("utf-8", "surrogateescape")
    looked_at = kept.sub(lambda found: "\0" * len(found[0]), text) if kept else text
    result = cover.text(looked_at)
    if not result.changed:
        return None
    note(result)
    letters = list(result.text)
    for found in kept.finditer(text) if kept else ():
        letters[found.start() : found.end()] = found[0]
    return "".join(letters).encode("utf-8", "surrogateescape")


def _encoded_words(
    value: bytes, addresses: bool, cover: Cover, note: Callable[[RedactedText], None]
) -> bytes | None:
    if addresses:  # word by word, since the addresses between them must not be encoded
        done = _WORDS_IN_A_ROW.sub(lambda run: _encoded_words(run[0], False, cover, note) or run[0], value)
        return _plain(done, _LOCAL_PART, cover, note) or (done if done != value else None)
    result = cover.text(decoded_words(value.strip().decode("utf-8", "replace")))
    if not result.changed:
        return None
    note(result)
    return Header(result.text, "utf-8", maxlinelen=76).encode().encode("ascii", "replace")


def _names(name: str, value: bytes, cover: Cover, note: Callable[[RedactedText], None]) -> bytes | None:
    """A content type or disposition that holds card data, written anew; None where it does not."""
    message: Message[str, str] = Message()
    message[name] = re.sub(r"[\r\n]+[ \t]*", " ", value.decode("utf-8", "surrogateescape")).strip()
    changed = False
    for parameter in _NAMES:
        try:
            found = message.get_param(parameter, None, name)
        except (ValueError, LookupError, IndexError):
            found = None
        if not found:
            continue
        text = decoded_words(collapse_rfc2231_value(found))
        result = cover.text(text, "x")
        if result.changed:
            note(result)
            changed = True
            ascii_only = result.text.isascii()
            message.set_param(parameter, result.text, name, charset=None if ascii_only else "utf-8")
    done = str(message[name]).encode("utf-8", "surrogateescape") if changed else value
    plain = _plain(done, _BOUNDARY, cover, note) if cover.thorough else None
    return plain or (done if changed else None)
