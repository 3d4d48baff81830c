"""A day of an account matched: both sides read, held against each other, explained. It changes nothing.

Only what really matches a day reads this module, because the engine is a third of all a process reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import evidence, explained
from paydesk.domain.reconciliation.file_checks import FileCheck
from paydesk.domain.reconciliation.models import MatchMember
from paydesk.domain.reconciliation.results import result_of_day
from paydesk.domain.reconciliation.side_files import Side, SideWriter, facts_of
from paydesk.domain.reconciliation.steps import taken_apart
from paydesk.matching.engines import duckdb_engine
from paydesk.matching.rules import Rules
from paydesk.matching.run import match

MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class MatchedDay:
    """What was found: `to_people` the rows that no rule could prove, `facts` what is known of them by side
    and id, `told` why they are what they are; `files` the result and the rows of both sides in it."""

    files: Sequence[Path]
    counts: list[dict[str, Any]]
    to_people: list[dict[str, Any]]
    facts: dict[str, dict[str, dict[str, Any]]]
    told: dict[explained.Key, dict[str, Any]]
    checks: list[FileCheck]
    left_rows: int
    right_rows: int
    rules_version: str
    engine: str
    digest: str


def matched_day(
    account: SourceAccount, day: date, rules: Rules, folder: Path, tell: Callable[[str], None]
) -> MatchedDay:
    """Match a day by these rules, with files in `folder`; `tell` hears how far it is."""
    with duckdb_engine(MEMORY) as engine:
        tell("reading the ledger")
        left = evidence.ledger_side(account, day, SideWriter(folder, "left", rules), _known(account, "left"))
        tell("reading the provider's files")
        right = evidence.provider_side(
            account, day, SideWriter(folder, "right", rules), _known(account, "right"), left.refs
        )
        found = match(
            engine, engine.read(left.path), engine.read(right.path), rules,
            lambda pass_name, done, of: tell(f"matching: {pass_name}" if pass_name else "writing the result"),
        )  # fmt: skip
        result = result_of_day(engine, found, left, right, day, folder, taken_apart(account, day))
        tell("explaining")
        facts = {
            "left": _facts(left, (row["left_id"] for row in result.to_people)),
            "right": _facts(right, (row["right_id"] for row in result.to_people)),
        }
        return MatchedDay(
            files=(result.path, *explained.keep_rows(result.path, left, right, folder)),
            counts=result.counts, to_people=result.to_people, facts=facts,
            told=explained.of_run(engine, found, facts), checks=right.checks, left_rows=left.rows,
            right_rows=right.rows, rules_version=rules.version, engine=engine.name, digest=result.digest,
        )  # fmt: skip


def _known(account: SourceAccount, side: str) -> frozenset[str]:
    """The rows of a side that are matched already."""
    found = MatchMember.objects.filter(
        source_account=account, side=side, is_live=True, match__state="confirmed"
    )
    return frozenset(found.values_list("key", flat=True))


def _facts(side: Side, ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    return facts_of(side, {each for each in ids if each})
