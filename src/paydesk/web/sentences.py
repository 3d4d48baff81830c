"""Sentences of ours with figures in them, in the language of whoever reads: found by their English.

The domain says a refusal or a clock's arithmetic once, in English, as the audit trail and the API keep it.
In the catalogues it stands with `{}` for each thing put in: "Refund of {} refused: you can refund up to {} of
this payment."; its translation says `{0}` and `{1}` where they belong. Codes, names and amounts stay as they
are. A sentence is said whole or not at all: where English of ours that the catalogue does not know would have
to stand in a place, it is another sentence. What a person wrote stands beside a colon or in quotes.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.dates import MONTHS
from django.utils.translation import override

FOLDER = Path(__file__).resolve().parent / "locale"
LONGEST = 2000  # what is longer is no sentence of ours
DEEPEST = 3  # "(by closing time, 2 days later)" in a sum of working time
FEWEST = 4  # letters of its own, so that "{} of {}" is not found in every text
_LETTERS = re.compile(r"[^\W\d_]+")
_SLOT = re.compile(r"\{\d*\}")
_QUOTING = re.compile(r"(?:[:“\"‘«(]|\W')\s?$")
_PROSE = re.compile(r"(?<![^\s(“\"'])[a-z]{2,}(?=[\s,.;:!?)”\"']|$)")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_SHORT = tuple(name[:3] for name in _MONTHS)
_DATE = re.compile(rf"( on )?\b(\d{{1,2}}) ({'|'.join((*_MONTHS, *_SHORT))}) (\d{{4}})\b")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?]) (?=\S)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with slots: what has to stand in it, how it is recognised, how the language says it."""

    known: int  # how many letters are its own
    literal: str
    shape: re.Pattern[str]
    said: str
    quotes: tuple[bool, ...]  # of each slot, whether words of a person may stand there

    def of(self, words: str) -> list[str] | None:
        """What stands in the slots of `words`; None where it is another sentence."""
        found = self.shape.fullmatch(words) if self.literal in words else None
        return list(found.groups()) if found else None


@cache
def exact_words(language: str) -> dict[str, str]:
    """Words of a catalogue without slots and plurals, by their English."""
    return {english: said for english, said in _catalogue(language).items() if not _SLOT.search(english)}


@cache
def sentences(language: str) -> tuple[Sentence, ...]:
    """Every sentence with slots, that with the most words of its own first."""
    found = []
    for english, said in _catalogue(language).items():
        parts = _SLOT.split(english)
        if len(parts) > 1 and sum(map(len, _LETTERS.findall("".join(parts)))) >= FEWEST:
            shape = re.compile("(.*?)".join(re.escape(part) for part in parts), re.DOTALL)
            quotes = tuple(bool(_QUOTING.search(each)) for each in parts[:-1])
            if parts[0] == "" and parts[1].startswith(":"):  # what it is about: an account, a team
                quotes = (True, *quotes[1:])
            found.append(Sentence(sum(map(len, parts)), max(parts, key=len), shape, said, quotes))
    return tuple(sorted(found, key=lambda sentence: -sentence.known))


def put(words: str, language: str) -> str:
    """`words` in `language`: whole or sentence by sentence, as more of them is known; else as they are."""
    if len(words) > LONGEST:
        return words
    whole, known = _one(words, language)
    parts = [_one(part, language) for part in _NEXT_SENTENCE.split(words)]
    return whole if known >= sum(of_part for _, of_part in parts) else " ".join(part for part, _ in parts)


def fact(value: str, language: str) -> str:
    """A fact told to a customer, "it is credited to account 10482937" or "25.00 GHS on 5 March 2026"."""
    if language not in _spoken_here():
        return value
    with override(language):
        return _DATE.sub(lambda found: _date(found, language), put(value, language))


def _date(found: re.Match[str], language: str) -> str:
    on = exact_words(language).get(found[1], found[1]) if found[1] else ""
    return f"{on}{found[2]} {MONTHS[_SHORT.index(found[3][:3]) + 1]} {found[4]}"


@cache
def _spoken_here() -> frozenset[str]:
    return frozenset(path.name for path in FOLDER.iterdir() if path.is_dir())


def _one(words: str, language: str) -> tuple[str, int]:
    """One sentence as the language says it, and how many letters of it are known; itself and 0 else."""
    exact = exact_words(language)
    if words in exact:
        return exact[words], len(words)
    if words.endswith("…") and words[:-1] in exact:  # a button that opens a dialog
        return f"{exact[words[:-1]]}…", len(words)
    if (small := words[:1].lower() + words[1:]) in exact:  # a word of a list that begins a line
        return exact[small][:1].upper() + exact[small][1:], len(words)
    for joint in (", ", ": "):  # a list; a category below its group
        listed = words.split(joint)
        if len(listed) > 1 and all(each in exact for each in listed):
            return exact.get(joint, joint).join(exact[each] for each in listed), len(words)
    for sentence in sentences(language):
        said = _said(sentence, words, language, DEEPEST)
        if said is not None:
            return said, sentence.known
    return _clauses(words, language)


def _clauses(words: str, language: str) -> tuple[str, int]:
    """Clauses of which each is known, "4 h working time; 2 h used; 2 h left."; itself and 0 else."""
    body = words.removesuffix(".")
    parts = body.split("; ")
    if len(parts) == 1:
        return words, 0
    found = [_one(part, language) for part in (parts[0][:1].lower() + parts[0][1:], *parts[1:])]
    if not all(known for _, known in found):
        return words, 0
    said = exact_words(language).get("; ", "; ").join(clause for clause, _ in found) + words[len(body) :]
    return said[:1].upper() + said[1:] if body[:1].isupper() else said, len(words)


def _said(sentence: Sentence, words: str, language: str, deep: int) -> str | None:
    """`words` as `sentence` is said; None where it is another, or would be left half in English."""
    slots = sentence.of(words)
    if slots is None:
        return None
    filled = [_put_in(slot, language, deep - 1) for slot in slots]
    for slot, said, may_quote in zip(slots, filled, sentence.quotes, strict=True):
        if said == slot and not may_quote and not _own_words(language).isdisjoint(_PROSE.findall(slot)):
            return None
    return sentence.said.format(*filled)


def _put_in(slot: str, language: str, deep: int) -> str:
    """What stands in a slot: words of ours, also those with a figure of their own ("2 days"), or as it is."""
    if slot in (exact := exact_words(language)):
        return exact[slot]
    inner = (_said(sentence, slot, language, deep) for sentence in sentences(language) if deep)
    return next((said for said in inner if said is not None), slot)


@cache
def _own_words(language: str) -> frozenset[str]:
    """Each small word of our own English, save the minutes of "3 h 20 min": they are written so in all."""
    return frozenset(word for each in _catalogue(language) for word in _PROSE.findall(each)) - {"min"}


def _catalogue(language: str) -> dict[str, str]:
    path = FOLDER / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        held = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {english: said for english, said in held.items() if isinstance(english, str) and english}
