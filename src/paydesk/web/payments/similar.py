"""Perhaps paid twice: the similar payments minutes apart, as the page of a payment shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from paydesk.web.payments.shown import ShownPayment, all_shown

if TYPE_CHECKING:
    from paydesk.domain.payments.queries import Similar
    from paydesk.web.payments.trail import Names


@dataclass(frozen=True, slots=True)
class ShownSimilar:
    """Similar payments with one answer. Without `by` nobody said yet that it was meant."""

    payments: Sequence[ShownPayment]
    by: str = ""
    at: datetime | None = None


def shown_similar(similar: Sequence[Similar], names: Names) -> list[ShownSimilar]:
    """Those that wait for an answer first, then the answered ones, each with who said so and when."""
    shown = all_shown(each.payment for each in similar)
    asked = [payment for each, payment in zip(similar, shown, strict=True) if each.on_purpose_at is None]
    answered = [
        ShownSimilar([payment], names[each.on_purpose_by], each.on_purpose_at)
        for each, payment in zip(similar, shown, strict=True)
        if each.on_purpose_at is not None
    ]
    return ([ShownSimilar(asked)] if asked else []) + answered
