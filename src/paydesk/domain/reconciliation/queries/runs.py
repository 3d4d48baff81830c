"""Reads about runs: of a day, the rows behind their figures, which are due and which were left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import evidence
from paydesk.domain.reconciliation.models import Day, Run
from paydesk.domain.reconciliation.states import UNDER_WAY
from paydesk.foundation.documents.blobs import path_of
from paydesk.foundation.documents.queries import document_by_id
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused


def runs_of(account: SourceAccount, day: date) -> QuerySet[Run]:
    """Runs of a day, the newest first."""
    return Run.objects.filter(source_account=account, day=day).order_by("-id")


def run_for(actor: Actor, pk: int) -> Run:
    """Raises Run.DoesNotExist also for another market."""
    return in_markets(Run.objects.select_related("source_account__provider"), actor).get(pk=pk)


@contextmanager
def result_file(run: Run) -> Iterator[Path]:
    """The Parquet file of a run's result. Raises Refused where it is gone."""
    document = document_by_id(run.result_id) if run.result_id else None
    if document is None or not path_of(document.sha256).exists():
        raise Refused("The rows of this run are not kept any more. Run the day again.", code="run.no_result")
    yield path_of(document.sha256)


def rows_behind(
    run: Run, *, offset: int = 0, limit: int = 100, **wanted: str
) -> tuple[list[dict[str, Any]], int]:
    """A page of the rows behind a figure of a run (found, status, name, rule), and how many there are."""
    from paydesk.domain.reconciliation.results import rows_of_result

    with result_file(run) as path:
        return rows_of_result(path, offset=offset, limit=limit, **wanted)


def runs_to_resume(before: datetime) -> Iterable[int]:
    """Ids of runs that no worker took up or finished since a moment."""
    return Run.objects.filter(state__in=UNDER_WAY, asked_at__lt=before).values_list("pk", flat=True)


def days_to_run(now: datetime, *, since_days: int = 7) -> list[tuple[int, date]]:
    """Days that are over, have a file, and were not run since their evidence last changed. (account, day)"""
    found = []
    for account in SourceAccount.objects.exclude(role="evidence").order_by("id"):
        today = now.astimezone(ZoneInfo(account.time_zone)).date()
        first = today - timedelta(days=since_days)
        known = {
            d.day: d for d in Day.objects.select_related("run").filter(source_account=account, day__gte=first)
        }
        tried = dict(
            Run.objects.filter(source_account=account, day__gte=first, is_dry=False)
            .order_by("id").values_list("day", "asked_at")
        )  # fmt: skip
        for place in range(since_days):
            day = first + timedelta(days=place)
            if known.get(day) and known[day].state != "open":
                continue
            changed = evidence.newest_change(account, day)
            if changed is None or (day in tried and tried[day] >= changed):
                continue
            if evidence.files_of(account, day, day).exists():
                found.append((account.pk, day))
    return found
