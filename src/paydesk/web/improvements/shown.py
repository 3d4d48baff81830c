"""An improvement as lists and pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.improvements.queries import code, improvement_for
from paydesk.domain.improvements.rules import spans
from paydesk.domain.improvements.states import IMPROVEMENT
from paydesk.kernel.actor import Actor
from paydesk.reporting.causes.queries import Asked, per_million
from paydesk.web.addresses import number_in

if TYPE_CHECKING:
    from paydesk.domain.improvements.models import Improvement

SEE, PROPOSE, DECIDE = "improvements.propose:view", "improvements.propose", "improvements.decide"


@dataclass(frozen=True, slots=True)
class ShownImprovement:
    """One improvement; votes are counted."""

    improvement: Improvement
    code: str

    @property
    def family(self) -> str:
        return IMPROVEMENT.family(self.improvement.state)

    @property
    def word(self) -> str:
        return self.improvement.state

    @property
    def cause(self) -> str:
        return ROOT_CAUSES.get(self.improvement.root_cause, "")

    @property
    def votes(self) -> int:
        return int(getattr(self.improvement, "for_it", 0))

    @property
    def effect(self) -> tuple[Decimal, Decimal] | None:
        """Cases per 1,000 payments before and since, where they were measured."""
        before, since = self.improvement.before, self.improvement.since
        return None if before is None or since is None else (in_thousand(before), in_thousand(since))


def in_thousand(per_million: int) -> Decimal:
    """Per million as per 1,000, with two decimals."""
    return (Decimal(per_million) / 1000).quantize(Decimal("0.01"))


def shown(improvement: Improvement) -> ShownImprovement:
    return ShownImprovement(improvement, code(improvement))


def improvement_or_404(actor: Actor, public_code: str) -> Improvement:
    number = number_in("improvement", public_code)
    try:
        return improvement_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such improvement in your markets.") from None


def effect_now(actor: Actor, improvement: Improvement, now: datetime) -> tuple[int | None, int | None]:
    """(before, since) in cases per million payments of its market, cause and category; four queries."""
    if improvement.done_at is None or not (improvement.root_cause or improvement.category):
        return None, None

    def counted(start: datetime, end: datetime) -> int | None:
        last = (end - timedelta(seconds=1)).date()
        asked = Asked(
            start.date(), last, market=improvement.market, category=improvement.category,
            cause=improvement.root_cause or None,
        )  # fmt: skip
        return per_million(actor, asked)

    before, since = spans(improvement.done_at, now)
    return counted(*before), counted(*since)
