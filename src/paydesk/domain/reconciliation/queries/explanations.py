"""Why a row is what it is: of a match in a run's result, of two rows that no rule put together.

The engine that compares them is read when it is asked: most processes never ask it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from paydesk.domain.reconciliation.models import Match, ReconciliationException, Run
from paydesk.domain.reconciliation.queries.rules_in_force import rules_in_force, rules_named
from paydesk.domain.reconciliation.queries.runs import result_file
from paydesk.foundation.documents.blobs import path_of
from paydesk.foundation.documents.queries import document_by_id
from paydesk.matching.rules import Rules

MOST_ROWS = 200  # of one match


def rules_of(run: Run) -> Rules:
    """The rules that a run used; of a version that is not known any more, those in force."""
    known = rules_named(run.rules_version)
    return (known or rules_in_force()).rules


def rows_kept(run: Run | None) -> tuple[Path, Path] | None:
    """The rows of a run as they were compared, ours and theirs; None where they are not kept any more."""
    if run is None:
        return None
    found = [document_by_id(number) if number else None for number in (run.left_rows_id, run.right_rows_id)]
    paths = [path_of(each.sha256) for each in found if each is not None]
    return (paths[0], paths[1]) if len(paths) == 2 and all(each.exists() for each in paths) else None


def match_in_run(run: Run, group_id: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of a match in the result of a run, and its explanation; no rows where there is no such match.

    Raises Refused where the result is gone.
    """
    from paydesk.domain.reconciliation.explained import of_group
    from paydesk.domain.reconciliation.results import rows_of_result

    with result_file(run) as path:
        rows, _ = rows_of_result(path, found="match", group_id=group_id, limit=MOST_ROWS)
    sides = rows_kept(run)
    if not rows or sides is None:
        return rows, {}
    return rows, of_group(rows, sides, rules_of(run))


def why_not_offered(one: ReconciliationException, other: ReconciliationException) -> dict[str, Any]:
    """What speaks for and against the rows of two exceptions being one payment.

    {} where both are of one side, or their rows are not kept any more. Costs a scan of both days' rows.
    """
    ours, theirs = (one, other) if one.left_key else (other, one)
    left, right = rows_kept(ours.last_run), rows_kept(theirs.last_run)
    if not (ours.left_key and theirs.right_key and left and right) or ours.last_run is None:
        return {}
    return _compared(left[0], ours.left_key, right[1], theirs.right_key, ours.last_run)


def why_matched(match: Match) -> dict[str, Any]:
    """Why the rows of a match that people made or decide on belong together: as kept, else field by field
    from the rows of the run they were found in, else what was said."""
    if match.explanation:
        return match.explanation
    said = {
        "sentence": match.why, "rule": match.rule, "rules_version": match.rules_version, "class": "",
        "status": match.state, "actor": "person" if match.rule == "by_hand" else "rule",
    }  # fmt: skip
    keys = {side: [m.key for m in match.members.all() if m.side == side] for side in ("left", "right")}
    sides = rows_kept(match.run)
    if match.run is None or sides is None or [len(each) for each in keys.values()] != [1, 1]:
        return said
    return {**_compared(sides[0], keys["left"][0], sides[1], keys["right"][0], match.run), **said}


def _compared(left: Path, left_id: str, right: Path, right_id: str, run: Run) -> dict[str, Any]:
    from paydesk.domain.reconciliation.explained import Pair, of_pair

    return of_pair(Pair(left, left_id, right, right_id), rules_of(run)) or {}
