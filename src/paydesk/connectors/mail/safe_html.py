"""HTML of strangers, made safe to show: an allow-list, no remote pictures, no link into our own desk.

Show it in a sandboxed frame of another origin all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

import nh3

PictureAddress = Callable[[str], str | None]
"""Told a content id (or the address of a remote picture); gives the address to show it from, or None."""


def words(text: str) -> set[str]:
    """A set of words, written as a line."""
    return set(text.split())


_TAGS = words(
    "a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2"
    " h3 h4 h5 h6 hr i img ins li ol p pre q s small span strike strong sub sup table tbody td tfoot"
    " th thead tr tt u ul"
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "style"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "border"},
    "td": {"colspan", "rowspan", "valign", "width", "height", "bgcolor", "nowrap"},
    "th": {"colspan", "rowspan", "valign", "width", "height", "bgcolor", "nowrap"},
    "table": {"border", "cellpadding", "cellspacing", "width", "height", "bgcolor"},
    "tr": {"valign", "bgcolor", "height"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "li": {"value"},
    "blockquote": {"type", "cite"},
}
_STYLES = words(
    "color background-color font-weight font-style font-size font-family text-align text-decoration"
    " vertical-align padding padding-left padding-right padding-top padding-bottom margin-left margin-"
    " bottom margin-top border border-left border-collapse line-height width white-space"
)
_LINK = re.compile(r"(?:https?://[^/]|mailto:|tel:)", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_FETCHES = re.compile(r"url|expression|@import|\\|image|/\*", re.IGNORECASE)  # a style that asks the outside
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CLOSED_BY_THE_NEXT = words(
    "p li td tr th dd dt option tbody thead tfoot colgroup br img hr input meta link col area base wbr"
)
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
DEEPEST = 200


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that may be shown; `too_deep` says it was not even cleaned, since that would take minutes."""

    html: str
    remote_pictures: int = 0
    content_ids: frozenset[str] = frozenset()  # of pictures the text shows
    too_deep: bool = False


def nothing(_: str) -> str | None:
    """Shows no picture."""
    return None


def safe_html(html: str, *, enclosed: PictureAddress = nothing, remote: PictureAddress = nothing) -> SafeHtml:
    """`html` without whatever runs, asks the outside, or leads into our own desk.

    `enclosed` is told the content id of a picture that came with the message, `remote` the address of one
    that did not: give a proxy's address once a person asked for them. Without an answer the picture is empty.
    """
    if _is_bomb(html):
        return SafeHtml("", too_deep=True)
    remotes: set[str] = set()
    ids: set[str] = set()

    def filtered(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return None if _FETCHES.search(value) else value
        if attribute in ("href", "cite"):
            return value if _LINK.match(value.strip()) else None
        if attribute != "src":
            return value
        value = value.strip()
        if value[:4].lower() == "cid:":
            ids.add(unquote(value[4:]))
            return enclosed(unquote(value[4:]))
        if not _REMOTE.match(value):
            return None
        remotes.add(value)
        return remote(value)

    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=filtered,
        clean_content_tags={"script", "style", "title"},
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return SafeHtml(clean, len(remotes), frozenset(ids))


def _is_bomb(html: str) -> bool:
    """Whether tags are open so deep, or so many kinds of type at once, that a parser would multiply them."""
    if html.count("<") <= DEEPEST:
        return False
    depth = deepest = formatting = most = tags = 0
    for closes, name in _TAG.findall(html.lower()):
        tags += 1
        if name in _CLOSED_BY_THE_NEXT:
            continue
        step = -1 if closes else 1
        depth = depth + step if depth + step > 0 else 0
        if depth > deepest:
            deepest = depth
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
            most = max(most, formatting)
    return deepest > DEEPEST or most * tags > 1_000_000
