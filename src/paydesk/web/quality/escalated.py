"""What was handed to risk or finance as its reviewer sees it: when, in time, complete, with what end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.domain.quality.escalated_queries import HandedOn
from paydesk.foundation.clocks.kinds import kind_named
from paydesk.kernel.money import Money
from paydesk.web.risk.shown import ShownEscalation


@dataclass(frozen=True, slots=True)
class ShownHandedOn:
    """`badges` are (family, word); `clocks` (words, family, word, due)."""

    to: str
    reason: str
    badges: Sequence[tuple[str, str]]
    handed_at: datetime
    taken_at: datetime | None
    done_at: datetime | None
    end: str
    note: str
    clocks: Sequence[tuple[str, str, str, datetime]]
    missing: Sequence[str]
    at_stake: Money | None
    kept: Money | None


def shown_escalated(each: HandedOn | None) -> ShownHandedOn | None:
    """None for a review of a case's work."""
    if each is None:
        return None
    clocks = [
        (
            kind_named(clock.kind).words,
            "failed" if clock.is_late else "settled" if clock.ended_at else "moving",
            "late" if clock.is_late else "in time" if clock.ended_at else "runs", clock.due_at,
        )
        for clock in each.clocks
    ]  # fmt: skip
    both = {"clocks": clocks, "missing": each.missing, "at_stake": each.at_stake, "kept": each.kept}
    if each.escalation is not None:
        row, shown = each.escalation, ShownEscalation(each.escalation)
        return ShownHandedOn(
            row.owner.name, row.reason, [(shown.severity_family, shown.severity), (shown.family, shown.word)],
            row.raised_at, row.acknowledged_at, row.decided_at, shown.decision, row.decision_note, **both,
        )  # fmt: skip
    assert each.side is not None, "what was handed on is an escalation or a question aside"
    side = each.side
    return ShownHandedOn(
        side.with_words, side.subject, [("settled" if side.answered_at else "held", side.state)],
        side.opened_at, side.answered_at, side.closed_at, "", "", **both,
    )  # fmt: skip
