"""What may stand in a tag, a ready text and a letter, and the languages the desk answers in. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from paydesk.domain.cases.placeholders import places_in
from paydesk.domain.cases.rules import problem_with_text

LANGUAGES = {"en": "English", "fr": "French", "sw": "Swahili", "pt": "Portuguese"}
LONGEST_TITLE = 80
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")


def tag_of(text: str) -> str:
    """A tag as it is kept: small letters, hyphens for spaces."""
    return "-".join(text.strip().lower().split())


def problem_with_tag(tag: str) -> str:
    """Why this is no tag; "" where it is one. Digits in a row might be somebody's number."""
    if not _TAG.fullmatch(tag) or re.search(r"[0-9]{5}", tag):
        return "A tag has 2 to 30 letters, digits or hyphens, and no number of anybody: “bank-holiday”."
    return ""


def key_of_title(title: str) -> str:
    """The name under which versions of a ready text or a letter belong together."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60]


def problem_with_ready_text(title: str, texts: Mapping[str, str], places: Collection[str]) -> str:
    """Why a ready text cannot be kept; "" where it can. `places` are those that facts can fill."""
    if not key_of_title(title) or len(title) > LONGEST_TITLE:
        return f"Give it a title of at most {LONGEST_TITLE} letters."
    if not texts:
        return "Write it in at least one language."
    if unknown := set(texts) - set(LANGUAGES):
        return f"{', '.join(sorted(unknown))} is no language the desk answers in."
    for language, text in texts.items():
        if problem := problem_with_text(text, what=f"text in {LANGUAGES[language]}"):
            return problem
        if strange := [name for name in places_in(text) if name not in places]:
            where = f"{{{strange[0]}}} in {LANGUAGES[language]}"
            return f"{where} is no place that a fact fills: choose one from the list."
    return ""
