"""Chance that can be repeated: one seeded generator per concern, and numbers that never come twice."""

from __future__ import annotations

from math import gcd
from random import Random

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def chance(seed: int, *concern: object) -> Random:
    """The generator of one concern ("names", "GH", day…). Text seeds go through SHA-512, so they are the same
    on every machine and whatever else was drawn before."""
    return Random("/".join(map(str, (seed, *concern))))


class Numbers:
    """Numbers below `size` that look drawn at random and never repeat: `of(n)` for n = 0, 1, 2 …"""

    def __init__(self, seed: int, concern: str, size: int) -> None:
        draw = chance(seed, "numbers", concern)
        self.size = size
        self.offset = draw.randrange(size)
        self.step = draw.randrange(size // 3, size // 2) | 1
        while gcd(self.step, size) != 1:
            self.step += 2

    def of(self, n: int) -> int:
        """Raises AssertionError when all numbers are used up."""
        assert 0 <= n < self.size, f"only {self.size} numbers"
        return (n * self.step + self.offset) % self.size


def base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _BASE36[digit] + digits
    return digits
