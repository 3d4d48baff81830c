"""RFC 2047: words of a head that stand there as =?charset?q?...?=, resolved as mail programs do it."""

from __future__ import annotations

import binascii
import re

from paydesk.connectors.mail.charsets import decoded

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(r"\r?\n[ \t]*")


def decoded_words(text: str) -> str:
    """`text` with its encoded words resolved, whatever charset they claim; what is none stays as it is.

    Words beside each other of one charset are put together as bytes first: programs cut letters in two.
    """
    if "=?" not in text:
        return text
    text = _FOLD.sub(" ", text)
    pieces: list[str] = []
    waiting, charset, at = b"", "", 0
    for word in _WORD.finditer(text):
        between = text[at : word.start()]
        name = word[1].partition("*")[0].lower()  # RFC 2231 lets a language follow
        if waiting and (between.strip() or name != charset):
            pieces.append(decoded(waiting, charset)[0])
            waiting = b""
            between = between if between.strip() else ""
        elif waiting or at and not between.strip():
            between = ""
        pieces.append(between)
        waiting, charset, at = waiting + _bytes(word[2], word[3]), name, word.end()
    if waiting:
        pieces.append(decoded(waiting, charset)[0])
    return "".join((*pieces, text[at:]))


def _bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    data = data[:-1] if len(data) % 4 == 1 else data
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
