"""References that differ from a typed one by a single slip: what was meant is looked up, not guessed.

Account numbers are of digits, and a good one ends with a Luhn digit: that says which of two cannot be right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from paydesk.kernel.public_codes import luhn_digit

Slip = Literal["look_alike", "prefix", "swapped", "digit", "missing", "extra"]
# Letters that look, or sound on the phone, like a digit.
LOOK_ALIKES = {
    "O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "A": "4", "S": "5", "G": "6", "B": "8",
}  # fmt: skip
DIGITS = "0123456789"
SHORTEST = 6  # of a shorter number too many differ by one slip
LONGEST = 14
MOST_NEIGHBOURS = 320

_WORDS: dict[Slip, str] = {
    "look_alike": "but for letters that look like digits it is",
    "prefix": "without the letters in front it is",
    "swapped": "with two digits next to each other swapped it is",
    "digit": "but for one digit it is",
    "missing": "with one digit more it is",
    "extra": "with one digit less it is",
}


def near_misses(key: str) -> dict[str, Slip]:
    """What may have been meant by the comparison key `key`, by the slip that explains it, likeliest first.

    Every key of digits that differs by one digit wrong, missing or too many, or by two neighbours swapped;
    letters are first read as the digits they look like, and left out where they stand in front. At most
    MOST_NEIGHBOURS, and none for a key too short or too long to tell.
    """
    found: dict[str, Slip] = {}
    for digits, slip in _readings(key):
        if slip:
            found.setdefault(digits, slip)
    for digits, _ in _readings(key):
        if SHORTEST <= len(digits) <= LONGEST:
            for near, slip in _one_slip(digits):
                found.setdefault(near, slip)
            break
    found.pop(key, None)
    return dict(list(found.items())[:MOST_NEIGHBOURS])


def _readings(key: str) -> Iterator[tuple[str, Slip | None]]:
    """`key` as a number: as it stands, with look-alikes read as digits, without letters in front."""
    if key.isascii() and key.isdigit():
        yield key, None
        return
    tail = key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if tail.isascii() and tail.isdigit() and len(tail) >= SHORTEST - 1:
        yield tail, "prefix"
    read = "".join(LOOK_ALIKES.get(character, character) for character in key)
    is_mostly_digits = sum(character.isdigit() for character in key) * 2 >= len(key)
    if read.isascii() and read.isdigit() and is_mostly_digits:
        yield read, "look_alike"


def _one_slip(digits: str) -> Iterator[tuple[str, Slip]]:
    places = range(len(digits))
    for n in places[1:]:
        yield digits[: n - 1] + digits[n] + digits[n - 1] + digits[n + 1 :], "swapped"
    for n in places:
        for other in DIGITS:
            yield digits[:n] + other + digits[n + 1 :], "digit"
    for n in range(len(digits) + 1):
        for other in DIGITS:
            yield digits[:n] + other + digits[n:], "missing"
    for n in places:
        yield digits[:n] + digits[n + 1 :], "extra"


def keeps_check_digit(key: str) -> bool:
    """Whether `key` is a number whose last digit is the Luhn digit of the others."""
    return len(key) > 1 and key.isascii() and key.isdigit() and luhn_digit(key[:-1]) == key[-1]


def in_words(slip: Slip) -> str:
    """How the typed number becomes the one that was meant: "but for one digit it is" …"""
    return _WORDS[slip]
