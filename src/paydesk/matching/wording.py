"""The sentences of matches and exceptions, put together where the rows are, the same on every engine."""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
from ibis.expr.types import IntegerValue, StringValue, Table, Value

from paydesk.matching.sides import DAY, SCALE

CENTS = 100
MICRO = SCALE // CENTS


def told(*parts: Any) -> Value:
    """`parts`, texts and columns, as one text."""
    return reduce(lambda all_of, part: all_of + part, (_text(part) for part in parts))


def _text(part: Any) -> Value:
    if isinstance(part, str):
        return ibis.literal(part)
    return part if part.type().is_string() else part.cast("string")


def amount_text(amount: IntegerValue) -> StringValue:
    """Millionths as decimal text: two decimals, all six where the amount is finer than that."""
    size = amount.abs().cast("int64")
    sign = ibis.ifelse(amount < 0, "-", "")
    rest = (size % SCALE).cast("int64")
    cents = (rest // MICRO).cast("int64")
    fine = rest % MICRO != 0
    decimals = ibis.ifelse(fine, rest.cast("string").lpad(6, "0"), cents.cast("string").lpad(2, "0"))
    return sign + (size // SCALE).cast("int64").cast("string") + "." + decimals


def apart_text(seconds: IntegerValue) -> StringValue:
    """How far two instants are apart, in the unit a person would use."""
    return ibis.cases(
        (seconds < 120, told(seconds, " seconds")),
        (seconds < 7_200, told((seconds // 60).cast("int64"), " minutes")),
        (seconds < 2 * DAY, told((seconds // 3_600).cast("int64"), " hours")),
        else_=told((seconds // DAY).cast("int64"), " days"),
    )


def sided(left: Table, right: Table, keys: list[str]) -> Table:
    """Both sides met on `keys`; every column has its side before its name: left_amount, right_amount."""
    ours, theirs = left.rename("left_{name}"), right.rename("right_{name}")
    return ours.inner_join(theirs, [ours[f"left_{key}"] == theirs[f"right_{key}"] for key in keys])


def as_pairs(
    met: Table, *, rule: str, why: Any, score: Any, status: Any = "confirmed", kind: Any = "1:1"
) -> Table:
    """Rows of `sided` as matches of two lines."""
    return met.select(
        match_id=told("L", met.left_line_id),
        left_line=met.left_line_id,
        right_line=met.right_line_id,
        left_id=met.left_id,
        right_id=met.right_id,
        status=_value(status),
        kind=_value(kind),
        rule=ibis.literal(rule),
        score=_value(score).cast("int64"),
        why=_value(why),
        amount=met.left_amount,
        currency=met.left_currency,
    )


def as_exceptions(met: Table, *, rule: str, named: Any, why: Any, runner_up: Any = "") -> Table:
    """Rows of `sided` as exceptions with both ids."""
    return met.select(
        **{"class": _value(named)},
        left_line=met.left_line_id,
        right_line=met.right_line_id,
        left_id=met.left_id,
        right_id=met.right_id,
        rule=ibis.literal(rule),
        why=_value(why),
        runner_up=_value(runner_up),
        amount=met.left_amount,
        currency=met.left_currency,
    )


def alone(lines: Table, *, is_left: bool, rule: str, named: Any, why: Any, runner_up: Any = "") -> Table:
    """Lines of one side as exceptions with one id."""
    nowhere = ibis.null("int64")
    return lines.select(
        **{"class": _value(named)},
        left_line=lines.line_id if is_left else nowhere,
        right_line=nowhere if is_left else lines.line_id,
        left_id=lines.id if is_left else ibis.literal(""),
        right_id=ibis.literal("") if is_left else lines.id,
        rule=ibis.literal(rule),
        why=_value(why),
        runner_up=_value(runner_up),
        amount=lines.amount,
        currency=lines.currency,
    )


def as_members(lines: Table, *, is_left: bool, rule: str, kind: str, score: int, amount: Any) -> Table:
    """Lines of one side, with `match_id` and `why`, as rows of a match whose other side is empty."""
    nowhere = ibis.null("int64")
    return lines.select(
        match_id=lines.match_id,
        left_line=lines.line_id if is_left else nowhere,
        right_line=nowhere if is_left else lines.line_id,
        left_id=lines.id if is_left else ibis.literal(""),
        right_id=ibis.literal("") if is_left else lines.id,
        status=ibis.literal("confirmed"),
        kind=ibis.literal(kind),
        rule=ibis.literal(rule),
        score=ibis.literal(score, "int64"),
        why=lines.why,
        amount=_value(amount).cast("int64"),
        currency=lines.currency,
    )


def _value(given: Any) -> Value:
    return ibis.literal(given) if isinstance(given, str | int) else given
