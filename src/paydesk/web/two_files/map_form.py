"""How a table is read, as a form: its columns with examples, the words of its statuses, and the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from paydesk.reporting.two_file_runs.queries import saved_maps
from paydesk.reporting.two_files.beside import amount_text
from paydesk.reporting.two_files.column_map import MAPPED, ColumnMap, map_of
from paydesk.web.intake.mapping_form import CURRENCIES, ZONES

LABELS = {
    "id": "Id of the line", "reference": "Reference", "provider_ref": "Provider’s id", "amount": "Amount",
    "credit": "Money in", "debit": "Money out", "fee": "Fee kept back", "currency": "Currency", "at": "When",
    "status": "Status", "account": "Account", "msisdn": "Phone", "name": "Name",
    "batch": "Batch or settlement",
}  # fmt: skip
GROUPS = (
    ("Money", ("amount", "credit", "debit", "fee", "currency")),
    ("Which line it is", ("id", "provider_ref", "reference", "batch")),
    ("When and how it ended", ("at", "status")),
    ("Whose it is", ("account", "msisdn", "name")),
)
HINTS = {
    "id": "what a result calls the line; without it, its row",
    "provider_ref": "the same on both sides: the strongest evidence",
    "amount": "what moved; or money in and out below",
    "fee": "the gross is the amount and the fee",
}
STATUS_CHOICES = (
    ("success", "Success: money moved"),
    ("pending", "Pending"),
    ("failed", "Failed: none moved"),
)
SETTINGS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "date_order": (
        "Dates are written",
        (("ymd", "year first"), ("dmy", "day first"), ("mdy", "month first")),
    ),
    "decimal": ("Decimal sign", ((".", "a point: 1,234.50"), (",", "a comma: 1.234,50"))),
}
Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a line: the column that feeds it, examples from it, what it is for."""

    name: str
    label: str
    column: str
    samples: Sequence[str]
    hint: str


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together: those with a column, and the others, which are folded away."""

    head: str
    used: Sequence[Field]
    unused: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the status column, in how many rows it was seen, and what it means or ""."""

    text: str
    rows: int
    meaning: str


class MapForm:
    """The form for one file. `data` is what a person sent; without, it shows the map the file was given, a
    saved one that is asked for by its number, or what its columns speak for."""

    def __init__(self, file: Any, proposal: Any, data: QueryDict | None, use: str, mask: Mask) -> None:
        self.file, self.proposal, self.data, self._mask = file, proposal, data, mask
        self.saved = saved_maps(proposal.guess.fingerprint)
        self.used = next((each for each in self.saved if str(each.pk) == use), None)
        if data is not None:
            self.map = self._said(data)
        elif self.used is not None:
            self.map = map_of(self.used.map, self.used.name)
        elif file.map and use != "guess" and not proposal.sheet:
            self.map = map_of(file.map, file.filename)
        else:
            self.map = proposal.likely

    @property
    def is_guess(self) -> bool:
        """Whether what it shows is only likely: nobody has said it."""
        return self.data is None and self.used is None and (not self.file.map or bool(self.proposal.sheet))

    def _said(self, data: QueryDict) -> ColumnMap:
        names = self.proposal.names
        columns = {f: c for f in MAPPED if (c := data.get(f"column_{f}", "")) in names and c}
        words = zip(data.getlist("status_word"), data.getlist("status_means"), strict=False)
        allowed = dict(STATUS_CHOICES)
        said: dict[str, Any] = {
            **columns,
            "statuses": {word: means for word, means in words if means in allowed},
            "default_currency": data.get("default_currency", ""),
            "time_zone": data.get("time_zone", "") or "UTC",
            "sheet": data.get("sheet", ""),
        }
        said |= {name: data[name] for name, (_, c) in SETTINGS.items() if data.get(name) in dict(c)}
        return map_of(said, "What was said")

    # What the form shows

    @property
    def columns(self) -> list[tuple[str, str]]:
        """(column, its name with an example) of every column of the table."""
        return [(c.name, self._with_example(c)) for c in self.proposal.guess.columns]

    def _with_example(self, column: Any) -> str:
        if not column.samples:
            return f"{column.name} (empty)"
        sample = self._mask(column.samples[0])
        return f"{column.name} ({sample[:24]}{'…' if len(sample) > 24 else ''})"

    @property
    def groups(self) -> list[FieldGroup]:
        found = []
        for head, names in GROUPS:
            fields = [self._field(name) for name in names]
            used = [field for field in fields if field.column or field.name in self._needed]
            found.append(FieldGroup(head, used, [field for field in fields if field not in used]))
        return found

    @property
    def _needed(self) -> tuple[str, ...]:
        """What is shown without a column as well: money in one column or two, and the time."""
        in_and_out = "credit" in self.map.columns or "debit" in self.map.columns
        return ("credit", "debit", "at") if in_and_out else ("amount", "at")

    def _field(self, name: str) -> Field:
        column = self.map.columns.get(name, "")
        found = next((c.samples for c in self.proposal.guess.columns if c.name == column), ())
        return Field(
            name, LABELS[name], column, [self._mask(sample) for sample in found[:3]], HINTS.get(name, "")
        )

    @property
    def fields(self) -> list[Field]:
        return [field for group in self.groups for field in (*group.used, *group.unused)]

    @property
    def words(self) -> list[Word]:
        """The words of the status column, those nobody has explained first."""
        found = self.proposal.words(self.map, self.file.asked)
        return sorted((Word(*each) for each in found), key=lambda word: bool(word.meaning))

    status_choices = STATUS_CHOICES

    @property
    def status_column(self) -> str:
        return self.map.columns.get("status", "")

    @property
    def words_changed(self) -> bool:
        """Whether the words shown belong to another column than the one chosen now."""
        return self.data is not None and self.data.get("words_for", "") != self.status_column

    @property
    def settings(self) -> list[tuple[str, str, str, Sequence[tuple[str, str]]]]:
        """(name, label, value, choices) of each way the text is read."""
        zones = dict.fromkeys((self.map.time_zone, *ZONES))
        codes = dict.fromkeys((self.map.default_currency, *CURRENCIES))
        named = "as its column says" if "currency" in self.map.columns else "not named"
        return [
            *((name, label, getattr(self.map, name), c) for name, (label, c) in SETTINGS.items()),
            ("time_zone", "Clock of the times", self.map.time_zone, [(zone, zone) for zone in zones]),
            ("default_currency", "Currency of rows without one", self.map.default_currency,
             [("", named), *((code, code) for code in codes if code)]),
        ]  # fmt: skip

    @property
    def questions(self) -> list[tuple[str, str]]:
        """(question, what is assumed) that the rows could not answer, while nobody has said anything."""
        about = ("decimal", "occurred", "time_zone", "currency", "date_order")
        asked = [q for q in self.proposal.guess.questions if q.about in about]
        said = {"unknown (XXX)": "none; rows are compared without one"}
        return [(q.text, said.get(q.assumed, q.assumed)) for q in asked] if self.is_guess else []

    @property
    def suggested_name(self) -> str:
        if self.used or self.file.map_name:
            return str(self.used.name if self.used else self.file.map_name)
        stem = self.file.filename.rsplit(".", 1)[0].replace("_", " ").replace("-", " ")
        kept = [part for part in stem.split() if not any(c.isdigit() for c in part)]
        return " ".join(kept)[:80] or "Portal export"

    @property
    def first_rows(self) -> dict[str, Any]:
        """The first rows as the map reads them: a head of the fields it fills, and their cells as text."""
        found = self.proposal.first_rows(self.map)
        filled = [n for place, n in enumerate(ORDER) if n == "amount" or any(r[place] for r in found.rows)]
        return {
            "heads": [(name, LABELS.get(name, name)) for name in filled],
            "rows": [[self._cell(name, row) for name in filled] for row in found.rows],
            "problem": found.problem,
            "warnings": [text[:1].upper() + text[1:] for text in found.warnings],
        }

    def _cell(self, name: str, row: Sequence[Any]) -> tuple[str, str]:
        value = row[ORDER.index(name)]
        if name in ("amount", "fee"):
            return name, amount_text(value) if value or name == "amount" else ""
        if name == "at":
            return name, "" if value is None else self._local(value)
        if name in ("msisdn", "name", "account", "reference"):
            return name, self._mask(value) if name in ("msisdn", "name") else value
        return name, "" if value is None or value == "XXX" else str(value)

    def _local(self, at: int) -> str:
        """An instant by the clock of the file, as it stands there."""
        local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.map.time_zone))
        return f"{local:%Y-%m-%d %H:%M}" if at % 86_400 else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


ORDER = (
    "line", "id", "reference", "provider_ref", "account", "msisdn", "name", "amount", "fee", "currency", "at",
    "status", "batch",
)  # fmt: skip


def said_map(form: MapForm) -> Mapping[str, Any]:
    """What is sent to the verb."""
    return form.map.to_json()
