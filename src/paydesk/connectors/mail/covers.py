"""What is taken out of a message: card data before it is stored, or words a person marked later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from paydesk.kernel.card_redaction import (
    IsOurs,
    RedactedText,
    may_hold_card_data,
    nothing_is_ours,
    redact_text,
)


class Cover(Protocol):
    """Finds what has to go and covers it, letter by letter, so that texts keep their length."""

    @property
    def thorough(self) -> bool:
        """Also looks where no person writes: in fields for machines, in what is packed and may not be."""

    def may_hold(self, data: bytes) -> bool:
        """A quick look: False if bytes whose digits and letters are ASCII surely hold nothing of it."""

    def text(self, text: str, mask: str = "*") -> RedactedText:
        """The text with what has to go covered."""


@dataclass(frozen=True, slots=True)
class CardData:
    """Card numbers but for their last four digits, tracks, CVVs and PINs."""

    is_ours: IsOurs = nothing_is_ours

    @property
    def thorough(self) -> bool:
        return True

    def may_hold(self, data: bytes) -> bool:
        return may_hold_card_data(data)

    def text(self, text: str, mask: str = "*") -> RedactedText:
        return redact_text(text, is_ours=self.is_ours, mask=mask)


class Words:
    """Passages a person marked, in any case and however they are spaced and wrapped."""

    thorough = False

    def __init__(self, passages: Sequence[str]) -> None:
        parts = ["".join(passage.split()) and passage.split() for passage in passages]
        assert all(parts), "every passage has letters"
        apart = r"(?:\s|>)+"
        self._pattern = re.compile(
            "|".join(apart.join(map(re.escape, words)) for words in sorted(parts, key=len, reverse=True)),
            re.IGNORECASE,
        )

    def may_hold(self, data: bytes) -> bool:
        return True

    def text(self, text: str, mask: str = "*") -> RedactedText:
        covered, count = self._pattern.subn(lambda found: re.sub(r"[^\s>]", mask, found[0]), text)
        return RedactedText(covered, secrets=count)
