"""What a correction changes, in lines of before and after: contracts first, then the people's balances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paydesk.domain.payments.effects import ContractEffect, CustomerEffect, Effects
from paydesk.kernel.lifecycle import words
from paydesk.kernel.refused import NotAllowedRefused, Refused


@dataclass(frozen=True, slots=True)
class Line:
    """One figure before and after; `worse` for the person it is about."""

    label: str
    before: str
    after: str
    worse: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Everything that changes about one contract or customer; no lines where nothing does."""

    kind: str
    id: int
    number: str
    name: str
    customer_id: int
    lines: Sequence[Line]


def shown_effects(effects: Effects) -> list[Group]:
    return [
        *(
            Group(
                "contract",
                e.contract_id,
                e.account_number,
                e.customer_name,
                e.customer_id,
                [*_contract(e), *_lateness(e, effects.days)],
            )
            for e in effects.contracts
        ),
        *(
            Group("customer", e.customer_id, "", e.name, e.customer_id, lines)
            for e in effects.customers
            if (lines := _customer(e))
        ),
    ]


def looked_at(correction: Callable[[], Effects]) -> dict[str, Any]:
    """`effects` to show, or `problem`: the sentence with which the correction itself is refused."""
    try:
        return {"effects": shown_effects(correction())}
    except NotAllowedRefused:
        raise
    except Refused as refused:
        return {"problem": refused.text}


def _contract(effect: ContractEffect) -> list[Line]:
    before, after = effect.before, effect.after
    late = after.days_past_due > before.days_past_due
    sooner = after.paid_through is not None and (
        before.paid_through is None or after.paid_through < before.paid_through
    )
    lines = [
        Line("State", words(before.state), words(after.state)),
        Line("Open", str(before.open), str(after.open)),
        Line("Days past due", str(before.days_past_due), str(after.days_past_due), late),
        Line("Unlocked through", _day(before.paid_through), _day(after.paid_through), sooner),
    ]
    return [line for line in lines if line.before != line.after]


def _lateness(effect: ContractEffect, days: tuple[date, date] | None) -> list[Line]:
    """How late it was on the days in between: a device was locked on them that need not have been."""
    if effect.was_late is None or days is None:
        return []
    before, after = effect.was_late
    span = f"{_day(days[0])} to {_day(days[1])}" if days[0] != days[1] else _day(days[0])
    lines = [
        Line(
            f"Days late, {span}",
            str(before.late_days),
            str(after.late_days),
            after.late_days > before.late_days,
        ),
        Line(f"Days past due at most, {span}", str(before.most), str(after.most), after.most > before.most),
    ]
    return [line for line in lines if line.before != line.after]


def _customer(effect: CustomerEffect) -> list[Line]:
    lines = [
        Line("Unapplied cash", str(effect.unapplied_before), str(effect.unapplied_after)),
        Line("Credit", str(effect.credit_before), str(effect.credit_after)),
    ]
    return [line for line in lines if line.before != line.after]


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "the end"
