"""What is counted of a text: words and pairs of words, and pieces of words of two to four letters.

Pieces carry over misspellings and endings. Long numbers are folded, so that no reference, account or phone
number becomes part of a model.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

LONGEST_TEXT = 10_000  # what a message is about stands at its beginning
LONGEST_FOLDED = 2_000
LONGEST_WORD = 40
PIECES = (2, 3, 4)

_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
_DIGIT = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"\d{4,}")
_WORD = re.compile(r"\b\w\w+\b")


def plain(text: str) -> str:
    """`text` as it is counted: small letters, no control characters, its first 10,000 characters."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return _LONG_NUMBER.sub("0000", _UNSEEN.sub(" ", text.lower()))


def word_grams(text: str) -> Counter[str]:
    """Words of two letters or more and each two that follow each other, of a text that is `plain`."""
    words = [word[:LONGEST_WORD] for word in _WORD.findall(text)]
    counted = Counter(words)
    counted.update(f"{one} {other}" for one, other in zip(words, words[1:], strict=False))
    return counted


def folded_grams(text: str) -> Counter[str]:
    """Words and pairs of words of a case, each digit as 0."""
    return word_grams(_DIGIT.sub("0", plain(text[:LONGEST_FOLDED])))


def pieces(text: str) -> Counter[str]:
    """Runs of two to four characters inside each word and its two spaces, of a text that is `plain`."""
    counted: Counter[str] = Counter()
    for word in text.split():
        counted.update(_pieces_of(word[:LONGEST_WORD]))
    return counted


@lru_cache(maxsize=20_000)
def _pieces_of(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        padded[start : start + length] for length in PIECES for start in range(len(padded) - length + 1)
    )
