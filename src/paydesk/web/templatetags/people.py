"""How the administration of people words roles and factors."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from paydesk.foundation.people.authority import ROLES

register = template.Library()
FACTOR_WORDS = {"totp": "app", "webauthn": "passkey"}


@register.filter
def role_name(code: str) -> str:
    return ROLES[code]


@register.filter
def of_person(kinds: Mapping[int, list[str]], person_id: int) -> str:
    """ "app, passkey": the factors of one person out of those of a list."""
    return ", ".join(FACTOR_WORDS[kind] for kind in kinds.get(person_id, []))


@register.filter
def they(words: str) -> str:
    """ "You see, and somebody else does" said of another person."""
    return words.replace("You ", "They ", 1)
