"""What a run knows between two passes: what is left of both sides, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import ibis
from ibis.expr.types import Table

from paydesk.matching.engines import Engine
from paydesk.matching.rules import Rules

# What every match and every exception carries. `amount` and `currency` are those of our line, or of theirs
# where there is none of ours.
MATCH = (
    "match_id", "left_line", "right_line", "left_id", "right_id", "status", "kind", "rule", "score", "why",
    "amount", "currency",
)  # fmt: skip
EXCEPTION = (
    "class", "left_line", "right_line", "left_id", "right_id", "rule", "why", "runner_up", "amount",
    "currency",
)  # fmt: skip


@dataclass
class Found:
    """Matches and exceptions, each a list of staged tables in the order in which they were found."""

    matches: list[Table] = field(default_factory=list)
    exceptions: list[Table] = field(default_factory=list)


@dataclass
class State:
    """One run. `left` and `right` shrink from pass to pass; `whole_left` and `whole_right` stay.

    ids_shared: both sides name the provider's ids of one namespace, so that two different ids are two
    payments. left_fees, right_fees: whether a side says anything about fees.
    """

    engine: Engine
    rules: Rules
    whole_left: Table
    whole_right: Table
    left: Table
    right: Table
    found: Found = field(default_factory=Found)
    left_lines: int = 0
    right_lines: int = 0
    left_ids: int = 0
    right_ids: int = 0
    ids_shared: bool = False
    left_fees: bool = False
    right_fees: bool = False
    is_marked: bool = False

    @property
    def both_fees(self) -> bool:
        return self.left_fees and self.right_fees

    @property
    def is_done(self) -> bool:
        """Whether a side has no line left, so that no pair can be found."""
        return not (self.left_lines and self.right_lines)

    def add_matches(self, found: Table) -> int:
        """Stage `found` (columns of MATCH, staged or not), take its lines off both sides; how many rows."""
        return self._add(self.found.matches, found.select(*MATCH))

    def add_exceptions(self, found: Table) -> int:
        """Stage `found` (columns of EXCEPTION), take its lines off both sides; how many rows."""
        return self._add(self.found.exceptions, found.select(*EXCEPTION))

    def _add(self, kept: list[Table], found: Table) -> int:
        staged = self.engine.stage(found)
        rows = self.engine.count(staged)
        if rows:
            kept.append(staged)
            if self.left_lines:
                self.left = self.engine.stage(without(self.left, staged, "left_line"))
                self.left_lines = self.engine.count(self.left)
            if self.right_lines:
                self.right = self.engine.stage(without(self.right, staged, "right_line"))
                self.right_lines = self.engine.count(self.right)
        return rows

    def mark_repeated_references(self) -> None:
        """Give what is left of both sides the columns `left_uses` and `right_uses`, on how many lines of each
        whole side the reference stands (0 for one or none), and `common`, whether it is more than one on
        either, like the number of a contract that is paid every day."""
        if self.is_marked:
            return
        names = self.left.select("reference_key").union(self.right.select("reference_key"))
        wanted = self.engine.stage(names.filter(names.reference_key.notnull()).distinct())
        ours, theirs = (
            repeated_keys(side.semi_join(wanted, "reference_key"), "reference_key")
            for side in (self.whole_left, self.whole_right)
        )
        uses = ours.mutate(left_uses=ours.lines, right_uses=ibis.literal(0, "int64")).union(
            theirs.mutate(left_uses=ibis.literal(0, "int64"), right_uses=theirs.lines)
        )
        repeated = self.engine.stage(
            uses.group_by(common_key=uses.reference_key).aggregate(
                left_uses=uses.left_uses.max(), right_uses=uses.right_uses.max()
            )
        )
        self.left, self.right = (self._marked(side, repeated) for side in (self.left, self.right))
        self.is_marked = True

    def _marked(self, side: Table, repeated: Table) -> Table:
        met = side.left_join(repeated, side.reference_key == repeated.common_key)
        return self.engine.stage(
            met.mutate(
                common=met.common_key.notnull(),
                left_uses=met.left_uses.fill_null(0),
                right_uses=met.right_uses.fill_null(0),
            ).drop("common_key")
        )


def without(side: Table, found: Table, column: str) -> Table:
    """The lines of `side` that do not stand in `column` of what was found."""
    return side.anti_join(found, side.line_id == found[column])


def repeated_keys(side: Table, key: str) -> Table:
    """(key, lines) for the values of `key` that stand on more than one line of `side`."""
    told = side.filter(side[key].notnull())
    counted = told.group_by(key).aggregate(lines=told.count())
    return counted.filter(counted.lines > 1)
