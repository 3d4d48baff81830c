"""How people pay: punctually, ahead in lumps, late, at the month's end, a little every day, or no more."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paydesk.demo.company import Contract

# Share of the contracts with each habit.
HABITS = {"punctual": 36, "ahead": 13, "late": 17, "month_end": 12, "small_daily": 12, "stops": 7, "never": 3}


def pays_today(contract: Contract, day: date, draw: Random, step: int) -> int:
    """What this contract's payer sends on `day`, in minor units; 0 for nothing. `step` is the rounding of
    lumps."""
    if contract.remaining <= 0 or not contract.active:
        return 0
    return min(contract.remaining, _wish(contract, day, draw, step))


def _wish(contract: Contract, day: date, draw: Random, step: int) -> int:
    habit, luck = contract.habit, draw.random()
    if habit == "stops":
        if day >= contract.stops_on:
            return 0
        habit = "punctual"
    arrears = contract.arrears(day)
    if habit == "punctual":
        few = contract.each * (3 if contract.frequency == "daily" else 1)
        return arrears if arrears >= few and luck < 0.85 else 0
    if habit == "small_daily":
        ahead = contract.per_day * 10
        return _rounded(contract.per_day, step // 10) if arrears > -ahead and luck < 0.8 else 0
    if habit == "ahead":
        lump = contract.per_day * draw.choice((14, 21, 30))
        return _rounded(lump, step) if arrears > -contract.per_day * 5 and luck < 0.3 else 0
    if habit == "late":
        if arrears >= contract.per_day * 9 and luck < 0.14:
            return _rounded(arrears * draw.choice((40, 60, 80, 100)) // 100, step)
        return 0
    if habit == "month_end":
        is_pay_time = day.day >= 26 or day.day <= 2
        if is_pay_time and arrears > -contract.per_day * 5 and luck < 0.45:
            return max(_rounded(arrears, step), _rounded(contract.per_day * 30, step))
        return 0
    return 0  # never


def paid_by(contract: Contract, day: date) -> int:
    """What a payer with this habit has paid on instalments by the end of `day`, for the time before the day
    files; whole instalments, in minor units."""
    due = contract.due_by(day)
    if contract.habit == "never":
        due = 0
    elif contract.habit == "stops":
        due = min(due, contract.due_by(contract.stops_on))
    elif contract.habit == "late":
        due = due * 4 // 5
    elif contract.habit == "ahead":
        due = contract.due_by(day + timedelta(days=12))
    elif contract.habit == "month_end":
        due = contract.due_by(day.replace(day=1))
    return due // contract.each * contract.each


def _rounded(amount: int, step: int) -> int:
    """`amount` up to the next whole `step`, as people round what they send; at least one step."""
    return max(step, -(-amount // step) * step)
