"""Finding runs, what they found, and maps that fit a header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet

from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.models import RunFile, SavedMap, TwoFileRun
from paydesk.reporting.two_file_runs.states import SIDES

if TYPE_CHECKING:  # what reads Parquet is loaded when it is needed: most commands and pages never do
    from paydesk.reporting.two_files.proof import Proof
    from paydesk.reporting.two_files.proposal import Proposal
    from paydesk.reporting.two_files.result_rows import ResultRows

RIGHT = "matching.two_files"
PREFIX = "TFR"


def code(run_id: int) -> str:
    return code_of(PREFIX, run_id)


def runs(actor: Actor) -> QuerySet[TwoFileRun]:
    """The runs this person may see, newest first, with their files: their own, and those of people all of
    whose markets are theirs as well; two queries. Raises NotAllowedRefused without the right."""
    actor.needs(RIGHT)
    found = TwoFileRun.objects.order_by("-pk").prefetch_related(
        Prefetch("files", queryset=RunFile.objects.order_by("side"))
    )
    if actor.markets is None:
        return found
    return found.filter(Q(made_by=actor.label) | Q(markets__contained_by=sorted(actor.markets)))


def run_for(actor: Actor, run_id: int) -> TwoFileRun:
    """One run with its files. Raises TwoFileRun.DoesNotExist where there is none this person may see."""
    return runs(actor).get(pk=run_id)


def sides_of(run: TwoFileRun) -> dict[str, RunFile | None]:
    """The file of each side, None where there is none yet."""
    found = {file.side: file for file in run.files.all()}
    return {side: found.get(side) for side in SIDES}


def is_ready(run: TwoFileRun) -> bool:
    """Whether both files were read, so that they can be matched."""
    return all(file is not None and file.state == "ready" for file in sides_of(run).values())


def saved_maps(header: str) -> Sequence[SavedMap]:
    """The maps saved for tables with these columns, the newest first; one query."""
    return list(SavedMap.objects.filter(header=header).order_by("-saved_at", "-pk")) if header else []


def proposal_of(file: RunFile, *, sheet: str = "") -> Proposal:
    """The table of a file that waits for its map. Raises Refused when it holds none or is gone."""
    from paydesk.reporting.two_files.proposal import Proposal

    path = folders.file_of(file)
    if not path.is_file():
        raise _gone(file.filename)
    return Proposal(path, sheet=sheet)


def rows_of(run: TwoFileRun) -> ResultRows:
    """What a finished run found, to look through. Raises Refused when its files are gone."""
    from paydesk.reporting.two_files.result_rows import ResultRows

    result = folders.result_of(run.pk)
    if run.state != "done" or not (result / "matches.parquet").is_file():
        raise _gone("The result of this reconciliation")
    return ResultRows(result, _sides(run))


def proofs_of(run: TwoFileRun) -> list[Proof]:
    """From our totals to theirs, by currency."""
    from paydesk.reporting.two_files.proof import proofs

    return proofs(rows_of(run).result, _sides(run))


def result_file(run: TwoFileRun, name: str) -> Any:
    """The path of a file of the result: matches.csv, exceptions.csv, summary.json or result.xlsx."""
    path = rows_of(run).result / name
    if not path.is_file():
        raise _gone(name)
    return path


def _sides(run: TwoFileRun) -> dict[str, Any]:
    return {side: folders.side_of(file) for side, file in sides_of(run).items() if file is not None}


def _gone(what: str) -> Refused:
    return Refused(
        f"{what} is missing from the documents folder; restore it from the backup, or start again.",
        code="two_files.gone",
    )
