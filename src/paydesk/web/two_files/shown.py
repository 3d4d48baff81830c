"""What the screens say of a run and its files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.urls import reverse

from paydesk.importers.understood import formats
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import number_of
from paydesk.reporting.two_file_runs import queries
from paydesk.reporting.two_file_runs.states import RUN, SIDE
from paydesk.reporting.two_files.meanings import words_of
from paydesk.web.access import actor_of
from paydesk.web.sight import looking

SIDE_WORDS = {"left": "Ours", "right": "Theirs"}
SIDE_HINTS = {"left": "the ledger or the list you keep", "right": "what the provider or the bank says"}
RUN_WORDS = {"draft": "Being prepared", "running": "Running", "done": "Done", "failed": "Failed",
             "cancelled": "Stopped"}  # fmt: skip
SIDE_STATES = {
    "reading": "Being read",
    "asking": "Columns to be said",
    "ready": "Read",
    "refused": "Not readable",
}
PLAIN_FORMATS = {"csv": "Table (CSV)", "xlsx": "Table (workbook)", "parquet": "Table (Parquet)"}


@dataclass(frozen=True, slots=True)
class Total:
    """Rows and money of a file in one currency and status."""

    currency: str
    status: str
    rows: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One side of a run as its card shows it; `file` is None while none was handed over."""

    side: str
    file: Any
    url: str = ""

    @property
    def words(self) -> str:
        return SIDE_WORDS[self.side]

    @property
    def hint(self) -> str:
        return SIDE_HINTS[self.side]

    @property
    def family(self) -> str:
        return SIDE.family(self.file.state)

    @property
    def state(self) -> str:
        return SIDE_STATES[self.file.state]

    @property
    def format(self) -> str:
        name = self.file.told.get("format", "")
        return PLAIN_FORMATS.get(name) or _titles().get(name, name)

    @property
    def is_table(self) -> bool:
        """Whether a map can say how it is read."""
        return bool(self.file.told.get("header"))

    @property
    def totals(self) -> list[Total]:
        return [
            Total(currency, status, rows, Decimal(amount))
            for currency, status, rows, amount in self.file.told.get("totals", ())
        ]

    @property
    def first(self) -> datetime | None:
        return _instant(self.file.told.get("first"))

    @property
    def last(self) -> datetime | None:
        return _instant(self.file.told.get("last"))

    @property
    def warnings(self) -> list[str]:
        """Without the side they name, which the card is."""
        prefix = f"{self.side}, "
        texts = [
            str(text).removeprefix(prefix).removeprefix(f"{self.side}: ")
            for text in self.file.told.get("warnings", ())
        ]
        return [text[:1].upper() + text[1:] for text in texts]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(field in words, its column) of a table."""
        from paydesk.web.two_files.map_form import LABELS

        return [(LABELS.get(n, n), column) for n, column in self.file.told.get("columns", {}).items()]

    @property
    def how(self) -> str:
        """How the text of a table is read, in words; said also where nobody chose it."""
        return "" if not self.is_table else how_words(self.file.map or {})


def how_words(said: dict[str, Any]) -> str:
    """The settings of a map in one sentence."""
    order = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}[said.get("date_order", "ymd")]
    sign = "a comma" if said.get("decimal") == "," else "a point"
    currency = (
        f" Without a currency of its own a row is in {said['default_currency']}."
        if said.get("default_currency")
        else ""
    )
    return f"Dates {order}, times in {said.get('time_zone', 'UTC')}, decimals after {sign}.{currency}"


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _titles() -> dict[str, str]:
    return {each.name: each.about.title for each in formats() if each.name}


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run in the list and at the head of its pages."""

    run: Any
    code: str
    url: str
    files: dict[str, ShownFile]
    by: str = ""

    @property
    def title(self) -> str:
        names = [each.file.filename for each in self.files.values() if each.file]
        return " against ".join(names) if len(names) == 2 else f"{names[0]} against …"

    @property
    def family(self) -> str:
        return RUN.family(self.run.state)

    @property
    def word(self) -> str:
        return RUN_WORDS[self.run.state]

    @property
    def moves(self) -> bool:
        """Whether the worker has to take it further, so that the page asks again."""
        return self.run.state == "running" or any(
            each.file and each.file.state == "reading" for each in self.files.values()
        )

    @property
    def is_ready(self) -> bool:
        return queries.is_ready(self.run)

    @property
    def version(self) -> str:
        """Changes with anything that is shown of it."""
        files = [each.file for each in self.files.values() if each.file]
        return "-".join(
            str(n) for n in (self.run.revision, *(f"{file.pk}.{file.revision}" for file in files))
        )

    @property
    def goes_on(self) -> datetime:
        """When it is deleted, unless somebody does something with it."""
        kept: datetime = self.run.changed_at + timedelta(days=settings.TWO_FILES_KEPT_DAYS)
        return kept

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(step in words, done, now or next) of a run that is going on, up to the step it is at."""
        told = self.run.progress
        return [(words_of(told["doing"]), "now")] if told.get("doing") else []


def shown(run: Any, by: str = "") -> ShownRun:
    code = queries.code(run.pk)
    files = {
        side: ShownFile(side, file, reverse("two_files:mapping", args=[code, side]))
        for side, file in queries.sides_of(run).items()
    }
    return ShownRun(run, code, reverse("two_files:page", args=[code]), files, by)


def run_or_404(actor: Actor, code: str) -> Any:
    """The run with this public code, 404 where there is none this person may see."""
    number = number_of(queries.PREFIX, code) or 0
    try:
        return queries.run_for(actor, number if number < 2**63 else 0)
    except ObjectDoesNotExist:
        raise Http404(f"There is no reconciliation {code}.") from None


def sees_people(request: HttpRequest, run: Any) -> bool:
    """Whether names and phone numbers of the files are shown: to who may see them all, and to who brought
    both files and has them anyway."""
    label = actor_of(request).label
    brought = all(file.uploaded_by == label for file in run.files.all())
    sight = looking(request).sight
    return brought or (sight.names and sight.phones)


def versions(found: Iterable[ShownRun]) -> str:
    return "_".join(each.version for each in found) or "none"


def progress_of(run: Any, rules: Sequence[str]) -> dict[str, Any]:
    """The steps of a run: (words, "done", "now" or "next"), and how many are done of how many."""
    told = run.progress
    doing = told.get("doing", "")
    steps = [*rules, "left_over", "writing", "rows to look through", "workbook"]
    at = steps.index(doing) if doing in steps else -1
    states = ["done" if place < at else "now" if place == at else "next" for place in range(len(steps))]
    return {
        "steps": [(words_of(step), state) for step, state in zip(steps, states, strict=True)],
        "done": told.get("done", 0),
        "total": told.get("of", 0),
        "doing": words_of(doing) if doing else "",
    }
