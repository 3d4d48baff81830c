"""The proof of a result: what every line of both sides came to, by currency, down to a difference of nothing.

Money counts where the line succeeded; a failed or pending line is a row without money. Every line is in one
match or in exceptions, so the parts of a side add up to the side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from paydesk.matching.values import major
from paydesk.reporting.two_files.result_rows import duck

MATCHED = ("confirmed", "suggested")


@dataclass
class Part:
    """What one status of matches, or one class of exceptions, holds of each side in one currency."""

    name: str
    left_rows: int = 0
    left: Decimal = Decimal(0)
    right_rows: int = 0
    right: Decimal = Decimal(0)

    @property
    def apart(self) -> Decimal:
        """Theirs less ours."""
        return self.right - self.left

    @property
    def is_match(self) -> bool:
        return self.name in MATCHED


@dataclass
class Proof:
    """One currency: its parts, matches first, and what the two files hold in all."""

    currency: str
    parts: list[Part] = field(default_factory=list)
    whole: Part = field(default_factory=lambda: Part("whole"))

    @property
    def unproven(self) -> tuple[Decimal, Decimal]:
        """What the parts of each side leave unexplained: nothing, or the result is not to be trusted."""
        return (
            self.whole.left - sum((part.left for part in self.parts), Decimal(0)),
            self.whole.right - sum((part.right for part in self.parts), Decimal(0)),
        )

    @property
    def adds_up(self) -> bool:
        return not any(self.unproven)


_PARTS = """
    SELECT part, s.currency, count(*), coalesce(sum(s.amount) FILTER (WHERE s.status = 'success'), 0)
    FROM (
        SELECT DISTINCT status AS part, {side}_id AS id FROM read_parquet($matches) WHERE {side}_id <> ''
        UNION SELECT DISTINCT class, {side}_id FROM read_parquet($exceptions) WHERE {side}_id <> ''
    ) found JOIN read_parquet($side) s USING (id)
    GROUP BY ALL ORDER BY ALL
"""
_WHOLE = """
    SELECT '', currency, count(*), coalesce(sum(amount) FILTER (WHERE status = 'success'), 0)
    FROM read_parquet($side) GROUP BY ALL ORDER BY ALL
"""


def proofs(result: Path, sides: Mapping[str, Path]) -> list[Proof]:
    """One per currency, by its code. `result` holds what make_rows wrote."""
    found: dict[str, dict[str, Part]] = {}
    with duck(result) as connection:
        for side, path in sides.items():
            places = {name: str(result / f"{name}.parquet") for name in ("matches", "exceptions")}
            rows = connection.execute(_PARTS.format(side=side), {**places, "side": str(path)}).fetchall()
            rows += connection.execute(_WHOLE, {"side": str(path)}).fetchall()
            for name, currency, count, amount in rows:
                part = found.setdefault(currency, {}).setdefault(name, Part(name))
                setattr(part, f"{side}_rows", int(count))
                setattr(part, side, major(int(amount)))
    return [
        Proof(
            currency,
            sorted((part for name, part in parts.items() if name), key=lambda p: (not p.is_match, p.name)),
            parts.get("", Part("")),
        )
        for currency, parts in sorted(found.items())
    ]
