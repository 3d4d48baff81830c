"""The matches or the exceptions of a run: filtered by the address, one opened beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.reporting.two_file_runs import queries
from paydesk.reporting.two_file_runs.queries import RIGHT
from paydesk.reporting.two_files.beside import Side, amount_text, beside, time_text
from paydesk.reporting.two_files.meanings import KINDS, MATCH_MEANINGS, MEANINGS, words_of
from paydesk.reporting.two_files.result_rows import FILTERS, ResultRows, Wanted
from paydesk.web.access import actor_of, needs
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.sight import looking
from paydesk.web.two_files.shown import run_or_404, sees_people, shown

LABELS = {"status": "Status", "kind": "Kind", "rule": "Rule", "class": "Class", "currency": "Currency"}
SORTS = [
    ("", "as in the file"),
    ("-amount", "largest first"),
    ("at", "oldest first"),
    ("-at", "newest first"),
]
ONLY = [ANY, ("left", "only ours"), ("right", "only theirs")]
MOST_LINES = 60  # of a group, beside each other


class RowFilters(AddressFilters):
    """What is searched, and the filters its rows have values for."""

    q = forms.CharField(
        required=False, max_length=100, label="Id, text, amount",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip

    def __init__(self, request: HttpRequest, what: str, choices: dict[str, list[str]]) -> None:
        super().__init__(request)
        self.what = what
        for name in FILTERS[what]:
            options = ONLY if name == "only" else [ANY, *((v, words_of(v)) for v in choices[name])]
            label = "Lines" if name == "only" else LABELS[name]
            self.fields[name] = forms.ChoiceField(required=False, label=label, choices=options)
        self.fields["sort"] = forms.ChoiceField(required=False, label="Order", choices=SORTS)
        for name in (*FILTERS[what], "sort"):
            self.fields[name].widget.attrs["class"] = "form-select"

    @property
    def filters(self) -> dict[str, str]:
        return {name: value for name, value in self.wanted.items() if name in FILTERS[self.what]}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        return [pair for pair in super().chosen if not pair[0].startswith("Order: ")]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One match or exception in the list."""

    n: int
    url: str
    title: str
    sub: str
    amounts: str
    word: str
    family: str


@require_safe
@needs(RIGHT)
@vary_on_headers("HX-Request", "HX-Target")
def rows(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """A page of rows; with `open` in the address, that row beside them."""
    run = run_or_404(actor_of(request), code)
    found = queries.rows_of(run)
    target = request.htmx.target  # type: ignore[attr-defined]
    facts: dict[str, Any] = {"run": run, "code": code, "what": what, "tab": what, "query": _query(request)}
    facts["list_url"] = reverse(f"two_files:{what}", args=[code])
    if target != "rows":
        facts |= opened(request, run, found, what)
    if target == "detail":
        return render(request, "two_files/_detail.html", facts)
    filters = RowFilters(request, what, found.choices(what))
    wanted = Wanted(
        filters.filters,
        filters.wanted.get("q", ""),
        filters.wanted.get("sort", ""),
        sees_people(request, run),
    )
    number = page_number(request)
    listed, total = found.page(what, wanted, start=(number - 1) * PAGE_SIZE, size=PAGE_SIZE)
    page = Page(
        [_listed(request, what, row) for row in listed],
        number,
        number * PAGE_SIZE < total,
        total,
    )
    facts |= {"filters": filters, "page": page, "counts": run.counts}
    facts["each"] = shown(run, names_by_label([run.made_by])[run.made_by])
    return render(request, "two_files/_rows.html" if target == "rows" else "two_files/rows.html", facts)


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("open", None)
    return query.urlencode()


def _listed(request: HttpRequest, what: str, row: dict[str, Any]) -> ListRow:
    query = request.GET.copy()
    query["open"] = str(row["n"])
    ours, theirs = row["left_amount"], row["right_amount"]
    ids = " · ".join(each for each in (row["left_id"], row["right_id"]) if each)
    reference = row["left_reference"] or row["right_reference"] or ""
    if what == "matches":
        word, family = words_of(row["status"]), "settled" if row["status"] == "confirmed" else "held"
        title = ids
        sub = f"{row['kind']} · {words_of(row['rule'])}"
    else:
        word, family = words_of(row["class"]), "failed"
        title = ids
        sub = "only ours" if not row["right_id"] else "only theirs" if not row["left_id"] else "on both sides"
    moment = row["left_at"] if row["left_at"] is not None else row["right_at"]
    sub = " · ".join(
        part for part in (sub, reference, time_text(moment) if moment is not None else "") if part
    )
    return ListRow(
        row["n"], f"{request.path}?{query.urlencode()}", title, sub, _amounts(ours, theirs, row), word, family
    )


def _amounts(ours: int | None, theirs: int | None, row: dict[str, Any]) -> str:
    currency = row["left_currency"] or row["right_currency"] or ""
    currency = "" if currency == "XXX" else currency
    if ours is None or theirs is None or ours == theirs and row["left_currency"] == row["right_currency"]:
        only = ours if ours is not None else theirs
        return "" if only is None else f"{amount_text(only)} {currency}".strip()
    if row["left_currency"] == row["right_currency"]:
        return f"{amount_text(ours)} ≠ {amount_text(theirs)} {currency}".strip()
    return f"{amount_text(ours)} {row['left_currency']} ≠ {amount_text(theirs)} {row['right_currency']}"


# The row that is open


def opened(request: HttpRequest, run: Any, found: ResultRows, what: str) -> dict[str, Any]:
    """The row in the address with its lines beside each other; nothing where none is open."""
    text = request.GET.get("open", "")
    row = found.row(what, int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else None
    if row is None:
        return {"open_row": None}
    group = row["group"][:MOST_LINES]
    lines = {side: found.lines(side, [each[f"{side}_id"] for each in group]) for side in ("left", "right")}
    people = sees_people(request, run)
    pairs = [
        [_masked(request, field, people) for field in beside(ours, theirs)]
        for ours, theirs in _pairs(group, lines)
    ]
    name = row["status"] if what == "matches" else row["class"]
    return {
        "open_row": row,
        "open_word": words_of(name),
        "open_family": {"confirmed": "settled", "suggested": "held"}.get(name, "failed"),
        "meaning": {**MATCH_MEANINGS, **MEANINGS}.get(name, ""),
        "kind_words": KINDS.get(row.get("kind", ""), ""),
        "rule_words": words_of(row["rule"]) if "rule" in row else "",
        "pairs": pairs,
        "left_out": len(row["group"]) - len(group),
        "runner_up": _runner_up(request, found, row, people),
    }


def _pairs(
    group: Sequence[dict[str, Any]], lines: dict[str, dict[str, dict[str, Any]]]
) -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    return [(lines["left"].get(each["left_id"]), lines["right"].get(each["right_id"])) for each in group]


def _masked(request: HttpRequest, field: Side, people: bool) -> Side:
    if people or field.name not in ("name", "msisdn"):
        return field
    eyes = looking(request)
    mask = eyes.name if field.name == "name" else eyes.phone
    texts = [mask(text) if text else "" for text in (field.left, field.right)]
    return Side(field.name, field.words, texts[0], texts[1], field.mark, field.apart)


def _runner_up(request: HttpRequest, found: ResultRows, row: dict[str, Any], people: bool) -> list[Side]:
    """The line that fitted second best, beside ours; nothing where there is none."""
    identity = row.get("runner_up", "")
    if not identity:
        return []
    ours = found.lines("left", [row["left_id"]]).get(row["left_id"])
    for side in ("right", "left"):
        line = found.lines(side, [identity]).get(identity)
        if line is not None and line is not ours:
            first, second = (ours, line) if side == "right" else (line, None)
            return [_masked(request, field, people) for field in beside(first, second)]
    return []
