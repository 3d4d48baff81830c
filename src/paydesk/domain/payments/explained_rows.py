"""Rows of providers that nobody asked for, once something explains them; joined to the caller's transaction.

Such a row stands as recoverable (1310) with its sign; what explains it takes it off there (`explain`).
A package above whose things a row may pay (a refund) registers what becomes of them when the row's file is
un-posted or the explanation is taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import connection

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.payments.models import ReversalRow
from paydesk.domain.payments.steps import PaymentRefused, call
from paydesk.kernel.actor import Actor

RECOVERABLE = "1310"
Rows = Sequence[ReversalRow]


class ExplanationRefused(PaymentRefused):
    """This row cannot be explained like this."""

    code = "reversal_row.refused"


@dataclass(frozen=True, slots=True)
class Explainer:
    """What a package says of rows that it explained.

    `why_not` is a sentence why they cannot be taken back any more, "" while they can; `undo` puts the things
    of the package back as they stood before the rows, its postings aside.
    """

    why_not: Callable[[Rows], str]
    undo: Callable[[Rows, Actor, datetime], None]


_explainers: dict[str, Explainer] = {}


def register(explained_as: str, explainer: Explainer) -> None:
    """Say what becomes of things of this kind when a row no longer explains itself by them."""
    _explainers[explained_as] = explainer


def locked_row(row_id: int) -> ReversalRow:
    """The row with its account and line, locked. Raises ReversalRow.DoesNotExist."""
    found = ReversalRow.objects.select_for_update(of=["self"])
    return found.select_related("source_account", "statement_line").get(pk=row_id)


def rows_locked(row_ids: Iterable[int]) -> list[ReversalRow]:
    """These rows with their accounts and lines, locked in the order of their ids."""
    found = ReversalRow.objects.select_for_update(of=["self"]).filter(pk__in=set(row_ids)).order_by("pk")
    return list(found.select_related("source_account", "statement_line"))


def check_open(row: ReversalRow) -> None:
    """Raises ExplanationRefused unless the row still waits for what explains it."""
    if row.state != "open":
        raise ExplanationRefused("This row is explained already. Reload it and look again.")


def open_day(market: str, day: date, at: datetime) -> date:
    """The day an event of `day` is booked on: its own, else today where it is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_day(%s, %s, %s)", [market, day, at])
        found: date = cursor.fetchone()[0]
    return found


def explain(
    row: ReversalRow, other: Leg, *, kind: str, cause: tuple[str, int], key: str, explained_as: str,
    explained_id: int | None = None, confirms_id: int | None = None, day: date | None = None, by: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Take a locked, open row off what is recoverable, against `other`; returns the id of the entry.

    `day` is that of the row where it is not given, or today where its period is closed.
    """
    assert row.state == "open", "only a row that waits can be explained"
    assert other.amount_minor == row.amount_minor, "what explains a row is of its amount"
    (entry_id,) = post_entries(
        [
            Entry(
                kind, row.market, open_day(row.market, day or row.booked_on, now),
                row.statement_line.value_on, *cause, key,
                [other, Leg(RECOVERABLE, 0, -row.amount_minor, row.currency, row.statement_line_id)],
            )
        ],
        by=by,
        at=now,
    )  # fmt: skip
    assert entry_id > 0, "the key of an explanation is new each time"
    row.state, row.explained_as, row.explained_id = "explained", explained_as, explained_id
    row.entry_id, row.confirms_id, row.at = entry_id, confirms_id, now
    row.save()
    return entry_id


def take_apart(row: ReversalRow, *, by: Actor, now: datetime) -> None:
    """Undo what explained a locked row: it is recoverable again, and nothing explains it by itself any more.

    Raises ExplanationRefused where what it explained has moved on.
    """
    if why := why_stuck([row]):
        raise ExplanationRefused(why)
    undo([row], by, now)
    call(
        "payments_undo_entries",
        ([row.entry_id], "bigint[]"), ("provider.explained_undone", "text"), (by.label, "text"),
        (now, "timestamptz"),
    )  # fmt: skip
    row.state, row.reason, row.keys, row.at = "open", "taken_apart", [], now
    row.explained_as, row.explained_id, row.entry_id, row.confirms_id = "", None, None, None
    row.save()


def why_stuck(rows: Iterable[ReversalRow]) -> str:
    """Why what explains these rows cannot be taken back, "" where it can."""
    told = (explainer.why_not(some) for explainer, some in _by_explainer(rows))
    return next((why for why in told if why), "")


def undo(rows: Iterable[ReversalRow], by: Actor, now: datetime) -> None:
    """Put back what packages above made of these explained rows; the postings are undone by the caller."""
    for explainer, some in _by_explainer(rows):
        explainer.undo(some, by, now)


def _by_explainer(rows: Iterable[ReversalRow]) -> Iterable[tuple[Explainer, Rows]]:
    said = sorted(
        (row for row in rows if row.state == "explained"), key=lambda row: (row.explained_as, row.pk)
    )
    for explained_as, some in groupby(said, key=lambda row: row.explained_as):
        if explained_as in _explainers:
            yield _explainers[explained_as], list(some)
