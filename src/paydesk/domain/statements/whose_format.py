"""Whose a format is: a report of one provider is never of an account that we hold with another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from paydesk.domain.providers.dialects import DIALECTS
from paydesk.domain.providers.models import SourceAccount
from paydesk.importers.about import About, about_of
from paydesk.importers.registry import IMPORTERS, importer_named

_LONGEST_NAME = 3  # words: "Safaricom M-Pesa" is three


def why_not_of(formats: Iterable[str], account: SourceAccount) -> str:
    """Why a file of these formats cannot be of `account`, as a sentence; "" where nothing speaks against it.

    Formats that any bank or anybody sends are of every account. A provider we cannot tell by its name or code
    may be any but a bank: no bank sends the report of a payment service provider.
    """
    provider = account.provider
    held_with = _providers_in(provider.code) | _providers_in(provider.name)
    for name in formats:
        about = about_format(name)
        if about is None or _is_free(about):
            continue
        if held_with & _providers_in(about.provider) or (not held_with and provider.kind != "bank"):
            continue
        return (
            f"The file comes from {about.provider} ({about.title}); {account.name} is held with "
            f"{provider.name}. Choose an account with {about.provider}, or add it."
        )
    return ""


def about_format(name: str) -> About | None:
    """What is known about the format of a file here, None where it has none of its own ("mixed")."""
    try:
        return about_of(importer_named(name)) if name else None
    except KeyError:
        return None


def _is_free(about: About) -> bool:
    """Whether every bank, or anybody, may send it."""
    return about.provider in ("", "anybody") or about.provider.startswith("banks")


@cache
def _names() -> dict[str, frozenset[str]]:
    """Every name we know a provider by, and the providers it may mean."""
    found = {
        _key(name): frozenset({code})
        for code, dialect in DIALECTS.items()
        for name in (code, dialect.name, *dialect.provider_codes)
    }
    for each in IMPORTERS:
        about = about_of(each)
        if not _is_free(about) and not any(part in found for part in _parts(about.provider)):
            found[_key(about.provider)] = frozenset({_key(about.provider)})
    return found


@cache
def _providers_in(text: str) -> frozenset[str]:
    """The providers that `text` names: "mtn-momo", "M-Pesa (Safaricom)"."""
    names = _names()
    return frozenset().union(*(names.get(part, frozenset()) for part in _parts(text)))


def _parts(text: str) -> set[str]:
    """The words of a name, and what they make side by side: "M-Pesa" is "m", "pesa" and "mpesa"."""
    words = [word for word in re.split(r"[^a-z0-9]+", text.casefold()) if word]
    return {
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1)
    }


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
