"""What matches by people have in common, as the change of one number of one rule that would have made them.

Plain Python: rows come as they are kept with a match, a change goes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paydesk.kernel.money import minor_digits
from paydesk.matching.evidence import EQUAL, IN_TEXT, LOOK_ALIKE, ONE, TRANSPOSED, Field, Line, Usage, fields
from paydesk.matching.rules import NUMBERS, Rules
from paydesk.matching.values import SCALE_DIGITS, keys_of

NEARLY = (LOOK_ALIKE, IN_TEXT, TRANSPOSED, ONE)
MINUTES = (180, 240, 360, 480, 720, 1_440)
# Shape: the rule, its number, and what matches of the shape have in common; {} is the number.
SHAPES = {
    "reference_later": ("same_reference", "days", "the same reference and amount, up to {} days apart"),
    "split_later": ("same_reference_split", "days", "several rows of one reference, up to {} days apart"),
    "phone_later": ("likeness", "minutes", "the same phone number and amount, up to {} minutes apart"),
    "near_reference_later": (
        "likeness", "days", "nearly the same reference and the same amount, up to {} days apart",
    ),
    "surer": ("likeness", "auto", "suggestions of likeness from a certainty of {} in a thousand on"),
}  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shaped:
    """A match of a shape, and the number that would have let a rule make it."""

    shape: str
    value: int


@dataclass(frozen=True, slots=True)
class Change:
    """One number of one rule: what it is and what it would be."""

    shape: str
    rule: str
    number: str
    was: int
    value: int

    @property
    def sentence(self) -> str:
        return SHAPES[self.shape][2].format(f"{self.value:,}")


def shaped(
    ours: Sequence[Row], theirs: Sequence[Row], rules: Rules, *, rule: str, score: int
) -> Shaped | None:
    """The shape of one match by people, from the rows of both sides; None for one no number explains.

    `rule` is what suggested it ("by_hand" for nothing), `score` how sure it was.
    """
    if rule == "likeness":
        return Shaped("surer", score) if score else None
    if rule != "by_hand" or not ours or not theirs:
        return None
    if len(ours) > 1 or len(theirs) > 1:
        names = {str(row.get("reference") or "") for row in (*ours, *theirs)}
        apart = _days(*ours, *theirs)
        return Shaped("split_later", apart) if len(names) == 1 and "" not in names and apart else None
    left, right = line_of(ours[0], rules), line_of(theirs[0], rules)
    seen = {each.name: each for each in fields(left, right, Usage(lines=1), rules.weights)}
    if seen["amount"].level != EQUAL:
        return None
    apart = _days(ours[0], theirs[0])
    if seen["reference"].level == EQUAL:
        return Shaped("reference_later", apart) if apart else None
    if seen["reference"].level in NEARLY:
        return Shaped("near_reference_later", apart) if apart else None
    minutes = _minutes(seen["at"])
    most = next((each for each in MINUTES if minutes <= each), 0)
    return Shaped("phone_later", most) if seen["phone"].level == EQUAL and minutes and most else None


def change_for(shape: str, values: Sequence[int], rules: Rules) -> Change | None:
    """The change that would have made all of these matches; None where the rules allow as much already."""
    name, number, _ = SHAPES[shape]
    rule = rules.named(name)
    was = rule.get(number) if rule else None
    if rule is None or was is None:
        return None
    least, most = NUMBERS[rule.kind][number]
    value = min(values) if shape == "surer" else max(values)
    value = max(least, min(most, value))
    if shape == "surer" and (value >= was or value < (rule.get("suggest") or 0)):
        return None
    return None if shape != "surer" and value <= was else Change(shape, name, number, was, value)


def line_of(row: Row, rules: Rules) -> Line:
    """A row as it is kept with a match, as the engine compares it."""
    scale = 10 ** (SCALE_DIGITS - minor_digits(str(row["currency"])))
    fee = int(row.get("fee_minor") or 0) * scale
    told = {
        "line_id": 1, "id": row["id"], "provider_ref": row.get("provider_ref") or "", "account": "",
        "reference": row.get("reference") or "", "msisdn": row.get("msisdn") or "",
        "name": row.get("name") or "", "amount": int(row.get("amount_minor") or 0) * scale - fee,
        "fee": fee, "currency": row["currency"], "at": row.get("at"),
        "status": row.get("status") or "success", "batch": row.get("batch") or "",
    }  # fmt: skip
    columns = {name: [value] for name, value in told.items()}
    keys = keys_of(columns, shortest=rules.shortest_reference, digits=rules.phone_digits)
    return {**told, **{name: found[0] for name, found in keys.items()}}


def _days(*rows: Row) -> int:
    days = [date.fromisoformat(row["day"]) for row in rows if row.get("day")]
    return (max(days) - min(days)).days if len(days) > 1 else 0


def _minutes(at: Field) -> int:
    if not (isinstance(at.left, int) and isinstance(at.right, int)):
        return 0
    return abs(at.left - at.right) // 60
