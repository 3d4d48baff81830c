"""Whose a payment probably is, numbered 1 to 5; a number opens the confirmation, which names the amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from paydesk.domain.contracts.queries import ContractStanding
from paydesk.domain.payments.queries import suggestions_for
from paydesk.kernel.public_codes import code_of
from paydesk.web.payments.page import business_day

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """One suggestion in words, and where it leads."""

    place: int
    score: int
    standing: ContractStanding
    reason: str
    runner_up: str
    would_change: str
    url: str


def suggested(payment: Payment, at: str) -> list[ShownSuggestion]:
    """The likeliest contracts of what is open of a payment; `at` is the page to come back to."""
    if not payment.open_minor:
        return []
    address = reverse("payments:apply", args=[payment.pk])
    return [
        ShownSuggestion(
            each.suggestion.place, each.suggestion.score, each.standing, each.suggestion.reason,
            each.suggestion.runner_up, each.suggestion.would_change,
            f"{address}?" + urlencode({
                "at": at, "contract": code_of("CON", each.standing.contract.pk),
                "suggestion": each.suggestion.place,
            }),
        )
        for each in suggestions_for([payment], on=business_day(payment))[payment.pk]
    ]  # fmt: skip
