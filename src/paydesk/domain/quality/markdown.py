"""Markdown of an article as HTML that may be shown: no HTML of the writer's own, links outside only."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a",
    "br", "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("image")


def as_html(text: str) -> str:
    """`text` with its headings two levels down, since the page has its own; what is unsafe is left out."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
