"""The text of clean HTML as a person would read it: paragraphs, lists, cells, quotes marked with ">"."""

from __future__ import annotations

import re
from html import unescape

from paydesk.connectors.mail.safe_html import words

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLOCKS = words(
    "address article blockquote center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul"
)
_PARAGRAPHS = words("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre dl")
_HREF = re.compile(r'\bhref="(https?://[^"]*)"', re.IGNORECASE)
_ALT = re.compile(r'\balt="([^"]*)"', re.IGNORECASE)
_SCRIPTS = re.compile(r"<(script|style|title|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>")


def text_of_html(html: str) -> str:
    """The text of HTML as `safe_html` leaves it. Links keep their address where the text does not show it."""
    walk = _Reader()
    at = 0
    for token in _TOKEN.finditer(html):
        if token.start() > at:
            walk.text(html[at : token.start()])
        at = token.end()
        walk.tag(token[2].lower(), token[1] == "/", token[3])
    walk.text(html[at:])
    return walk.done()


def bare_text(html: str) -> str:
    """The text of HTML that nobody dares to parse: tags cut out, nothing more."""
    return _SPACE.sub(" ", unescape(_ANY_TAG.sub(" ", _SCRIPTS.sub(" ", html)))).strip()


class _Reader:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.verbatim = 0
        self.link = ""
        self.link_text: list[str] = []

    def text(self, raw: str) -> None:
        text = unescape(raw).replace("\xa0", " ")
        if self.verbatim:
            first, *rest = text.split("\n")
            self.line.append(first)
            for each in rest:
                self.end_line()
                self.line.append(each)
            return
        text = _SPACE.sub(" ", text)
        if text == " " and (not self.line or self.line[-1].endswith(" ")):
            return
        self.line.append(text)
        if self.link:
            self.link_text.append(text)

    def tag(self, name: str, closes: bool, rest: str) -> None:
        if name == "br":
            self.end_line()
        elif name in ("td", "th"):
            if not closes and self.line:
                self.line.append("  ")
        elif name == "a":
            self._link(closes, rest)
        elif name == "img" and (alt := _ALT.search(rest)) and alt[1].strip():
            self.line.append(f"[{unescape(alt[1]).strip()}]")
        elif name in _BLOCKS:
            self._block(name, closes)

    def _link(self, closes: bool, rest: str) -> None:
        if closes and self.link:
            shown = "".join(self.link_text)
            if self.link.partition("//")[2].rstrip("/") not in shown and shown.strip():
                self.line.append(f" <{self.link[:500]}>")
            self.link = ""
        elif not closes:
            found = _HREF.search(rest)
            self.link, self.link_text = (unescape(found[1]) if found else ""), []

    def _block(self, name: str, closes: bool) -> None:
        if self.line:
            self.end_line()
        if name in _PARAGRAPHS:
            self.blank()
        if name == "blockquote":
            self.quoted = max(0, self.quoted + (-1 if closes else 1))
        elif name == "pre":
            self.verbatim = max(0, self.verbatim + (-1 if closes else 1))
        elif name == "li" and not closes:
            self.line.append("- ")
        elif name == "hr" and not closes:
            self.line.append("----")
            self.end_line()

    def end_line(self) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.verbatim else text.strip()
        self.lines.append("> " * self.quoted + text if text else ">" * bool(self.quoted))
        self.line = []

    def blank(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * bool(self.quoted))

    def done(self) -> str:
        if self.line:
            self.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()
