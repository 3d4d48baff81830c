"""Which of the merchant's own metadata names a payment: keys that are words for a reference come first."""

from __future__ import annotations

from collections.abc import Mapping

OWN_WORDS = ("order", "invoice", "reference", "_ref", "identifier", "account", "contract")


def in_order(keys: list[str]) -> list[str]:
    """`keys` with those that are words for a reference before the others, both as they stood."""
    named = [key for key in keys if any(word in key.casefold() for word in OWN_WORDS)]
    return [*named, *(key for key in keys if key not in named)]


def own_keys_first(metadata: Mapping[str, str]) -> str:
    """The first filled value of `metadata`, in that order; "" when there is none."""
    return next((value for key in in_order(list(metadata)) if (value := metadata[key])), "")
