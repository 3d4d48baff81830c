"""What the desk learns from matches by people: changes of rules, held against days that were run.

A change is measured before it is proposed: the days are matched again with it, from the rows their runs kept,
and what it finds beyond the rules of those days is held against what people decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.domain.reconciliation.models import Match, MatchMember, RuleProposal, Run
from paydesk.domain.reconciliation.queries import matches_needed, rows_kept, rules_in_force
from paydesk.domain.reconciliation.rule_texts import with_number
from paydesk.domain.reconciliation.shapes import Change, change_for, shaped
from paydesk.matching.rules import Rules, read_rules

if TYPE_CHECKING:
    from paydesk.matching.engines import Engine

HISTORY_DAYS, MOST_RUNS = 60, 20
MEMORY = "512MB"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a change would have done on days that were run."""

    days: int
    agreed: int
    contradicted: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Learnt:
    """A change that is worth proposing: what speaks for it, and what it would have done."""

    change: Change
    match_ids: Sequence[int]
    measured: Measured


def changes_to_propose(now: datetime) -> list[Learnt]:
    """Changes that enough matches of people speak for and nobody decided on yet; costs matching some days."""
    rules, needed = rules_in_force(), matches_needed()
    found: dict[str, list[tuple[int, int]]] = {}
    for each in _by_people(now):
        sides = {"left": [], "right": []}
        for member in each.members.all():
            sides[member.side].append({"currency": each.currency, "id": member.key, **member.facts})
        like = shaped(sides["left"], sides["right"], rules.rules, rule=each.rule, score=each.score)
        if like is not None:
            found.setdefault(like.shape, []).append((each.pk, like.value))
    learnt = []
    for shape, alike in sorted(found.items()):
        change = change_for(shape, [value for _, value in alike], rules.rules)
        if change is None or len(alike) < needed or is_decided(change, len(alike)):
            continue
        ids = [number for number, _ in alike]
        candidate = read_rules(with_number(rules.text, change.rule, change.number, change.value))
        learnt.append(Learnt(change, ids, measure(change, candidate, rules.rules, ids, now)))
    return learnt


def _by_people(now: datetime) -> Iterable[Match]:
    since = now - timedelta(days=HISTORY_DAYS)
    found = Match.objects.filter(state="confirmed", entry_id=None, decided_at__gte=since)
    return found.prefetch_related("members").order_by("id")


def is_decided(change: Change, support: int) -> bool:
    """Whether it waits for a decision, or a person refused it and not twice as many matches speak for it."""
    for each in RuleProposal.objects.filter(shape=change.shape).exclude(state="adopted"):
        if each.state != "refused" or (each.value == change.value and support < 2 * len(each.match_ids)):
            return True
    return False


def measure(
    change: Change, candidate: Rules, rules: Rules, match_ids: Sequence[int], now: datetime
) -> Measured:
    """Match the days again with the change, and hold what is new against what people decided."""
    days = agreed = contradicted = undecided = 0
    for run in _history(match_ids, now):
        kept = rows_kept(run)
        if kept is None:
            continue
        days += 1
        before = {pair for pair, is_confirmed in _pairs(kept, rules) if is_confirmed}
        yes, no = _decisions(run)
        taken = dict(before | yes)
        for pair, is_confirmed in _pairs(kept, candidate):
            named = is_confirmed or change.shape != "surer"
            if not named or pair in before:
                continue
            if pair in yes:
                agreed += 1
            elif pair in no or taken.get(pair[0]) or pair[1] in taken.values():
                contradicted += 1
            else:
                undecided += 1
    return Measured(days, agreed, contradicted, undecided)


def _history(match_ids: Sequence[int], now: datetime) -> list[Run]:
    """The runs that showed people what they matched, and the newest others."""
    own = Run.objects.filter(matches__in=match_ids, left_rows_id__isnull=False).distinct().order_by("-id")
    others = Run.objects.filter(
        state="done", is_dry=False, left_rows_id__isnull=False,
        ended_at__gte=now - timedelta(days=HISTORY_DAYS),
    ).order_by("-id")  # fmt: skip
    found = {run.pk: run for run in own[:MOST_RUNS]}
    seen = {(run.source_account_id, run.day) for run in found.values()}
    for run in others[: 5 * MOST_RUNS]:
        if len(found) < MOST_RUNS and (run.source_account_id, run.day) not in seen:
            seen.add((run.source_account_id, run.day))
            found[run.pk] = run
    return list(found.values())


def _pairs(kept: tuple[Path, Path], rules: Rules) -> set[tuple[Pair, bool]]:
    """What rules make of the rows of a run: pairs of ids, and whether they confirm them alone."""
    from paydesk.matching.engines import duckdb_engine
    from paydesk.matching.run import match

    with duckdb_engine(MEMORY) as engine:
        found = match(engine, engine.read(kept[0]), engine.read(kept[1]), rules)
        return {each for table in found.matches for each in _of(engine, table)}


def _of(engine: Engine, table: object) -> Iterable[tuple[Pair, bool]]:
    rows = engine.rows(table.select("left_id", "right_id", "status"))  # type: ignore[attr-defined]
    for row in rows:
        if row["left_id"] and row["right_id"]:
            yield (row["left_id"], row["right_id"]), row["status"] == "confirmed"


def _decisions(run: Run) -> tuple[set[Pair], set[Pair]]:
    """The pairs of a day that people said yes to, and those they rejected or took apart."""
    sides: dict[int, dict[str, list[str]]] = {}
    states: dict[int, str] = {}
    rows = MatchMember.objects.filter(
        match__source_account_id=run.source_account_id, match__day=run.day,
        match__state__in=["confirmed", "rejected", "revoked"],
    ).values_list("match_id", "match__state", "side", "key")  # fmt: skip
    for match_id, state, side, key in rows:
        sides.setdefault(match_id, {"left": [], "right": []})[side].append(key)
        states[match_id] = state
    yes: set[Pair] = set()
    no: set[Pair] = set()
    for match_id, keys in sides.items():
        pairs = {(left, right) for left in keys["left"] for right in keys["right"]}
        (yes if states[match_id] == "confirmed" else no).update(pairs)
    return yes, no
