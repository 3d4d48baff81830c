"""Which spelling somebody meant, and what an identity number may be."""

from __future__ import annotations

from collections.abc import Iterable

from paydesk.kernel.card_numbers import card_number_in
from paydesk.kernel.references import key_of

PARTY_KINDS = {"seller": "Seller", "creator": "Creator", "merchant": "Merchant"}
IDENTITY_KINDS = {
    "national_id": "National id",
    "passport": "Passport",
    "voter_id": "Voter id",
    "driving_licence": "Driving licence",
    "residence_permit": "Residence permit",
    "tax_number": "Tax number",
}
IDENTITY_KEY_LENGTHS = range(5, 31)


def edits_between(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap with a neighbour to make `other` of `one`."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return last[-1]


def edits_allowed(word: str) -> int:
    """How far a word may be from what was meant: one edit up to five letters, two beyond."""
    return 1 if len(word) <= 5 else 2


def likely_spellings(word: str, known: Iterable[str], *, most: int) -> list[tuple[int, str]]:
    """(edits, spelling) of the words of `known` that somebody who typed `word` may have meant, nearest first.

    At one distance those that begin with the same letter come first, then in the order of the alphabet.
    """
    near = ((edits_between(word, each), each) for each in set(known))
    fitting = [(edits, each) for edits, each in near if edits <= edits_allowed(word)]
    return sorted(fitting, key=lambda found: (found[0], found[1][:1] != word[:1], found[1]))[:most]


def identity_of(kind: str, number: str) -> tuple[str, str, str]:
    """An identity number as (kind, the number as on the document, its key); compared by the key.

    Spaces and case do not matter. Raises ValueError, with a sentence that does not repeat the number, for an
    unknown kind, for what no document has as its number, and for the number of a payment card.
    """
    known = "_".join(kind.lower().replace("-", " ").split())
    if known not in IDENTITY_KINDS:
        raise ValueError(f"identity_kind {kind!r} is none of {', '.join(IDENTITY_KINDS)}.")
    clean = " ".join(number.split())
    key = key_of(clean)
    if len(key) not in IDENTITY_KEY_LENGTHS or not any(letter.isdigit() for letter in key):
        raise ValueError(
            f"identity_number: a number of a document has {IDENTITY_KEY_LENGTHS.start} to "
            f"{IDENTITY_KEY_LENGTHS.stop - 1} letters and digits."
        )
    if card_number_in(clean):
        raise ValueError("identity_number: this is the number of a payment card; it is not kept here.")
    return known, clean.upper(), key
