"""The clocks of one thing on its own page: what they ask for, how much time is left, the sums on hover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from paydesk.foundation.clocks.queries import ClockStanding, clocks_of, kinds_seen_by, standing
from paydesk.foundation.clocks.told import arithmetic, pause_rows_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of


@dataclass(frozen=True, slots=True)
class Chip:
    """One clock: `told` is its arithmetic."""

    standing: ClockStanding
    told: str
    url: str

    @property
    def is_open(self) -> bool:
        return self.standing.is_open


def chips_of(actor: Actor, kind: str, number: int, now: datetime) -> list[Chip]:
    """The clocks of a thing that the actor may see, the newest of each kind, open ones first; two queries."""
    seen = set(kinds_seen_by(actor))
    newest = {clock.kind: clock for clock in clocks_of(kind, number) if clock.kind in seen}
    pauses = pause_rows_of(kind, number)
    chips = [
        Chip(
            standing(clock, now),
            arithmetic(clock, pauses.get(clock.pk, []), now),
            reverse("clocks:page", args=[code_of("CLK", clock.pk)]),
        )
        for clock in newest.values()
    ]
    return sorted(chips, key=lambda chip: (not chip.is_open, chip.standing.clock.due_at))
