"""What a file of a case is: its kind, whether it bears an end, whether it counts as proof today.

Kinds are codes, not rows: rules, retention and packs speak of them, so a company that made its own would
have to teach them these too. A kind is never taken off the list, for old files have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

IDENTITY = "identity"
SOON = timedelta(days=30)  # a case may go on so long, and its proof has to hold until it is over


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`may_end`: it may bear a last day; `has_to_say`: what bears none has to be said to bear none."""

    words: str
    may_end: bool = False
    has_to_say: bool = False


KINDS: Mapping[str, DocumentKind] = {
    "proof_of_payment": DocumentKind("Proof of payment"),
    "bank_statement": DocumentKind("Bank statement"),
    IDENTITY: DocumentKind("Identity document", may_end=True, has_to_say=True),
    "screenshot": DocumentKind("Screenshot of the payment"),
    "police_report": DocumentKind("Police report"),
    "authority": DocumentKind("Letter of authority", may_end=True),
    "provider_answer": DocumentKind("Provider’s answer"),
    "other": DocumentKind("Other document"),
}
KIND_WORDS = {code: kind.words for code, kind in KINDS.items()}
ASKED_FOR = {code: words for code, words in KIND_WORDS.items() if code != "other"}  # by categories
MAY_END = tuple(code for code, kind in KINDS.items() if kind.may_end)

# Words of a file's name that speak of a kind, in the languages people write to us; the first that fits.
_NAMED = {
    "police_report": r"police|polisi|plainte|abstract",
    "authority": r"authori[sz]ation|authority|procuration|mandat|idhini|power.?of.?attorney",
    "bank_statement": r"statement|releve|relevé|taarifa",
    "provider_answer": r"provider|operator|operateur|opérateur|mtoa.?huduma",
    IDENTITY: r"passport|passeport|pasipoti|ghana.?card|national.?id|id.?card|identity|identite|identité"
    r"|kitambulisho|voter|nin.?slip|licen[cs]e|permis|cni",
    "screenshot": r"screen.?shot|capture",
    "proof_of_payment": r"receipt|recu|reçu|risiti|stakabadhi|proof|preuve|payment|paiement|malipo",
}
_SPEAKS_OF = {
    kind: re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", re.I) for kind, words in _NAMED.items()
}


def proposed_kind(name: str, content_type: str) -> str:
    """What a file may be by its name, for a person to confirm; "" where the name tells nothing.

    Only a picture is a screenshot.
    """
    fits = (kind for kind, spoken in _SPEAKS_OF.items() if spoken.search(name))
    return next((kind for kind in fits if kind != "screenshot" or content_type.startswith("image/")), "")


def standing(expires_on: date | None, today: date) -> str:
    """ "expired", "soon" or "" for a file that holds long enough, or bears no end. The last day counts."""
    if expires_on is None or expires_on > today + SOON:
        return ""
    return "expired" if expires_on < today else "soon"


def problem_with_kind(kind: str, expires_on: date | None, *, bears_no_end: bool) -> str:
    """Why a file cannot be called this; "" where it can."""
    known = KINDS.get(kind)
    if known is None:
        return "Choose what the document is from the list."
    if expires_on is not None and not known.may_end:
        return "Only an identity document or a letter of authority has a last day."
    if expires_on is not None and bears_no_end:
        return "Either it has a last day or it bears none: say one of both."
    if known.has_to_say and expires_on is None and not bears_no_end:
        return "Say until when it is valid, or that it bears no last day."
    return ""


def missing_documents(
    wanted: Iterable[str], there: Iterable[tuple[str, date | None]], today: date
) -> dict[str, str]:
    """What of `wanted` is not among the (kind, last day) that are there, each with what to do about it."""
    held = list(there)
    missing = {}
    for kind in wanted:
        ends = [expires_on for each, expires_on in held if each == kind]
        if not ends:
            missing[kind] = (
                f"Document missing: {KIND_WORDS[kind]}. Ask for it, then say of the file what it is."
            )
        elif all(standing(end, today) for end in ends):
            missing[kind] = (
                f"{KIND_WORDS[kind]}: expired or about to, so it does not count. "
                "Ask for one that holds longer."
            )
    return missing
