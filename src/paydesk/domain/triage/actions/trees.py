"""The category tree in versions: each change makes one, and cases keep the one they were sorted by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from paydesk.domain.cases import categories
from paydesk.domain.cases.models import CategoryTree
from paydesk.domain.triage import tree_edits
from paydesk.domain.triage.steps import EDIT, TriageRefused
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import ChangedRefused

LOCK = 7_202_611  # one who edits at a time: a version follows exactly one other


@transaction.atomic(durable=True)
def edit_category(
    code: str,
    *,
    group: str,
    words: str,
    checks: Sequence[str] = (),
    required: Sequence[str] = (),
    documents: Mapping[str, Collection[str]] | None = None,
    retired: bool = False,
    version: int,
    by: Actor,
    now: datetime,
) -> CategoryTree:
    """Make a version in which the category is so: renamed, moved, retired, with this checklist, these fields
    and kinds of `documents` asked for, by what they are asked for before ({"risk": ["identity"]}); a new one
    where `code` is "". `version` is the one the person saw; the same again makes none.
    Raises TriageRefused, ChangedRefused.
    """

    def changed(tree: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        return tree_edits.with_category(
            tree, code, group=group, words=words, checks=checks, required=required,
            documents=documents or {}, retired=retired,
        )  # fmt: skip

    return _version(changed, version, by, now)


@transaction.atomic(durable=True)
def edit_group(code: str, *, words: str, version: int, by: Actor, now: datetime) -> CategoryTree:
    """Make a version with the group renamed, a new one where `code` is "". Raises as `edit_category`."""
    return _version(lambda tree: tree_edits.with_group(tree, code, words=words), version, by, now)


def _version(
    changed: Callable[[Mapping[str, Any]], tuple[dict[str, Any], str]],
    version: int,
    by: Actor,
    now: datetime,
) -> CategoryTree:
    by.needs(EDIT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    newest = CategoryTree.objects.order_by("-version").first()
    number, tree = (newest.version, newest.tree) if newest else (0, categories.as_json())
    if number != version:
        raise ChangedRefused(
            f"Somebody made version {number} of the tree meanwhile. Look again, then change it.",
            version=number,
        )
    try:
        made, code = changed(tree)
    except ValueError as problem:
        raise TriageRefused(str(problem)) from None
    if made == tree and newest is not None:
        return newest
    row = CategoryTree.objects.create(version=number + 1, tree=made, made_by=by.label, made_at=now)
    audit.record(
        "categories.changed", subject=("category_tree", row.version), by=by, at=now,
        changes={"version": [number, row.version], "code": code},
        note=" ".join(tree_edits.changes_between(tree, made))[:500],
    )  # fmt: skip
    return row
