"""Small answers that several screens give: nothing changed, done with a word of confirmation, a download."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseLocation, trigger_client_event

from paydesk.foundation.documents.queries import open_document
from paydesk.web.language import spoken

Response = TypeVar("Response", bound=HttpResponse)
# A cell that starts like a formula is run by spreadsheets; OWASP's list of first characters.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def unchanged(request: HttpRequest, version: int | str) -> HttpResponse | None:
    """204 when a live part asks with the version it already shows (`?v=`), else None."""
    return HttpResponse(status=204) if request.GET.get("v") == str(version) else None


def confirmed(response: Response, text: str) -> Response:
    """`response` with a toast that says what was done. Errors never go this way."""
    trigger_client_event(response, "toast", {"text": spoken(text)})
    return response


def came_from(request: HttpRequest, otherwise: str) -> str:
    """Where a dialog was opened, if that is a page of ours; else `otherwise`."""
    opened_on = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    asked = request.POST.get("at") or request.GET.get("at") or opened_on or ""
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise


def done(request: HttpRequest, back: str, text: str) -> HttpResponse:
    """What a dialog did, said in a toast, on the page it was opened on."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, spoken(text))
        return redirect(back)
    response = HttpResponseLocation(back, target=".wb", select=".wb", swap="outerHTML")
    trigger_client_event(response, "toast", {"text": spoken(text)})
    return trigger_client_event(response, "close-dialog", {})


def document_of(number: int) -> FileResponse:
    """A document of ours to be saved, under its name; who may have it the caller has asked."""
    opened = open_document(number)
    answer = FileResponse(opened.file, as_attachment=True, filename=opened.document.file_name)
    for name, value in opened.headers.items():  # the type too: it is never guessed from the file's name
        answer[name] = value
    return answer


def open_in_tab(place: str, tab: str, code: str) -> HttpResponse:
    """A thing by its code alone: its tab of the list `place`, with it open."""
    return redirect(f"{reverse(place)}?{urlencode({'tab': tab, 'open': code})}")


class _Echo:
    """What csv.writer writes to when the line itself is the answer."""

    def write(self, line: str) -> str:
        return line


def csv_download(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """`rows` under `head` as a CSV download called `name`, streamed, UTF-8 with a mark for spreadsheets."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([_plain(cell) for cell in head])  # names may come from a file
        for row in rows:
            yield writer.writerow([_plain(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _plain(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
