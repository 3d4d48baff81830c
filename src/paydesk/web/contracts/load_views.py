"""Loading contracts from a file: kept as a document, looked at, confirmed, exactly what was looked at."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.contracts.actions import load_contracts
from paydesk.domain.contracts.contract_file import COLUMNS, ContractFile, read_contract_file, template_csv
from paydesk.domain.contracts.load_preview import LoadPreview, preview_load
from paydesk.domain.contracts.queries import contracts_by_key
from paydesk.foundation.audit.queries import history
from paydesk.foundation.documents.actions import store
from paydesk.foundation.documents.queries import document_by_id, open_document
from paydesk.foundation.people.queries import markets_of
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.kernel.references import key_of
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import csv_download
from paydesk.web.contracts.forms import FileForm
from paydesk.web.people_names import names_by_label
from paydesk.web.workbook import xlsx_download

if TYPE_CHECKING:
    from paydesk.foundation.audit.models import AuditRecord
    from paydesk.foundation.documents.models import Document

# A file is read while the person waits: 50,000 rows take 4 s on an idle machine, 13 s on a busy one.
MOST_ROWS = 50_000
# It is loaded part by part, each in a transaction of its own: the page goes on by itself until all are in;
# whatever stops it, the same button loads what is still missing.
PART_ROWS, SECONDS_A_REQUEST = 1000, 10
MOST_BYTES = 25 * 1024 * 1024
SHOWN_ROWS, SHOWN_REJECTED = 50, 200


@needs("contracts.load:view")
def load(request: HttpRequest) -> HttpResponse:
    """The upload form with what the columns mean; a file that is sent is kept and its preview opened."""
    actor = actor_of(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        actor.needs("contracts.load")
        if form.is_valid():
            problem, document = _kept(form, actor)
            if document is not None:
                return redirect("contracts:loaded", code=code_of("DOC", document.pk))
            form.add_error("file", problem)
    known = {
        "form": form,
        "columns": COLUMNS,
        "may_load": gate(actor, "contracts.load"),
        "most_rows": MOST_ROWS,
    }
    return render(request, "contracts/load.html", known, status=422 if form.errors else 200)


def _kept(form: FileForm, actor: Actor) -> tuple[str, Document | None]:
    """The uploaded file as a document, or the sentence that says why it is not taken."""
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        return f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it and load the parts.", None
    stream = cast("BinaryIO", file)
    try:
        found = read_contract_file(stream)
    except NotReadable as problem:
        return str(problem), None
    rows = len(found.terms) + len(found.rejected)
    if not rows:
        return "There is no row below the column names.", None
    if rows > MOST_ROWS:
        return f"The file has more than {MOST_ROWS:,} rows. Split it and load the parts one by one.", None
    stream.seek(0)
    try:
        return "", store(stream, filename=file.name, by=actor, now=timezone.now())
    except Refused as problem:
        return problem.text, None


@needs("contracts.load:view")
def loaded(request: HttpRequest, code: str) -> HttpResponse:
    """What a kept file holds and what loading it would do; a POST loads it. After that, what became of it."""
    actor, document = actor_of(request), _document(request, code)
    other_names = "other_names" in request.POST
    found, preview = _looked_at(document, actor, other_names)
    if request.method == "POST":
        actor.needs("contracts.load")
        left = len(preview.to_load) - _load_parts(preview, actor, document, other_names)
        return _done(request, document) if left <= 0 else _going_on(request, document, preview, left)
    rejected = _all_rejected(found, preview)
    rows = [*preview.new, *preview.known]
    shown = sorted(rows, key=lambda row: row.line)[:SHOWN_ROWS]
    there = contracts_by_key([key_of(row.account_number) for row in shown])
    return render(
        request,
        "contracts/loaded.html",
        {
            "document": document,
            "code": code_of("DOC", document.pk),
            "preview": preview,
            "rows": [
                {
                    "terms": row,
                    "price": Money(row.price_minor, row.currency),
                    "deposit": Money(row.deposit_minor, row.currency),
                    "contract": there.get((row.market, key_of(row.account_number))),
                }
                for row in shown
            ],
            "row_count": len(rows),
            "other_names": preview.other_names[:SHOWN_REJECTED],
            "rejected": rejected[:SHOWN_REJECTED],
            "rejected_count": len(rejected),
            "loads": _loads(list(history("contracts", _source(document)))),
            "may_load": gate(actor, "contracts.load"),
        },
    )


def _loads(records: Sequence[AuditRecord]) -> list[dict[str, object]]:
    """What each person made of a file, and when the last of it; a file goes in by parts."""
    names = names_by_label(record.actor for record in records)
    last = {record.actor: record.at for record in records}
    return [
        {
            "by": names[actor],
            "at": at,
            "made": sum(record.changes["made"] for record in records if record.actor == actor),
            "identities": sum(
                record.changes.get("identities", 0) for record in records if record.actor == actor
            ),
        }
        for actor, at in last.items()
    ]


def _load_parts(preview: LoadPreview, actor: Actor, document: Document, other_names: bool) -> int:
    """Load what is new part by part as long as a request may take; returns how many rows were dealt with."""
    started, through, rows = time.monotonic(), 0, preview.to_load
    while through < len(rows) and time.monotonic() - started < SECONDS_A_REQUEST:
        part = rows[through : through + PART_ROWS]
        # Pressed twice, the second press waits for the first and finds its contracts known.
        load_contracts(part, other_names=other_names, by=actor, now=timezone.now(), source=_source(document))
        through += len(part)
    return through


def _done(request: HttpRequest, document: Document) -> HttpResponse:
    messages.success(request, f"{document.file_name} is loaded.")
    address = redirect("contracts:loaded", code=code_of("DOC", document.pk))
    return HttpResponseClientRedirect(address["Location"]) if request.htmx else address  # type: ignore[attr-defined]


def _going_on(request: HttpRequest, document: Document, preview: LoadPreview, left: int) -> HttpResponse:
    """How far it is; the page asks for the next parts as soon as it stands."""
    total = len(preview.new) + len(preview.known)
    known = {
        "document": document,
        "code": _source(document),
        "done": total - left,
        "total": total,
        "left": left,
        "other_names": "other_names" in request.POST,
    }
    return render(request, "contracts/loading.html", known)


def _source(document: Document) -> str:
    return code_of("DOC", document.pk)


def _looked_at(
    document: Document, actor: Actor, other_names: bool = False
) -> tuple[ContractFile, LoadPreview]:
    opened = open_document(document.pk)
    with opened.file as file:
        found = read_contract_file(file)
    markets = [market.pk for market in markets_of(actor)]
    return found, preview_load(found.terms, by=actor, markets=markets, other_names=other_names)


def _all_rejected(found: ContractFile, preview: LoadPreview) -> list[tuple[int, str]]:
    return sorted([*found.rejected, *preview.refused])


def _document(request: HttpRequest, code: str) -> Document:
    """The document behind a code, for the person who brought it; anybody else finds nothing here."""
    number = number_of("DOC", code)
    document = document_by_id(number) if number is not None and number < 2**63 else None
    if document is None or document.person_id != actor_of(request).id:
        raise Http404
    return document


@needs("contracts.load:view")
def rejected(request: HttpRequest, code: str) -> HttpResponseBase:
    """The rows that make no contract, each with its reason, as CSV."""
    document = _document(request, code)
    rows = _all_rejected(*_looked_at(document, actor_of(request)))
    return csv_download(f"{code_of('DOC', document.pk)}-rejected.csv", ("Line", "Reason"), rows)


@needs("contracts.load:view")
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A file to start from: the columns, one row as an example."""
    if kind == "csv":
        response = HttpResponse("\ufeff" + template_csv(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="contracts-template.csv"'
        return response
    if kind != "xlsx":
        raise Http404
    names, examples = [column.name for column in COLUMNS], [column.example for column in COLUMNS]
    return xlsx_download("contracts-template.xlsx", names, [examples])
