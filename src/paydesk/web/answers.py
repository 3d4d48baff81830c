"""Small answers that several screens give: nothing changed, done with a word of confirmation, a download."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django_htmx.http import trigger_client_event

Response = TypeVar("Response", bound=HttpResponse)
# A cell that starts like a formula is run by spreadsheets; OWASP's list of first characters.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def unchanged(request: HttpRequest, version: int | str) -> HttpResponse | None:
    """204 when a live part asks with the version it already shows (`?v=`), else None."""
    return HttpResponse(status=204) if request.GET.get("v") == str(version) else None


def confirmed(response: Response, text: str) -> Response:
    """`response` with a toast that says what was done. Errors never go this way."""
    trigger_client_event(response, "toast", {"text": text})
    return response


class _Echo:
    """What csv.writer writes to when the line itself is the answer."""

    def write(self, line: str) -> str:
        return line


def csv_download(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """`rows` under `head` as a CSV download called `name`, streamed, UTF-8 with a mark for spreadsheets."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for row in rows:
            yield writer.writerow([_plain(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
