"""What templates of parts have to be written like, since the page cannot tell that they are not."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = sorted((Path(__file__).parents[1]).rglob("templates/**/*.html"))
# Words beside a link or a bold word, straight in a notice: each gets a line of its own.
STRAIGHT = re.compile(
    r'<div class="notice[^>]*>\{% icon [^%]*%\}<div>(?!<(?:span|p|ul)\b)'
    r"(?:(?!</?(?:span|p|ul|div)\b).)*?(?:<a (?!class=\"btn)|</b> ?(?!<|\s|\{% (?:for|if)))",
)
SEARCH = re.compile(
    r"<form method=\"get\"(?P<form>[^>]*)role=\"search\"(?:(?!</form>).)*type=\"search\"", re.S
)


def test_a_sentence_of_a_notice_with_a_link_in_it_stays_one_sentence() -> None:
    torn = [path.name for path in TEMPLATES if STRAIGHT.search(path.read_text(encoding="utf-8"))]
    assert not torn, f"Put the sentence into a span: {torn}"


def test_enter_in_a_search_inside_a_dialog_stays_in_the_dialog() -> None:
    leaves = [
        path.name
        for path in TEMPLATES
        for found in SEARCH.finditer(path.read_text(encoding="utf-8"))
        if not re.search(r'hx-trigger="[^"]*submit', found["form"])
    ]
    assert not leaves, f"Let the form ask, by hx-get and the trigger submit: {leaves}"
