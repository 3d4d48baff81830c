"""What somebody wrote, without what it quotes. A view of the text, never a replacement: the whole is kept.

The patterns of thirteen languages are those of mail-parser-reply; Portuguese, Swahili and Outlook's heads in
French are ours. Where leaving out would be a guess the whole text is shown.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailparser_reply import EmailReplyParser

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs", "ja", "ko", "zh"]
_LINES, _WIDTH = 600, 240  # how far, and how much of each line, the patterns look: they are not linear
_LEAST_SHARE = 5  # the answer is at least a fifth of what is not surely quoted, else all of it is shown

_WROTE = re.compile(
    r"^(?:Em .{6,160}(?:escreveu|escreveram)\s?:|No dia .{6,160}escreveu\s?:"
    r"|.{3,100}<[^>\n]+@[^>\n]+> escreveu(?: \(.{4,60}\))?\s?:"
    r"|Mnamo .{6,160}(?:aliandika|ameandika)\s?:|Le .{6,160}[ \xa0]a [ée]crit[ \xa0]?:"
    r"|El .{6,160} escribi[óo]\s?:|Am .{6,160} schrieb .{2,120}:|On .{6,160} wrote:)$"
)
# In any language: a line that names an address and ends with a colon, right above quoted lines.
_ADDRESSED = re.compile(r"^(?!>).{0,200}[<(\[][^<>()\[\]\s]+@[^<>()\[\]\s]+[>)\]].{0,40}[:：]$")
_SEPARATOR = re.compile(
    r"^[-_ ]{2,}\s?(?:Original Message|Urspr(?:ü|ue)ngliche Nachricht|Original-Nachricht|Message d'origine"
    r"|Message original|Mensagem original|Mensaje original|Ujumbe asili|Forwarded message"
    r"|Weitergeleitete Nachricht|Message transf[ée]r[ée]|Mensagem encaminhada)\s?[-_ ]{2,}$",
    re.IGNORECASE,
)
_HEAD_LINE = re.compile(
    r"^[*> ]*(?P<name>From|Sent|To|Cc|Subject|Date|Von|Gesendet|An|Betreff|Datum|De|Envoy[ée]|Date|[ÀA]|Objet"
    r"|Enviado(?: em)?|Enviada em|Para|Assunto|Asunto|Data|Fecha|Da|Inviato|Oggetto|Van|Verzonden|Aan"
    r"|Onderwerp|Kutoka|Kwa|Mada|Tarehe|Imetumwa)[* ]*[ \xa0]?:[* ]",
    re.IGNORECASE,
)
_ABOVE = re.compile(r"^[\s_-]*$")


def reply_of(text: str) -> tuple[str, bool]:
    """The part of `text` its sender wrote, and whether anything was left out.

    Everything from the head of a quoted message on is left out, if what follows is quoted (">") or the head
    has three or more of From, Sent, To, Subject. Answers written between or below quoted lines keep all the
    text. If nothing is left, or less than a fifth of what is not surely quoted, the whole text comes back.
    """
    lines = text.split("\n")
    cut, sure = _first_quoted(lines)
    if cut is None:
        return text, False
    end = cut
    while end and _ABOVE.match(lines[end - 1]):
        end -= 1
    reply = "\n".join(lines[:end])
    own = lines[:cut] if sure else [line for line in lines if not line.startswith(">")]
    written = len("".join("".join(own).split()))
    if not reply.strip() or len("".join(reply.split())) * _LEAST_SHARE < written:
        return text, False
    return reply, True


def _first_quoted(lines: list[str]) -> tuple[int | None, bool]:
    """The line the quoted part begins with, and whether it is quoted beyond doubt."""
    for at in sorted({*_heads(lines), *_of_the_library(lines)}):
        rest = lines[at:]
        if _head_lines(rest) >= 3:
            return at, True
        body = [line for line in rest[_length_of_head(rest) :] if line.strip()]
        quoted = [line.startswith(">") for line in body]
        if not body or all(quoted):
            return at, True
        if not any(quoted):
            return at, False  # a program that marks no quotes, or no quote at all: the share decides
        first_own = quoted.index(False)
        if not any(quoted[:first_own]) or any(not each for each in quoted[quoted.index(True) :]):
            return None, False  # answers between or below the quoted lines
    return _last_block(lines)


def _heads(lines: list[str]) -> list[int]:
    found = []
    for at, line in enumerate(lines[:_LINES]):
        line = line.strip()
        if len(line) > _WIDTH or not line:
            continue
        wrapped = f"{line} {lines[at + 1].strip()}" if at + 1 < len(lines) and len(line) < 100 else line
        if (
            _SEPARATOR.match(line)
            or (line[-1] == ":" and _WROTE.match(line))
            or (len(wrapped) < _WIDTH and wrapped[-1:] == ":" and _WROTE.match(wrapped))
            or (_ADDRESSED.match(line) and _is_above_quote(lines, at + 1))
            or (_HEAD_LINE.match(line) and _head_lines(lines[at:]) >= 3)
        ):
            found.append(at)
            break
    return found


def _is_above_quote(lines: list[str], at: int) -> bool:
    following = next((line for line in lines[at : at + 3] if line.strip()), "")
    return following.startswith(">")


def _head_lines(rest: list[str]) -> int:
    """How many different fields a quoted head has that begins here; a separator above it may stand first."""
    names: set[str] = set()
    for at, line in enumerate(rest[:12]):
        line = line.strip()
        if found := _HEAD_LINE.match(line):
            names.add(found["name"].lower())
        elif names and not line or not names and at > 2:
            break
    return len(names)


def _length_of_head(rest: list[str]) -> int:
    return next((at + 1 for at, line in enumerate(rest[:3]) if line.rstrip().endswith(":")), 1)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    pattern: re.Pattern[str] = EmailReplyParser(languages=LANGUAGES).read("").HEADER_REGEX
    return pattern


_HINT = re.compile(r"(?::|：)[ \t]*$", re.MULTILINE)


def _of_the_library(lines: list[str]) -> list[int]:
    """Where the patterns of mail-parser-reply see the first head; each line is looked at in part."""
    shadow = "\n".join(line.strip()[:_WIDTH] for line in lines[:_LINES])
    if not _HINT.search(shadow):
        return []
    found = _pattern().search(shadow)
    if found is None:
        return []
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    return [shadow.count("\n", 0, start)]


def _last_block(lines: list[str]) -> tuple[int | None, bool]:
    """Quoted lines at the very end without a head above them."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    rest = lines[end:]
    if end and any(line.startswith(">") for line in rest):
        return end, not any(line.startswith(">") for line in lines[:end])
    return None, False
