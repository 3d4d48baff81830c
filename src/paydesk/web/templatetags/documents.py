"""What a file of a case is, beside its name."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from paydesk.domain.cases.document_kinds import KIND_WORDS, standing
from paydesk.web.cases.file_kinds import proposed_of

register = template.Library()
STANDING = {
    "expired": ("failed", "expired", "It has expired and does not count as proof."),
    "soon": (
        "held",
        "expires soon",
        "It expires soon and does not count as proof: ask for one that holds longer.",
    ),
}


@register.inclusion_tag("cases/_kind_of_file.html")
def kind_of_file(file: Any, code: str) -> dict[str, Any]:
    """`{% kind_of_file file code %}`: what it is or may be, until when it holds, its hash. No query."""
    family, word, says = STANDING.get(standing(file.expires_on, timezone.localdate()), ("", "", ""))
    return {
        "file": file, "code": code, "kind": KIND_WORDS.get(file.document_kind, ""),
        "proposed": KIND_WORDS.get(proposed_of(file), ""), "family": family, "word": word, "says": says,
    }  # fmt: skip
