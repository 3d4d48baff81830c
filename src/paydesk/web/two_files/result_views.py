"""What a finished run found: the proof, its files, and the result to take along."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from paydesk.reporting.two_file_runs import queries
from paydesk.reporting.two_file_runs.actions import record_download
from paydesk.reporting.two_file_runs.queries import RIGHT
from paydesk.reporting.two_files.meanings import KINDS, MATCH_MEANINGS, MEANINGS, words_of
from paydesk.web.access import actor_of, needs
from paydesk.web.people_names import names_by_label
from paydesk.web.two_files.shown import ShownRun, run_or_404, shown

ZIPPED = ("matches.csv", "exceptions.csv", "summary.json")
FAMILIES = {"confirmed": "settled", "suggested": "held"}


@dataclass(frozen=True, slots=True)
class PartRow:
    """One status or class in the proof of a currency, with the address of its rows."""

    part: Any
    word: str
    family: str
    meaning: str
    url: str


def result_page(request: HttpRequest, each: ShownRun) -> HttpResponse:
    """The summary: matched, suggested, exceptions; from our total to theirs, by currency; kinds and rules."""
    told = each.run.summary
    facts = {
        "each": each,
        "run": each.run,
        "tab": "result",
        "told": told,
        "kpis": _kpis(each, told),
        "proofs": [(proof, _parts(each, proof)) for proof in queries.proofs_of(each.run)],
        "kinds": [
            (kind, KINDS.get(kind, ""), tally, _rows(each, "matches", kind=kind))
            for kind, tally in told["by_kind"].items()
        ],
        "rules": _rules(each, told),
        "warned": len(told["warnings"]),
    }
    return render(request, "two_files/result.html", facts)


def _kpis(each: ShownRun, told: dict[str, Any]) -> list[dict[str, Any]]:
    by_status = told["by_status"]
    whole = sum(told["rows"].values())
    found = []
    for name, label in (("confirmed", "Matched"), ("suggested", "Suggested: to decide")):
        tally = by_status.get(name, {"count": 0, "rows": 0, "total": {}})
        found.append(
            {
                "label": label,
                "value": tally["count"],
                "more": _money(tally["total"]),
                "url": _rows(each, "matches", status=name),
                "tone": "good" if name == "confirmed" else "warn",
            }
        )
    found.append(
        {
            "label": "Exceptions",
            "value": told["exceptions"],
            "more": f"in {len(told['by_class'])} classes" if told["by_class"] else "every line is matched",
            "url": _rows(each, "exceptions"),
            "tone": "bad" if told["exceptions"] else "good",
        }
    )
    rows = told["rows"]
    found.append(
        {
            "label": "Lines compared",
            "value": whole,
            "more": f"{rows['left']:,} of ours, {rows['right']:,} of theirs",
            "url": reverse("two_files:files", args=[each.code]),
            "tone": "",
        }
    )
    return found


def _money(total: dict[str, str]) -> str:
    from paydesk.web.two_files.amounts import plain

    return ", ".join(
        f"{plain(amount)} {'' if code == 'XXX' else code}".strip() for code, amount in total.items()
    )


def _parts(each: ShownRun, proof: Any) -> list[PartRow]:
    found = []
    for part in proof.parts:
        where = (
            _rows(each, "matches", status=part.name)
            if part.is_match
            else _rows(each, "exceptions", **{"class": part.name, "currency": proof.currency})
        )
        meaning = {**MATCH_MEANINGS, **MEANINGS}.get(part.name, "")
        found.append(PartRow(part, words_of(part.name), FAMILIES.get(part.name, "failed"), meaning, where))
    return found


def _rules(each: ShownRun, told: dict[str, Any]) -> Sequence[tuple[str, Any]]:
    return [(words_of(name), tally) for name, tally in told["by_rule"].items()]


def _rows(each: ShownRun, what: str, **filters: str) -> str:
    address = reverse(f"two_files:{what}", args=[each.code])
    return f"{address}?{urlencode(filters)}" if filters else address


@require_safe
@needs(RIGHT)
def files(request: HttpRequest, code: str) -> HttpResponse:
    """The two files of a finished run, as they were read."""
    run = run_or_404(actor_of(request), code)
    each = shown(run, names_by_label([run.made_by])[run.made_by])
    return render(request, "two_files/page.html", {"each": each, "run": run, "tab": "files", "worker": None})


@require_safe
@needs(RIGHT)
def download(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The workbook, or the CSV files and the summary as the command writes them, in a zip."""
    if kind not in ("xlsx", "zip"):
        raise Http404
    actor = actor_of(request)
    run = run_or_404(actor, code)
    name = f"reconciliation-{code}.{kind}"
    if kind == "xlsx":
        file: Any = queries.result_file(run, "result.xlsx").open("rb")
    else:
        file = _zipped(run)
    record_download(run.pk, form=kind, by=actor, now=timezone.now())
    response = FileResponse(file, as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


def _zipped(run: Any) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in ZIPPED:
            archive.write(queries.result_file(run, name), name)
    file.seek(0)
    return file
