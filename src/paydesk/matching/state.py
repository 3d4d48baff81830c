"""What a run knows between two passes: what is left of both sides, and what was found so far."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import ibis
from ibis.expr.types import Table

from paydesk.matching.engines import Engine
from paydesk.matching.findings import Piece, dressed, exceptions_of, matches_of
from paydesk.matching.rules import Rules
from paydesk.matching.usage import by_day

Sides = tuple[str, ...]
BOTH: Sides = ("left", "right")
# Columns that are read when lines are weighed and not before: most lines are dealt with without them.
WORDS = ("reference", "account", "msisdn", "name", "phone")


def side_of(is_left: bool) -> Sides:
    """Ours or theirs alone."""
    return BOTH[:1] if is_left else BOTH[1:]


@dataclass
class Found:
    """What a run found, in pieces in the order in which they were found, with the sides it was found in."""

    pieces: list[Piece] = field(default_factory=list)
    left: Table | None = None
    right: Table | None = None
    rules: Rules | None = None
    lines: tuple[int, int] = (0, 0)  # of the whole sides

    @property
    def matches(self) -> list[Table]:
        """Tables with the columns of MATCH, none of them staged."""
        return [matches_of(dressed(piece)) for piece in self.pieces]

    @property
    def exceptions(self) -> list[Table]:
        """Tables with the columns of EXCEPTION, none of them staged."""
        return [exceptions_of(dressed(piece)) for piece in self.pieces if not piece.is_narrow]


@dataclass
class State:
    """One run. `left` and `right` shrink from pass to pass; `whole_left` and `whole_right` stay.

    ids_shared: both sides name the provider's ids of one namespace, so that two different ids are two
    payments. left_fees, right_fees: whether a side says anything about fees. left_again, right_again: where
    the lines of a whole side are that share an id of the provider with another one; None where no id repeats.
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
    has_words: bool = False
    left_again: Table | None = None
    right_again: Table | None = None

    def __post_init__(self) -> None:
        self.left_again, self.right_again = self.whole_left, self.whole_right

    @property
    def both_fees(self) -> bool:
        return self.left_fees and self.right_fees

    @property
    def is_done(self) -> bool:
        """Whether a side has no line left, so that no pair can be found."""
        return not (self.left_lines and self.right_lines)

    def add(self, build: Callable[..., Table], *inputs: Table | Hashable, of: Sides = BOTH) -> int:
        """Stage what `build` finds (columns of FACTS) and take its lines off both sides, or off those of
        which it can have any; how many rows."""
        return self.add_staged(self.engine.make(build, *inputs), of)

    def add_staged(self, findings: Table, of: Sides = BOTH) -> int:
        """The same for what is staged already."""
        rows = self.engine.count(findings)
        if rows:
            self.found.pieces.append(Piece(findings))
            if self.left_lines and "left" in of:
                self.keep_left(self.engine.make(without, self.left, findings, "left_line"))
            if self.right_lines and "right" in of:
                self.keep_right(self.engine.make(without, self.right, findings, "right_line"))
        return rows

    def add_pairs(self, build: Callable[..., Table], *inputs: Table | Hashable) -> int:
        """The same for few rows among many that are left, each a pair of lines that stand in no other one:
        whoever reads what is left leaves them out, which costs less than to write the rest down."""
        pairs = self.engine.make(build, *inputs)
        rows = self.engine.count(pairs)
        if rows:
            self.found.pieces.append(Piece(pairs))
            self.left = self.engine.view(without, self.left, pairs, "left_line")
            self.right = self.engine.view(without, self.right, pairs, "right_line")
            self.left_lines, self.right_lines = self.left_lines - rows, self.right_lines - rows
        return rows

    def keep_left(self, rest: Table) -> None:
        """What is left of our side from now on."""
        self.left, self.left_lines = rest, self.engine.count(rest)

    def keep_right(self, rest: Table) -> None:
        """What is left of their side from now on."""
        self.right, self.right_lines = rest, self.engine.count(rest)

    def mark_repeated_references(self) -> None:
        """Give what is left of both sides the columns `left_uses` and `right_uses`, on how many lines of each
        whole side the reference stands (0 for one or none), and `common`, whether it is more than one on
        either, like the number of a contract that is paid every day."""
        if self.is_marked:
            return
        repeated = self.engine.make(_uses, self.left, self.right, self.whole_left, self.whole_right)
        self.left = self.engine.view(_marked, self.left, repeated)
        self.right = self.engine.view(_marked, self.right, repeated)
        self.is_marked = True

    def add_words(self) -> None:
        """Give what is left of both sides the columns of WORDS."""
        if not self.has_words:
            self.left = self.engine.make(_worded, self.left, self.whole_left)
            self.right = self.engine.make(_worded, self.right, self.whole_right)
            self.has_words = True

    def forget(self) -> None:
        """Drop the stages that no later pass reads."""
        wholes = (self.whole_left, self.whole_right)
        again = [each for each in (self.left_again, self.right_again) if each is not None]
        days = [self.engine.make(by_day, side) for side in wholes]
        found = [piece.table for piece in self.found.pieces]
        self.engine.keep_only([self.left, self.right, *wholes, *again, *days, *found])


def without(side: Table, found: Table, column: str) -> Table:
    """The lines of `side` that do not stand in `column` of what was found."""
    return side.anti_join(found, side.line_id == found[column])


def repeated_keys(side: Table, key: str) -> Table:
    """(key, lines) for the values of `key` that stand on more than one line of `side`."""
    told = side.filter(side[key].notnull())
    counted = told.group_by(key).aggregate(lines=told.count())
    return counted.filter(counted.lines > 1)


def _uses(left: Table, right: Table, whole_left: Table, whole_right: Table) -> Table:
    names = left.select("reference_key").union(right.select("reference_key"))
    wanted = names.filter(names.reference_key.notnull()).distinct()
    ours, theirs = (
        repeated_keys(side.select("reference_key").semi_join(wanted, "reference_key"), "reference_key")
        for side in (whole_left, whole_right)
    )
    nothing = ibis.literal(0, "int64")
    uses = ours.select(common_key="reference_key", left_uses="lines", right_uses=nothing).union(
        theirs.select(common_key="reference_key", left_uses=nothing, right_uses="lines")
    )
    return uses.group_by("common_key").aggregate(
        left_uses=uses.left_uses.max(), right_uses=uses.right_uses.max()
    )


def _marked(side: Table, repeated: Table) -> Table:
    met = side.left_join(repeated, side.reference_key == repeated.common_key)
    return met.mutate(
        common=met.common_key.notnull(),
        left_uses=met.left_uses.fill_null(0),
        right_uses=met.right_uses.fill_null(0),
    ).drop("common_key")


def _worded(side: Table, whole: Table) -> Table:
    return side.inner_join(whole.select("line_id", *WORDS), "line_id")
