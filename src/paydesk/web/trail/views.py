"""The audit trail as a list: newest first, a page at a time, with the seal of each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from paydesk.foundation.audit.queries import last_seal, newest_verbs, trail
from paydesk.foundation.people.queries import everyone, markets_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.trail.forms import TrailFilters
from paydesk.web.trail.words import change_words, subject_page, subject_words, verb_words
from paydesk.web.workbook import Cell, list_download

if TYPE_CHECKING:
    from paydesk.foundation.audit.models import AuditRecord

EXPORTED_ROWS = 100_000
HEAD = (
    "Record", "Seal", "Time (UTC)", "Actor", "Name", "Verb", "Subject kind", "Subject", "Market",
    "Changes", "Note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One record in words; `seal` is None while it waits to be sealed."""

    record: AuditRecord
    by: str
    words: str
    subject: str
    url: str
    changes: str
    seal: int | None


@needs("audit:view")
def trail_list(request: HttpRequest) -> HttpResponse:
    """Who did what to which thing, in the person's markets and in none."""
    actor = actor_of(request)
    filters = TrailFilters(request, list(everyone()), newest_verbs(), list(markets_of(actor)))
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    page = Page.of(trail(actor, **filters.lookups)[start : start + PAGE_SIZE + 1], number)
    htmx = request.htmx  # type: ignore[attr-defined]
    return render(
        request,
        "trail/_list.html" if htmx and htmx.target == "trail" else "trail/list.html",
        {
            "page": page,
            "rows": list(_shown(page)),
            "filters": filters,
            "head": last_seal(),
            "may_export": gate(actor, "export"),
        },
    )


def _shown(records: Iterable[AuditRecord]) -> Iterator[ShownRecord]:
    found = list(records)
    names = names_by_label(record.actor for record in found)
    for record in found:
        yield ShownRecord(
            record,
            names[record.actor],
            verb_words(record.verb),
            subject_words(record.subject_kind, record.subject_id),
            subject_page(record.subject_kind, record.subject_id),
            change_words(record.changes),
            seal_number(record),
        )


def seal_number(record: Any) -> int | None:
    """The place of a record in the chain, None before it is sealed."""
    return record.seal.number if hasattr(record, "seal") else None


@exports("audit:view")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The trail as it is filtered, its newest 100,000 records, as they stand."""
    actor = actor_of(request)
    filters = TrailFilters(request, list(everyone()), newest_verbs(), list(markets_of(actor)))
    found = trail(actor, **filters.lookups)[:EXPORTED_ROWS]
    names = {f"person:{person.pk}": person.name for person in everyone()}
    rows = (_cells(record, names) for record in found.iterator(chunk_size=2000))
    return list_download(f"trail-{timezone.localdate().isoformat()}", kind, HEAD, islice(rows, EXPORTED_ROWS))


def _cells(record: AuditRecord, names: Mapping[str, str]) -> list[Cell]:
    return [
        record.pk, seal_number(record), record.at.strftime("%Y-%m-%d %H:%M:%S.%f"), record.actor,
        names.get(record.actor, ""), record.verb, record.subject_kind, record.subject_id, record.market or "",
        change_words(record.changes), record.note,
    ]  # fmt: skip
